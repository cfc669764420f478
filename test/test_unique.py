"""torch.unique and torch.unique_consecutive."""

from __future__ import annotations

import math

import pytest

import torch


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
