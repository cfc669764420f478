"""Tensors from nothing and from another's shape: TensorFactories."""

from __future__ import annotations

from harness import ALL, COMPLEX, EVERY, FLOAT, INT, LOW, Op, OpTests, S, public

import torch

NUMBERS = FLOAT + LOW + INT


def new(name, samples, dtypes=EVERY, **options):
    """A factory; its samples say the dtype."""
    made = {"method": False, "strided": False, "grad": False, **options}
    return Op(name, lambda m: samples(m, {"dtype": m.torch_dtype}), dtypes, **made)


def zeroed(name):
    """Memory as it comes, then set to zero: shape, dtype, strides."""
    return lambda *args, **options: public(name)(*args, **options).zero_()


def sizes(m, d):
    return [S((2, 3), **d), S(2, 3, **d), S((), **d), S(0, 3, **d), S([4], **d)]


def negative(m):
    return [S((2, -1)), S(2, dtype="float32"), S(2.5), S((1,), device="nowhere")]


def steps(m, d):
    return [
        S(5, **d),
        S(1, 7, **d),
        S(1, 8, 3, **d),
        S(7, 1, -2, **d),
        S(0, 0, **d),
        S(0, 100, 3, **d),
    ]


def like(*args):
    def samples(m):
        return [
            S(m(2, 3), *args),
            S(m(), *args),
            S(m(0, 3), *args),
            S(m(2, 3, 4).permute(2, 0, 1), *args),
            S(m(2), *args, dtype=torch.float64),
            S(m(2, 3).t(), *args, memory_format=torch.contiguous_format),
        ]

    return samples


def sizes_of(*args):
    def samples(m):
        return [S(m(2), (3, 2), *args), S(m(2), (), *args), S(m(1), (0,), *args)]

    return samples


def triangles(m):
    return [
        S(m(3, 4)),
        S(m(4, 3), 1),
        S(m(4, 3), -1),
        S(m(2, 3, 3)),
        S(m(3, 3), 5),
        S(m(3, 4).t(), -1),
        S(m(0, 3)),
    ]


LIKE = {"method": False, "strided": False, "grad": False}


class TestTensorFactories(OpTests):
    golden = "tensor_factories"
    ops = [
        new("zeros", sizes, errors=negative),
        new("ones", sizes, errors=negative),
        new("empty", sizes, errors=negative, call=zeroed("empty")),
        new(
            "empty_strided",
            lambda m, d: [S((2, 3), (1, 2), **d), S((2, 0), (0, 1), **d)],
            FLOAT,
            call=zeroed("empty_strided"),
            errors=lambda m: [S((2,), (1, 1)), S((2,), (-1,)), S((-2,), (1,))],
        ),
        new(
            "empty_permuted",
            lambda m, d: [S((2, 3, 4), (2, 0, 1), **d)],
            FLOAT,
            call=zeroed("empty_permuted"),
            errors=lambda m: [S((2, 3), (0,)), S((2, 3), (0, 0)), S((2, 3), (0, 2))],
        ),
        new("full", lambda m, d: [S((2, 3), 1, **d), S((), 3, **d)]),
        Op(
            "full",
            lambda m: [S((2,), 1.5), S((2,), 1), S((2,), True), S((2,), 1j)],
            FLOAT[:1],
            label="full, without dtype",
            errors=lambda m: [
                S((2,), "a"),
                S((-2,), 1),
                S((2,), 1j, dtype=torch.float),
            ],
            **LIKE,
        ),
        new("scalar_tensor", lambda m, d: [S(1, **d)], meta=False),
        new(
            "arange",
            steps,
            NUMBERS,
            errors=lambda m: [
                S(1, 5, 0),
                S(1, 5, -1),
                S(5, 1),
                S(float("nan")),
                S(float("inf")),
            ],
        ),
        Op(
            "arange",
            lambda m: [
                S(3),
                S(3.0),
                S(0, 1, 0.25),
                S(1, 2.5, 0.5),
                S(2**40, 2**40 + 2),
            ],
            FLOAT[:1],
            label="arange, without dtype",
            **LIKE,
        ),
        new(
            "range",
            lambda m, d: [S(1, 7, **d), S(7, 1, -2, **d)],
            FLOAT + INT[:1],
            errors=lambda m: [S(1, 5, 0), S(5, 1)],
        ),
        new(
            "linspace",
            lambda m, d: [
                S(0, 7, 5, **d),
                S(3, -4, 8, **d),
                S(1, 1, 1, **d),
                S(0, 1, 0, **d),
                S(0, 100, 67, **d),
            ],
            NUMBERS[:-1],
            errors=lambda m: [S(0, 1, -1), S(m(2), 1, 3)],
        ),
        Op(
            "linspace",
            lambda m: [S(m(), m(), 5), S(m(), 2, 4), S(1, m(), 4)],
            FLOAT[:1],
            label="linspace, tensors",
            **LIKE,
        ),
        new(
            "logspace",
            lambda m, d: [S(0, 2, 5, **d), S(1, -1, 4, base=2, **d), S(0, 1, 1, **d)],
            FLOAT,
            errors=lambda m: [S(0, 1, -1)],
        ),
        new(
            "eye",
            lambda m, d: [S(3, **d), S(2, 4, **d), S(4, 2, **d), S(0, **d)],
            errors=lambda m: [S(-1), S(2, -1)],
        ),
        *(
            Op(
                name,
                lambda m: [S(3, 3), S(4, 3, 1), S(3, 5, -1), S(0, 3), S(3, 3, 7)],
                FLOAT[:1],
                errors=lambda m: [S(-1, 3), S(3, -1), S(3, 3, dtype=torch.bool)],
                **LIKE,
            )
            for name in ("tril_indices", "triu_indices")
        ),
        Op("zeros_like", like(), EVERY, **LIKE),
        Op("ones_like", like(), EVERY, **LIKE),
        Op("empty_like", like(), EVERY, call=zeroed("empty_like"), **LIKE),
        Op("full_like", like(1), EVERY, **LIKE),
        Op("Tensor.new_zeros", sizes_of(), EVERY, **LIKE),
        Op("Tensor.new_ones", sizes_of(), EVERY, **LIKE),
        Op(
            "Tensor.new_empty",
            sizes_of(),
            EVERY,
            call=zeroed("Tensor.new_empty"),
            **LIKE,
        ),
        Op("Tensor.new_full", sizes_of(1), EVERY, **LIKE),
        Op(
            "Tensor.new_empty_strided",
            lambda m: [S(m(2), (2, 3), (1, 2))],
            FLOAT,
            call=zeroed("Tensor.new_empty_strided"),
            **LIKE,
        ),
        *(
            Op(
                name,
                triangles,
                ALL + LOW + COMPLEX,
                inplace=True,
                out=True,
                errors=lambda m: [S(m(3)), S(m())],
            )
            for name in ("tril", "triu")
        ),
        Op(
            "complex",
            lambda m: [
                S(m(2, 3), m(2, 3)),
                S(m(3, 1), m(4)),
                S(m(), m()),
                S(m(0), m(0)),
            ],
            FLOAT,
            method=False,
            out=True,
            errors=lambda m: [
                S(m(2), m(2).double()),
                S(m(2).long(), m(2).long()),
                S(m(2), m(3)),
            ],
        ),
    ]


def test_out_of_a_factory_is_resized_and_returned():
    out = torch.empty(0)
    assert torch.ones(2, 3, out=out) is out
    assert out.tolist() == [[1.0] * 3] * 2


def test_default_dtype_decides_for_floats_only():
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.zeros(1).dtype == torch.full((1,), 0.5).dtype == torch.float64
        assert torch.arange(3).dtype == torch.full((1,), 2).dtype == torch.int64
    finally:
        torch.set_default_dtype(torch.float32)
