"""Dropout: zero at random in training, pass on in evaluation.

"Improving neural networks by preventing co-adaptation of feature detectors",
Hinton et al., 2012.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from .module import Module

__all__ = [
    "AlphaDropout",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "FeatureAlphaDropout",
]


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

    "Improving neural networks by preventing co-adaptation of feature detectors", Hinton
    et al., 2012.

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


class Dropout1d(_DropoutNd):
    """Zero whole channels with probability `p`, scale the others by `1 / (1 - p)`.

    "Efficient Object Localization Using Convolutional Networks", Tompson et al., 2015.

    Args:
        p: probability, from 0 to 1. Default: 0.5
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(N, C, L)` or `(C, L)`; output: the same

    Example:
        >>> torch.nn.Dropout1d(0.2).eval()(torch.ones(1, 1, 2))
        tensor([[[1., 1.]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Zero whole channels of images; see `Dropout1d`.

    Shape:
        - input: `(N, C, H, W)` or `(N, C, L)`; output: the same

    Example:
        >>> torch.nn.Dropout2d(1.0)(torch.ones(1, 2, 2, 2)).sum()
        tensor(0.)
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Zero whole channels of volumes; see `Dropout1d`.

    Shape:
        - input: `(N, C, D, H, W)` or `(C, D, H, W)`; output: the same

    Example:
        >>> torch.nn.Dropout3d(1.0)(torch.ones(1, 2, 2, 2, 2)).sum()
        tensor(0.)
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Drop elements to a negative value; mean 0 and variance 1 stay as they are.

    "Self-normalizing neural networks", Klambauer et al., 2017.

    Args:
        p: probability, from 0 to 1. Default: 0.5
        inplace: accepted; the result is a new tensor.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.AlphaDropout(0.2).eval()(torch.ones(2))
        tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """Drop whole channels as `AlphaDropout` drops elements.

    "Self-normalizing neural networks", Klambauer et al., 2017.

    Shape:
        - input: `(N, C, *)`; output: the same

    Example:
        >>> torch.nn.FeatureAlphaDropout(0.5).eval()(torch.ones(1, 2, 2)).sum()
        tensor(4.)
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
