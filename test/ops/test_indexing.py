"""Elements chosen by index tensors: Indexing. Brackets: test_subscripts.py."""

from __future__ import annotations

import pytest
from harness import ALL, COMPLEX, FLOAT, LOW, Op, OpTests, S

import torch

SOME = FLOAT + ("int64", "bool", "float16")
NUMBERS = FLOAT + ("int64", "float16")


def along(*numbers):
    return torch.tensor(numbers)


# Columns without repetition: where two sources go to one place, either may win.
SPREAD = torch.tensor([[2, 0, 1], [0, 1, 3]])


def rows(m):
    return [
        S(m(4, 3), 0, along(2, 0, 2)),
        S(m(4, 3), 1, along(1)),
        S(m(2, 3, 4), -1, along(3, 3, 0, 1)),
        S(m(70, 5), 0, along(69, 0, 35)),
        S(m(), 0, along(0)),
        S(m(4, 3), 0, along(1, 2).int()),
        S(m(4, 3), 0, torch.tensor(1)),
        S(m(4, 3), 0, torch.empty(0, dtype=torch.int64)),
    ]


def rows_and_source(*indices):
    def samples(m):
        return [
            *(S(m(4, 3), 0, along(*i), m(len(i), 3)) for i in indices),
            *(S(m(2, 4), 1, along(*i), m(2, len(i))) for i in indices),
            S(m(), 0, along(0), m()),
            S(m(3), 0, torch.tensor(1), m(1)),
        ]

    return samples


def bad_sources(m):
    return [
        S(m(4, 3), 0, along(0, 4), m(2, 3)),
        S(m(4, 3), 0, along(0, 1), m(3, 3)),
        S(m(4, 3), 0, along(0, 1), m(2, 2)),
        S(m(4, 3), 2, along(0, 1), m(2, 3)),
        S(m(4, 3), 0, along(0.0, 1.0), m(2, 3)),
        S(m(4, 3), 0, SPREAD, m(2, 3)),
        S(m(4, 3), 0, along(0, 1), m(2, 3).double()),
        S(m(3), 0, along(0, 5), m(2)),
    ]


def spread_rows(m):
    return [
        S(m(4, 3), 0, SPREAD),
        S(m(3, 5), 1, along(4, 0, 2).expand(3, 3)),
        S(m(4), 0, along(3, 1)),
        S(m(), 0, along(0)),
        S(m(4, 3), 0, torch.empty(0, 3, dtype=torch.int64)),
    ]


def with_source(samples):
    def made(m):
        return [S(*s.args, m(*s.args[2].shape)) for s in samples(m)]

    return made


def with_number(number, **options):
    return lambda m: [S(*s.args, number, **options) for s in spread_rows(m)]


def repeated(m):
    """Two sources for one place: their sum."""
    return [S(m(3, 2), 0, along(1, 1, 1).reshape(3, 1).expand(3, 2), m(3, 2))]


def reduced(m):
    return [
        S(m(4, 3), 0, SPREAD, m(2, 3), reduce=reduce) for reduce in ("add", "multiply")
    ]


def bad_scatters(m):
    return [
        S(m(4, 3), 0, SPREAD + 3, m(2, 3)),
        S(m(4, 3), 0, SPREAD, m(1, 3)),
        S(m(4, 3), 0, SPREAD, m(2, 3).double()),
        S(m(4, 3), 0, SPREAD.float(), m(2, 3)),
        S(m(4, 3), 2, SPREAD, m(2, 3)),
        S(m(4, 2), 0, SPREAD, m(2, 3)),
        S(m(4, 3), 0, along(0), m(2, 3)),
    ]


def places(m):
    return [
        S(m(4, 3), (along(2, 0),), m(2, 3)),
        S(m(4, 3), (along(2, 0), along(1, 1)), m(2)),
        S(m(4, 3), (along(2, 0), along(1, 1)), m()),
        S(m(2, 3, 4), (along(0, 1), torch.tensor([[0], [2]])), m(4)),
        S(m(4), (torch.tensor([True, False, True, False]),), m(1)),
        S(m(4, 3), (torch.empty(0, dtype=torch.int64),), m(0, 3)),
    ]


def getitem(m):
    return [
        S(m(4, 3), (along(2, 0, 2), slice(None))),
        S(m(4, 3), (slice(None), along(2, 0, 2))),
        S(m(4, 3), (along(2, 0), along(1, -1))),
        S(m(2, 3, 4), (along(0, 1), slice(None), along(1, 3))),
        S(m(2, 3, 4), (1, along(0, 2))),
        S(m(4, 3), (slice(1, None, 2), None, 0)),
        S(m(70, 3), (torch.arange(69, -1, -2),)),
    ]


class TestIndexing(OpTests):
    golden = "indexing"
    ops = [
        Op("Tensor.__getitem__", getitem, SOME, method=False),
        Op(
            "Tensor.__getitem__",
            lambda m: [
                S(m(4, 3), torch.tensor([True, False, True, True])),
                S(m(2, 2), torch.tensor([[True, False], [True, True]])),
                S(m(2, 3), (slice(None), torch.tensor([True, False, True]))),
            ],
            SOME,
            method=False,
            meta=False,
            label="getitem, mask",
        ),
        Op(
            "index_select",
            rows,
            ALL + LOW + COMPLEX,
            out=True,
            errors=lambda m: [
                S(m(4, 3), 0, along(4)),
                S(m(4, 3), 0, along(-1)),
                S(m(4, 3), 0, along(0.5)),
                S(m(4, 3), 0, SPREAD),
                S(m(4, 3), 2, along(0)),
                S(m(), 0, along(1)),
            ],
        ),
        Op(
            "index_add",
            rows_and_source((2, 0), (1, 1, 3)),
            SOME + ("complex128",),
            inplace=True,
            out=True,
            errors=bad_sources,
        ),
        Op(
            "index_add",
            lambda m: [S(m(4, 3), 0, along(1, 1), m(2, 3), alpha=3)],
            NUMBERS,
            label="index_add, alpha",
        ),
        Op(
            "index_copy",
            rows_and_source((2, 0), (1, 3, 2)),
            SOME + ("complex128",),
            inplace=True,
            out=True,
            errors=bad_sources,
        ),
        Op(
            "index_fill",
            lambda m: [
                S(*s.args, 2) for s in rows(m) if s.args[2].dtype == torch.int64
            ],
            SOME + ("complex128",),
            inplace=True,
            errors=lambda m: [
                S(m(4, 3), 0, along(4), 1),
                S(m(4, 3), 0, along(1).int(), 1),
                S(m(4, 3), 0, along(0.5), 1),
                S(m(4, 3), 0, along(0), 1j),
                S(m(4, 3), 2, along(0), 1),
                S(m(4, 3), 0, SPREAD, 1),
                S(m(4, 3), 0, along(0), m(2)),
            ],
        ),
        Op(
            "index_fill",
            lambda m: [S(m(4, 3), 0, along(1, 1, 2), m()), S(m(), 0, along(0), m())],
            FLOAT,
            inplace=True,
            label="index_fill, tensor",
        ),
        Op(
            "gather",
            spread_rows,
            ALL + LOW + COMPLEX,
            out=True,
            errors=lambda m: [
                S(m(4, 3), 0, SPREAD + 2),
                S(m(4, 3), 0, SPREAD.float()),
                S(m(4, 2), 0, SPREAD),
                S(m(4, 3), 0, along(0)),
                S(m(4, 3), 2, SPREAD),
            ],
        ),
        Op(
            "scatter",
            with_source(spread_rows),
            SOME + ("complex128",),
            inplace=True,
            out=True,
            errors=bad_scatters,
        ),
        Op("scatter", with_number(2), SOME, inplace=True, label="scatter, number"),
        Op("scatter", reduced, NUMBERS, grad=False, label="scatter, reduce"),
        Op(
            "scatter",
            with_number(2, reduce="multiply"),
            NUMBERS,
            grad=False,
            label="scatter, reduce a number",
            errors=lambda m: [S(m(4, 3), 0, SPREAD, 2, reduce="mean")],
        ),
        Op(
            "scatter_add",
            lambda m: [*with_source(spread_rows)(m), *repeated(m)],
            SOME + ("complex128",),
            inplace=True,
            out=True,
            errors=bad_scatters,
        ),
        Op(
            "index_put",
            places,
            SOME + ("complex128",),
            inplace=True,
            meta=False,
            errors=lambda m: [
                S(m(4, 3), (along(4),), m(3)),
                S(m(4, 3), (along(0.5),), m(3)),
                S(m(4, 3), (along(0), along(0), along(0)), m(1)),
                S(m(4, 3), (along(0, 1),), m(3, 3)),
                S(m(4, 3), (along(0, 1),), m(3).double()),
                S(m(4, 3), (along(0, 1), along(0, 1, 2)), m(3)),
            ],
        ),
        Op(
            "index_put",
            lambda m: [S(m(4, 3), (along(2, 0, 2),), m(3, 3), True), *places(m)[:2]],
            NUMBERS,
            inplace=True,
            meta=False,
            label="index_put, accumulate",
        ),
    ]


def test_gradient_of_a_repeated_index_adds_up():
    x = torch.arange(3.0, requires_grad=True)
    (x[[0, 0, 2]] * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [11.0, 0.0, 100.0]


def test_a_bad_index_changes_nothing():
    x = torch.zeros(3)
    with pytest.raises(IndexError, match="index out of range in self"):
        x.index_add_(0, torch.tensor([0, 5]), torch.ones(2))
    assert x.tolist() == [0.0, 0.0, 0.0]
