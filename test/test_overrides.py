"""__torch_function__: subclasses, other classes, modes."""

from __future__ import annotations

import pytest

import torch
from torch.overrides import (
    TorchFunctionMode,
    get_overridable_functions,
    handle_torch_function,
    has_torch_function,
    has_torch_function_unary,
    has_torch_function_variadic,
    is_tensor_like,
    is_tensor_method_or_property,
    resolve_name,
)


class Quiet(torch.Tensor):
    """A subclass that changes nothing."""


class Noting(torch.Tensor):
    """A subclass that notes what is called on it."""

    calls: list = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.calls.append(resolve_name(func))
        return super().__torch_function__(func, types, args, kwargs)


class Refusing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return NotImplemented


class Foreign:
    """No tensor at all, but it answers torch functions."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return func, types, args, kwargs


@pytest.fixture
def noting():
    Noting.calls = []
    return torch.arange(4.0).as_subclass(Noting)


def test_results_keep_the_subclass():
    x = torch.ones(3).as_subclass(Quiet)
    assert type(x + 1) is type(torch.sin(x)) is type(x[0]) is Quiet


def test_tuples_of_results_keep_the_subclass():
    x = torch.ones(4).as_subclass(Quiet)
    assert {type(part) for part in x.split(2)} == {Quiet}


def test_subclass_sees_operators(noting):
    noting + 1
    torch.add(noting, 1)
    assert Noting.calls == ["torch.Tensor.add", "torch.add"]


def test_subclass_sees_python_methods(noting):
    noting.split(2)
    assert Noting.calls == ["torch.Tensor.split"]


def test_subclass_sees_attributes(noting):
    noting.shape
    assert Noting.calls == ["torch.Tensor.shape.__get__"]


def test_grad_keeps_its_identity():
    x = torch.ones(2).as_subclass(Quiet).requires_grad_()
    (x * 2).sum().backward()
    assert x.grad is x.grad


def test_mixing_with_an_unrelated_subclass_raises(noting):
    with pytest.raises(TypeError, match="torch.add'"):
        torch.add(noting, torch.ones(4).as_subclass(Quiet))


def test_refusing_class_raises():
    x = torch.ones(2).as_subclass(Refusing)
    with pytest.raises(TypeError) as error:
        x.norm()
    assert str(error.value) == (
        "no implementation found for 'torch._tensor.norm' on types that implement "
        f"__torch_function__: [{Refusing!r}]"
    )


def test_foreign_class_answers():
    foreign = Foreign()
    func, types, args, _ = torch.add(foreign, 1)
    assert func is torch.add and types == (Foreign,) and args == (foreign, 1)


def test_disable_torch_function_subclass(noting):
    with torch._C.DisableTorchFunctionSubclass():
        result = noting + 1
    assert Noting.calls == [] and type(result) is torch.Tensor


def test_has_torch_function():
    plain, own = torch.ones(1), torch.ones(1).as_subclass(Quiet)
    assert not has_torch_function((plain, 3)) and has_torch_function((plain, own))
    assert not has_torch_function_unary(plain) and has_torch_function_unary(own)
    assert has_torch_function_variadic(plain, own)


def test_parameter_overrides_nothing():
    assert not has_torch_function_unary(torch.nn.Parameter(torch.ones(1)))


def test_handle_torch_function_in_a_users_function(noting):
    def twice(x):
        if has_torch_function_unary(x):
            return handle_torch_function(twice, (x,), x)
        return x + x

    assert twice(noting).tolist() == [0, 2, 4, 6]
    assert Noting.calls[0] is None


def test_mode_sees_calls_on_plain_tensors():
    names = []

    class Noted(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            names.append(resolve_name(func))
            return func(*args, **(kwargs or {}))

    with Noted():
        torch.add(torch.tensor(1), 1)
    torch.ones(1)
    assert names == ["torch.tensor", "torch.add"]


def test_inner_mode_comes_first():
    order = []

    class Named(TorchFunctionMode):
        def __init__(self, name):
            self.name = name

        def __torch_function__(self, func, types, args=(), kwargs=None):
            order.append(self.name)
            return func(*args, **(kwargs or {}))

    x = torch.ones(1)
    with Named("outer"), Named("inner"):
        torch.add(x, 1)
    assert order == ["inner", "outer"]


def test_is_tensor_like():
    assert is_tensor_like(torch.ones(1)) and is_tensor_like(Foreign())
    assert not is_tensor_like(3)


@pytest.mark.parametrize(
    "func, name",
    [
        (torch.Tensor.add, "torch.Tensor.add"),
        (torch.Tensor.grad.__get__, "torch.Tensor.grad.__get__"),
        (torch.add, "torch.add"),
        (torch.nn.functional.relu, "torch.nn.functional.relu"),
    ],
)
def test_resolve_name(func, name):
    assert resolve_name(func) == name


def test_methods_and_properties():
    assert is_tensor_method_or_property(torch.Tensor.add)
    assert is_tensor_method_or_property(torch.Tensor.grad.__get__)
    assert not is_tensor_method_or_property(torch.nn.functional.relu)


def test_overridable_functions():
    functions = get_overridable_functions()
    assert torch.add in functions[torch] and torch.tensor not in functions[torch]
    assert torch.Tensor.add in functions[torch.Tensor]
