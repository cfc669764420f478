"""Dropout: zero at random in training, pass on in evaluation.

"Improving neural networks by preventing co-adaptation of feature detectors",
Hinton et al., 2012.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from .module import Module

__all__ = ["Dropout"]


class _DropoutNd(Module):
    __constants__ = ["p", "inplace"]

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        if p < 0 or p > 1:
            raise ValueError(
                f"dropout probability has to be between 0 and 1, but got {p}"
            )
        super().__init__()
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """Zero each element with probability `p`, scale the others by `1 / (1 - p)`.

    In evaluation mode the input is returned as it is.

    Args:
        p: probability, from 0 to 1. Default: 0.5
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Raises:
        ValueError: if `p` is no probability.

    Example:
        >>> torch.nn.Dropout(0.2).eval()(torch.ones(2))
        tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)
