"""Scaled dot products of queries, keys and values: Attention."""

from __future__ import annotations

from harness import FLOAT, Op, OpTests, S

NAME = "nn.functional.scaled_dot_product_attention"


def three(m):
    """Query, key and value of (N, heads, length, E)."""
    return m(2, 2, 3, 4), m(2, 2, 5, 4), m(2, 2, 5, 6)


class TestAttention(OpTests):
    golden = "attention"
    ops = [
        Op(
            NAME,
            lambda m: [
                S(*three(m)),
                S(*three(m), is_causal=True),
                S(*three(m), scale=0.3),
                S(*three(m), m(3, 5)),
                S(m(3, 4), m(5, 4), m(5, 4)),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [
                S(*three(m), m(3, 5), is_causal=True),
                S(m(2, 3), m(5, 4), m(5, 4)),
                S(m(4), m(5, 4), m(5, 4)),
                S(m(3, 4), m(5, 4).double(), m(5, 4)),
            ],
        ),
        Op(
            NAME,
            lambda m: [
                S(*three(m), m.index(3, 5, high=4) > 0),
                S(m(2, 4, 3, 4), m(2, 2, 5, 4), m(2, 2, 5, 4), enable_gqa=True),
            ],
            FLOAT,
            method=False,
            label="attention, masked or grouped",
        ),
    ]
