"""where, clamp, addcmul, addcdiv, lerp, masked_fill: PointwiseOps."""

from __future__ import annotations

from harness import ALL, FLOAT, INT, LOW, Op, OpTests, S

import torch


def choices(m):
    return [
        S(m.mask(3, 4), m(3, 4), m(3, 4)),
        S(m.mask(3, 1), m(4), m(3, 4)),
        S(m.mask(70), m(70), 0),
        S(m.mask(70), 1, m(70)),
        S(m.mask(4, 3).t(), m(3, 4), m(4)),
    ]


def bounds(m):
    x = m(3, 25)
    return [S(x, -1, 1), S(x, min=0), S(x, max=0.5), S(x, 1, -1)]


def tensor_bounds(m):
    x = m(3, 4)
    return [S(x, m(4), m(3, 4)), S(x, min=m(4)), S(x, max=m(3, 1))]


def three(m):
    return [
        S(m(2, 3), m(2, 3), m(2, 3, low=0.5)),
        S(m(2, 3), m(3), m(2, 1, low=0.5), value=2),
        S(m(35), m(35), m(35, low=0.5), value=-1),
    ]


def masked(m):
    return [
        S(m(3, 4), m.mask(3, 4), 1),
        S(m(3, 4), m.mask(4), 0),
        S(m(4, 3).t(), m.mask(3, 4), torch.tensor(1)),
    ]


class TestPointwiseOps(OpTests):
    golden = "pointwise_ops"
    ops = [
        Op("where", choices, ALL + LOW, method=False),
        Op("clamp", bounds, FLOAT + LOW, inplace=True, out=True, aliases=("clip",)),
        Op(
            "clamp",
            bounds,
            INT[:2],
            label="clamp_integers",
            errors=lambda m: [S(m(2)), S(m(2) * 1j, 0)],
        ),
        Op("clamp", tensor_bounds, FLOAT + INT, label="clamp_tensors", inplace=True),
        Op("clamp_min", lambda m: [S(m(9), 0), S(m(9), m(9))], FLOAT, inplace=True),
        Op("clamp_max", lambda m: [S(m(9), 0), S(m(9), m(9))], FLOAT, inplace=True),
        Op("addcmul", three, FLOAT + ("int64",), inplace=True, out=True),
        Op(
            "addcdiv",
            three,
            FLOAT,
            inplace=True,
            out=True,
            errors=lambda m: [S(m(2).long(), m(2).long(), m(2).long())],
        ),
        Op(
            "lerp",
            lambda m: [
                S(m(3, 4), m(3, 4), 0.25),
                S(m(3, 4), m(4), 0.75),
                S(m(3, 4), m(3, 4), m(3, 4)),
            ],
            FLOAT,
            inplace=True,
            out=True,
            errors=lambda m: [
                S(m(2), m(2).double(), 0.5),
                S(m(2).long(), m(2).long(), 0.5),
            ],
        ),
        Op(
            "masked_fill",
            masked,
            FLOAT + INT,
            inplace=True,
            meta=False,
            errors=lambda m: [S(m(2), m(2), 1), S(m(2), m.mask(2), m(2))],
        ),
    ]
