"""Elements chosen by masks and flat positions: Selection."""

from __future__ import annotations

from harness import ALL, COMPLEX, FLOAT, LOW, Op, OpTests, S

import torch

SOME = FLOAT + ("int64", "bool", "float16")


def sparse(m, *shape):
    """Half of the elements are zero."""
    return m(*shape) * m.mask(*shape)


def scattered(m):
    mask = m.mask(3, 4)
    return [
        S(m(3, 4), mask, m(12)),
        S(m(3, 4), mask, m(3, 4)),
        S(m(3, 4), m.mask(4), m(12)),
        S(m(3, 4), torch.zeros(3, 4, dtype=torch.bool), m(0)),
        S(m(4, 3).t(), mask, m(12)),
    ]


class TestSelection(OpTests):
    golden = "selection"
    ops = [
        Op(
            "take",
            lambda m: [
                S(m(3, 4), m.index(5, high=12)),
                S(m(3, 4), torch.tensor([[-1, -12], [0, 11]])),
                S(m(4, 3).t(), m.index(2, 2, high=12)),
                S(m(), torch.tensor([0, 0])),
                S(m(3), torch.empty(0, dtype=torch.int64)),
            ],
            ALL + LOW,
            out=True,
            errors=lambda m: [
                S(m(3), torch.tensor([3])),
                S(m(3), torch.tensor([-4])),
                S(m(3), torch.tensor([0.5])),
                S(m(0), torch.tensor([0])),
            ],
        ),
        Op(
            "take_along_dim",
            lambda m: [
                S(m(3, 4), m.index(3, 2, high=4), 1),
                S(m(3, 4), m.index(1, 4, high=3), 0),
                S(m(3, 4), m.index(5, high=12)),
            ],
            SOME,
            out=True,
            errors=lambda m: [
                S(m(3, 4), m.index(3, high=4), 1),
                S(m(3, 4), m(3, 2), 1),
                S(m(3, 4), m.index(3, 2, high=4), 2),
                S(m(3, 4), m.index(3, 2, high=4).float(), 1),
            ],
        ),
        Op(
            "masked_select",
            lambda m: [
                S(m(3, 4), m.mask(3, 4)),
                S(m(3, 4), m.mask(4)),
                S(m(3, 1), m.mask(3, 4)),
                S(m(4, 3).t(), m.mask(3, 4)),
                S(m(2), torch.tensor([False, False])),
                S(m(), torch.tensor(True)),
                S(m(0), m.mask(0)),
            ],
            ALL + LOW + COMPLEX,
            out=True,
            meta=False,
            errors=lambda m: [
                S(m(3), m.index(3, high=2)),
                S(m(3), m.mask(2)),
            ],
        ),
        Op(
            "masked_scatter",
            scattered,
            SOME,
            inplace=True,
            meta=False,
            errors=lambda m: [
                S(m(3), torch.tensor([True, True, False]), m(1)),
                S(m(3), m(3), m(3)),
                S(m(3), m.mask(3), m(3).double()),
                S(m(3), m.mask(2), m(3)),
            ],
        ),
        Op(
            "nonzero",
            lambda m: [
                S(sparse(m, 3, 4)),
                S(sparse(m, 70)),
                S(sparse(m, 2, 3, 4).permute(2, 0, 1)),
                S(m()),
                S(torch.zeros_like(m())),
                S(m(0, 3)),
            ],
            ALL + LOW + COMPLEX,
            grad=False,
            meta=False,
            out=True,
        ),
        Op(
            "nonzero",
            lambda m: [S(sparse(m, 3, 4), as_tuple=True), S(m(), as_tuple=True)],
            FLOAT,
            grad=False,
            meta=False,
            label="nonzero, tuple",
        ),
        Op(
            "argwhere",
            lambda m: [S(sparse(m, 3, 4)), S(m()), S(m(0, 3))],
            SOME,
            grad=False,
            meta=False,
        ),
        Op(
            "where",
            lambda m: [S(m.mask(3, 4)), S(m.mask(7))],
            FLOAT[:1],
            grad=False,
            meta=False,
            method=False,
            label="where, of a condition",
        ),
    ]
