"""layer_norm and batch_norm: Normalization."""

from __future__ import annotations

from harness import FLOAT, LOW, Op, OpTests, S


def channels(m, *shape):
    """Input, weight, bias, running mean and variance."""
    c = shape[1]
    return m(*shape), m(c), m(c), m(c), m(c, low=0.5, high=2)


class TestNormalization(OpTests):
    golden = "normalization"
    ops = [
        Op(
            "layer_norm",
            lambda m: [
                S(m(3, 5), (5,)),
                S(m(3, 5), (5,), m(5), m(5)),
                S(m(2, 3, 4), (3, 4), m(3, 4)),
                S(m(3, 40), (40,), None, m(40), 0.1),
                S(m(0, 3), (3,)),
            ],
            FLOAT + LOW[:1],
            method=False,
            # One rounding more or less in a sum of 16-bit numbers.
            tolerance=(2e-3, 2e-3),
            reason="the order of summation differs",
            errors=lambda m: [
                S(m(2, 3), (4,)),
                S(m(2, 3), (3,), m(4)),
                S(m(2, 3), (3,), m(3), m(2)),
                S(m(2, 3), ()),
                S(m(2, 3).long(), (3,)),
            ],
        ),
        Op(
            "native_layer_norm",
            lambda m: [
                S(m(3, 5), (5,), m(5), m(5), 1e-5),
                S(m(2, 3, 4), (3, 4), None, None, 1e-3),
            ],
            FLOAT,
            method=False,
        ),
        Op(
            "native_batch_norm",
            lambda m: [
                S(m(4, 3), m(3), m(3), None, None, True, 0.1, 1e-5),
                S(m(4, 3, 2), None, None, None, None, True, 0.1, 1e-3),
            ],
            FLOAT,
            method=False,
            meta=False,
        ),
        Op(
            "batch_norm",
            lambda m: [
                S(m(4, 3), None, None, None, None, True, 0.1, 1e-5, True),
                S(m(4, 3, 2), m(3), m(3), None, None, True, 0.1, 1e-5, True),
                S(m(4, 3, 2, 5), m(3), None, None, None, True, 0.1, 1e-3, True),
            ],
            FLOAT,
            method=False,
            meta=False,
            errors=lambda m: [
                S(m(2, 3), None, None, None, None, False, 0.1, 1e-5, True),
                S(m(2, 3), m(4), None, m(3), m(3), False, 0.1, 1e-5, True),
                S(m(2, 3), None, None, m(4), m(4), False, 0.1, 1e-5, True),
                S(m(2, 3).long(), None, None, None, None, True, 0.1, 1e-5, True),
            ],
        ),
        Op(
            "batch_norm",
            lambda m: [
                S(*channels(m, 4, 3), False, 0.1, 1e-5, True),
                S(*channels(m, 4, 3, 2, 2), False, 0.1, 1e-5, True),
            ],
            FLOAT,
            method=False,
            meta=False,
            # The running statistics have no gradient.
            grad=False,
            label="batch_norm, evaluation",
        ),
    ]
