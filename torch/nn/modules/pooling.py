"""Pooling: one value for each window of the input."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from .module import Module

__all__ = ["MaxPool2d"]


class _MaxPoolNd(Module):
    __constants__ = (
        "kernel_size stride padding dilation return_indices ceil_mode"
    ).split()
    return_indices: bool
    ceil_mode: bool

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        shown = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        return ", ".join(f"{name}={getattr(self, name)}" for name in shown)


class MaxPool2d(_MaxPoolNd):
    """Return the maximum of each window of the last two dimensions.

    Args:
        kernel_size: size of the window, one number or (height, width).
        stride: step of the window; the kernel size by default.
        padding: implicit border of negative infinity, up to half the kernel.
            Default: 0
        dilation: step between the elements of a window. Default: 1
        return_indices: return where each maximum lies, too. Default: `False`
        ceil_mode: let the last window reach beyond the border. Default: `False`

    Shape:
        - input: `(N, C, H, W)` or `(C, H, W)`; output: `(N, C, H', W')` or
          `(C, H', W')`, `H' = (H + 2 padding - dilation (kernel - 1) - 1) / stride + 1`
          rounded down, or up with `ceil_mode`

    Example:
        >>> torch.nn.MaxPool2d(2)(torch.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """

    def forward(self, input: Tensor) -> Any:
        window = (self.kernel_size, self.stride, self.padding, self.dilation)
        return F.max_pool2d(input, *window, self.ceil_mode, self.return_indices)
