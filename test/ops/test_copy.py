"""Copies, conversions of dtype and memory format, complex views: Copy, Fill."""

from __future__ import annotations

import pytest
from harness import COMPLEX, EVERY, FLOAT, INT, LOW, Op, OpTests, S, on_clone

import torch

NAN, INF = float("nan"), float("inf")


def conversions(m):
    x = m(3, 4)
    return [S(x, getattr(torch, name)) for name in EVERY]


def numbers(m):
    return [S(m(2, 3)), S(m(37)), S(m()), S(m(0, 2)), S(m(2, 3, 4).permute(2, 0, 1))]


def pairs(m):
    """Real tensors whose last dimension holds real and imaginary parts."""
    return [S(m(3, 2)), S(m(2)), S(m(1, 2)), S(m(3, 4, 2)[:, ::2])]


class TestCopy(OpTests):
    golden = "copy"
    ops = [
        Op("Tensor.to", conversions, EVERY, grad=False, method=False),
        Op(
            "Tensor.to",
            lambda m: [
                S(m(2, 3)),
                S(m(2, 3), torch.float64),
                S(m(2, 3), "cpu"),
                S(m(2, 3), "cpu", torch.float64),
                S(m(2, 3), torch.zeros(1, dtype=torch.float64)),
                S(m(2, 3), copy=True),
                S(m(1, 2, 3, 4), memory_format=torch.channels_last),
            ],
            FLOAT,
            meta=False,
            label="to",
            errors=lambda m: [S(m(2), "nowhere"), S(m(2), "cpu:x"), S(m(2), [])],
        ),
        Op("clone", numbers, EVERY),
        Op(
            "clone",
            lambda m: [
                S(m(1, 2, 3, 4), memory_format=torch.channels_last),
                S(m(2, 3).t(), memory_format=torch.contiguous_format),
            ],
            FLOAT,
            label="clone, memory format",
            errors=lambda m: [S(m(2, 3), memory_format=torch.channels_last)],
        ),
        Op("Tensor.contiguous", numbers, EVERY),
        Op(
            "Tensor.type_as",
            lambda m: [S(m(2, 3), torch.zeros(1).half())],
            EVERY,
            grad=False,
        ),
        Op(
            "Tensor.copy_",
            lambda m: [
                S(m(2, 3), m(2, 3)),
                S(m(2, 3), m(3)),
                S(m(3, 4), m(4, 3).t()),
                S(m(4, 3).t(), m(3, 1)),
                S(m(1), m()),
                S(m(2), 1),
                S(m(0, 3), m(3)),
            ],
            EVERY,
            method=False,
            call=on_clone("Tensor.copy_"),
            errors=lambda m: [S(m(2), m(3)), S(m(), m(1)), S(m(2), [1])],
        ),
        Op(
            "Tensor.copy_",
            lambda m: [S(m(2, 3), m(2, 3).to(getattr(torch, d))) for d in EVERY],
            FLOAT + LOW + INT + ("bool",),
            method=False,
            grad=False,
            call=on_clone("Tensor.copy_"),
            label="copy_ from every dtype",
        ),
        Op("conj", numbers, COMPLEX + FLOAT[:1], strided=False, meta=False),
        Op("resolve_conj", lambda m: [S(m(3).conj()), S(m(3))], COMPLEX, meta=False),
        Op("resolve_neg", lambda m: [S(m(3)), S(m(3).conj())], COMPLEX, meta=False),
        Op(
            "view_as_real",
            numbers,
            COMPLEX,
            method=False,
            strided=False,
            errors=lambda m: [S(m(2))],
        ),
        Op(
            "view_as_complex",
            pairs,
            FLOAT,
            method=False,
            strided=False,
            errors=lambda m: [S(m(3)), S(m()), S(m(2).long()), S(m(2, 4)[:, ::2])],
        ),
        Op("real", numbers, COMPLEX + FLOAT, method=False),
        Op("imag", numbers, COMPLEX, method=False, errors=lambda m: [S(m(2))]),
    ]


class TestFill(OpTests):
    golden = "fill"
    ops = [
        Op(
            "Tensor.fill_",
            lambda m: [
                S(m(2, 3), 1),
                S(m(4, 3).t(), 2),
                S(m(), 3),
                S(m(0), 1),
                S(m(37), m()),
            ],
            EVERY,
            method=False,
            call=on_clone("Tensor.fill_"),
            errors=lambda m: [S(m(2), m(2)), S(m(2), 1j), S(m(2), "a")],
        ),
        Op("fill", lambda m: [S(m(2, 3), 1), S(m(2, 3), m())], FLOAT, method=False),
        Op("Tensor.zero_", numbers, EVERY, method=False, call=on_clone("Tensor.zero_")),
    ]


@pytest.mark.parametrize("shape", [(2, 3), (5,), (0,)])
def test_resize_keeps_the_first_elements(shape):
    x = torch.arange(4)
    count = torch.Size(shape).numel()
    assert x.resize_(shape) is x
    assert x.flatten()[: min(4, count)].tolist() == list(range(min(4, count)))


def test_resize_as_takes_the_shape():
    assert torch.arange(6).resize_as_(torch.empty(3, 2)).shape == (3, 2)


def test_resize_of_a_tensor_that_requires_grad_is_refused():
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError) as error:
        x.resize_(3)
    assert str(error.value) == "cannot resize variables that require grad"
    assert x.shape == (2,)


@pytest.mark.parametrize(
    "dtype, expected",
    [
        (torch.bool, [True, True, False, True]),
        (torch.float16, [INF, -2.5, 0.0, NAN]),
        (torch.float64, [1e5, -2.5, 0.0, NAN]),
    ],
)
def test_conversion_of_large_numbers_and_nan(dtype, expected):
    x = torch.tensor([1e5, -2.5, 0.0, NAN]).to(dtype)
    assert str(x.tolist()) == str(expected)


def test_to_without_a_change_is_the_same_tensor():
    x = torch.ones(2)
    assert x.to(torch.float32) is x
    assert x.to(torch.float32, copy=True) is not x
    assert x.contiguous() is x


@pytest.mark.xfail(strict=True, reason="conj copies")
def test_conj_is_a_lazy_view():
    x = torch.tensor([1 + 2j])
    y = x.conj()
    assert y.is_conj() and y.data_ptr() == x.data_ptr()
    assert y.resolve_conj().tolist() == [1 - 2j]
