"""Order along a dimension: Sorting."""

from __future__ import annotations

from harness import ALL, FLOAT, LOW, Op, OpTests, S


class TestSorting(OpTests):
    golden = "sorting"
    ops = [
        Op(
            "sort",
            lambda m: [
                S(m(3, 5)),
                S(m(3, 5), 0),
                S(m(2, 3, 4), 1, True),
                S(m(9), stable=True),
                S(m(9), stable=True, descending=True),
                S(m()),
                S(m(0, 3)),
            ],
            ALL + LOW,
            out=True,
            errors=lambda m: [S(m(3), 2)],
        ),
        Op(
            "argsort",
            lambda m: [S(m(9), stable=True), S(m(3, 5), 0)],
            FLOAT,
            grad=False,
        ),
        Op("msort", lambda m: [S(m(5, 3))], FLOAT, out=True, method=False),
        Op(
            "topk",
            lambda m: [
                S(m.distinct(9), 3),
                S(m(3, 5), 2, 0),
                S(m(9), 3, largest=False),
                S(m(), 1),
            ],
            FLOAT,
            out=True,
            errors=lambda m: [S(m(3), 5), S(m(3), -1), S(m(3).bool(), 1)],
        ),
        Op(
            "kthvalue",
            lambda m: [
                S(m.distinct(9), 3),
                S(m(3, 5), 2, 0),
                S(m(3, 5), 2, 1, True),
                S(m(), 1),
            ],
            FLOAT,
            out=True,
            errors=lambda m: [S(m(3), 0), S(m(3), 4), S(m(0), 1)],
        ),
    ]
