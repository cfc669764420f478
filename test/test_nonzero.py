"""torch.nonzero and Tensor.nonzero: both forms, out=, wrong arguments."""

from __future__ import annotations

from typing import Any

import pytest

import torch

X = torch.tensor([[0, 1, 2], [3, 0, 0]])
POSITIONS = [[0, 1], [0, 2], [1, 0]]


def test_rows_are_positions() -> None:
    assert torch.nonzero(X).tolist() == POSITIONS
    assert X.nonzero().tolist() == POSITIONS
    assert torch.nonzero(X, as_tuple=False).tolist() == POSITIONS


@pytest.mark.parametrize("form", [torch.nonzero, torch.Tensor.nonzero])
def test_tuple_indexes_the_tensor(form: Any) -> None:
    found = form(X, as_tuple=True)
    assert [t.tolist() for t in found] == [[0, 0, 1], [1, 2, 0]]
    assert X[found].tolist() == [1, 2, 3]


def test_number_counts_as_a_vector_in_a_tuple() -> None:
    assert torch.nonzero(torch.tensor(3)).shape == (1, 0)
    (found,) = torch.nonzero(torch.tensor(3), as_tuple=True)
    assert found.tolist() == [0]


def test_out_receives_the_positions() -> None:
    out = torch.empty(0, dtype=torch.int64)
    assert torch.nonzero(X, out=out) is out
    assert out.tolist() == POSITIONS


def test_subclass_sees_the_keyword() -> None:
    class Seen(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            return function.__name__, kwargs

    x = X.as_subclass(Seen)
    assert torch.nonzero(x, as_tuple=True) == ("nonzero", {"as_tuple": True})
    assert x.nonzero(as_tuple=True) == ("nonzero", {"as_tuple": True})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: torch.nonzero(X, True),
            "nonzero() takes 1 positional argument but 2 were given",
        ),
        (
            lambda: torch.nonzero(X, as_tuple=1),
            "nonzero(): argument 'as_tuple' must be bool, not int",
        ),
        (
            lambda: X.nonzero(as_tuple=None),
            "nonzero(): argument 'as_tuple' must be bool, not NoneType",
        ),
        (
            lambda: torch.nonzero(3),
            "nonzero(): argument 'input' (position 1) must be Tensor, not int",
        ),
        (
            lambda: X.nonzero(form=1),
            'nonzero() missing 1 required positional arguments: "as_tuple"',
        ),
    ],
)
def test_wrong_argument(call: Any, message: str) -> None:
    with pytest.raises(TypeError) as error:
        call()
    assert str(error.value) == message


def test_out_refuses_a_tuple() -> None:
    message = "nonzero does not support the out kwarg when as_tuple is True"
    with pytest.raises(RuntimeError, match=message):
        torch.nonzero(X, as_tuple=True, out=torch.empty(0, dtype=torch.int64))
