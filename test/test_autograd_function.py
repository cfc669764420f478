"""Hooks of the backward graph and functions of one's own.

Nothing here knows who implements torch: the same file passes under PyTorch.
"""

from __future__ import annotations

import gc
import weakref

import pytest

import torch
from autograd_cases import (
    TWICE,
    leaf,
    raises,
)
from torch.autograd import Function

# -------------------------------------------------------------------- hooks


def test_hooks_run_in_order():
    order = []
    y = leaf(1.0) * 2
    y.retain_grad()
    y.register_hook(lambda g: order.append("tensor") or g * 2)
    y.grad_fn.register_prehook(lambda g: order.append("pre"))
    y.grad_fn.register_hook(lambda gi, go: order.append("post"))
    y.backward()
    assert order == ["tensor", "pre", "post"]
    assert y.grad.tolist() == [2.0]


def test_hook_of_a_leaf_changes_its_gradient():
    x = leaf(1.0)
    handle = x.register_hook(lambda g: g * 10)
    (x * 2).backward()
    assert x.grad.tolist() == [20.0]
    handle.remove()
    x.grad = None
    (x * 2).backward()
    assert x.grad.tolist() == [2.0]


def test_hook_needs_a_tensor_that_requires_grad():
    with raises("cannot register a hook on a tensor that doesn't require gradient"):
        torch.ones(1).register_hook(lambda g: g)


def test_hook_that_changes_the_size():
    def grow(g):
        return torch.ones(5)

    x = leaf(1.0)
    x.register_hook(grow)
    with raises("hook 'grow' has changed the size of value"):
        x.backward()


def test_exception_in_a_hook_comes_through():
    def fail(g):
        raise ValueError("no")

    x = leaf(1.0)
    x.register_hook(fail)
    with raises("no", ValueError):
        (x * 2).backward()


def test_post_accumulate_grad_hook():
    seen = []
    x = leaf(1.0)
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.item()))
    (x * 2).backward()
    assert seen == [2.0]


def test_retain_grad_follows_an_in_place_write():
    y = leaf(1.0) * 2
    y.retain_grad()
    y.mul_(5)
    y.backward()
    assert y.grad.tolist() == [1.0]


def test_retain_grad_of_a_tensor_without_grad():
    with raises("can't retain_grad on Tensor that has requires_grad=False"):
        torch.ones(1).retain_grad()


def test_grad_of_an_input_applies_its_hooks():
    y = leaf(1.0) * 2
    y.register_hook(lambda g: g * 3)
    (g,) = torch.autograd.grad(y, [y])
    assert g.tolist() == [3.0]


def test_backward_inside_a_hook():
    inner = leaf(2.0)

    def hook(g):
        with torch.enable_grad():
            (inner * inner).backward()

    y = leaf(1.0) * 2
    y.register_hook(hook)
    y.backward()
    assert inner.grad.tolist() == [4.0]


# ---------------------------------------------------------- custom functions


class Product(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        return grad * b, grad * a


def test_function_backward():
    a, b = leaf(2.0), leaf(5.0)
    y = Product.apply(a, b)
    assert y.grad_fn.name() == "ProductBackward"
    y.backward()
    assert a.grad.tolist() == [5.0]
    assert b.grad.tolist() == [2.0]


def test_function_saved_tensors_are_freed():
    a, b = leaf(2.0), leaf(5.0)
    y = Product.apply(a, b)
    y.backward()
    with raises(TWICE):
        y.backward()


def returning(value):
    class Fixed(Function):
        @staticmethod
        def forward(ctx, a, b):
            return a * b

        @staticmethod
        def backward(ctx, grad):
            return value(grad)

    return Fixed.apply(torch.ones(2, 3, requires_grad=True), leaf(1.0))


@pytest.mark.parametrize(
    "value, text",
    [
        (
            lambda g: (g,),
            "function FixedBackward returned an incorrect number of gradients "
            "(expected 2, got 1)",
        ),
        (
            lambda g: (torch.ones(4), None),
            "Function FixedBackward returned an invalid gradient at index 0 - got [4] "
            "but expected shape compatible with [2, 3]",
        ),
        (
            lambda g: (torch.ones(2, 3, device="meta"), None),
            "Function FixedBackward returned an invalid gradient at index 0 - expected "
            "device cpu but got meta",
        ),
    ],
)
def test_function_returns_a_wrong_gradient(value, text):
    with raises(text):
        returning(value).sum().backward()


def test_function_context_is_freed_with_its_graph():
    class Marker:
        pass

    class Marked(Function):
        @staticmethod
        def forward(ctx, a):
            ctx.marker = Marker()
            alive.append(weakref.ref(ctx.marker))
            return a * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    alive = []
    y = Marked.apply(leaf(1.0))
    y.backward()
    assert alive[0]() is not None
    del y
    gc.collect()
    assert alive[0]() is None


def test_function_view_is_not_written():
    class Flat(Function):
        @staticmethod
        def forward(ctx, a):
            return a.view(-1)

        @staticmethod
        def backward(ctx, grad):
            return grad.view(1, 1)

    y = Flat.apply(torch.ones(1, 1, requires_grad=True) * 1)
    with pytest.raises(RuntimeError, match="created inside a custom Function"):
        y.mul_(2)
