"""Convolutions: Convolution, Padding."""

from __future__ import annotations

from harness import FLOAT, Op, OpTests, S

# The sums run over channels and taps in the library's order.
LOOSE = {"tolerance": (1e-4, 1e-4), "reason": "float sums in another order"}


def conv(name, samples, **options):
    return Op(f"nn.functional.{name}", samples, FLOAT, method=False, **LOOSE, **options)


class TestConvolution(OpTests):
    golden = "convolution"
    ops = [
        conv(
            "conv1d",
            lambda m: [
                S(m(2, 3, 7), m(4, 3, 3), m(4)),
                S(m(3, 7), m(4, 3, 2), stride=2, padding=1),
                S(m(2, 3, 7), m(4, 3, 3), padding="same", dilation=2),
            ],
            errors=lambda m: [
                S(m(1, 2, 5), m(3, 3, 3)),
                S(m(2, 2, 5, 5), m(3, 2, 3)),
                S(m(1, 2, 5) * 1j, m(3, 2, 3)),
                S(m(1, 2, 5) * 1j, m(3, 2, 3).bfloat16()),
                S(m(1, 2, 5) * 1j, m(3, 2, 3) * 1j, m(3)),
            ],
        ),
        conv(
            "conv2d",
            lambda m: [
                S(m(2, 3, 6, 5), m(4, 3, 3, 3), m(4)),
                S(m(2, 3, 6, 5), m(4, 3, 3, 2), stride=(2, 1), padding=(1, 0)),
                S(m(2, 4, 6, 5), m(6, 2, 3, 3), m(6), groups=2, dilation=2, padding=2),
                S(m(2, 4, 5, 5), m(4, 1, 3, 3), groups=4, padding=1),
                S(m(3, 6, 5), m(4, 3, 1, 1), m(4)),
                S(m(1, 2, 5, 5), m(3, 2, 2, 3), padding="same"),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), padding="valid"),
                S(m(0, 2, 5, 5), m(3, 2, 3, 3)),
            ],
            errors=lambda m: [
                S(m(1, 2, 5, 5), m(3, 3, 3, 3)),
                S(m(1, 2, 5, 5), m(3, 2, 3)),
                S(m(5, 5), m(3, 2, 3, 3)),
                S(m(1, 2, 5, 5), m(3, 2, 6, 6)),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), m(2)),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), stride=0),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), padding=-1),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), dilation=0),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), groups=2),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), stride=(1, 2, 3)),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), padding="foo"),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), padding="same", stride=2),
                S(m(1, 2, 5, 5), m(3, 2, 3, 3), m(3).double()),
            ],
        ),
        conv(
            "conv3d",
            lambda m: [
                S(m(1, 2, 4, 4, 3), m(3, 2, 2, 3, 2), m(3)),
                S(m(1, 2, 4, 4, 3), m(2, 1, 2, 2, 2), groups=2, stride=2, padding=1),
            ],
        ),
        conv(
            "conv_transpose1d",
            lambda m: [S(m(2, 3, 5), m(3, 4, 3), m(4), stride=2, output_padding=1)],
        ),
        conv(
            "conv_transpose2d",
            lambda m: [
                S(m(2, 3, 4, 3), m(3, 2, 3, 3), m(2)),
                S(m(2, 4, 3, 3), m(4, 3, 2, 2), stride=2, padding=1, groups=2),
            ],
            errors=lambda m: [
                S(m(1, 2, 5, 5), m(3, 3, 3, 3)),
                S(m(1, 2, 5, 5), m(2, 3, 3, 3), output_padding=1),
                S(m(1, 2, 5, 5), m(2, 3, 3, 3), m(2)),
            ],
        ),
        conv(
            "conv_transpose3d",
            lambda m: [
                S(m(1, 2, 2, 3, 2), m(2, 3, 2, 2, 2), m(3)),
                S(m(1, 2, 2, 2, 2), m(2, 1, 2, 2, 2), stride=2, padding=1, groups=2),
            ],
        ),
        Op(
            "convolution",
            lambda m: [
                S(m(2, 3, 7), m(4, 3, 3), m(4), (2,), (1,), (1,), False, (0,), 1),
                S(m(2, 3, 5), m(3, 4, 3), None, (2,), (0,), (1,), True, (1,), 1),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [
                S(m(2, 3, 7), m(4, 3, 3), None, (1,), (1,), (1,), False, (0,), 0)
            ],
            **LOOSE,
        ),
        Op(
            "constant_pad_nd",
            lambda m: [
                S(m(2, 3), (1, 2)),
                S(m(2, 3), (1, 0, 0, 2), 1.5),
                S(m(2, 5), (-1, -2), 3),
                S(m(2, 3, 4), (2, -1, -1, 1)),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [
                S(m(2, 3), (-2, -2)),
                S(m(2), (1,)),
                S(m(2), (1, 1, 1, 1)),
            ],
        ),
    ]
