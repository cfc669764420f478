"""Views and rearrangements: TensorShape, Slicing, Joining."""

from __future__ import annotations

from harness import ALL, INT, Op, OpTests, S

ONE = ALL[:1] + INT[:1]


class TestTensorShape(OpTests):
    golden = "tensor_shape"
    ops = [
        Op(
            "Tensor.view",
            lambda m: [S(m(2, 6), (3, 4)), S(m(2, 6), -1), S(m(0, 3), (3, 0))],
            ONE,
            strided=False,
            errors=lambda m: [
                S(m(2, 3), (4, 2)),
                S(m(2, 3), (-1, -1)),
                S(m(2, 3).t(), (6,)),
                S(m(0), (-1, 0)),
            ],
        ),
        Op(
            "reshape",
            lambda m: [S(m(2, 6), (3, 4)), S(m(2, 3).t(), (6,)), S(m(1), ())],
            ONE,
            errors=lambda m: [S(m(2, 3), (5,))],
        ),
        Op(
            "transpose",
            lambda m: [S(m(2, 3, 4), 0, 2), S(m(2, 3), -1, 0), S(m(), 0, -1)],
            ONE,
            errors=lambda m: [S(m(2, 3), 0, 2)],
        ),
        Op(
            "t",
            lambda m: [S(m(2, 3)), S(m(3)), S(m())],
            ONE,
            errors=lambda m: [S(m(2, 3, 4))],
        ),
        Op(
            "permute",
            lambda m: [S(m(2, 3, 4), (2, 0, 1)), S(m(2, 3), (-1, 0))],
            ONE,
            errors=lambda m: [S(m(2, 3), (0, 0)), S(m(2, 3), (0,))],
        ),
        Op(
            "Tensor.expand",
            lambda m: [S(m(3, 1), (3, 4)), S(m(1), (2, 3)), S(m(2, 1), (-1, 5))],
            ONE,
            errors=lambda m: [S(m(3, 2), (3, 4)), S(m(3, 2), (2,)), S(m(3), (-1, 3))],
        ),
        Op(
            "squeeze",
            lambda m: [S(m(1, 3, 1)), S(m(1, 3, 1), 0), S(m(2, 1), (0, 1))],
            ONE,
        ),
        Op(
            "unsqueeze",
            lambda m: [S(m(2, 3), 1), S(m(2, 3), -1), S(m(), 0)],
            ONE,
            errors=lambda m: [S(m(2, 3), 4)],
        ),
        Op(
            "flatten",
            lambda m: [S(m(2, 3, 4)), S(m(2, 3, 4), 1), S(m(2, 3, 4), 0, 1), S(m())],
            ONE,
            errors=lambda m: [S(m(2, 3), 1, 0)],
        ),
        Op(
            "as_strided",
            lambda m: [S(m(8), (2, 3), (1, 2)), S(m(8), (2, 2), (2, 3), 1)],
            ONE,
            strided=False,
            errors=lambda m: [S(m(4), (3, 3), (3, 1)), S(m(4), (2,), (-1,))],
        ),
    ]


class TestSlicing(OpTests):
    golden = "slicing"
    ops = [
        Op(
            "select",
            lambda m: [S(m(3, 4), 0, 1), S(m(3, 4), -1, -2)],
            ONE,
            errors=lambda m: [S(m(3, 4), 0, 3), S(m(3, 4), 2, 0), S(m(), 0, 0)],
        ),
        Op(
            "narrow",
            lambda m: [S(m(3, 4), 1, 1, 2), S(m(5), 0, -3, 2)],
            ONE,
            errors=lambda m: [S(m(3, 4), 1, 3, 2), S(m(3), 0, 0, -1), S(m(), 0, 0, 1)],
        ),
        Op(
            "diagonal",
            lambda m: [
                S(m(3, 4)),
                S(m(3, 4), 1),
                S(m(3, 4), -1),
                S(m(2, 3, 3), 0, 1, 2),
            ],
            ONE,
            errors=lambda m: [S(m(3, 3), 0, 0, 0)],
        ),
        Op("diag", lambda m: [S(m(3)), S(m(3, 4)), S(m(3), 1)], ONE, out=True),
        Op("flip", lambda m: [S(m(2, 3), (0,)), S(m(2, 3), (0, 1))], ONE),
        Op("roll", lambda m: [S(m(5), 2), S(m(2, 3), (1, -1), (0, 1))], ONE),
        Op("Tensor.repeat", lambda m: [S(m(2, 3), (2, 1)), S(m(3), (2, 2))], ONE),
        Op("Tensor.unfold", lambda m: [S(m(7), 0, 3, 2), S(m(2, 5), 1, 2, 1)], ONE),
    ]


class TestJoining(OpTests):
    golden = "joining"
    ops = [
        Op(
            "cat",
            lambda m: [
                S([m(2, 3), m(1, 3)]),
                S([m(2, 3), m(2, 2)], 1),
                S([m(0), m(2, 3)], -1),
            ],
            ALL,
            method=False,
            out=True,
            errors=lambda m: [
                S([]),
                S([m(2, 3), m(2)]),
                S([m(2, 3), m(3, 2)]),
                S([m()]),
            ],
        ),
        Op(
            "stack",
            lambda m: [S([m(2, 3), m(2, 3)]), S([m(2), m(2)], -1)],
            ONE,
            method=False,
            out=True,
            errors=lambda m: [S([]), S([m(2), m(3)])],
        ),
        Op(
            "split",
            lambda m: [S(m(5, 2), 2), S(m(2, 5), 3, 1), S(m(5), [1, 4])],
            ONE,
            errors=lambda m: [S(m(5), [1, 2]), S(m(5), -1)],
        ),
        Op(
            "chunk",
            lambda m: [S(m(5, 2), 2), S(m(2, 5), 3, 1)],
            ONE,
            errors=lambda m: [S(m(5), 0), S(m(), 1)],
        ),
        Op("unbind", lambda m: [S(m(3, 2)), S(m(3, 2), 1)], ONE),
        Op(
            "hstack",
            lambda m: [S([m(2), m(3)]), S([m(2, 1), m(2, 2)])],
            ONE,
            method=False,
        ),
        Op("vstack", lambda m: [S([m(3), m(3)])], ONE, method=False),
    ]
