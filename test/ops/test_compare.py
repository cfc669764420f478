"""Comparisons, element by element: Compare."""

from __future__ import annotations

import pytest
from harness import ALL, LOW, Op, OpTests, S

import torch

NAMES = ("eq", "ne", "lt", "le", "gt", "ge")
OTHER_NAMES = ("not_equal", "less", "less_equal", "greater", "greater_equal")


def two(m):
    x = m(3, 5)
    return [S(x, x.flip(0)), S(x, m(5)), S(x, 0), S(m(70), 0.5), S(x.t(), m(5, 3))]


class TestCompare(OpTests):
    golden = "compare"
    ops = [
        Op(name, two, ALL + LOW, grad=False, inplace=True, out=True) for name in NAMES
    ] + [Op(name, two, ("float32",), grad=False) for name in OTHER_NAMES]


def test_order_of_complex_numbers_is_not_defined():
    with pytest.raises(
        NotImplementedError, match="^\"lt_cpu\" not implemented for 'ComplexFloat'$"
    ):
        torch.ones(2, dtype=torch.complex64) < 1


def test_a_number_beyond_the_dtype_is_compared_exactly():
    x = torch.tensor([44], dtype=torch.uint8)
    assert not (x == 300).item()
    assert (x < 300).item()
