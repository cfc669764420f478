"""Distances and similarities as modules."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from .module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class CosineSimilarity(Module):
    """Return `x1 . x2 / (max(|x1|, eps) max(|x2|, eps))` along a dimension.

    Args:
        dim: the dimension of the vectors. Default: 1
        eps: least length. Default: 1e-08

    Shape:
        - x1, x2: `(*, D, *)`; output: `(*, *)`

    Example:
        >>> a, b = torch.tensor([3.0, 4.0]), torch.tensor([4.0, 3.0])
        >>> torch.nn.CosineSimilarity(dim=0)(a, b)
        tensor(0.9600)
    """

    __constants__ = ["dim", "eps"]

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """Return the p-norm of `x1 - x2 + eps` along the last dimension.

    Args:
        p: which norm. Default: 2.0
        eps: keeps the gradient finite where vectors agree. Default: 1e-06
        keepdim: keep the dimension with size 1. Default: `False`

    Shape:
        - x1, x2: `(N, D)` or `(D)`; output: `(N)` or `()`

    Example:
        >>> a, b = torch.tensor([3.0, 4.0]), torch.tensor([0.0, 0.0])
        >>> torch.nn.PairwiseDistance()(a, b)
        tensor(5.0000)
    """

    __constants__ = ["norm", "eps", "keepdim"]

    def __init__(
        self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
    ) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
