"""Calls on tensors of a few elements: what one call costs beside its work."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from . import Step, integers, uniform, workload


@workload
def add(device: str) -> Step:
    a, b = uniform(device, 3), uniform(device, 3)
    return lambda: a + b


@workload
def add_number(device: str) -> Step:
    a = uniform(device, 3)
    return lambda: a + 1.5


@workload
def add_recorded(device: str) -> Step:
    a, b = uniform(device, 3).requires_grad_(), uniform(device, 3)
    return lambda: a + b


@workload
def add_in_place(device: str) -> Step:
    a, b = uniform(device, 3), torch.zeros(3, device=device)
    return lambda: a.add_(b)


@workload
def add_out(device: str) -> Step:
    a, b, out = (uniform(device, 3) for _ in range(3))
    return lambda: torch.add(a, b, out=out)


@workload
def add_mixed_dtypes(device: str) -> Step:
    a, b = uniform(device, 3), integers(device, 9, 3)
    return lambda: a + b


@workload
def outer_sum(device: str) -> Step:
    a, b = uniform(device, 5, 1), uniform(device, 1, 6)
    return lambda: a + b


@workload
def where_positive(device: str) -> Step:
    a, b = uniform(device, 4), uniform(device, 4)
    return lambda: torch.where(a > 0, a, b)


@workload
def mean_of_all(device: str) -> Step:
    a = uniform(device, 3, 4)
    return lambda: a.mean()


@workload
def max_of_rows(device: str) -> Step:
    a = uniform(device, 3, 4)
    return lambda: a.max(1).values


@workload
def row(device: str) -> Step:
    a = uniform(device, 6, 4)
    return lambda: a[2]


@workload
def slices(device: str) -> Step:
    a = uniform(device, 6, 4)
    return lambda: a[1:5, ::2]


@workload
def pick_by_index(device: str) -> Step:
    a, i = uniform(device, 6, 4), integers(device, 6, 3)
    return lambda: a[i]


@workload
def reshape_and_transpose(device: str) -> Step:
    a = uniform(device, 4, 6)
    return lambda: a.view(2, 12).reshape(6, 4).t()


@workload
def stack(device: str) -> Step:
    parts = [uniform(device, 4) for _ in range(3)]
    return lambda: torch.stack(parts)


@workload
def zeros(device: str) -> Step:
    return lambda: torch.zeros(2, 3, device=device)


@workload
def tensor_of_list(device: str) -> Step:
    return lambda: torch.tensor([[1.0, 2.0], [3.0, 4.0]], device=device)


@workload
def item(device: str) -> Step:
    a = uniform(device, 1)

    def step() -> torch.Tensor:
        a.item()
        return a

    return step


@workload
def matrix_product(device: str) -> Step:
    a, b = uniform(device, 4, 4), uniform(device, 4, 4)
    return lambda: a @ b


@workload
def linear(device: str) -> Step:
    x, w, b = uniform(device, 2, 6), uniform(device, 3, 6), uniform(device, 3)
    return lambda: F.linear(x, w, b)


@workload
def softmax(device: str) -> Step:
    a = uniform(device, 2, 5)
    return lambda: torch.softmax(a, -1)


@workload
def cross_entropy(device: str) -> Step:
    a, target = uniform(device, 4, 5), integers(device, 5, 4)
    return lambda: F.cross_entropy(a, target)


@workload
def module(device: str) -> Step:
    layer, a = torch.nn.Tanh(), uniform(device, 3)
    return lambda: layer(a)


@workload
def without_grad(device: str) -> Step:
    a = uniform(device, 3).requires_grad_()

    def step() -> torch.Tensor:
        with torch.no_grad():
            return a * 2.0

    return step


@workload
def backward_of_long_chain(device: str) -> Step:
    x = uniform(device, 1).requires_grad_()

    def step() -> torch.Tensor:
        y = x
        for _ in range(50):
            y = y * 0.99 + 0.01
        return torch.autograd.grad(y.sum(), x)[0]

    return step


@workload
def adam_step(device: str) -> Step:
    parameters = [uniform(device, n).requires_grad_() for n in (8, 16, 8, 2)]
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    optimizer = torch.optim.Adam(parameters, lr=1e-6)

    def step() -> torch.Tensor:
        optimizer.step()
        return parameters[0].detach()

    return step
