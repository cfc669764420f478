"""Sums, extremes, moments, norms and running sums: ReduceOps."""

from __future__ import annotations

import pytest
from harness import ALL, COMPLEX, FLOAT, INT, LOW, Op, OpTests, S

import torch

NAN = float("nan")


def all_or_one(m):
    """The whole tensor, or one dimension."""
    return [
        S(m(3, 4)),
        S(m(3, 4), 1),
        S(m(2, 3, 4), -2, True),
        S(m(4, 37), 0),
        S(m(4, 37), 1),
        S(m()),
        S(m(), 0),
        S(m(2, 3, 4).permute(2, 0, 1), 1),
    ]


def some_dims(m):
    return [S(m(2, 3, 4), (0, 2)), S(m(2, 3, 4), (-1, 0), True), S(m(3, 4), ())]


def empty(m):
    return [S(m(0)), S(m(0, 3)), S(m(0, 3), 0), S(m(0, 3), 1)]


def with_nan(m):
    x = m(3, 4)
    x[0, 1] = x[2, 2] = NAN
    return [S(x), S(x, 0), S(x, 1)]


def with_zeros(m):
    x, y = m(3, 4), m(5)
    x[1, 2] = x[2, 1] = x[2, 2] = 0
    y[3] = 0
    return [S(x, 0), S(x, 1), S(x), S(y)]


def ones_in_rows(m):
    """Truths and lies, whole rows of either."""
    x = m.mask(4, 35)
    x[1], x[2] = True, False
    return x.to(m.torch_dtype)


def truths(m):
    x = ones_in_rows(m)
    return [S(x), S(x, 1), S(x, 0, True), S(x, (0, 1)), S(m(0, 3), 0), S(m())]


def moments(m):
    return [
        S(m(3, 4)),
        S(m(3, 4), 1),
        S(m(2, 3, 4), (0, 2), keepdim=True),
        S(m(2, 3, 4), 1, correction=0),
        S(m(35), correction=2),
        S(m(3, 4), unbiased=False),
        S(m(3, 4), None),
    ]


def norms(m):
    return [
        S(m(3, 4)),
        S(m(3, 4), 1),
        S(m(3, 4), 3, 1),
        S(m(3, 4), float("inf"), 0, True),
        S(m(3, 4), -float("inf"), 1),
        S(m(35), 0.5),
        S(m(2, 3, 4), 2, (0, 2)),
        S(m(), 2),
        S(m(0), 1),
    ]


def bad_dims(m):
    return [S(m(2, 3), 2), S(m(2, 3), -3), S(m(), 1)]


class TestReduceOps(OpTests):
    golden = "reduce_ops"
    ops = [
        Op(
            "sum",
            lambda m: [*all_or_one(m), *some_dims(m), *empty(m)],
            ALL + LOW + COMPLEX,
            errors=lambda m: [*bad_dims(m), S(m(2, 3), (0, -2)), S(m(2), dtype=5)],
        ),
        Op(
            "sum",
            lambda m: [
                S(m(3, 4), 1, dtype=torch.float64),
                S(m(3, 4), dtype=torch.int64),
            ],
            ALL,
            grad=False,
            label="sum, dtype",
        ),
        Op(
            "sum",
            lambda m: [S(m(3, 4), 1), S(m(2, 3), (0, 1))],
            FLOAT,
            out=True,
            label="sum, out",
        ),
        Op("nansum", with_nan, FLOAT, grad=False, out=True),
        Op(
            "nansum",
            lambda m: [*all_or_one(m), *some_dims(m)],
            FLOAT,
            label="nansum, plain",
        ),
        Op(
            "mean",
            lambda m: [*all_or_one(m), *some_dims(m), *empty(m)],
            FLOAT + LOW + COMPLEX,
            errors=lambda m: [*bad_dims(m), S(m(3).long()), S(m(3).bool(), 0)],
        ),
        Op(
            "mean",
            lambda m: [S(m(3, 4), 0, dtype=torch.float64)],
            ALL,
            grad=False,
            label="mean, dtype",
        ),
        Op("mean", lambda m: [S(m(3, 4), 1)], FLOAT, out=True, label="mean, out"),
        Op(
            "prod",
            # Products of 37 numbers leave no digits for finite differences.
            lambda m: [
                *all_or_one(m)[:3],
                S(m()),
                S(m(), 0),
                *with_zeros(m),
                *empty(m),
            ],
            ("float64", *INT, "bool", "complex128"),
            errors=bad_dims,
        ),
        Op(
            "prod",
            lambda m: [S(m(3, 4), 1), S(m(3, 4), 0, True)],
            FLOAT,
            out=True,
            label="prod, out",
        ),
        *(
            Op(
                name,
                lambda m: [*all_or_one(m), S(m(3, 4), m(4))],
                ALL + LOW,
                errors=lambda m: [
                    *bad_dims(m),
                    S(m(0)),
                    S(m(0, 3), 0),
                    S(m(2) * 1j),
                    S(m(2, 3), m(2)),
                ],
            )
            for name in ("max", "min")
        ),
        *(
            Op(name, with_nan, FLOAT, grad=False, meta=False, label=f"{name}, nan")
            for name in ("max", "min", "amax", "amin", "argmax", "argmin")
        ),
        *(
            Op(
                name,
                lambda m: [S(m(3, 4), 1), S(m(3, 4), m(4))],
                FLOAT,
                out=True,
                label=f"{name}, out",
            )
            for name in ("max", "min")
        ),
        *(
            Op(
                name,
                lambda m: [*all_or_one(m), *some_dims(m)],
                ALL + LOW,
                out=True,
                errors=lambda m: [*bad_dims(m), S(m(0)), S(m(3, 0), 1)],
            )
            for name in ("amax", "amin")
        ),
        Op(
            "aminmax",
            lambda m: [S(m(3, 4)), S(m(3, 4), dim=1), S(m(3, 4), dim=0, keepdim=True)],
            ALL,
            out=True,
            errors=lambda m: [S(m(0)), S(m(2), dim=1), S(m(0, 3), dim=0)],
        ),
        *(
            Op(
                name,
                all_or_one,
                FLOAT + INT + LOW,
                grad=False,
                out=True,
                errors=lambda m: [*bad_dims(m), S(m(0)), S(m(0, 3), 0), S(m(2) * 1j)],
            )
            for name in ("argmax", "argmin")
        ),
        *(
            Op(
                name,
                truths,
                ALL + LOW + COMPLEX,
                grad=False,
                out=True,
                errors=lambda m: [*bad_dims(m), S(m(2, 3), (0, 0))],
            )
            for name in ("all", "any")
        ),
        Op(
            "count_nonzero",
            lambda m: [
                S(ones_in_rows(m)),
                S(ones_in_rows(m), 0),
                S(m(2, 3, 4), (0, 2)),
            ],
            ALL + COMPLEX,
            grad=False,
            errors=bad_dims,
        ),
        *(
            Op(
                name,
                moments,
                FLOAT + LOW,
                method=name in ("var", "std"),
                errors=lambda m: [*bad_dims(m), S(m(3).long()), S(m(2, 3), (1, 1))],
            )
            for name in ("var", "std", "var_mean", "std_mean")
        ),
        *(
            Op(
                name,
                lambda m: [S(m(3, 4), 1), S(m(3, 4), 0, correction=0)],
                FLOAT,
                out=True,
                label=f"{name}, out",
            )
            for name in ("var", "std")
        ),
        Op(
            "linalg.vector_norm",
            norms,
            FLOAT,
            method=False,
            out=True,
            errors=lambda m: [
                S(m(3).long()),
                S(m(0), float("inf")),
                S(m(2, 3), 2, 2),
                S(m(2), 2, 0, dtype=torch.int64),
            ],
        ),
        Op("norm", lambda m: [S(m(3, 4)), S(m(3, 4), 1, 1), S(m(3), "fro")], FLOAT),
        Op(
            "logsumexp",
            lambda m: [
                S(m(3, 4), 1),
                S(m(2, 3, 4), (0, 2), True),
                S(m(3, 4) * 100, 0),
                S(m(), 0),
                S(m(0, 3), 0),
            ],
            FLOAT + ("int64",),
            out=True,
            errors=lambda m: [S(m(2, 3), 2)],
        ),
        *(
            Op(
                name,
                lambda m: [
                    S(m(3, 4), 0),
                    S(m(3, 4), -1),
                    S(m(2, 3, 4), 1),
                    S(m(35, low=0.4, high=0.9), 0),
                    S(m(), 0),
                    S(m(0, 3), 1),
                ],
                FLOAT + INT + ("bool", "complex128"),
                errors=lambda m: [S(m(2, 3), 2), S(m(2, 3))],
            )
            for name in ("cumsum", "cumprod")
        ),
        *(
            Op(
                name,
                lambda m: [S(m(3, 4), 1)],
                FLOAT,
                inplace=True,
                out=True,
                label=f"{name}, out",
            )
            for name in ("cumsum", "cumprod")
        ),
        Op(
            "cumprod",
            lambda m: [S(s.args[0], 0) for s in with_zeros(m)],
            FLOAT,
            label="cumprod of zeros",
        ),
    ]


def test_gradient_of_max_is_shared_by_equal_elements():
    x = torch.tensor([1.0, 3.0, 3.0], requires_grad=True)
    x.max().backward()
    assert x.grad.tolist() == [0.0, 0.5, 0.5]


def test_a_sum_of_millions_keeps_its_digits():
    # One running float would stop growing at 2**24.
    assert torch.ones(1 << 25).sum().item() == 1 << 25


@pytest.mark.parametrize("dims", [(0,), (0, 1, 2), (1,)])
def test_sum_over_dims_is_numpys(dims):
    x = torch.arange(24.0, dtype=torch.float64).reshape(2, 3, 4)
    assert x.sum(dims).tolist() == x.numpy().sum(dims).tolist()


@pytest.mark.parametrize(
    "call",
    [
        lambda x, out: torch.max(x, 1, out=out),
        lambda x, out: torch.sort(x[:, 0], out=out),
        lambda x, out: torch.topk(x[:, 0], 3, out=out),
    ],
    ids=["max", "sort", "topk"],
)
def test_no_output_is_written_where_one_is_refused(call):
    values = torch.full((3,), 7.0)
    indices = torch.full((3,), 7.0)
    with pytest.raises(RuntimeError) as caught:
        call(torch.randn(3, 4), (values, indices))
    text = "Expected out tensor to have dtype long int, but got float instead"
    assert str(caught.value) == text
    assert values.tolist() == indices.tolist() == [7.0, 7.0, 7.0]
