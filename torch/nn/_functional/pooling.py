"""Pooling: one value for each window."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = [
    "max_pool2d",
    "max_pool2d_with_indices",
]


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the maximum of each window of the last two dimensions.

    Args:
        input: one image or a batch.
        kernel_size: size of the window, one number or (height, width).
        stride: step of the window; the kernel size by default.
        padding: implicit border of negative infinity, up to half the kernel.
            Default: 0
        dilation: step between the elements of a window. Default: 1
        ceil_mode: let the last window reach beyond the border. Default: `False`
        return_indices: return where each maximum lies, too. Default: `False`

    Shape:
        - input: `(N, C, H, W)` or `(C, H, W)`; output: `(N, C, H', W')` or
          `(C, H', W')`

    Example:
        >>> image = torch.arange(16.0).reshape(1, 4, 4)
        >>> torch.nn.functional.max_pool2d(image, 2)
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """
    if return_indices:
        return max_pool2d_with_indices(
            input, kernel_size, stride, padding, dilation, ceil_mode
        )
    stride = () if stride is None else stride
    return torch.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


@overridable
def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return `max_pool2d` and the flat index of each maximum in its plane."""
    stride = () if stride is None else stride
    return torch._C._nn.max_pool2d_with_indices(
        input, kernel_size, stride, padding, dilation, ceil_mode
    )
