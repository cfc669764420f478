"""``Variable``: what tensors with gradients were called before 0.4.

``Variable(data)`` makes a Tensor, every Tensor is an instance of it, and it carries the
engine.
"""

from __future__ import annotations

from typing import Any

import torch
from torch._C import _ImperativeEngine as ImperativeEngine

__all__ = ["Variable"]


class _VariableMeta(type):
    def __instancecheck__(cls, other: Any) -> bool:
        return isinstance(other, torch.Tensor)


class Variable(metaclass=_VariableMeta):
    """Return a tensor over the memory of `data`, as old programs ask for it.

    Args:
        data: a tensor; an empty one if left out.
        requires_grad: whether the result is a leaf that requires grad.

    Example:
        >>> torch.autograd.Variable(torch.ones(1), requires_grad=True)
        tensor([1.], requires_grad=True)
    """

    _execution_engine = ImperativeEngine()

    def __new__(cls, data: Any = None, requires_grad: bool = False) -> Any:
        data = torch.empty(0) if data is None else data.detach()
        return data.requires_grad_(requires_grad)
