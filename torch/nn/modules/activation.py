"""Activations as modules; each calls its function in `torch.nn.functional`."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from .module import Module

__all__ = [
    "GELU",
    "LogSoftmax",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softsign",
    "Tanh",
    "Tanhshrink",
]


class ReLU(Module):
    """Return `max(0, x)` of each element.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.ReLU()(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """

    __constants__ = ["inplace"]

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Sigmoid(Module):
    """Return `1 / (1 + exp(-x))` of each element.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Sigmoid()(torch.tensor([0.0]))
        tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return torch.sigmoid(input)


class Tanh(Module):
    """Return the hyperbolic tangent of each element.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Tanh()(torch.tensor([0.0]))
        tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return torch.tanh(input)


class GELU(Module):
    """Return `x P(X <= x)` of each element, X standard normal.

    "Gaussian error linear units (GELUs)", Hendrycks and Gimpel, 2016.

    Args:
        approximate: `"tanh"` for `x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`.
            Default: `"none"`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.GELU()(torch.tensor([1.0]))
        tensor([0.8413])
    """

    __constants__ = ["approximate"]

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Softsign(Module):
    """Return `x / (1 + |x|)` of each element.

    Example:
        >>> torch.nn.Softsign()(torch.tensor([1.0, -3.0]))
        tensor([ 0.5000, -0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Tanhshrink(Module):
    """Return `x - tanh(x)` of each element.

    Example:
        >>> torch.nn.Tanhshrink()(torch.tensor([0.0]))
        tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class _AlongDim(Module):
    """An activation over the slices along `dim`."""

    __constants__ = ["dim"]

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        self.__dict__.setdefault("dim", None)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """Return `exp(x) / sum(exp(x))`, the sum along `dim`.

    Args:
        dim: the dimension whose slices sum to 1; leaving it out is deprecated.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Softmax(dim=0)(torch.zeros(4))
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)


class Softmin(_AlongDim):
    """Return the softmax of `-x`.

    Args:
        dim: the dimension whose slices sum to 1; leaving it out is deprecated.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Softmin(dim=0)(torch.zeros(2))
        tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim, _stacklevel=5)


class LogSoftmax(_AlongDim):
    """Return `x - log(sum(exp(x)))`, the sum along `dim`.

    Args:
        dim: the dimension of the sum; leaving it out is deprecated.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.LogSoftmax(dim=0)(torch.zeros(2))
        tensor([-0.6931, -0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Return the softmax over the channels of each pixel.

    Shape:
        - input: `(N, C, H, W)` or `(C, H, W)`; output: the same

    Raises:
        ValueError: if the input has other dimensions.

    Example:
        >>> torch.nn.Softmax2d()(torch.zeros(2, 1, 1)).flatten()
        tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(
                f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead"
            )
        return F.softmax(input, -3, _stacklevel=5)
