"""Products: matrices, attention, convolutions, factorisations."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from . import Step, uniform, workload


def product(device: str, m: int, k: int, n: int, dtype: str = "float32") -> Step:
    a, b = uniform(device, m, k, dtype=dtype), uniform(device, k, n, dtype=dtype)
    return lambda: a @ b


@workload
def square_48(device: str) -> Step:
    return product(device, 48, 48, 48)


@workload
def square_200(device: str) -> Step:
    return product(device, 200, 200, 200)


@workload
def square_800(device: str) -> Step:
    return product(device, 800, 800, 800)


@workload
def square_400_double(device: str) -> Step:
    return product(device, 400, 400, 400, "float64")


@workload
def thin_batch(device: str) -> Step:
    return product(device, 16, 784, 128)


@workload
def transposed(device: str) -> Step:
    a, b = uniform(device, 500, 500), uniform(device, 500, 500)
    return lambda: a.t() @ b


@workload
def matrix_vector(device: str) -> Step:
    a, b = uniform(device, 900, 900), uniform(device, 900)
    return lambda: a @ b


@workload
def batched(device: str) -> Step:
    a, b = uniform(device, 48, 40, 24), uniform(device, 48, 24, 40)
    return lambda: a @ b


@workload
def linear_backward(device: str) -> Step:
    x, w = uniform(device, 64, 300), uniform(device, 200, 300).requires_grad_()
    b = uniform(device, 200).requires_grad_()
    return lambda: torch.autograd.grad(F.linear(x, w, b).sum(), (w, b))[0]


@workload
def einsum(device: str) -> Step:
    a, b = uniform(device, 12, 30, 20), uniform(device, 12, 20, 25)
    return lambda: torch.einsum("bij,bjk->bik", a, b)


@workload
def attention(device: str) -> Step:
    q, k, v = (uniform(device, 2, 4, 96, 24) for _ in range(3))
    return lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)


@workload
def conv_3x3(device: str) -> Step:
    x, w = uniform(device, 8, 32, 28, 28), uniform(device, 48, 32, 3, 3)
    return lambda: F.conv2d(x, w, padding=1)


@workload
def conv_1x1(device: str) -> Step:
    x, w = uniform(device, 8, 64, 28, 28), uniform(device, 48, 64, 1, 1)
    return lambda: F.conv2d(x, w)


@workload
def conv_depthwise(device: str) -> Step:
    x, w = uniform(device, 8, 48, 28, 28), uniform(device, 48, 1, 3, 3)
    return lambda: F.conv2d(x, w, padding=1, groups=48)


@workload
def conv_3x3_backward(device: str) -> Step:
    x = uniform(device, 8, 16, 28, 28).requires_grad_()
    w = uniform(device, 24, 16, 3, 3).requires_grad_()
    return lambda: torch.autograd.grad(F.conv2d(x, w).sum(), (x, w))[1]


@workload
def max_pool_backward(device: str) -> Step:
    x = uniform(device, 16, 24, 28, 28).requires_grad_()
    return lambda: torch.autograd.grad(F.max_pool2d(x, 2).sum(), x)[0]


@workload
def cholesky(device: str) -> Step:
    a = uniform(device, 150, 150)
    matrix = a @ a.t() + 10 * torch.eye(150, device=device)
    return lambda: torch.linalg.cholesky(matrix)
