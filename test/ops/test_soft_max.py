"""softmax and log_softmax: SoftMax."""

from __future__ import annotations

from harness import FLOAT, LOW, Op, OpTests, S


def rows(m):
    return [
        S(m(3, 5), 1),
        S(m(3, 5), 0),
        S(m(2, 3, 40), -1),
        S(m(2, 17, 3), 1),
        S(m(), 0),
        S(m(0, 3), 1),
        S(m(2, 6).t(), 0),
        S(m(2, 4) * 100, 1),
    ]


class TestSoftMax(OpTests):
    golden = "soft_max"
    ops = [
        Op(
            name,
            rows,
            FLOAT + LOW,
            out=True,
            errors=lambda m: [
                S(m(2, 3), 2),
                S(m(2, 3).long(), 1),
                S(m(2, 3).long(), 0),
            ],
        )
        for name in ("softmax", "log_softmax")
    ] + [
        Op(f"special.{name}", rows, FLOAT, method=False)
        for name in ("softmax", "log_softmax")
    ]
