"""Views and rearrangements: TensorShape, Slicing, Joining."""

from __future__ import annotations

import operator

from harness import ALL, INT, Op, OpTests, S, on_clone

import torch

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


def broadcast(m):
    return [S(m(3, 1), (3, 4)), S(m(1), (2, 3)), S(m(), (2,))]


class TestTensorShapeNames(OpTests):
    """Shorter, older and NumPy's names of the views above."""

    golden = "tensor_shape_names"
    ops = [
        Op(
            "Tensor.view_as",
            lambda m: [S(m(2, 6), m(3, 4))],
            ONE,
            strided=False,
            errors=lambda m: [S(m(2, 3), m(5))],
        ),
        Op(
            "Tensor.view",
            lambda m: [S(m(2, 6), torch.int32), S(m(2, 6), torch.int16)],
            ONE[:1],
            grad=False,
            strided=False,
            label="view, dtype",
            errors=lambda m: [S(m(2, 3), torch.float64), S(m(), torch.int16)],
        ),
        Op("Tensor.reshape_as", lambda m: [S(m(2, 6), m(3, 4))], ONE),
        Op("detach", lambda m: [S(m(2, 3)), S(m(3, 2).t()), S(m())], ONE, grad=False),
        *(
            Op(name, lambda m: [S(m(2, 3, 4), 0, 2), S(m(2, 3), -1, 0)], ONE)
            for name in ("swapaxes", "swapdims")
        ),
        *(
            Op(
                name,
                lambda m: [S(m(2, 3, 4), 0, 2), S(m(2, 3, 4), (0, 1), (-1, 0))],
                ONE,
                errors=lambda m: [
                    S(m(2, 3), 0, 2),
                    S(m(2, 3), (0, 1), (0,)),
                    S(m(2, 3), (0, 0), (0, 1)),
                    S(m(2, 3), (0, 1), (1, 1)),
                ],
            )
            for name in ("movedim", "moveaxis")
        ),
        *(
            Op(
                f"Tensor.{name}",
                lambda m: [S(m(2, 3)), S(m(3, 2).t())],
                ONE + ("complex64",),
                call=operator.attrgetter(name),
                method=False,
            )
            for name in ("T", "H", "mT", "mH")
        ),
        Op(
            "adjoint",
            lambda m: [S(m(2, 3)), S(m(2, 3, 4))],
            ONE + ("complex64",),
            errors=lambda m: [S(m(3))],
        ),
        Op("Tensor.expand_as", lambda m: [S(m(3, 1), m(2, 3, 4))], ONE),
        Op("broadcast_to", broadcast, ONE, errors=lambda m: [S(m(3), (2,))]),
        Op(
            "broadcast_tensors",
            lambda m: [S(m(3, 1), m(4), m())],
            ONE,
            method=False,
            errors=lambda m: [S(m(3), m(2))],
        ),
        Op(
            "Tensor.sum_to_size",
            lambda m: [S(m(2, 3), (1, 3)), S(m(2, 3), (3,)), S(m(2, 3), ())],
            ONE,
            errors=lambda m: [S(m(2, 3), (2, 2)), S(m(3), (1, 3, 3))],
        ),
        Op(
            "unflatten",
            lambda m: [S(m(2, 6), 1, (2, 3)), S(m(6), 0, (-1, 2))],
            ONE,
            errors=lambda m: [S(m(6), 0, (4, 2)), S(m(6), 0, ()), S(m(6), 1, (6,))],
        ),
        Op("ravel", lambda m: [S(m(2, 3)), S(m(3, 2).t()), S(m())], ONE),
        *(
            Op(
                f"atleast_{n}d",
                lambda m: [S(m()), S(m(3)), S(m(2, 3))],
                ONE,
                method=False,
            )
            for n in (1, 2, 3)
        ),
        *(
            Op(
                f"Tensor.{name}_",
                samples,
                ONE,
                method=False,
                strided=False,
                call=on_clone(f"Tensor.{name}_"),
            )
            for name, samples in {
                "transpose": lambda m: [S(m(2, 3), 0, 1)],
                "swapaxes": lambda m: [S(m(2, 3), 0, 1)],
                "swapdims": lambda m: [S(m(2, 3), 0, 1)],
                "t": lambda m: [S(m(2, 3)), S(m(3))],
                "squeeze": lambda m: [S(m(2, 1)), S(m(1, 2), 0), S(m(1, 2, 1), (0, 2))],
                "unsqueeze": lambda m: [S(m(2), 0)],
                "as_strided": lambda m: [S(m(6), (2, 2), (1, 3))],
            }.items()
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
        Op(
            "narrow",
            lambda m: [S(m(5), 0, torch.tensor(2), 2)],
            ONE,
            meta=False,
            label="narrow, from a tensor",
        ),
        Op("narrow_copy", lambda m: [S(m(3, 4), 1, 1, 2)], ONE),
        Op(
            "diag_embed",
            lambda m: [S(m(3)), S(m(2, 3), 1), S(m(2, 3), -1, 0, 2)],
            ONE,
            errors=lambda m: [S(m(3), 0, 0, 0)],
        ),
        Op("tile", lambda m: [S(m(2, 3), (2,)), S(m(3), (2, 2)), S(m(), (3,))], ONE),
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
            aliases=("concat", "concatenate"),
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
        Op(
            "vstack",
            lambda m: [S([m(3), m(3)]), S([m(1, 2), m(3, 2)])],
            ONE,
            method=False,
            out=True,
            aliases=("row_stack",),
        ),
        Op(
            "dstack",
            lambda m: [S([m(3), m(3)]), S([m(2, 2), m(2, 2)]), S([m(), m()])],
            ONE,
            method=False,
            out=True,
        ),
        Op(
            "column_stack",
            lambda m: [S([m(3), m(3)]), S([m(2, 2), m(2)]), S([m(), m()])],
            ONE,
            method=False,
            out=True,
        ),
        Op(
            "split_with_sizes",
            lambda m: [S(m(5, 2), (1, 4)), S(m(2, 5), (2, 0, 3), 1)],
            ONE,
            errors=lambda m: [S(m(5), (1, 2)), S(m(5), (-1, 6))],
        ),
        Op(
            "tensor_split",
            lambda m: [
                S(m(7, 2), 3),
                S(m(2, 7), (2, 5), 1),
                S(m(5), (3, 1, 9)),
                S(m(5), torch.tensor(2)),
                S(m(5), torch.tensor([1, 3])),
            ],
            ONE,
            meta=False,
            strided=False,
            errors=lambda m: [S(m(5), 0), S(m(), 2)],
        ),
        Op("unsafe_chunk", lambda m: [S(m(5, 2), 2), S(m(2, 5), 3, 1)], ONE),
        Op(
            "meshgrid",
            lambda m: [
                S(m(3), m(2), indexing="ij"),
                S(m(3), m(2), m(4), indexing="xy"),
                S(m(), m(2), indexing="ij"),
            ],
            ONE,
            method=False,
            errors=lambda m: [S(m(2), m(2, 2), indexing="ij"), S(m(2), indexing="a")],
        ),
    ]
