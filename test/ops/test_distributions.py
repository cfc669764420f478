"""Random tensors from a seeded generator: Distributions, Dropout.

The digits are PyTorch's; test_random.py compares many more of them.
"""

from __future__ import annotations

from harness import FLOAT, INT, LOW, Op, OpTests, S, on_clone

import torch

# A draw differs with the layout of its input; it is not a smooth function.
DRAW = {"random": True, "strided": False, "grad": False, "method": False}


def draw(name, samples, dtypes=FLOAT, **options):
    return Op(name, samples, dtypes, **{**DRAW, **options})


def sized(m):
    d = {"dtype": m.torch_dtype}
    return [S(5, **d), S((2, 9), **d), S((), **d), S(0, 3, **d)]


def fill(name, *rows, dtypes=FLOAT, **options):
    """An in-place draw, on a copy."""
    return draw(
        f"Tensor.{name}",
        lambda m: [
            S(m(*shape), *row) for row in rows for shape in ((5,), (3, 8), (0,))
        ],
        dtypes,
        call=on_clone(f"Tensor.{name}"),
        **options,
    )


def unit(m, *shape):
    return m(*shape, low=0.1, high=0.9)


class TestDistributions(OpTests):
    golden = "distributions"
    ops = [
        draw(
            "rand",
            sized,
            FLOAT + LOW,
            errors=lambda m: [S(-1), S(2, dtype=torch.int64)],
        ),
        draw(
            "randn",
            sized,
            FLOAT + LOW,
            errors=lambda m: [S(-1), S(2, dtype=torch.int64)],
        ),
        draw(
            "randint",
            lambda m: [S(9, (5,)), S(-3, 4, (2, 9)), S(1, (3,)), S(2**40, (4,))],
            errors=lambda m: [
                S(0, (2,)),
                S(3, 3, (2,)),
                S(300, (2,), dtype=torch.uint8),
            ],
        ),
        draw(
            "randperm",
            lambda m: [
                S(7),
                S(0),
                S(1),
                S(5, dtype=torch.int32),
                S(4, dtype=torch.float64),
            ],
            errors=lambda m: [S(-1), S(300, dtype=torch.uint8)],
        ),
        *(
            draw(name, lambda m: [S(m(3, 4)), S(m()), S(m(2), dtype=torch.float64)])
            for name in ("rand_like", "randn_like")
        ),
        draw("randint_like", lambda m: [S(m(3, 4), 9), S(m(3), 2, 5)], FLOAT + INT),
        fill("uniform_", (), (-1, 3), errors=lambda m: [S(m(2), 1, 0), S(m(2).long())]),
        fill(
            "normal_", (), (1, 0.5), errors=lambda m: [S(m(2), 0, -1), S(m(2).long())]
        ),
        fill(
            "random_",
            (),
            (5,),
            (2, 9),
            dtypes=FLOAT + INT,
            errors=lambda m: [S(m(2), 0), S(m(2), 3, 2)],
        ),
        fill("exponential_", (), (2.5,), errors=lambda m: [S(m(2), 0), S(m(2).long())]),
        fill("geometric_", (0.3,), errors=lambda m: [S(m(2), 0), S(m(2), 1)]),
        fill("cauchy_", (), (1, 0.5), errors=lambda m: [S(m(2), 0, -1)]),
        fill("log_normal_", (), (0, 0.5), errors=lambda m: [S(m(2), 0, -1)]),
        fill("bernoulli_", (), (0.3,), errors=lambda m: [S(m(2), 2), S(m(2), -0.5)]),
        draw(
            "Tensor.bernoulli_",
            lambda m: [S(m(3, 4), unit(m, 3, 4)), S(m(3, 4), unit(m, 4))],
            call=on_clone("Tensor.bernoulli_"),
            label="bernoulli_, probabilities",
        ),
        draw(
            "bernoulli",
            lambda m: [S(unit(m, 9)), S(unit(m, 3, 4)), S(unit(m, 0))],
            method=True,
            out=True,
            errors=lambda m: [S(m(3) + 5), S(m(3).long()), S(m(3), 2)],
        ),
        draw("bernoulli", lambda m: [S(m(9), 0.5)], method=True, label="bernoulli, p"),
        draw(
            "normal",
            lambda m: [
                S(m(5), 0.5),
                S(m(2, 9), unit(m, 2, 9)),
                S(0.5, unit(m, 20)),
                S(1, 2, (3, 3)),
                S(m(3, 1), unit(m, 4)),
            ],
            errors=lambda m: [S(m(2), -1), S(0, m(2) - 9), S(m(2).long(), 1.0)],
        ),
        draw(
            "multinomial",
            lambda m: [
                S(unit(m, 5), 3),
                S(unit(m, 2, 5), 3),
                S(unit(m, 5), 8, True),
                S(unit(m, 2, 5), 7, True),
            ],
            method=True,
            out=True,
            errors=lambda m: [
                S(unit(m, 3), 4),
                S(unit(m, 3), 0),
                S(unit(m, 3) - 5, 1),
                S(unit(m, 3).long(), 1),
                S(unit(m, 1, 2, 3), 1),
                S(torch.zeros(3), 1),
            ],
        ),
        draw(
            "poisson",
            lambda m: [S(unit(m, 9)), S(unit(m, 3, 4) * 40), S(unit(m, 0))],
            errors=lambda m: [S(m(3) - 9)],
        ),
        draw(
            "binomial",
            lambda m: [
                S(torch.full((9,), 5.0).to(m.torch_dtype), unit(m, 9)),
                S(torch.full((4,), 90.0).to(m.torch_dtype), unit(m, 4)),
            ],
        ),
        draw("_standard_gamma", lambda m: [S(unit(m, 9)), S(unit(m, 4) * 20)]),
        draw("_sample_dirichlet", lambda m: [S(unit(m, 3, 4))], meta=False),
    ]


class TestDropout(OpTests):
    golden = "dropout"
    ops = [
        *(
            draw(
                name,
                lambda m: [
                    S(m(4, 9), 0.3, True),
                    S(m(4, 9), 0.3, False),
                    S(m(9), 0, True),
                ],
                grad=True,
                gradgrad=True,
                errors=lambda m: [S(m(2), 1.5, True), S(m(2), -0.1, True)],
            )
            for name in ("dropout", "alpha_dropout")
        ),
        *(
            draw(
                name,
                lambda m: [S(m(4, 3, 2), 0.3, True), S(m(4, 3, 2, 2), 0.3, False)],
                grad=True,
                gradgrad=True,
                errors=lambda m: [S(m(3), 0.5, True), S(m(3, 3), 1.5, True)],
            )
            for name in ("feature_dropout", "feature_alpha_dropout")
        ),
        *(
            draw(
                f"{name}_",
                lambda m: [S(m(4, 9, 2), 0.3, True), S(m(4, 9, 2), 0.5, False)],
                call=on_clone(f"{name}_"),
            )
            for name in (
                "dropout",
                "alpha_dropout",
                "feature_dropout",
                "feature_alpha_dropout",
            )
        ),
        draw(
            "native_dropout",
            lambda m: [S(m(4, 9), 0.3, True), S(m(4, 9), 0.3, False)],
            grad=True,
        ),
    ]


def test_dropout_of_everything_is_zero():
    x = torch.ones(5, requires_grad=True)
    y = torch.dropout(x, 1.0, True)
    y.sum().backward()
    assert y.tolist() == x.grad.tolist() == [0.0] * 5
