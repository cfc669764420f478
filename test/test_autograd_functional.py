"""torch.autograd.functional: products, Jacobians, Hessians, and their strict mode."""

from __future__ import annotations

import pytest

import torch
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp

A = torch.tensor([1.0, 2.0])
B = torch.tensor([3.0, 4.0])
graph = pytest.mark.parametrize("create_graph", [False, True])


def square(x):
    return x**2


def pair(x, y):
    return x * y, (x + y).sum()


def cubes(x):
    return (x**3).sum()


def mixed(x, y):
    return ((x**2) * y).sum()


def lists(value):
    if isinstance(value, tuple):
        return tuple(lists(v) for v in value)
    return value.tolist()


@graph
def test_vjp(create_graph):
    assert lists(vjp(square, A, A, create_graph=create_graph)) == ([1, 4], [2, 8])


@graph
def test_vjp_of_tuples(create_graph):
    result = vjp(pair, (A, B), (A, torch.tensor(1.0)), create_graph=create_graph)
    assert lists(result) == (([3, 8], 10), ([4, 9], [2, 5]))


@graph
def test_jvp(create_graph):
    assert lists(jvp(square, A, A, create_graph=create_graph)) == ([1, 4], [2, 8])


@graph
def test_jvp_of_tuples(create_graph):
    result = jvp(pair, (A, B), (B, A), create_graph=create_graph)
    assert lists(result) == (([3, 8], 10), ([10, 20], 10))


@graph
def test_jacobian(create_graph):
    result = jacobian(square, A, create_graph=create_graph)
    assert result.tolist() == [[2, 0], [0, 4]]
    assert result.requires_grad == create_graph


def test_jacobian_of_tuples():
    assert lists(jacobian(pair, (A, B))) == (
        ([[3, 0], [0, 4]], [[1, 0], [0, 2]]),
        ([1, 1], [1, 1]),
    )


def test_jacobian_shape_is_output_then_input():
    result = jacobian(lambda x: x.sum(0), torch.ones(2, 3))
    assert result.shape == (3, 2, 3)


def test_jacobian_vectorize_gives_the_same():
    assert jacobian(square, A, vectorize=True).equal(jacobian(square, A))


@graph
def test_hessian(create_graph):
    result = hessian(cubes, A, create_graph=create_graph)
    assert result.tolist() == [[6, 0], [0, 12]]


def test_hessian_of_tuples():
    assert lists(hessian(mixed, (A, B))) == (
        ([[6, 0], [0, 8]], [[2, 0], [0, 4]]),
        ([[2, 0], [0, 4]], [[0, 0], [0, 0]]),
    )


@graph
@pytest.mark.parametrize("product", [vhp, hvp])
def test_hessian_product(product, create_graph):
    result = product(mixed, (A, B), (A, B), create_graph=create_graph)
    assert lists(result) == (19, ([12, 32], [2, 8]))


def test_create_graph_differentiates_the_result():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    jacobian(square, x, create_graph=True).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_without_create_graph_the_result_is_cut_off():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert not jacobian(square, x).requires_grad


def test_zeros_where_there_is_no_dependence():
    assert vjp(lambda x, y: x, (A, B), A)[1][1].tolist() == [0, 0]


def test_works_without_grad_mode():
    with torch.no_grad():
        assert vjp(square, A, A)[1].tolist() == [2, 8]


STRICT_INDEPENDENT = (
    "The output of the user-provided function is independent of input 1. This is not "
    "allowed in strict mode."
)


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: vjp(lambda x, y: x, (A, B), A, strict=True), STRICT_INDEPENDENT),
        (lambda: jvp(lambda x, y: x, (A, B), (A, B), strict=True), STRICT_INDEPENDENT),
        (
            lambda: vjp(lambda x: x.detach(), A, A, strict=True),
            "Output 0 of the user-provided function does not require gradients. The "
            "outputs must be computed in a differentiable manner from the input when "
            "running in strict mode.",
        ),
        (
            lambda: jacobian(lambda x, y: x * 2, (A, B), strict=True),
            "Output 0 of the user-provided function is independent of input 1. This is not "
            "allowed in strict mode.",
        ),
        (
            lambda: jacobian(lambda x: x * 2, A, strict=True, create_graph=True),
            "The jacobian of the user-provided function is independent of input 0. This is "
            "not allowed in strict mode when create_graph=True.",
        ),
        (
            lambda: hessian(lambda x: x.sum(), A, strict=True),
            "While computing the hessian, found that the jacobian of the user-provided "
            "function with respect to input 0 is independent of the input. This is not "
            "allowed in strict mode. You should ensure that your function is twice "
            "differentiable and that the jacobian depends on the inputs (this would be "
            "violated by a linear function for example).",
        ),
        (
            lambda: jacobian(square, A, strict=True, vectorize=True),
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are "
            "not supported together. Please either set `strict=False` or "
            "`vectorize=False`.",
        ),
        (
            lambda: vjp(square, A),
            "The vector v can only be None if the user-provided function returns a single "
            "Tensor with a single element.",
        ),
        (
            lambda: jvp(square, A),
            "The vector v can only be None if the input to the user-provided function is a "
            "single Tensor with a single element.",
        ),
        (
            lambda: vjp(square, A, torch.ones(3)),
            "v has invalid size: should be torch.Size([2]) but got torch.Size([3]).",
        ),
        (
            lambda: jvp(pair, (A, B), (A, torch.ones(3))),
            "Entry 1 in v has invalid size: should be torch.Size([2]) but got "
            "torch.Size([3]).",
        ),
        (
            lambda: vjp(square, A, (A, A)),
            "The given v should contain a single Tensor.",
        ),
        (
            lambda: vjp(pair, (A, B), A),
            "v is a tuple of invalid length: should be 2 but got 1.",
        ),
        (
            lambda: hessian(square, A),
            "The Tensor returned by the function given to hessian should contain a single "
            "element",
        ),
        (
            lambda: vhp(lambda x: (x.sum(),), A, A),
            "The function given to vhp should return a single Tensor",
        ),
    ],
)
def test_runtime_error(call, text):
    with pytest.raises(RuntimeError) as error:
        call()
    assert str(error.value) == text


@pytest.mark.parametrize(
    "call, text",
    [
        (
            lambda: vjp(square, 3),
            "The inputs given to vjp must be either a Tensor or a tuple of Tensors but the "
            "given inputs has type <class 'int'>.",
        ),
        (
            lambda: vjp(square, (A, 3)),
            "The inputs given to vjp must be either a Tensor or a tuple of Tensors but the "
            "value at index 1 has type <class 'int'>.",
        ),
        (
            lambda: vjp(lambda x: 3, A),
            "The outputs of the user-provided function given to vjp must be either a "
            "Tensor or a tuple of Tensors but the given outputs of the user-provided "
            "function has type <class 'int'>.",
        ),
    ],
)
def test_type_error(call, text):
    with pytest.raises(TypeError) as error:
        call()
    assert str(error.value) == text


def test_unknown_strategy():
    with pytest.raises(
        AssertionError, match='^Expected strategy to be either "forward-mo'
    ):
        jacobian(square, A, strategy="sideways")
