"""Functions of two tensors beyond arithmetic: BinaryMath."""

from __future__ import annotations

from harness import FLOAT, INT, Op, OpTests, S


def two(m):
    return [S(m(2, 3), m(2, 3)), S(m(4, 1), m(3)), S(m(35), m(35))]


def positive_second(m):
    return [S(m(2, 3), m(2, 3, low=0.2, high=3.0))]


class TestBinaryMath(OpTests):
    golden = "binary_math"
    ops = [
        Op(
            "atan2",
            two,
            FLOAT + ("int64",),
            inplace=True,
            out=True,
            aliases=("arctan2",),
        ),
        Op("hypot", two, FLOAT, errors=lambda m: [S(m(2).long(), m(2).long())]),
        Op("nextafter", two, FLOAT, grad=False),
        Op("copysign", two, FLOAT + ("int64",), gradgrad=False),
        Op(
            "heaviside",
            two,
            FLOAT,
            grad=False,
            errors=lambda m: [S(m(2), m(2).long())],
        ),
        Op("logaddexp", two, FLOAT, out=True),
        Op("logaddexp2", two, FLOAT, out=True),
        Op(
            "xlogy",
            lambda m: [*positive_second(m), S(m(3), 2.0), S(2, m(3, low=0.2))],
            FLOAT,
            method=False,
            inplace=False,
            out=True,
            aliases=("special.xlogy",),
        ),
        Op("xlogy", positive_second, FLOAT, inplace=True, label="xlogy, tensors"),
        Op(
            "special.xlog1py",
            lambda m: [*positive_second(m), S(m(3), 2.0), S(2, m(3, low=0.2))],
            FLOAT,
            method=False,
            out=True,
        ),
        Op("gcd", two, ("int64", "int32"), out=True, errors=lambda m: [S(m(2), m(2))]),
        Op("lcm", two, INT[:2], out=True),
        Op("ldexp", two, FLOAT, gradgrad=False),
    ]
