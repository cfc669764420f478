"""Containers and lazy layers of torch.nn."""

from __future__ import annotations

from collections import OrderedDict

import pytest

import torch
from nn_cases import raised
from torch import nn

# ------------------------------------------------------------------- containers


def test_sequential_by_position_and_name():
    relu, tanh = nn.ReLU(), nn.Tanh()
    by_name = nn.Sequential(OrderedDict(a=relu, b=tanh))
    assert by_name.a is by_name[0] is relu
    assert list(by_name[:1]._modules) == ["a"]
    assert nn.Sequential(relu, tanh)[-1] is tanh


def test_sequential_delete_renumbers():
    s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    del s[0]
    assert list(s._modules) == ["0", "1"]
    assert isinstance(s.pop(1), nn.Sigmoid)
    assert len(s) == 1


def test_sequential_insert_append_extend():
    s = nn.Sequential(nn.ReLU())
    s.insert(0, nn.Tanh()).append(nn.Sigmoid()).extend([nn.Identity()])
    assert [type(m).__name__ for m in s] == ["Tanh", "ReLU", "Sigmoid", "Identity"]


def test_sequential_arithmetic():
    s = nn.Sequential(nn.ReLU()) + nn.Sequential(nn.Tanh())
    assert len(s * 2) == 4 and len(2 * s) == 4
    s *= 3
    s += nn.Sequential(nn.ReLU())
    assert len(s) == 7


@pytest.mark.parametrize(
    "error, call, message",
    [
        (IndexError, lambda s: s[5], "index 5 is out of range"),
        (IndexError, lambda s: s.insert(9, nn.ReLU()), "Index out of range: 9"),
        (TypeError, lambda s: s.append(3), "int is not a Module subclass"),
        (
            ValueError,
            lambda s: s + 3,
            "add operator supports only objects of Sequential class, but "
            "<class 'int'> is given.",
        ),
        (
            ValueError,
            lambda s: s * 0,
            "Non-positive multiplication factor 0 for "
            "<class 'torch.nn.modules.container.Sequential'>",
        ),
        (
            TypeError,
            lambda s: s * "a",
            "unsupported operand type(s) for *: "
            "<class 'torch.nn.modules.container.Sequential'> and <class 'str'>",
        ),
        (
            AssertionError,
            lambda s: s.insert(0, 3),
            "module should be of type: <class 'torch.nn.modules.module.Module'>",
        ),
    ],
)
def test_sequential_errors(error, call, message):
    assert raised(error, lambda: call(nn.Sequential(nn.ReLU()))) == message


def test_module_list_repr_folds_equal_modules():
    modules = nn.ModuleList([nn.ReLU()] * 3 + [nn.Tanh()])
    assert repr(modules) == "ModuleList(\n  (0-2): 3 x ReLU()\n  (3): Tanh()\n)"
    assert repr(nn.ModuleList()) == "ModuleList()"


def test_module_list_behaves_as_list():
    modules = nn.ModuleList([nn.ReLU(), nn.Tanh()])
    modules.insert(0, nn.Sigmoid())
    modules += [nn.Identity()]
    assert [type(m).__name__ for m in modules[1:]] == ["ReLU", "Tanh", "Identity"]
    assert isinstance(modules.pop(0), nn.Sigmoid)
    assert len(modules + [nn.ReLU()]) == 4


@pytest.mark.parametrize(
    "values, message",
    [
        (3, "ModuleList.extend should be called with an iterable, but got int"),
        ([3], "int is not a Module subclass"),
    ],
)
def test_module_list_extend_errors(values, message):
    assert raised(TypeError, lambda: nn.ModuleList().extend(values)) == message


def test_module_dict_keeps_order():
    modules = nn.ModuleDict({"z": nn.ReLU(), "a": nn.Tanh()})
    modules.update([("m", nn.Identity())])
    assert list(modules) == list(modules.keys()) == ["z", "a", "m"]
    assert "a" in modules and isinstance(modules.pop("z"), nn.ReLU)
    assert len(modules) == 2


@pytest.mark.parametrize(
    "error, values, message",
    [
        (
            TypeError,
            3,
            "ModuleDict.update should be called with an iterable of key/value pairs, "
            "but got int",
        ),
        (
            TypeError,
            [3],
            "ModuleDict update sequence element #0 should be Iterable; isint",
        ),
        (
            ValueError,
            [("q",)],
            "ModuleDict update sequence element #0 has length 1; 2 is required",
        ),
        (KeyError, {"keys": nn.ReLU()}, "\"attribute 'keys' already exists\""),
    ],
)
def test_module_dict_update_errors(error, values, message):
    assert raised(error, lambda: nn.ModuleDict().update(values)) == message


def test_parameter_list_makes_parameters():
    params = nn.ParameterList([torch.ones(2), "text"])
    params.append(torch.zeros(1))
    assert isinstance(params[0], nn.Parameter)
    assert list(params.state_dict()) == ["0", "2"]
    assert len(params[1:]) == 2
    assert repr(params) == (
        "ParameterList(\n"
        "    (0): Parameter containing: [torch.float32 of size 2]\n"
        "    (1): Object of type: str\n"
        "    (2): Parameter containing: [torch.float32 of size 1]\n)"
    )


def test_parameter_list_is_not_callable():
    message = "ParameterList should not be called."
    assert raised(RuntimeError, lambda: nn.ParameterList()(1)) == message


def test_parameter_dict_behaves_as_dict():
    params = nn.ParameterDict({"b": torch.ones(2), "a": 3})
    assert list(params) == ["a", "b"]
    assert params.setdefault("c", 5) == 5 and params.get("d", 7) == 7
    assert params.popitem() == ("c", 5)
    merged = params | {"k": torch.zeros(1)}
    assert [name for name, _ in merged.named_parameters()] == ["b", "k"]
    assert repr(nn.ParameterDict({"a": torch.ones(2)})) == (
        "ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 2])"
    )


def test_parameter_dict_key_must_be_string():
    params = nn.ParameterDict()
    message = raised(TypeError, lambda: params.__setitem__(3, 1))
    assert message == (
        "Index given to ParameterDict cannot be used as a key as it is not a string "
        "(type is 'int'). Open an issue on github if you need non-string keys."
    )
    assert len(params) == 0


# ------------------------------------------------------------------ lazy layers


def test_lazy_linear_becomes_linear_with_the_first_input():
    net = nn.Sequential(nn.LazyLinear(2), nn.ReLU()).double()
    assert repr(net[0]) == "LazyLinear(in_features=0, out_features=2, bias=True)"
    assert repr(net[0].weight) == "<UninitializedParameter>"
    assert net(torch.ones(3, 7, dtype=torch.float64)).shape == (3, 2)
    assert type(net[0]) is nn.Linear and net[0].weight.shape == (2, 7)
    assert type(net[0].bias) is nn.Parameter
    assert len(net[0]._forward_pre_hooks) == 0


def test_lazy_linear_draws_as_linear_does():
    torch.manual_seed(3)
    lazy = nn.LazyLinear(2)
    lazy(torch.ones(1, 3))
    torch.manual_seed(3)
    assert lazy.weight.tolist() == nn.Linear(3, 2).weight.tolist()


def test_lazy_linear_takes_its_shape_from_a_state_dict():
    lazy = nn.LazyLinear(3)
    lazy.load_state_dict(nn.Linear(5, 3).state_dict())
    assert lazy.weight.shape == (3, 5)


def test_lazy_conv_counts_channels():
    conv = nn.LazyConv2d(4, 3, groups=2, bias=False)
    assert conv(torch.ones(1, 2, 5, 5)).shape == (1, 4, 3, 3)
    assert repr(conv) == (
        "Conv2d(2, 4, kernel_size=(3, 3), stride=(1, 1), groups=2, bias=False)"
    )


def test_lazy_conv_rejects_other_dimensions():
    message = raised(RuntimeError, lambda: nn.LazyConv2d(4, 3)(torch.ones(2, 2)))
    assert message == (
        "Expected 3D (unbatched) or 4D (batched) input to LazyConv2d, but got input of "
        "size: torch.Size([2, 2])"
    )


def test_uninitialized_parameter_has_no_shape():
    message = raised(RuntimeError, lambda: nn.UninitializedParameter().shape)
    assert message.startswith("Can't access the shape of an uninitialized parameter")


def test_uninitialized_parameter_takes_no_part_in_operations():
    message = raised(ValueError, lambda: nn.UninitializedParameter() + 1)
    assert message.startswith("Attempted to use an uninitialized parameter in ")
