"""Pointwise activation functions: Activation."""

from __future__ import annotations

from harness import FLOAT, LOW, Op, OpTests, S


def one(m):
    return [S(m(2, 3) * 2), S(m(67) * 2), S(m(4, 5).t() * 2)]


def with_number(*numbers):
    return lambda m: [S(m(35) * 2, n) for n in numbers]


class TestActivation(OpTests):
    golden = "activation"
    ops = [
        Op(f"nn.functional.{name}", one, FLOAT + LOW, method=False)
        for name in (
            "relu",
            "relu6",
            "silu",
            "mish",
            "gelu",
            "elu",
            "selu",
            "celu",
            "softplus",
            "softsign",
            "logsigmoid",
            "tanhshrink",
            "hardtanh",
            "hardswish",
            "hardsigmoid",
            "hardshrink",
            "softshrink",
            "leaky_relu",
        )
    ] + [
        Op(
            "nn.functional.gelu",
            lambda m: [S(m(35) * 2, approximate="tanh")],
            FLOAT,
            method=False,
            label="gelu_tanh",
        ),
        Op(
            "nn.functional.elu",
            with_number(0.5, 2.0),
            FLOAT,
            method=False,
            label="elu_a",
        ),
        Op(
            "nn.functional.leaky_relu",
            with_number(0.2, -0.5),
            FLOAT,
            method=False,
            label="leaky_relu_slope",
        ),
        Op(
            "nn.functional.threshold",
            lambda m: [S(m(35), 0.3, -7.0)],
            FLOAT,
            method=False,
        ),
        Op(
            "nn.functional.glu",
            lambda m: [S(m(3, 4)), S(m(4, 3), 0)],
            FLOAT,
            method=False,
            errors=lambda m: [S(m(3))],
        ),
        Op(
            "nn.functional.prelu",
            lambda m: [S(m(3, 4), m(1)), S(m(3, 4, 2), m(4))],
            FLOAT,
            method=False,
            gradgrad=False,
            errors=lambda m: [S(m(2, 3), m(2)), S(m(3), m(1, 1))],
        ),
        Op(
            "relu",
            one,
            FLOAT + ("int64",),
            inplace=True,
            errors=lambda m: [S(m(2) > 0)],
        ),
    ]
