"""Arithmetic of two tensors, or of a tensor and a number: BinaryOps."""

from __future__ import annotations

import pytest
from harness import ALL, FLOAT, INT, LOW, Op, OpTests, S

import torch


def two(m):
    return [
        S(m(2, 3), m(2, 3)),
        S(m(4, 1), m(3)),
        S(m(3), m()),
        S(m(5, 7).t(), m(7, 5)),
        S(m(0, 3), m(3)),
    ]


def with_numbers(m):
    return [*two(m), S(m(2, 3), 2), S(m(35), 3)]


def with_fractions(m):
    return [*two(m), S(m(2, 3), 2.5), S(m(35), -1)]


def away_from_zero(m):
    return [
        S(m(2, 3), m(2, 3, low=0.5, high=2.0)),
        S(m(4, 1), m(3, low=0.5, high=2.0)),
        S(m(2, 3), 2),
    ]


def sizes_that_differ(m):
    return [S(m(2, 3), m(2, 2))]


def modes(m):
    return [
        S(m(3, 4) * 4, m(4, low=0.6, high=2.0), rounding_mode=mode)
        for mode in ("floor", "trunc", None)
    ]


class TestBinaryOps(OpTests):
    golden = "binary_ops"
    ops = [
        Op(
            "add",
            lambda m: [*with_numbers(m), S(m(2, 3), m(3), alpha=2)],
            FLOAT + LOW + INT,
            inplace=True,
            out=True,
            errors=lambda m: [*sizes_that_differ(m), S(m(2).long(), 1, alpha=1.5)],
        ),
        Op("add", two, ("bool",), label="add_bool"),
        Op("add", with_fractions, FLOAT + INT, grad=False, label="add_fraction"),
        Op(
            "sub",
            lambda m: [*with_numbers(m), S(m(2, 3), m(3), alpha=2)],
            FLOAT + LOW + INT,
            aliases=("subtract",),
            inplace=True,
            out=True,
            errors=lambda m: [S(m(2) > 0, m(2) > 0), S(m(2), m(2) > 0)],
        ),
        Op("rsub", with_numbers, FLOAT, method=False),
        Op(
            "mul",
            with_fractions,
            ALL + LOW,
            inplace=True,
            out=True,
            aliases=("multiply",),
        ),
        Op(
            "div",
            away_from_zero,
            FLOAT + LOW + ("int64",),
            inplace=True,
            out=True,
            aliases=("divide", "true_divide"),
        ),
        Op("div", modes, FLOAT + ("int64",), grad=False, label="div_rounded"),
        Op("true_divide", away_from_zero, FLOAT),
        Op("floor_divide", away_from_zero, FLOAT + ("int64",), grad=False),
        Op("remainder", away_from_zero, FLOAT + ("int64",), gradgrad=False),
        Op("fmod", away_from_zero, FLOAT + ("int64",), gradgrad=False),
        Op("maximum", two, ALL, out=True),
        Op("minimum", two, ALL, out=True),
        Op("fmax", two, FLOAT),
        Op("fmin", two, FLOAT),
    ]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("a + 1", "AddBackward0"),
        ("a - 1", "SubBackward0"),
        ("1 - a", "RsubBackward1"),
        ("a * 2", "MulBackward0"),
        ("a / 2", "DivBackward0"),
        ("a % 2", "RemainderBackward0"),
        ("a ** 2", "PowBackward0"),
        ("2 ** a", "PowBackward2"),
    ],
)
def test_numbers_record_the_node_of_tensors(expression, name):
    a = torch.ones(2, requires_grad=True)
    assert type(eval(expression, {"a": a}).grad_fn).__name__ == name


def test_a_number_meets_half_unrounded():
    # 0.1 rounded to half first would give 1.0996e+02 instead.
    x = torch.tensor([1100.0], dtype=torch.half)
    assert (x * 0.1).item() == torch.tensor(110.0).half().item()


def test_integer_division_by_zero_raises():
    with pytest.raises(RuntimeError, match="^ZeroDivisionError$"):
        torch.tensor([1]) % 0


def test_output_keeps_channels_last():
    x = torch.ones(2, 3, 4, 5).to(memory_format=torch.channels_last)
    assert (x + torch.ones(3, 1, 1)).stride() == x.stride()


def test_partial_overlap_is_refused():
    x = torch.ones(5)
    with pytest.raises(RuntimeError, match="refer to a single memory location"):
        x[1:].add_(x[:-1])
    assert x.tolist() == [1.0] * 5
