"""A differentiable function of one's own, and higher derivatives."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function, grad, gradcheck
from torch.autograd.functional import hessian, jacobian


class Cube(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        x: Tensor = ctx.saved_tensors[0]
        return 3 * x**2 * grad_output


def total(x: Tensor) -> Tensor:
    result: Tensor = Cube.apply(x)
    return result.sum()


def main() -> None:
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    (first,) = grad(total(x), x, create_graph=True)
    first.sum().backward()
    assert x.grad is not None and x.grad.tolist() == [6.0, 12.0]
    assert gradcheck(Cube.apply, (x,))
    assert jacobian(total, x).tolist() == [3.0, 12.0]
    assert torch.equal(hessian(total, x), torch.diag(6 * x.detach()))
    with torch.no_grad():
        assert not total(x).requires_grad
    with torch.enable_grad(), torch.autograd.set_detect_anomaly(True):
        assert total(x).grad_fn is not None


if __name__ == "__main__":
    main()
