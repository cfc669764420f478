"""Rows of a table: Embedding."""

from __future__ import annotations

from harness import FLOAT, LOW, Op, OpTests, S, on_clone


class TestEmbedding(OpTests):
    golden = "embedding"
    ops = [
        Op(
            "embedding",
            lambda m: [
                S(m(5, 3), m.index(4, high=5)),
                S(m(5, 3), m.index(2, 4, high=5)),
                S(m(5, 3), m.index(1, high=5)[0]),
                S(m(5, 3), m.index(0, high=5)),
            ],
            FLOAT + LOW,
            method=False,
            errors=lambda m: [
                S(m(5, 3), m.index(2, high=5) + 5),
                S(m(5, 3), m(2)),
                S(m(5), m.index(2, high=5)),
            ],
        ),
        Op(
            "embedding",
            lambda m: [
                S(m(5, 3), m.index(8, high=5), 2),
                S(m(5, 3), m.index(8, high=5), -1, True),
            ],
            FLOAT,
            method=False,
            # The gradient leaves out the padding, or is scaled on purpose.
            grad=False,
            label="embedding, padded or scaled",
        ),
        Op(
            "embedding_renorm_",
            lambda m: [
                S(m(5, 3) * 3, m.index(4, high=5), 1.0, 2.0),
                S(m(5, 3) * 3, m.index(2, 4, high=5), 0.5, 1.0),
            ],
            FLOAT,
            method=False,
            grad=False,
            meta=False,
            call=on_clone("embedding_renorm_"),
        ),
    ]
