"""torch.nn.Module: members, hooks, state dicts, conversions, printing, pickling.

Error texts and orders of events are those of PyTorch 2.13.
"""

from __future__ import annotations

import copy
import pickle
import warnings
from collections import OrderedDict

import pytest

import torch
from torch import nn
from torch.nn.modules import module as module_api


class Net(nn.Module):
    """One of each kind of member; computes `lin(x) * w * k`."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
        self.register_buffer("b", torch.zeros(1))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)
        self.lin = nn.Linear(2, 2)
        nn.init.ones_(self.lin.weight)
        nn.init.zeros_(self.lin.bias)

    def forward(self, x, k=1):
        return self.lin(x) * self.w * k


class Twice(nn.Module):
    def forward(self, x):
        return x * 2


def raised(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def warned(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(warning.message) for warning in caught]


# ----------------------------------------------------------------- construction


@pytest.mark.parametrize(
    "args, kwargs, message",
    [
        ((1,), {}, "Module.__init__() takes 1 positional argument but 2 were given"),
        ((), {"a": 1}, "Module.__init__() got an unexpected keyword argument 'a'"),
    ],
)
def test_init_takes_no_arguments(args, kwargs, message):
    assert raised(TypeError, lambda: nn.Module(*args, **kwargs)) == message


def test_call_super_init_passes_arguments_on():
    class Mixin:
        def __init__(self, z=0):
            self.z = z

    class Both(nn.Module, Mixin):
        call_super_init = True

    assert Both(z=4).z == 4


@pytest.mark.parametrize(
    "value, message",
    [
        (
            nn.Parameter(torch.ones(1)),
            "cannot assign parameters before Module.__init__() call",
        ),
        (nn.ReLU(), "cannot assign module before Module.__init__() call"),
        (
            nn.Buffer(torch.ones(1)),
            "cannot assign buffer before Module.__init__() call",
        ),
    ],
    ids=["parameter", "module", "buffer"],
)
def test_assignment_before_init_raises(value, message):
    class Early(nn.Module):
        def __init__(self):
            self.value = value

    assert raised(AttributeError, Early) == message


def test_plain_attribute_before_init_is_kept():
    class Early(nn.Module):
        def __init__(self):
            self.value = 3

    assert Early().value == 3


def test_missing_forward_raises():
    message = raised(NotImplementedError, lambda: nn.Module()(1))
    assert message == 'Module [Module] is missing the required "forward" function'


# ----------------------------------------------------------------- registration


@pytest.mark.parametrize(
    "error, method, args, message",
    [
        (
            KeyError,
            "register_parameter",
            ("a.b", None),
            "'parameter name can\\'t contain \".\"'",
        ),
        (
            KeyError,
            "register_parameter",
            ("", None),
            "'parameter name can\\'t be empty string \"\"'",
        ),
        (
            TypeError,
            "register_parameter",
            (3, None),
            "parameter name should be a string. Got int",
        ),
        (
            KeyError,
            "register_parameter",
            ("forward", None),
            "\"attribute 'forward' already exists\"",
        ),
        (
            TypeError,
            "register_parameter",
            ("c", torch.ones(1)),
            "cannot assign 'torch.FloatTensor' object to parameter 'c' "
            "(torch.nn.Parameter or None required)",
        ),
        (
            TypeError,
            "register_buffer",
            ("c", 3),
            "cannot assign 'int' object to buffer 'c' (torch Tensor or None required)",
        ),
        (
            KeyError,
            "register_buffer",
            ("w", None),
            "\"attribute 'w' already exists\"",
        ),
        (
            KeyError,
            "add_module",
            ("a.b", None),
            "'module name can\\'t contain \".\", got: a.b'",
        ),
        (TypeError, "add_module", ("c", 3), "int is not a Module subclass"),
    ],
)
def test_registration_errors(error, method, args, message):
    assert raised(error, lambda: getattr(Net(), method)(*args)) == message


def test_computed_tensor_is_no_parameter():
    computed = nn.Parameter(torch.ones(1)) * 2
    computed._is_param = True
    message = raised(ValueError, lambda: Net().register_parameter("c", computed))
    assert message == (
        "Cannot assign non-leaf Tensor to parameter 'c'. Model parameters must be "
        "created "
        "explicitly. To express 'c' as a function of another Tensor, compute the value "
        "in "
        "the forward() method."
    )


def test_none_reserves_a_name():
    module = nn.Module()
    module.register_parameter("p", None)
    module.register_buffer("b", None)
    module.add_module("m", None)
    assert module.p is module.b is module.m is None
    assert list(module.state_dict()) == []
    assert list(module.children()) == []


@pytest.mark.parametrize(
    "name, value, message",
    [
        (
            "w",
            torch.ones(2),
            "cannot assign 'torch.FloatTensor' as parameter 'w' "
            "(torch.nn.Parameter or None expected)",
        ),
        (
            "lin",
            3,
            "cannot assign 'int' as child module 'lin' (torch.nn.Module or None "
            "expected)",
        ),
        (
            "b",
            3,
            "cannot assign 'int' as buffer 'b' "
            "(torch.nn.Buffer, torch.Tensor or None expected)",
        ),
    ],
)
def test_assigning_the_wrong_kind_raises(name, value, message):
    net = Net()
    assert raised(TypeError, lambda: setattr(net, name, value)) == message
    assert sorted(net.state_dict()) == ["b", "lin.bias", "lin.weight", "w"]


def test_assignment_moves_a_name_between_kinds():
    net = Net()
    net.b = nn.Parameter(torch.ones(1))
    net.lin = nn.Parameter(torch.ones(1))
    assert sorted(dict(net.named_parameters())) == ["b", "lin", "w"]
    assert list(net.children()) == []
    net.plain = 3
    net.plain = nn.ReLU()
    assert "plain" not in net.__dict__ and net.plain is net._modules["plain"]


def test_none_empties_a_member_and_keeps_its_kind():
    net = Net()
    net.w = None
    net.lin = None
    net.b = None
    assert list(net.state_dict()) == []
    net.w = nn.Parameter(torch.ones(1))
    assert list(net.state_dict()) == ["w"]


def test_plain_tensor_is_no_member():
    net = Net()
    net.t = torch.ones(1)
    assert "t" in net.__dict__ and "t" not in net.state_dict()


def test_buffer_assignment_and_persistence():
    net = nn.Module()
    net.kept = nn.Buffer(torch.ones(1))
    net.left = nn.Buffer(torch.ones(1), persistent=False)
    assert list(net.state_dict()) == ["kept"]
    net.left = torch.zeros(1)
    assert list(net.state_dict()) == ["kept"]
    assert [name for name, _ in net.named_buffers()] == ["kept", "left"]


def test_overridden_register_buffer_without_persistent():
    class Narrow(nn.Module):
        def register_buffer(self, name, tensor):
            super().register_buffer(name, tensor)

    narrow = Narrow()
    narrow.x = nn.Buffer(torch.ones(1))
    assert list(narrow.state_dict()) == ["x"]
    message = raised(
        RuntimeError,
        lambda: setattr(narrow, "y", nn.Buffer(torch.ones(1), persistent=False)),
    )
    assert message == (
        "Registering a non-persistent buffer on a Module subclass that implements "
        "register_buffer() without the persistent argument is not allowed."
    )


def test_delete_each_kind_of_member():
    net = Net()
    for name in ("w", "b", "lin", "scratch"):
        delattr(net, name)
        assert not hasattr(net, name)
    assert net._non_persistent_buffers_set == set()
    message = raised(AttributeError, lambda: delattr(net, "w"))
    assert message == "'Net' object has no attribute 'w'"


def test_missing_attribute_names_the_class():
    message = raised(AttributeError, lambda: Net().foo)
    assert message == "'Net' object has no attribute 'foo'"


def test_dir_lists_members_but_no_positions():
    names = dir(nn.Sequential(nn.ReLU()))
    assert "0" not in names and "training" in names
    assert {"w", "b", "lin", "forward"} <= set(dir(Net()))


# -------------------------------------------------------------------- lookups


@pytest.fixture
def tree():
    return nn.Sequential(OrderedDict(a=Net(), s=nn.Sequential(nn.ReLU())))


def test_get_submodule_by_path(tree):
    assert tree.get_submodule("") is tree
    assert tree.get_submodule("s.0") is tree.s[0]


@pytest.mark.parametrize(
    "method, target, message",
    [
        ("get_submodule", "a.zz", "Net has no attribute `zz`"),
        ("get_submodule", "a.w", "`w` is not an nn.Module"),
        ("get_parameter", "a.zz", "Net has no attribute `zz`"),
        ("get_parameter", "a.b", "`b` is not an nn.Parameter"),
        ("get_buffer", "a.w", "`w` is not a buffer"),
    ],
)
def test_lookup_errors(tree, method, target, message):
    assert raised(AttributeError, lambda: getattr(tree, method)(target)) == message


def test_get_parameter_and_buffer(tree):
    assert tree.get_parameter("a.lin.weight") is tree.a.lin.weight
    assert tree.get_buffer("a.scratch") is tree.a.scratch


def test_set_submodule_replaces_and_creates(tree):
    tree.set_submodule("a.lin", nn.ReLU())
    tree.set_submodule("a.new", nn.Tanh())
    assert isinstance(tree.a.lin, nn.ReLU) and isinstance(tree.a.new, nn.Tanh)


@pytest.mark.parametrize(
    "error, args, message",
    [
        (
            ValueError,
            ("", nn.ReLU()),
            "Cannot set the submodule without a target name!",
        ),
        (
            ValueError,
            ("a.lin", 3),
            "`module` is not an nn.Module, found <class 'int'>",
        ),
        (AttributeError, ("a.w", nn.ReLU()), "`w` is not an nn.Module"),
        (AttributeError, ("a.new", nn.ReLU(), True), "Net has no attribute `new`"),
    ],
)
def test_set_submodule_errors(tree, error, args, message):
    assert raised(error, lambda: tree.set_submodule(*args)) == message


# ------------------------------------------------------------------- traversal


@pytest.fixture
def shared():
    linear = nn.Linear(1, 1)
    module = nn.Sequential(linear, nn.Sequential(linear, nn.ReLU()))
    module.add_module("nothing", None)
    return module


def names(pairs):
    return [name for name, _ in pairs]


def test_shared_members_come_once(shared):
    assert names(shared.named_parameters()) == ["0.weight", "0.bias"]
    assert names(shared.named_modules()) == ["", "0", "1", "1.1"]


def test_shared_members_come_twice_on_request(shared):
    twice = shared.named_parameters(remove_duplicate=False)
    assert names(twice) == ["0.weight", "0.bias", "1.0.weight", "1.0.bias"]
    twice = shared.named_modules(remove_duplicate=False)
    assert names(twice) == ["", "0", "1", "1.0", "1.1"]


def test_traversal_prefix_and_recurse(shared):
    assert names(shared[0].named_parameters("p")) == ["p.weight", "p.bias"]
    assert names(shared.named_parameters(recurse=False)) == []
    assert names(shared.named_modules(prefix="m")) == ["m", "m.0", "m.1", "m.1.1"]


def test_counts_of_children_and_modules(shared):
    assert len(list(shared.children())) == 2
    assert len(list(shared.modules())) == 4
    assert len(list(Net().buffers())) == 2


# ------------------------------------------------------- modes and conversions


def test_train_and_eval_reach_submodules():
    net = Net()
    assert net.eval() is net
    assert not net.training and not net.lin.training
    assert net.train().lin.training


def test_training_mode_must_be_bool():
    message = raised(ValueError, lambda: Net().train(1))
    assert message == "training mode is expected to be boolean"


def test_requires_grad_freezes_all_parameters():
    assert not any(p.requires_grad for p in Net().requires_grad_(False).parameters())


def test_zero_grad_to_none_and_to_zero():
    net = Net()
    net(torch.ones(2)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert net.w.grad.tolist() == [0, 0]
    net.zero_grad()
    assert net.w.grad is None


def test_apply_visits_children_first():
    seen = []
    Net().apply(lambda module: seen.append(type(module).__name__))
    assert seen == ["Linear", "Net"]


def test_conversion_keeps_parameter_identity():
    net = Net()
    net(torch.ones(2)).sum().backward()
    weight, grad = net.w, net.w.grad
    net.register_buffer("i", torch.tensor([1]))
    assert net.double() is net
    assert net.w is weight and net.w.grad is grad
    assert weight.dtype == grad.dtype == net.b.dtype == torch.float64
    assert net.i.dtype == torch.int64


@pytest.mark.parametrize(
    "convert, dtype",
    [
        (lambda net: net.half(), torch.float16),
        (lambda net: net.bfloat16(), torch.bfloat16),
        (lambda net: net.double().float(), torch.float32),
        (lambda net: net.to(torch.float64), torch.float64),
        (lambda net: net.to("cpu", torch.float64), torch.float64),
        (lambda net: net.to(torch.zeros(1, dtype=torch.float64)), torch.float64),
        (lambda net: net.to(dtype=torch.float16), torch.float16),
        (lambda net: net.type(torch.float64), torch.float64),
    ],
)
def test_conversion_to_dtype(convert, dtype):
    net = convert(Net())
    assert net.w.dtype == net.scratch.dtype == net.lin.bias.dtype == dtype


def test_to_integer_dtype_raises():
    message = raised(TypeError, lambda: Net().to(torch.int32))
    assert message == (
        "nn.Module.to only accepts floating point or complex dtypes, "
        "but got desired dtype=torch.int32"
    )


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


# ------------------------------------------------------------------ forward hooks


def test_forward_hooks_see_and_replace():
    net, x = Net(), torch.ones(2)
    first = net.register_forward_pre_hook(lambda m, args: args[0] * 3)
    second = net.register_forward_hook(lambda m, args, out: (args[0], out))
    args, out = net(x)
    assert args.tolist() == [3, 3] and out.tolist() == [6, 6]
    first.remove()
    second.remove()
    assert net(x).tolist() == [2, 2]


def test_forward_hooks_with_kwargs():
    net, seen = Net(), []
    net.register_forward_pre_hook(
        lambda m, args, kwargs: (args, {"k": kwargs["k"] + 1}), with_kwargs=True
    )
    net.register_forward_hook(
        lambda m, args, kwargs, out: seen.append(kwargs), with_kwargs=True
    )
    assert net(torch.ones(2), k=5).tolist() == [12, 12]
    assert seen == [{"k": 6}]


def test_forward_pre_hook_with_kwargs_must_return_a_pair():
    net = Net()
    net.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    assert raised(RuntimeError, lambda: net(torch.ones(2))) == (
        "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
        "but got 3."
    )


def test_prepended_hook_runs_first():
    log, module = [], Twice()
    module.register_forward_hook(lambda *args: log.append("second"))
    module.register_forward_hook(lambda *args: log.append("first"), prepend=True)
    module(torch.ones(1))
    assert log == ["first", "second"]


def test_handle_as_context_manager():
    module = Twice()
    with module.register_forward_hook(lambda m, args, out: 7):
        assert module(torch.ones(1)) == 7
    assert module(torch.ones(1)).item() == 2


def test_always_called_hook_runs_after_an_error():
    net, log = Net(), []
    net.register_forward_hook(lambda m, args, out: log.append(out), always_call=True)
    with pytest.raises(RuntimeError):
        net(torch.ones(3))
    assert log == [None]


def test_always_called_hook_that_fails_only_warns():
    net = Net()
    net.register_forward_hook(lambda m, args, out: 1 / 0, always_call=True)
    messages = warned(lambda: pytest.raises(RuntimeError, net, torch.ones(3)))
    assert messages == [
        "module forward hook with ``always_call=True`` raised an exception that was "
        "silenced as another error was raised in forward: division by zero"
    ]


def test_hook_tables_may_be_edited_in_place():
    module = Twice()
    module._forward_hooks[0] = lambda m, args, out: 7
    assert module(torch.ones(1)) == 7


# ----------------------------------------------------------------- backward hooks


def test_full_backward_hooks_see_both_ends():
    net, log = Net(), []
    x = torch.ones(2, requires_grad=True)
    net.register_full_backward_pre_hook(lambda m, go: log.append(("pre", go)))
    net.register_full_backward_hook(lambda m, gi, go: log.append(("post", gi, go)))
    out = net(x)
    assert out.grad_fn.name() == "BackwardHookFunctionBackward"
    out.sum().backward()
    (_, pre), (_, grad_input, grad_output) = log
    assert pre[0].tolist() == grad_output[0].tolist() == [1, 1]
    assert grad_input[0].tolist() == x.grad.tolist() == [2, 2]


def test_full_backward_hook_replaces_grad_input():
    net, x = Net(), torch.ones(2, requires_grad=True)
    net.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,))
    net(x).sum().backward()
    assert x.grad.tolist() == [20, 20]


def test_full_backward_pre_hook_replaces_grad_output():
    net, x = Net(), torch.ones(2, requires_grad=True)
    net.register_full_backward_pre_hook(lambda m, go: (go[0] * 100,))
    net(x).sum().backward()
    assert x.grad.tolist() == [200, 200]


def test_full_backward_hook_places_none_for_other_values():
    class Three(nn.Module):
        def forward(self, a, text):
            return text, a * 3

    module, log = Three(), []
    module.register_full_backward_hook(lambda m, gi, go: log.append((gi, go)))
    module(torch.ones(1, requires_grad=True), "t")[1].backward()
    grad_input, grad_output = log[0]
    assert grad_input[0].tolist() == [3] and grad_input[1] is None
    assert grad_output[0] is None and grad_output[1].tolist() == [1]


def test_full_backward_hook_without_differentiable_input_warns():
    net, log = Net(), []
    net.register_full_backward_hook(lambda m, gi, go: log.append(gi))
    messages = warned(lambda: net(torch.ones(2)).sum().backward())
    assert log == [(None,)]
    assert messages[0].startswith("Full backward hook is firing when gradients are")


@pytest.mark.parametrize(
    "register, result, message",
    [
        (
            "register_full_backward_hook",
            (1, 2, 3),
            "Backward hook returned an invalid number of grad_input, got 3, but "
            "expected 1",
        ),
        (
            "register_full_backward_pre_hook",
            (1, 2),
            "Backward pre hook returned an invalid number of grad_output, got 2, but "
            "expected 1",
        ),
    ],
)
def test_backward_hook_must_keep_the_number(register, result, message):
    module = Twice()
    getattr(module, register)(lambda *args: result)
    out = module(torch.ones(1, requires_grad=True))
    assert raised(RuntimeError, out.backward) == message


def test_backward_hooks_of_both_kinds_do_not_mix():
    module = Twice()
    module.register_full_backward_hook(lambda *args: None)
    message = raised(
        RuntimeError, lambda: module.register_backward_hook(lambda *args: None)
    )
    assert message == (
        "Cannot use both regular backward hooks and full backward hooks on a single "
        "Module. Please use only one of them."
    )


def test_full_backward_hook_is_silent_without_grad():
    module = Twice()
    module.register_full_backward_hook(lambda *args: 1 / 0)
    with torch.no_grad():
        assert module(torch.ones(1, requires_grad=True)).item() == 2


def test_legacy_backward_hook_warns_of_several_nodes():
    class Six(nn.Module):
        def forward(self, x):
            return (x * 2) * 3

    module, log = Six(), []
    module.register_backward_hook(lambda m, gi, go: log.append(gi[0].item()))
    out = []
    x = torch.ones(1, requires_grad=True)
    messages = warned(lambda: out.append(module(x)))
    out[0].backward()
    assert log == [3]
    assert messages == [
        "Using a non-full backward hook when the forward contains multiple autograd "
        "Nodes "
        "is deprecated and will be removed in future versions. This hook will be "
        "missing "
        "some grad_input. Please use register_full_backward_hook to get the documented "
        "behavior."
    ]


# ------------------------------------------------------------------- global hooks


@pytest.fixture
def handles():
    registered = []
    yield registered
    for handle in registered:
        handle.remove()
    assert not module_api._has_any_global_hook()


def test_global_call_hooks_see_every_module(handles):
    log = []

    def note(event):
        return lambda module, *rest: log.append((event, type(module).__name__))

    handles += [
        module_api.register_module_forward_pre_hook(note("pre")),
        module_api.register_module_forward_hook(note("post")),
        module_api.register_module_full_backward_pre_hook(note("backward pre")),
        module_api.register_module_full_backward_hook(note("backward")),
    ]
    net = nn.Sequential(Twice())
    net(torch.ones(1, requires_grad=True)).backward()
    assert log == [
        ("pre", "Sequential"),
        ("pre", "Twice"),
        ("post", "Twice"),
        ("post", "Sequential"),
        ("backward pre", "Sequential"),
        ("backward pre", "Twice"),
        ("backward", "Twice"),
        ("backward", "Sequential"),
    ]


def test_global_registration_hooks(handles):
    log = []
    for register in (
        module_api.register_module_parameter_registration_hook,
        module_api.register_module_buffer_registration_hook,
        module_api.register_module_module_registration_hook,
    ):
        handles.append(register(lambda module, name, value: log.append(name)))
    Net()
    assert log == ["w", "b", "scratch", "weight", "bias", "lin"]


def test_global_registration_hook_replaces(handles):
    handles.append(
        module_api.register_module_parameter_registration_hook(
            lambda module, name, param: nn.Parameter(param * 5)
        )
    )
    assert Net().w.tolist() == [5, 5]


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
