"""Distances and similarities of pairs of vectors."""

from __future__ import annotations

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = ["cosine_similarity", "pairwise_distance"]


@overridable
def cosine_similarity(
    x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8
) -> Tensor:
    """Return `x1 . x2 / (max(|x1|, eps) max(|x2|, eps))` along `dim`.

    Args:
        x1, x2: tensors that broadcast.
        dim: the dimension of the vectors. Default: 1
        eps: least length. Default: 1e-08

    Example:
        >>> a, b = torch.tensor([3.0, 4.0]), torch.tensor([4.0, 3.0])
        >>> torch.nn.functional.cosine_similarity(a, b, dim=0)
        tensor(0.9600)
    """
    x1, x2 = torch.broadcast_tensors(x1, x2)
    unit1, unit2 = (x / x.norm(2, dim, keepdim=True).clamp(min=eps) for x in (x1, x2))
    return (unit1 * unit2).sum(dim)


@overridable
def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """Return the p-norm of `x1 - x2 + eps` along the last dimension.

    Args:
        x1, x2: tensors that broadcast.
        p: which norm. Default: 2.0
        eps: keeps the gradient finite where vectors agree. Default: 1e-06
        keepdim: keep the dimension with size 1. Default: `False`

    Example:
        >>> a, b = torch.tensor([3.0, 4.0]), torch.tensor([0.0, 0.0])
        >>> torch.nn.functional.pairwise_distance(a, b)
        tensor(5.0000)
    """
    return (x1 - x2 + eps).norm(p, -1, keepdim=keepdim)
