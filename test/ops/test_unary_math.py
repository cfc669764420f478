"""Elementary functions: UnaryMath."""

from __future__ import annotations

from harness import FLOAT, LOW, Op, OpTests, S


def within(low, high):
    def samples(m):
        return [
            S(m(2, 3, low=low, high=high)),
            S(m(67, low=low, high=high)),
            S(m(4, 5, low=low, high=high).t()),
        ]

    return samples


RANGES = {
    "exp": (-2, 2),
    "exp2": (-2, 2),
    "expm1": (-2, 2),
    "log": (0.1, 4),
    "log2": (0.1, 4),
    "log10": (0.1, 4),
    "log1p": (-0.8, 4),
    "sin": (-4, 4),
    "cos": (-4, 4),
    "tan": (-1.2, 1.2),
    "asin": (-0.9, 0.9),
    "acos": (-0.9, 0.9),
    "atan": (-4, 4),
    "sinh": (-2, 2),
    "cosh": (-2, 2),
    "tanh": (-2, 2),
    "asinh": (-4, 4),
    "acosh": (1.2, 4),
    "atanh": (-0.9, 0.9),
    "erf": (-2, 2),
    "erfc": (-2, 2),
    "sigmoid": (-4, 4),
    "lgamma": (0.2, 5),
}


ALIASES = {
    "asin": ("arcsin",),
    "acos": ("arccos",),
    "atan": ("arctan",),
    "asinh": ("arcsinh",),
    "acosh": ("arccosh",),
    "atanh": ("arctanh",),
    "exp2": ("special.exp2",),
    "expm1": ("special.expm1",),
    "log1p": ("special.log1p",),
    "erf": ("special.erf",),
    "erfc": ("special.erfc",),
    "lgamma": ("special.gammaln",),
    "sigmoid": ("special.expit",),
}


class TestUnaryMath(OpTests):
    golden = "unary_math"
    ops = [
        Op(
            name,
            within(*ends),
            FLOAT + LOW,
            inplace=True,
            out=True,
            aliases=ALIASES.get(name, ()),
        )
        for name, ends in RANGES.items()
    ] + [Op("exp", within(0, 1), ("int64", "bool"), label="exp_of_integers")]
