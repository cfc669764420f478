"""Autograd functions that modules need and no operator provides.

`BackwardHookFunction` is the identity that `torch.utils.hooks.BackwardHook` puts
before and after a module; its name shows in `grad_fn`.
"""

from __future__ import annotations

from typing import Any

from torch.autograd.function import Function


class BackwardHookFunction(Function):
    """Pass tensors on unchanged, as one node of the graph."""

    @staticmethod
    def forward(ctx: Any, *tensors: Any) -> tuple:
        ctx.mark_non_differentiable(*[t for t in tensors if not t.requires_grad])
        return tensors

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple:
        return grads
