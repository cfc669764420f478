"""Work that moves data: pointwise, reductions, copies, lookups."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from . import Step, integers, uniform, workload

SIDE = 1000  # a square of a million floats: more than the inner caches hold


def square(device: str) -> torch.Tensor:
    return uniform(device, SIDE, SIDE)


@workload
def add(device: str) -> Step:
    a, b = square(device), square(device)
    return lambda: a + b


@workload
def add_into_given(device: str) -> Step:
    a, b, out = (square(device) for _ in range(3))
    return lambda: torch.add(a, b, out=out)


@workload
def add_in_cache(device: str) -> Step:
    a, b = uniform(device, 100, 100), uniform(device, 100, 100)
    return lambda: a + b


@workload
def add_row_to_each(device: str) -> Step:
    a, b = square(device), uniform(device, SIDE)
    return lambda: a + b


@workload
def add_transposed(device: str) -> Step:
    a, b = square(device), square(device)
    return lambda: a + b.t()


@workload
def multiply_integers(device: str) -> Step:
    a = integers(device, 1000, SIDE, SIDE)
    return lambda: a * a


@workload
def exp(device: str) -> Step:
    a = square(device)
    return lambda: a.exp()


@workload
def sigmoid_double(device: str) -> Step:
    a = uniform(device, SIDE, 500, dtype="float64")
    return lambda: a.sigmoid()


@workload
def gelu(device: str) -> Step:
    a = square(device)
    return lambda: F.gelu(a)


@workload
def leaky_relu_backward(device: str) -> Step:
    a = square(device).requires_grad_()
    return lambda: torch.autograd.grad(F.leaky_relu(a).sum(), a)[0]


@workload
def clamp(device: str) -> Step:
    a = square(device)
    return lambda: a.clamp(-0.5, 0.5)


@workload
def sum_all(device: str) -> Step:
    a = square(device)
    return lambda: a.sum()


@workload
def sum_of_columns(device: str) -> Step:
    a = square(device)
    return lambda: a.sum(0)


@workload
def norm_of_rows(device: str) -> Step:
    a = square(device)
    return lambda: a.norm(dim=1)


@workload
def argmax_of_rows(device: str) -> Step:
    a = square(device)
    return lambda: a.argmax(1)


@workload
def std_of_columns(device: str) -> Step:
    a = square(device)
    return lambda: a.std(0)


@workload
def log_softmax(device: str) -> Step:
    a = square(device)
    return lambda: torch.log_softmax(a, 1)


@workload
def layer_norm(device: str) -> Step:
    a, w, b = square(device), uniform(device, SIDE), uniform(device, SIDE)
    return lambda: F.layer_norm(a, (SIDE,), w, b)


@workload
def cumulative_sum(device: str) -> Step:
    a = square(device)
    return lambda: a.cumsum(1)


@workload
def sort(device: str) -> Step:
    a = uniform(device, 50_000)
    return lambda: a.sort().values


@workload
def transpose_copy(device: str) -> Step:
    a = square(device)
    return lambda: a.t().contiguous()


@workload
def to_half_and_back(device: str) -> Step:
    a = square(device)
    return lambda: a.half().float()


@workload
def concatenate(device: str) -> Step:
    a = square(device)
    return lambda: torch.cat((a, a), 1)


@workload
def select_by_mask(device: str) -> Step:
    a = square(device)
    mask = a > 0.25
    return lambda: a[mask]


@workload
def embedding_backward(device: str) -> Step:
    table, i = uniform(device, 2000, 64).requires_grad_(), integers(device, 2000, 4096)
    return lambda: torch.autograd.grad(F.embedding(i, table).sum(), table)[0]


@workload
def scatter_add(device: str) -> Step:
    a, i = square(device), integers(device, SIDE, SIDE, SIDE)
    zeros = torch.zeros_like(a)
    return lambda: zeros.scatter_add(1, i, a)


@workload
def random_uniform(device: str) -> Step:
    def step() -> torch.Tensor:
        torch.manual_seed(1)
        return torch.rand(SIDE, SIDE, device=device)

    return step


@workload
def dropout(device: str) -> Step:
    a = square(device)

    def step() -> torch.Tensor:
        torch.manual_seed(1)
        return F.dropout(a, 0.3)

    return step
