"""State of torch.nn.Module: state dicts, pickles, copies, printing, parameters.

Error texts are those of PyTorch 2.13.
"""

from __future__ import annotations

import copy
import pickle

import pytest

import torch
from module_cases import Net
from nn_cases import raised, warned
from torch import nn

# ------------------------------------------------------------------ state dict


def test_state_dict_order_and_metadata():
    state = Net().state_dict()
    assert list(state) == ["w", "b", "lin.weight", "lin.bias"]
    assert dict(state._metadata) == {"": {"version": 1}, "lin": {"version": 1}}


def test_state_dict_tensors_are_detached_views():
    net = Net()
    state = net.state_dict()
    assert not state["w"].requires_grad
    assert state["w"].data_ptr() == net.w.data_ptr()
    assert net.state_dict(prefix="x.", keep_vars=True)["x.w"] is net.w


def test_state_dict_positional_arguments_warn():
    filled = {}
    messages = warned(lambda: Net().state_dict(filled, "p."))
    assert list(filled) == ["p.w", "p.b", "p.lin.weight", "p.lin.bias"]
    assert messages[0].startswith("Positional args are being deprecated, use kwargs")


def test_load_state_dict_copies_and_reports():
    net = Net()
    state = {name: value + 1 for name, value in Net().state_dict().items()}
    weight = net.w
    result = net.load_state_dict(state)
    assert repr(result) == "<All keys matched successfully>"
    assert net.w is weight and weight.tolist() == [2, 2]


def test_load_state_dict_names_all_mismatches():
    state = Net().state_dict()
    state["extra"] = state["lin.more"] = torch.ones(1)
    state["lin.weight"] = torch.ones(3)
    del state["b"]
    assert raised(RuntimeError, lambda: Net().load_state_dict(state)) == (
        "Error(s) in loading state_dict for Net:\n\t"
        'Missing key(s) in state_dict: "b". \n\t'
        'Unexpected key(s) in state_dict: "extra", "lin.more". \n\t'
        "size mismatch for lin.weight: copying a param with shape torch.Size([3]) from "
        "checkpoint, the shape in current model is torch.Size([2, 2])."
    )


def test_load_state_dict_not_strict_returns_mismatches():
    state = Net().state_dict()
    state["extra"] = torch.ones(1)
    del state["w"]
    result = Net().load_state_dict(state, strict=False)
    assert result.missing_keys == ["w"] and result.unexpected_keys == ["extra"]


def test_load_state_dict_rejects_other_types():
    message = raised(TypeError, lambda: Net().load_state_dict(3))
    assert message == "Expected state_dict to be dict-like, got <class 'int'>."


def test_load_state_dict_rejects_entries_without_tensor():
    state = Net().state_dict()
    state["w"] = "a"
    assert raised(RuntimeError, lambda: Net().load_state_dict(state)) == (
        "Error(s) in loading state_dict for Net:\n\t"
        'While copying the parameter named "w", expected torch.Tensor or Tensor-like '
        "object from checkpoint but received <class 'str'>"
    )


def test_load_state_dict_assign_takes_tensors_over():
    net = Net()
    state = Net().double().state_dict()
    net.load_state_dict(state, assign=True)
    assert net.w.dtype == torch.float64 and isinstance(net.w, nn.Parameter)
    assert net.w.requires_grad and net.b is state["b"]


def test_load_scalar_saved_as_one_element():
    module = nn.Module()
    module.register_buffer("n", torch.tensor(0.0))
    module.load_state_dict({"n": torch.tensor([5.0])})
    assert module.n.item() == 5


class Extra(nn.Module):
    value = 1

    def get_extra_state(self):
        return self.value

    def set_extra_state(self, state):
        self.value = state


def test_extra_state_travels():
    source, target = Extra(), Extra()
    source.value = 7
    assert dict(source.state_dict()) == {"_extra_state": 7}
    target.load_state_dict(source.state_dict())
    assert target.value == 7


def test_extra_state_missing_and_unexpected():
    assert raised(RuntimeError, lambda: Extra().load_state_dict({})) == (
        "Error(s) in loading state_dict for Extra:\n\t"
        'Missing key(s) in state_dict: "_extra_state". '
    )
    message = raised(
        RuntimeError, lambda: nn.Module().load_state_dict({"_extra_state": 1})
    )
    assert 'Unexpected key(s) in state_dict: "_extra_state". ' in message


def test_state_dict_hooks_run_in_order():
    net, log = Net(), []
    net.register_state_dict_pre_hook(
        lambda m, prefix, keep: log.append(("pre", prefix))
    )
    net.register_state_dict_post_hook(
        lambda m, state, prefix, meta: log.append(("post", len(state)))
    )
    net.register_load_state_dict_pre_hook(
        lambda m, state, prefix, meta, strict, missing, unexpected, errors: log.append(
            ("load", m is net, prefix, strict)
        )
    )
    handle = net.register_load_state_dict_post_hook(
        lambda m, keys: log.append(("loaded", keys.missing_keys))
    )
    net.load_state_dict(net.state_dict())
    assert log == [
        ("pre", ""),
        ("post", 4),
        ("load", True, "", True),
        ("loaded", []),
    ]
    handle.remove()
    net.load_state_dict(net.state_dict())
    assert log[-1][0] == "load"


def test_load_post_hook_may_forgive_missing_keys():
    net = Net()
    net.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
    assert repr(net.load_state_dict({})) == "<All keys matched successfully>"


def test_private_state_dict_hook_may_replace_the_result():
    net = Net()
    net._register_state_dict_hook(lambda m, state, prefix, meta: {"only": 1})
    assert net.state_dict() == {"only": 1}


def test_state_dict_post_hook_must_return_none():
    net = Net()
    net.register_state_dict_post_hook(lambda *args: 3)
    assert (
        raised(RuntimeError, net.state_dict) == "state_dict post-hook must return None"
    )


# ------------------------------------------------------------ printing, copying


def test_repr_of_extra_lines_and_children():
    class Wordy(nn.Module):
        def extra_repr(self):
            return "a=1\nb=2"

    wordy = Wordy()
    assert repr(wordy) == "Wordy(\n  a=1\n  b=2\n)"
    wordy.x = nn.Sequential(nn.ReLU())
    assert repr(wordy) == (
        "Wordy(\n  a=1\n  b=2\n  (x): Sequential(\n    (0): ReLU()\n  )\n)"
    )


def test_repr_of_empty_module():
    assert repr(nn.Module()) == "Module()"


def test_deepcopy_is_independent():
    net = Net()
    copied = copy.deepcopy(net)
    assert copied.w is not net.w and isinstance(copied.w, nn.Parameter)
    with torch.no_grad():
        copied.w.fill_(9)
    assert net.w.tolist() == [1, 1]


def test_deepcopy_binds_load_hooks_to_the_copy():
    net, seen = Net(), []
    net.register_load_state_dict_pre_hook(lambda m, *rest: seen.append(m))
    copied = copy.deepcopy(net)
    copied.load_state_dict(net.state_dict())
    assert seen[0] is copied


def test_pickle_round_trip():
    net = nn.Sequential(nn.Linear(2, 1), nn.ReLU())
    loaded = pickle.loads(pickle.dumps(net))
    assert repr(loaded) == repr(net)
    assert loaded[0].weight.tolist() == net[0].weight.tolist()


def test_unpickling_older_state_fills_in_tables():
    old = nn.ReLU().__getstate__()
    for name in ("_backward_pre_hooks", "_state_dict_hooks", "_is_full_backward_hook"):
        del old[name]
    relu = nn.ReLU.__new__(nn.ReLU)
    relu.__setstate__(old)
    assert relu(torch.tensor([-1.0])).item() == 0
    assert relu._is_full_backward_hook is None


# ------------------------------------------------------------------- parameters


def test_parameter_wraps_without_copy():
    t = torch.ones(2)
    p = nn.Parameter(t)
    assert p.requires_grad and p.is_leaf and p.data_ptr() == t.data_ptr()
    assert not nn.Parameter(t, requires_grad=False).requires_grad
    assert nn.Parameter().shape == (0,)


def test_parameter_operations_give_plain_tensors():
    p = nn.Parameter(torch.ones(2))
    assert type(p * 2) is torch.Tensor and type(p[0]) is torch.Tensor


def test_parameter_of_subclass_is_marked():
    class Sub(torch.Tensor):
        pass

    p = nn.Parameter(torch.ones(2).as_subclass(Sub))
    assert type(p) is Sub and isinstance(p, nn.Parameter)


def test_parameter_keeps_attributes_in_pickle_but_not_in_deepcopy():
    p = nn.Parameter(torch.ones(2))
    p.note = 3
    loaded = pickle.loads(pickle.dumps(p))
    assert type(loaded) is nn.Parameter and loaded.note == 3
    assert not hasattr(copy.deepcopy(p), "note")


def test_buffer_is_a_marked_tensor():
    b = nn.Buffer(torch.ones(2), persistent=False)
    assert type(b) is torch.Tensor and isinstance(b, nn.Buffer) and not b.persistent
    assert not isinstance(torch.ones(2), nn.Buffer)


@pytest.mark.parametrize(
    "kwargs, message",
    [
        ({"a": 1}, "unexpected kwargs {'a'}"),
        (
            {"device": "cpu", "factory_kwargs": {"device": 1}},
            "device specified twice, in **kwargs and in factory_kwargs",
        ),
    ],
)
def test_factory_kwargs_errors(kwargs, message):
    assert raised(TypeError, lambda: nn.factory_kwargs(kwargs)) == message
