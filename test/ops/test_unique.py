"""Distinct elements and slices: Unique."""

from __future__ import annotations

import math

import pytest
from harness import ALL, FLOAT, LOW, Op, OpTests, S

import torch


def few(m, *shape):
    """Numbers of which many are equal."""
    return (m(*shape) * 2).round()


def every_result(samples):
    return lambda m: [
        S(*s.args, return_inverse=True, return_counts=True, **s.kwargs)
        for s in samples(m)
    ]


class TestUnique(OpTests):
    golden = "unique"
    ops = [
        Op(
            name,
            every_result(
                lambda m: [
                    S(few(m, 20)),
                    S(few(m, 4, 5)),
                    S(few(m, 9, 2), dim=0),
                    S(few(m, 2, 9), dim=1),
                    S(m()),
                    S(m(0)),
                ]
            ),
            FLOAT + ("int64", "int32", "uint8"),
            grad=False,
            meta=False,
        )
        for name in ("unique", "unique_consecutive")
    ] + [
        Op(
            "unique",
            lambda m: [S(m(20)), S(m(3, 4), sorted=True)],
            ALL + LOW,
            grad=False,
            meta=False,
            label="unique, values alone",
            errors=lambda m: [S(m(2), dim=1), S(m(2) * 1j), S(m(3, 0), dim=0)],
        )
    ]


def t(*values, dtype=None):
    return torch.tensor(values, dtype=dtype)


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.int64, torch.uint8, torch.float16], ids=str
)
def test_values_are_sorted_and_keep_the_dtype(dtype):
    result = t(3, 1, 1, 2).to(dtype).unique()
    assert result.tolist() == [1, 2, 3] and result.dtype == dtype


def test_inverse_and_counts():
    x = torch.tensor([[3, 1], [1, 2]])
    values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True)
    assert values.tolist() == [1, 2, 3] and counts.tolist() == [2, 1, 1]
    assert inverse.tolist() == [[2, 0], [0, 1]] and values[inverse].equal(x)


def test_one_extra_result():
    assert torch.unique(t(2, 2), return_counts=True)[1].tolist() == [2]
    assert torch.unique(t(2, 2), return_inverse=True)[1].tolist() == [0, 0]


def test_bool_0d_and_empty():
    assert t(True, False, True).unique().tolist() == [False, True]
    assert torch.tensor(3).unique().tolist() == [3]
    assert torch.empty(0).unique().tolist() == []


def test_every_nan_is_a_value():
    values, inverse, counts = torch.unique(
        t(math.nan, 1.0, math.nan), return_inverse=True, return_counts=True
    )
    assert values[0].item() == 1 and values[1:].isnan().all()
    assert inverse.tolist() == [1, 0, 2] and counts.tolist() == [1, 1, 1]


def test_slices_along_a_dimension():
    x = torch.tensor([[3, 1], [1, 2], [3, 1]])
    values, inverse, counts = torch.unique(
        x, dim=0, return_inverse=True, return_counts=True
    )
    assert values.tolist() == [[1, 2], [3, 1]]
    assert inverse.tolist() == [1, 0, 1] and counts.tolist() == [1, 2]
    assert torch.unique(x.t(), dim=1).tolist() == [[1, 3], [2, 1]]


def test_consecutive_elements():
    values, inverse, counts = torch.unique_consecutive(
        t(1, 1, 2, 2, 1), return_inverse=True, return_counts=True
    )
    assert values.tolist() == [1, 2, 1] and counts.tolist() == [2, 2, 1]
    assert inverse.tolist() == [0, 0, 1, 1, 2]


def test_consecutive_slices():
    x = torch.tensor([[1, 2], [1, 2], [0, 0], [1, 2]])
    assert x.unique_consecutive(dim=0).tolist() == [[1, 2], [0, 0], [1, 2]]


def test_empty_dimensions():
    assert torch.unique(torch.empty(0, 3), dim=0).shape == (0, 3)
    with pytest.raises(RuntimeError) as error:
        torch.unique(torch.empty(2, 0), dim=0)
    assert str(error.value) == (
        "There are 0 sized dimensions, and they aren't selected, so unique cannot be "
        "applied"
    )


def test_complex_is_refused():
    with pytest.raises(NotImplementedError) as error:
        torch.unique(t(1j))
    assert str(error.value) == "\"unique\" not implemented for 'ComplexFloat'"
