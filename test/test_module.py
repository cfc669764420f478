"""torch.nn.Module: members, lookups, traversal, modes and conversions.

Error texts and orders of events are those of PyTorch 2.13.
"""

from __future__ import annotations

from collections import OrderedDict

import pytest

import torch
from module_cases import Net
from nn_cases import raised
from torch import nn

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
    assert message == raised(AttributeError, lambda: object.__delattr__(net, "w"))


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
