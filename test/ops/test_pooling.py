"""Pooling."""

from __future__ import annotations

from harness import FLOAT, INT, Op, OpTests, S

F = "nn.functional."


class TestPooling(OpTests):
    golden = "pooling"
    ops = [
        Op(
            F + "max_pool2d",
            lambda m: [
                S(m(2, 3, 6, 6), 2),
                S(m(3, 7, 5), 3, stride=2, padding=1),
                S(m(1, 2, 7, 7), (2, 3), stride=(3, 2), ceil_mode=True),
                S(m(1, 2, 7, 7), 2, dilation=2),
            ],
            FLOAT + INT[:1],
            method=False,
            errors=lambda m: [
                S(m(1, 2, 4, 4), 2, padding=2),
                S(m(1, 2, 4, 4), 5),
                S(m(4, 4), 2),
                S(m(1, 0, 4, 4), 2),
                S(m(1, 1, 4, 4), (2, 2, 2)),
                S(m(1, 1, 4, 4), 2, stride=0),
                S(m(1, 1, 4, 4), 2, dilation=0),
            ],
        ),
        Op(
            F + "max_pool1d",
            lambda m: [S(m(2, 3, 7), 2), S(m(3, 7), 3, stride=2, padding=1)],
            FLOAT,
            method=False,
            errors=lambda m: [S(m(1, 2, 4), 5), S(m(4), 2), S(m(1, 2, 4), 0)],
        ),
        Op(
            "max_pool1d_with_indices",
            lambda m: [S(m(2, 3, 7), 2), S(m(3, 7), 3, stride=2, padding=1)],
            FLOAT,
            method=False,
        ),
        Op(
            F + "max_pool2d_with_indices",
            lambda m: [S(m(2, 3, 6, 6), 2), S(m(1, 2, 7, 7), (2, 3), stride=(3, 2))],
            FLOAT,
            method=False,
        ),
        Op(
            F + "avg_pool1d",
            lambda m: [
                S(m(2, 3, 7), 2),
                S(m(3, 7), 3, stride=2, padding=1),
                S(m(3, 7), 3, 2, 1, True, False),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [S(m(1, 2, 4), 5), S(m(4), 2), S(m(1, 2, 4), 2, 0)],
        ),
        Op(
            F + "adaptive_avg_pool1d",
            lambda m: [S(m(2, 3, 7), 3), S(m(3, 7), 1)],
            FLOAT,
            method=False,
            errors=lambda m: [S(m(7), 2), S(m(1, 2, 4), -1)],
        ),
        Op(
            F + "avg_pool2d",
            lambda m: [
                S(m(2, 3, 6, 6), 2),
                S(m(3, 7, 5), 3, stride=2, padding=1),
                S(m(1, 2, 7, 7), 3, stride=2, padding=1, count_include_pad=False),
                S(m(1, 2, 7, 7), 3, stride=2, ceil_mode=True, divisor_override=5),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [
                S(m(1, 2, 4, 4), 5),
                S(m(1, 2, 4, 4), 2, divisor_override=0),
                S(m(4, 4), 2),
                S(m(1, 2, 4, 4), 2, padding=2),
            ],
        ),
        Op(
            F + "adaptive_avg_pool2d",
            lambda m: [S(m(2, 3, 6, 5), 2), S(m(2, 3, 6, 5), 1), S(m(3, 6, 5), (3, 4))],
            FLOAT,
            method=False,
            errors=lambda m: [
                S(m(1, 2, 4, 4), (-1, 2)),
                S(m(4, 4), 2),
                S(m(1, 2, 0, 4), 2),
            ],
        ),
    ]
