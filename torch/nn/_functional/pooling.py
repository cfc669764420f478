"""Pooling: one value for each window."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = [
    "adaptive_avg_pool2d",
    "max_pool1d",
    "max_pool1d_with_indices",
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
    window = (kernel_size, () if stride is None else stride, padding, dilation)
    return torch.max_pool2d(input, *window, ceil_mode)


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
    """Return `max_pool2d` and the flat index of each maximum in its plane.

    Args:
        input: `(*, C, L)`, or one spatial dimension more for each of the kernel.
        kernel_size: size of the window.
        stride: step of the window. Default: `kernel_size`
        padding: border of minus infinity, at most half a window. Default: 0
        dilation: step between elements of a window. Default: 1
        ceil_mode: let windows begin inside and end outside. Default: `False`
        return_indices: no matter; they are returned.

    Example:
        >>> x = torch.ones(1, 2, 2)
        >>> out, index = torch.nn.functional.max_pool2d_with_indices(x, 2)
        >>> out.shape, index.item()
        (torch.Size([1, 1, 1]), 0)
    """
    window = (kernel_size, () if stride is None else stride, padding, dilation)
    return torch._C._nn.max_pool2d_with_indices(input, *window, ceil_mode)


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the maximum of each window of the last dimension; see `max_pool2d`.

    Args:
        input: `(*, C, L)`, or one spatial dimension more for each of the kernel.
        kernel_size: size of the window.
        stride: step of the window. Default: `kernel_size`
        padding: border of minus infinity, at most half a window. Default: 0
        dilation: step between elements of a window. Default: 1
        ceil_mode: let windows begin inside and end outside. Default: `False`
        return_indices: return the positions, too. Default: `False`

    Shape:
        - input: `(N, C, L)` or `(C, L)`; output: `(N, C, L')` or `(C, L')`

    Example:
        >>> torch.nn.functional.max_pool1d(torch.arange(4.0).reshape(1, 4), 2)
        tensor([[1., 3.]])
    """
    window = (kernel_size, () if stride is None else stride, padding, dilation)
    if return_indices:
        return max_pool1d_with_indices(input, *window, ceil_mode)
    return torch.max_pool1d(input, *window, ceil_mode)


@overridable
def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return `max_pool1d` and the index of each maximum.

    Args:
        input: `(*, C, L)`, or one spatial dimension more for each of the kernel.
        kernel_size: size of the window.
        stride: step of the window. Default: `kernel_size`
        padding: border of minus infinity, at most half a window. Default: 0
        dilation: step between elements of a window. Default: 1
        ceil_mode: let windows begin inside and end outside. Default: `False`
        return_indices: no matter; they are returned.

    Example:
        >>> x = torch.tensor([[1.0, 3.0, 2.0, 0.0]])
        >>> out, index = torch.nn.functional.max_pool1d_with_indices(x, 2)
        >>> out, index
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
    window = (kernel_size, () if stride is None else stride, padding, dilation)
    return torch.max_pool1d_with_indices(input, *window, ceil_mode)


@overridable
def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Average over windows that split the image into a grid of a given size.

    Args:
        input: one image or a batch.
        output_size: one number or (height, width); `None` keeps a dimension.

    Shape:
        - input: `(N, C, H, W)` or `(C, H, W)`; output: `(N, C, *output_size)` or
          `(C, *output_size)`

    Example:
        >>> image = torch.arange(16.0).reshape(1, 4, 4)
        >>> torch.nn.functional.adaptive_avg_pool2d(image, 1)
        tensor([[[7.5000]]])
    """
    from ..modules.utils import _list_with_default

    size = _list_with_default(output_size, input.size())
    return torch._C._nn.adaptive_avg_pool2d(input, size)
