"""Answers that leave the tensor world, and comparisons of whole tensors: Item."""

from __future__ import annotations

import pytest
from harness import ALL, COMPLEX, EVERY, FLOAT, LOW, Op, OpTests, S

import torch

NAN, INF = float("nan"), float("inf")


def pairs(m):
    x = m(3, 4)
    other = x.clone()
    other[2, 3] = 1 if m.dtype == "bool" else other[2, 3] + 1
    return [S(x, x.clone()), S(x, other), S(m(), m()), S(m(0), m(0))]


def shapes(m):
    return [*pairs(m), S(m(2, 3), m(3)), S(m(4, 3).t(), m(3, 4))]


def near(m):
    x = m(3, 4)
    return [
        S(x, x),
        S(x, x + 1e-6),
        S(x, x * 1.01, rtol=0.1),
        S(x, x + 0.01, atol=0.1),
        S(x, m(4)),
        S(x, m(), 0.0, 0.0),
    ]


def not_numbers(m):
    x = torch.tensor([NAN, INF, -INF, 1.0]).to(m.torch_dtype)
    y = torch.tensor([NAN, INF, INF, 1.0]).to(m.torch_dtype)
    return [S(x, x), S(x, y), S(x, x, equal_nan=True), S(x, y, equal_nan=True)]


class TestItem(OpTests):
    golden = "item"
    ops = [
        Op(
            "Tensor.item",
            lambda m: [S(m()), S(m(1)), S(m(1, 1))],
            EVERY,
            grad=False,
            meta=False,
            errors=lambda m: [S(m(2)), S(m(0))],
        ),
        Op(
            "is_nonzero",
            lambda m: [S(m()), S(torch.zeros_like(m(1)))],
            EVERY,
            grad=False,
            meta=False,
            errors=lambda m: [S(m(2)), S(m(0))],
        ),
        Op(
            "equal",
            shapes,
            ALL + LOW + COMPLEX,
            grad=False,
            meta=False,
        ),
        Op(
            "allclose",
            lambda m: [*near(m), *not_numbers(m)],
            FLOAT,
            grad=False,
            meta=False,
            errors=lambda m: [
                S(m(2), m(3)),
                S(m(2), m(2), -1.0),
                S(m(2), m(2).double()),
            ],
        ),
        Op(
            "isclose",
            lambda m: [*near(m), *not_numbers(m)],
            FLOAT,
            grad=False,
            errors=lambda m: [
                S(m(2), m(3)),
                S(m(2), m(2), rtol=-1.0),
                S(m(2), m(2), atol=-1.0),
                S(m(2), m(2).double()),
            ],
        ),
        Op("isclose", pairs, ALL, grad=False, label="isclose, every dtype"),
        Op("is_same_size", shapes, FLOAT, grad=False, meta=False),
    ]


def test_truth_of_several_elements_is_refused():
    with pytest.raises(RuntimeError) as error:
        bool(torch.ones(2))
    assert str(error.value) == (
        "Boolean value of Tensor with more than one value is ambiguous"
    )


def test_item_of_meta_is_refused():
    with pytest.raises(RuntimeError) as error:
        torch.empty((), device="meta").item()
    assert str(error.value) == "Tensor.item() cannot be called on meta tensors"
