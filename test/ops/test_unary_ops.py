"""Signs, rounding, tests and algebraic functions: UnaryOps."""

from __future__ import annotations

from harness import ALL, BOOL, COMPLEX, FLOAT, INT, LOW, Op, OpTests, S

import torch

SIGNED = FLOAT + ("int64", "int32")


def one(m):
    return [S(m(2, 3)), S(m(37)), S(m())]


def with_values(m, *values):
    x = m(9)
    for i, value in enumerate(values):
        x[i] = torch.tensor(value)
    return [S(x), S(m(2, 3))]


def special_values(m):
    return with_values(m, float("nan"), float("inf"), -float("inf"), -0.0, 0.5)


def halves(m):
    return with_values(m, float("inf"), -float("inf"), -0.0, 0.5, 1.5, -2.5, 8388609.0)


def above_zero(m):
    return [S(m(2, 3, low=0.1, high=4.0)), S(m(37, low=0.1, high=4.0))]


ROUNDINGS = {"trunc": ("fix",), "round": ("special.round",)}


class TestUnaryOps(OpTests):
    golden = "unary_ops"
    ops = [
        Op(
            "abs",
            one,
            aliases=("absolute",),
            dtypes=FLOAT + INT,
            inplace=True,
            out=True,
            errors=lambda m: [S(m(2) > 0)],
        ),
        Op(
            "neg",
            one,
            aliases=("negative",),
            dtypes=FLOAT + LOW + INT,
            inplace=True,
            out=True,
            errors=lambda m: [S(m(2) > 0)],
        ),
        Op("reciprocal", above_zero, FLOAT + LOW + ("int64",), inplace=True, out=True),
        Op("sqrt", above_zero, FLOAT + LOW + ("int64",), inplace=True, out=True),
        Op("rsqrt", above_zero, FLOAT + LOW, inplace=True, out=True),
        Op("square", one, SIGNED, inplace=True, out=True),
        Op("sign", special_values, FLOAT, grad=False, inplace=True, out=True),
        Op("sign", one, ALL, label="sign_finite", errors=lambda m: [S(m(2) * 1j)]),
        Op("sgn", one, ALL, inplace=True),
        Op("signbit", special_values, FLOAT, grad=False, out=True),
        *(
            Op(
                name,
                halves,
                FLOAT,
                grad=False,
                inplace=True,
                out=True,
                aliases=ROUNDINGS.get(name, ()),
            )
            for name in ("floor", "ceil", "trunc", "round")
        ),
        Op("frac", one, FLOAT, inplace=True, errors=lambda m: [S(m(2).long())]),
        Op("logical_not", one, ALL, grad=False, inplace=True, out=True),
        Op(
            "bitwise_not",
            one,
            INT + BOOL,
            inplace=True,
            out=True,
            errors=lambda m: [S(m(2))],
        ),
        *(
            Op(name, special_values, FLOAT, grad=False)
            for name in ("isnan", "isinf", "isfinite", "isposinf", "isneginf")
        ),
        Op("nan_to_num", special_values, FLOAT, grad=False, inplace=True, out=True),
        Op("angle", one, FLOAT, gradgrad=False),
        Op("positive", one, FLOAT + INT, errors=lambda m: [S(m(2) > 0)]),
        Op("isreal", one, ALL + COMPLEX, grad=False),
        *(
            Op(name, one, FLOAT + ("int64",), inplace=True, out=True)
            for name in ("deg2rad", "rad2deg")
        ),
        Op(
            "round",
            lambda m: [S(m(9), decimals=1), S(m(9) * 100, decimals=-1)],
            FLOAT,
            grad=False,
            label="round, decimals",
        ),
    ]

    def test_isinf_of_integers_is_false(self):
        assert not torch.isinf(torch.tensor([1, 2])).any()
