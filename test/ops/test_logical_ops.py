"""Logic, bits and shifts: LogicalOps."""

from __future__ import annotations

from harness import ALL, BOOL, INT, Op, OpTests, S


def two(m):
    return [S(m(2, 3), m(2, 3)), S(m(4, 1), m(3)), S(m(70), m(70))]


def with_numbers(m):
    return [*two(m), S(m(2, 3), True)]


def shifts(m):
    x = m(2, 3)
    return [S(x, x.abs() % 5), S(x, 2), S(x, 70)]


class TestLogicalOps(OpTests):
    golden = "logical_ops"
    ops = [
        *(
            Op(f"logical_{name}", two, ALL, grad=False, inplace=True, out=True)
            for name in ("and", "or", "xor")
        ),
        *(
            Op(
                f"bitwise_{name}",
                with_numbers,
                INT + BOOL,
                inplace=True,
                out=True,
                errors=lambda m: [S(m(2), m(2))],
            )
            for name in ("and", "or", "xor")
        ),
        *(
            Op(f"bitwise_{side}_shift", shifts, ("int64", "int32"), out=True)
            for side in ("left", "right")
        ),
    ]
