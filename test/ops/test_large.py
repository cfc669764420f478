"""Tensors large enough to be shared among threads, against NumPy.

Samples are small; splitting of work, tails of vectors and cache blocks show only
from some ten thousand elements on. NumPy's float64 answer is the formula.
"""

from __future__ import annotations

import numpy as np
import pytest

import torch

ROWS, COLUMNS = 301, 1003
RNG = np.random.default_rng(11)
DATA = RNG.uniform(-2, 2, (ROWS, COLUMNS))
OTHER = RNG.uniform(0.5, 2, (ROWS, COLUMNS))
WHOLE = RNG.integers(-50, 50, (ROWS, COLUMNS))
ORDER = RNG.permutation(ROWS)

LAYOUTS = {
    "contiguous": lambda t: t,
    "transposed": lambda t: t.t().contiguous().t(),
    "every other": lambda t: torch.stack([t, t], 2).flatten(1)[:, ::2],
    "offset": lambda t: torch.cat([t[:1], t])[1:],
}


@pytest.fixture(params=[1, 3], ids=["one thread", "three threads"], autouse=True)
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=LAYOUTS)
def layout(request):
    return LAYOUTS[request.param]


def near(actual: torch.Tensor, expected: np.ndarray, rtol: float = 1e-12) -> None:
    np.testing.assert_allclose(actual.numpy(), expected, rtol=rtol, atol=1e-12)


@pytest.mark.parametrize(
    "ours, numpys",
    [
        (lambda x, y: x + y, np.add),
        (lambda x, y: x * y - 3, lambda x, y: x * y - 3),
        (lambda x, y: x / y, np.divide),
        (lambda x, y: torch.maximum(x, y), np.maximum),
        (lambda x, y: torch.where(x > 0, x, y), lambda x, y: np.where(x > 0, x, y)),
        (lambda x, y: x.exp() + y.log(), lambda x, y: np.exp(x) + np.log(y)),
        (lambda x, y: torch.atan2(x, y), np.arctan2),
        (lambda x, y: x + y[:, :1], lambda x, y: x + y[:, :1]),
        (lambda x, y: x * y[0], lambda x, y: x * y[0]),
        (lambda x, y: torch.lerp(x, y, 0.25), lambda x, y: x + 0.25 * (y - x)),
    ],
)
def test_pointwise(ours, numpys, layout):
    x, y = layout(torch.tensor(DATA)), torch.tensor(OTHER)
    near(ours(x, y), numpys(DATA, OTHER))


@pytest.mark.parametrize("dim", [None, 0, 1])
@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin", "prod", "std"])
def test_reductions(name, dim, layout):
    # A product of so many numbers stays finite near one.
    x = layout(torch.tensor(1 + DATA / 1000 if name == "prod" else DATA))
    data = x.numpy()
    if name == "std":
        expected = data.std(dim, ddof=1)
    else:
        expected = getattr(data, name.replace("am", "m"))(dim)
    dims = () if dim is None else (dim,)
    near(getattr(x, name)(*dims), expected, rtol=1e-10)


@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.parametrize("name", ["argmax", "argmin", "cumsum", "cumprod"])
def test_positions_and_running_results(name, dim, layout):
    x = layout(torch.tensor(OTHER * 0.8))
    near(getattr(x, name)(dim), getattr(x.numpy(), name)(dim), rtol=1e-9)


@pytest.mark.parametrize("dim", [0, 1])
def test_softmax(dim, layout):
    x = layout(torch.tensor(DATA))
    e = np.exp(DATA - DATA.max(dim, keepdims=True))
    near(x.softmax(dim), e / e.sum(dim, keepdims=True))


@pytest.mark.parametrize("dim", [0, 1])
def test_sort(dim, layout):
    values, indices = layout(torch.tensor(WHOLE)).sort(dim=dim, stable=True)
    expected = np.argsort(WHOLE, dim, kind="stable")
    np.testing.assert_array_equal(indices.numpy(), expected)
    np.testing.assert_array_equal(values.numpy(), np.sort(WHOLE, dim))


def test_counts_and_positions(layout):
    x = layout(torch.tensor(WHOLE))
    assert x.count_nonzero() == np.count_nonzero(WHOLE)
    expected = np.stack(np.nonzero(WHOLE), 1)
    np.testing.assert_array_equal(x.nonzero().numpy(), expected)
    np.testing.assert_array_equal(x[x > 7].numpy(), WHOLE[WHOLE > 7])
    assert (x > 49).any().item() == (WHOLE > 49).any()
    assert (x < 50).all().item()


def test_rows_by_index(layout):
    x, order = layout(torch.tensor(DATA)), torch.tensor(ORDER)
    near(x[order], DATA[ORDER])
    near(x.index_select(0, order), DATA[ORDER])
    near(torch.zeros_like(x).index_copy_(0, order, x)[order], DATA)
    positions = order[:, None].expand(ROWS, COLUMNS)
    near(x.gather(0, positions), DATA[ORDER])
    near(torch.zeros_like(x).scatter_add_(0, positions, x)[order], DATA)


def test_copies_and_conversions(layout):
    x = layout(torch.tensor(DATA))
    near(x.clone(), DATA)
    near(torch.empty_like(x).copy_(x), DATA)
    near(torch.empty(COLUMNS, ROWS, dtype=torch.float64).copy_(x.t()), DATA.T)
    near(x.float(), DATA.astype(np.float32))
    near(x.long(), DATA.astype(np.int64))
    # By way of float, as PyTorch rounds.
    near(x.half().double(), DATA.astype(np.float32).astype(np.float16))
    near(torch.cat([x, x], 1), np.concatenate([DATA, DATA], 1))
    near(x.flip(0, 1), DATA[::-1, ::-1])


@pytest.mark.parametrize("shape", [(301, 1003, 77), (1, 1003, 301), (301, 5, 1003)])
def test_products(shape):
    n, k, m = shape
    a, b = RNG.normal(size=(n, k)), RNG.normal(size=(k, m))
    near(torch.tensor(a) @ torch.tensor(b), a @ b, rtol=1e-9)
    near(torch.tensor(a.T.copy()).t() @ torch.tensor(b.T.copy()).t(), a @ b, rtol=1e-9)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32])
def test_whole_numbers_wrap_around(dtype):
    x = torch.tensor(WHOLE).to(dtype)
    data = x.numpy()
    np.testing.assert_array_equal((x * x + x).numpy(), data * data + data)
    assert x.sum().item() == data.sum(dtype=np.int64)


def test_gradients_through_large_tensors():
    x = torch.tensor(DATA, requires_grad=True)
    (x.exp() * torch.tensor(OTHER)).mean().backward()
    near(x.grad, np.exp(DATA) * OTHER / DATA.size)
