"""Pooling: one value for each window of the input."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from .module import Module
from .utils import _single

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "MaxPool1d",
    "MaxPool2d",
]


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


class MaxPool1d(_MaxPoolNd):
    """Return the maximum of each window of the last dimension.

    Args:
        kernel_size: size of the window.
        stride: step of the window; the kernel size by default.
        padding: implicit border of negative infinity, up to half the kernel.
            Default: 0
        dilation: step between the elements of a window. Default: 1
        return_indices: return where each maximum lies, too. Default: `False`
        ceil_mode: let the last window reach beyond the border. Default: `False`

    Shape:
        - input: `(N, C, L)` or `(C, L)`; output: `(N, C, L')` or `(C, L')`,
          `L' = (L + 2 padding - dilation (kernel - 1) - 1) / stride + 1` rounded
          down, or up with `ceil_mode`

    Example:
        >>> torch.nn.MaxPool1d(2)(torch.arange(4.0).reshape(1, 4))
        tensor([[1., 3.]])
    """

    def forward(self, input: Tensor) -> Any:
        window = (self.kernel_size, self.stride, self.padding, self.dilation)
        return F.max_pool1d(input, *window, self.ceil_mode, self.return_indices)


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


class _AvgPoolNd(Module):
    __constants__ = "kernel_size stride padding ceil_mode count_include_pad".split()

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, "
            f"padding={self.padding}"
        )


class AvgPool1d(_AvgPoolNd):
    """Return the mean of each window of the last dimension.

    Args:
        kernel_size: size of the window.
        stride: step of the window; the kernel size by default.
        padding: implicit border of zeros, up to half the kernel. Default: 0
        ceil_mode: let the last window reach beyond the border. Default: `False`
        count_include_pad: whether the border counts in the mean. Default: `True`

    Shape:
        - input: `(N, C, L)` or `(C, L)`; output: `(N, C, L')` or `(C, L')`,
          `L' = (L + 2 padding - kernel) / stride + 1` rounded down, or up with
          `ceil_mode`

    Example:
        >>> torch.nn.AvgPool1d(2)(torch.arange(4.0).reshape(1, 4))
        tensor([[0.5000, 2.5000]])
    """

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = _single(kernel_size)
        self.stride = _single(kernel_size if stride is None else stride)
        self.padding = _single(padding)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        window = (self.kernel_size, self.stride, self.padding)
        return F.avg_pool1d(input, *window, self.ceil_mode, self.count_include_pad)


class AvgPool2d(_AvgPoolNd):
    """Return the mean of each window of the last two dimensions.

    Args:
        kernel_size: size of the window, one number or (height, width).
        stride: step of the window; the kernel size by default.
        padding: implicit border of zeros, up to half the kernel. Default: 0
        ceil_mode: let the last window reach beyond the border. Default: `False`
        count_include_pad: whether the border counts in the mean. Default: `True`
        divisor_override: what sums are divided by instead of the window's size.

    Shape:
        - input: `(N, C, H, W)` or `(C, H, W)`; output: `(N, C, H', W')` or
          `(C, H', W')`, `H' = (H + 2 padding - kernel) / stride + 1` rounded down,
          or up with `ceil_mode`

    Example:
        >>> torch.nn.AvgPool2d(2)(torch.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 2.5000,  4.5000],
                 [10.5000, 12.5000]]])
    """

    __constants__ = [*_AvgPoolNd.__constants__, "divisor_override"]

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: Any = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        window = (self.kernel_size, self.stride, self.padding)
        counted = (self.ceil_mode, self.count_include_pad, self.divisor_override)
        return F.avg_pool2d(input, *window, *counted)


class _AdaptiveAvgPoolNd(Module):
    __constants__ = ["output_size"]

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """Average over windows that split the last dimension into a number of parts.

    Args:
        output_size: the number.

    Shape:
        - input: `(N, C, L)` or `(C, L)`; output: `(N, C, output_size)` or
          `(C, output_size)`

    Example:
        >>> torch.nn.AdaptiveAvgPool1d(2)(torch.arange(4.0).reshape(1, 4))
        tensor([[0.5000, 2.5000]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """Average over windows that split images into a grid of a given size.

    Args:
        output_size: one number or (height, width); `None` keeps a dimension.

    Shape:
        - input: `(N, C, H, W)` or `(C, H, W)`; output: `(N, C, *output_size)` or
          `(C, *output_size)`

    Example:
        >>> torch.nn.AdaptiveAvgPool2d(1)(torch.arange(16.0).reshape(1, 4, 4))
        tensor([[[7.5000]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)
