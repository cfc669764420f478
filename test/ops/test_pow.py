"""Powers: Pow."""

from __future__ import annotations

from harness import FLOAT, LOW, Op, OpTests, S

EXPONENTS = (0, 1, 2, 3, 0.5, -0.5, -1, -2, 2.5)


def tensor_and_number(m):
    return [S(m(2, 19, low=0.2, high=2.0), e) for e in EXPONENTS]


def others(m):
    base = m(2, 3, low=0.2, high=2.0)
    return [S(base, m(2, 3)), S(base, m(3)), S(2.5, m(4)), S(1, m(4))]


def whole(m):
    return [S(m(2, 3), 2), S(m(2, 3), 3), S(m(2, 3), m(2, 3).abs() % 5), S(2, m(3))]


class TestPow(OpTests):
    golden = "pow"
    ops = [
        Op("pow", tensor_and_number, FLOAT + LOW, inplace=True, out=True),
        Op("pow", others, FLOAT, method=False, label="pow_tensors"),
        Op(
            "pow",
            whole,
            ("int64", "int32"),
            method=False,
            label="pow_whole",
            errors=lambda m: [S(m(2).long(), -1), S(m(2) > 0, m(2) > 0)],
        ),
        Op("float_power", tensor_and_number, FLOAT[1:], grad=False),
    ]
