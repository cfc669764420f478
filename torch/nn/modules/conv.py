"""Convolutions of one to three dimensions, transposed ones, and their lazy forms."""

from __future__ import annotations

import math
from typing import Any, Callable

import torch
from torch import Tensor
from torch.nn import functional as F, init
from torch.nn.parameter import Parameter, UninitializedParameter

from .lazy import LazyModuleMixin
from .module import Module
from .utils import _ntuple, _reverse_repeat_tuple

__all__ = [
    "Conv1d",
    "ConvTranspose1d",
    "LazyConv1d",
    "LazyConvTranspose1d",
    "Conv2d",
    "ConvTranspose2d",
    "LazyConv2d",
    "LazyConvTranspose2d",
    "Conv3d",
    "ConvTranspose3d",
    "LazyConv3d",
    "LazyConvTranspose3d",
]

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    __constants__ = (
        "stride padding dilation groups padding_mode output_padding "
        "in_channels out_channels kernel_size"
    ).split()
    in_channels: int
    out_channels: int
    kernel_size: tuple
    groups: int
    padding: Any
    padding_mode: str

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple,
        stride: tuple,
        padding: Any,
        dilation: tuple,
        transposed: bool,
        output_padding: tuple,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        _check_channels(in_channels, out_channels, groups)
        _check_padding(padding, stride, padding_mode)
        self.__dict__.update(
            groups=groups,
            in_channels=in_channels,
            out_channels=out_channels,
            kernel_size=kernel_size,
            output_padding=output_padding,
            stride=stride,
            dilation=dilation,
            transposed=transposed,
            padding_mode=padding_mode,
            padding=padding,
        )
        self._reversed_padding_repeated_twice = self._padding_for_pad()
        placed = {"device": device, "dtype": dtype}
        shape = (*self._weight_channels(), *kernel_size)
        self.weight = Parameter(torch.empty(shape, **placed))
        self.register_parameter(
            "bias", Parameter(torch.empty(out_channels, **placed)) if bias else None
        )
        self.reset_parameters()

    def _weight_channels(self) -> tuple[int, int]:
        groups = self.groups
        if self.transposed:
            return self.in_channels, self.out_channels // groups
        return self.out_channels, self.in_channels // groups

    def _padding_for_pad(self) -> Any:
        """The padding as F.pad counts it: from the last dimension, both sides."""
        if not isinstance(self.padding, str):
            return _reverse_repeat_tuple(self.padding, 2)
        pads = [0, 0] * len(self.kernel_size)
        if self.padding == "same":
            sizes = list(zip(self.dilation, self.kernel_size))[::-1]
            for i, (dilation, kernel) in enumerate(sizes):
                total = dilation * (kernel - 1)
                pads[2 * i] = total // 2
                pads[2 * i + 1] = total - total // 2
        return pads

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        # With this slope the bound is 1 / sqrt(fan_in), as that of the bias.
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        ndim = len(self.kernel_size)
        parts = [f"{self.in_channels}, {self.out_channels}"]
        parts += [f"kernel_size={self.kernel_size}, stride={self.stride}"]
        for name, default in (
            ("padding", (0,) * ndim),
            ("dilation", (1,) * ndim),
            ("output_padding", (0,) * ndim),
            ("groups", 1),
        ):
            if getattr(self, name) != default:
                parts.append(f"{name}={getattr(self, name)}")
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.__dict__.setdefault("padding_mode", "zeros")


def _check_channels(in_channels: int, out_channels: int, groups: int) -> None:
    if groups <= 0:
        raise ValueError("groups must be a positive integer")
    for name, channels in (("in", in_channels), ("out", out_channels)):
        if channels % groups != 0:
            raise ValueError(f"{name}_channels must be divisible by groups")


def _check_padding(padding: Any, stride: tuple, padding_mode: str) -> None:
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise ValueError(
                f"Invalid padding string {padding!r}, should be one of "
                "{'same', 'valid'}"
            )
        if padding == "same" and any(step != 1 for step in stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
    if padding_mode not in _PADDING_MODES:
        raise ValueError(
            "padding_mode must be one of "
            "{'zeros', 'reflect', 'replicate', 'circular'}, "
            f"but got padding_mode={padding_mode!r}"
        )


class _PlainConvNd(_ConvNd):
    """What the convolutions of each dimension share; they name operator and size."""

    _ndim: int
    _operator: str

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        each = _ntuple(self._ndim)
        super().__init__(
            in_channels,
            out_channels,
            each(kernel_size),
            each(stride),
            padding if isinstance(padding, str) else each(padding),
            each(dilation),
            transposed=False,
            output_padding=each(0),
            groups=groups,
            bias=bias,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Any) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            pads = self._reversed_padding_repeated_twice
            input = F.pad(input, pads, mode=self.padding_mode)
            padding = 0
        operator = getattr(F, self._operator)
        sizes = (self.stride, padding, self.dilation, self.groups)
        return operator(input, weight, bias, *sizes)

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)


class Conv1d(_PlainConvNd):
    """Slide a kernel along the last dimension (cross-correlation).

    `out[n, o] = bias[o] + sum over i of weight[o, i] * input[n, i]`

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: size of the kernel.
        stride: step of the kernel. Default: 1
        padding: border added to both ends, or `"same"`, `"valid"`. Default: 0
        dilation: step between elements of the kernel. Default: 1
        groups: blocks of channels that do not mix. Default: 1
        bias: whether a bias is added. Default: `True`
        padding_mode: what the border holds: `"zeros"`, `"reflect"`, `"replicate"` or
            `"circular"`. Default: `"zeros"`
        device, dtype: of the parameters.

    Shape:
        - input: `(N, C_in, L)` or `(C_in, L)`; output: `(N, C_out, L')` or
          `(C_out, L')`, `L' = (L + 2 padding - dilation (kernel_size - 1) - 1) /
          stride + 1` rounded down
        - weight: `(C_out, C_in / groups, kernel_size)`; bias: `(C_out)`; both start
          uniform within `sqrt(groups / (C_in * kernel_size))`

    Example:
        >>> torch.nn.Conv1d(2, 4, 3, padding=1)(torch.ones(5, 2, 9)).shape
        torch.Size([5, 4, 9])
    """

    _ndim = 1
    _operator = "conv1d"


class Conv2d(_PlainConvNd):
    """Slide a kernel over images (cross-correlation).

    `out[n, o] = bias[o] + sum over i of weight[o, i] * input[n, i]`

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: size of the kernel, one number or (height, width), as are the
            next three.
        stride: step of the kernel. Default: 1
        padding: border added to all four sides, or `"same"`, `"valid"`. Default: 0
        dilation: step between elements of the kernel. Default: 1
        groups: blocks of channels that do not mix. Default: 1
        bias: whether a bias is added. Default: `True`
        padding_mode: what the border holds: `"zeros"`, `"reflect"`, `"replicate"` or
            `"circular"`. Default: `"zeros"`
        device, dtype: of the parameters.

    Shape:
        - input: `(N, C_in, H, W)` or `(C_in, H, W)`; output: `(N, C_out, H', W')` or
          `(C_out, H', W')`, `H' = (H + 2 padding - dilation (kernel_size - 1) - 1) /
          stride + 1` rounded down, `W'` likewise
        - weight: `(C_out, C_in / groups, kH, kW)`; bias: `(C_out)`; both start uniform
          within `sqrt(groups / (C_in * kH * kW))`

    Example:
        >>> torch.nn.Conv2d(16, 33, 3, stride=2)(torch.randn(20, 16, 50, 100)).shape
        torch.Size([20, 33, 24, 49])
    """

    _ndim = 2
    _operator = "conv2d"


class Conv3d(_PlainConvNd):
    """Slide a kernel over volumes (cross-correlation).

    `out[n, o] = bias[o] + sum over i of weight[o, i] * input[n, i]`

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: size of the kernel, one number or (depth, height, width), as are
            the next three.
        stride: step of the kernel. Default: 1
        padding: border added to all six sides, or `"same"`, `"valid"`. Default: 0
        dilation: step between elements of the kernel. Default: 1
        groups: blocks of channels that do not mix. Default: 1
        bias: whether a bias is added. Default: `True`
        padding_mode: what the border holds: `"zeros"`, `"reflect"`, `"replicate"` or
            `"circular"`. Default: `"zeros"`
        device, dtype: of the parameters.

    Shape:
        - input: `(N, C_in, D, H, W)` or `(C_in, D, H, W)`; output: `(N, C_out, D', H',
          W')` or `(C_out, D', H', W')`, sizes as of `Conv2d`
        - weight: `(C_out, C_in / groups, kD, kH, kW)`; bias: `(C_out)`; both start
          uniform within `sqrt(groups / (C_in * kD * kH * kW))`

    Example:
        >>> torch.nn.Conv3d(2, 3, 3, stride=2)(torch.ones(1, 2, 5, 7, 9)).shape
        torch.Size([1, 3, 2, 3, 4])
    """

    _ndim = 3
    _operator = "conv3d"


class _ConvTransposeNd(_ConvNd):
    _ndim: int
    _operator: str

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            name = type(self).__name__
            raise ValueError(f'Only "zeros" padding mode is supported for {name}')
        each = _ntuple(self._ndim)
        super().__init__(
            in_channels,
            out_channels,
            each(kernel_size),
            each(stride),
            each(padding),
            each(dilation),
            transposed=True,
            output_padding=each(output_padding),
            groups=groups,
            bias=bias,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """Convolve; `output_size` picks one of the sizes that a stride leaves open."""
        extra = self.output_padding
        if output_size is not None:
            extra = self._output_padding(input, output_size)
        operator = getattr(F, self._operator)
        sizes = (self.stride, self.padding, extra, self.groups, self.dilation)
        return operator(input, self.weight, self.bias, *sizes)

    def _output_padding(self, input: Tensor, output_size: Any) -> list[int]:
        ndim = self._ndim
        full = input.dim()
        if len(output_size) == full:
            output_size = output_size[full - ndim :]
        if len(output_size) != ndim:
            raise ValueError(
                f"ConvTranspose{ndim}D: for {full}D input, output_size must have "
                f"{ndim} or {full} elements (got {len(output_size)})"
            )
        sizes = input.shape[full - ndim :]
        window = zip(self.stride, self.padding, self.dilation, self.kernel_size)
        smallest = [
            (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
            for size, (stride, padding, dilation, kernel) in zip(sizes, window)
        ]
        largest = [low + stride - 1 for low, stride in zip(smallest, self.stride)]
        for low, size, high in zip(smallest, output_size, largest):
            if not low <= size <= high:
                raise ValueError(
                    f"requested an output size of {output_size}, but valid "
                    f"sizes range from {smallest} to {largest} (for an input of "
                    f"{sizes})"
                )
        return [size - low for size, low in zip(output_size, smallest)]


class ConvTranspose1d(_ConvTransposeNd):
    """Spread a kernel over a sequence, as the gradient of `Conv1d` does.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: size of the kernel.
        stride: step between the kernel's places in the output. Default: 1
        padding: border cut off the output. Default: 0
        output_padding: elements added at the end of the output. Default: 0
        groups: blocks of channels that do not mix. Default: 1
        bias: whether a bias is added. Default: `True`
        dilation: step between elements of the kernel. Default: 1
        padding_mode: `"zeros"` only.
        device, dtype: of the parameters.

    Shape:
        - input: `(N, C_in, L)`; output: `(N, C_out, L')`,
          `L' = (L - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding
          + 1` in each dimension
        - weight: `(C_in, C_out / groups, *kernel_size)`; bias: `(C_out)`

    Example:
        >>> torch.nn.ConvTranspose1d(2, 3, 4, stride=2)(torch.ones(1, 2, 5)).shape
        torch.Size([1, 3, 12])
    """

    _ndim = 1
    _operator = "conv_transpose1d"


class ConvTranspose2d(_ConvTransposeNd):
    """Spread a kernel over images, as the gradient of `Conv2d` does.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: size of the kernel.
        stride: step between the kernel's places in the output. Default: 1
        padding: border cut off the output. Default: 0
        output_padding: elements added at the end of the output. Default: 0
        groups: blocks of channels that do not mix. Default: 1
        bias: whether a bias is added. Default: `True`
        dilation: step between elements of the kernel. Default: 1
        padding_mode: `"zeros"` only.
        device, dtype: of the parameters.

    Shape:
        - input: `(N, C_in, H, W)`; output: `(N, C_out, H', W')`,
          `L' = (L - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding
          + 1` in each dimension
        - weight: `(C_in, C_out / groups, *kernel_size)`; bias: `(C_out)`

    Example:
        >>> up = torch.nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)
        >>> up(torch.ones(1, 2, 4, 4)).shape
        torch.Size([1, 3, 7, 7])
        >>> up(torch.ones(1, 2, 4, 4), output_size=(8, 8)).shape
        torch.Size([1, 3, 8, 8])
    """

    _ndim = 2
    _operator = "conv_transpose2d"


class ConvTranspose3d(_ConvTransposeNd):
    """Spread a kernel over volumes, as the gradient of `Conv3d` does.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: size of the kernel.
        stride: step between the kernel's places in the output. Default: 1
        padding: border cut off the output. Default: 0
        output_padding: elements added at the end of the output. Default: 0
        groups: blocks of channels that do not mix. Default: 1
        bias: whether a bias is added. Default: `True`
        dilation: step between elements of the kernel. Default: 1
        padding_mode: `"zeros"` only.
        device, dtype: of the parameters.

    Shape:
        - input: `(N, C_in, D, H, W)`; output: `(N, C_out, D', H', W')`,
          `L' = (L - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding
          + 1` in each dimension
        - weight: `(C_in, C_out / groups, *kernel_size)`; bias: `(C_out)`

    Example:
        >>> torch.nn.ConvTranspose3d(1, 1, 2)(torch.ones(1, 1, 2, 2, 2)).shape
        torch.Size([1, 1, 3, 3, 3])
    """

    _ndim = 3
    _operator = "conv_transpose3d"


class _LazyConv(LazyModuleMixin):
    """A convolution that counts the channels of its first input."""

    kernel_size: tuple[int, ...]
    groups: int
    weight: Any
    bias: Any
    _weight_channels: Callable[[], tuple[int, int]]

    def _wait(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        """After the constructor made an empty layer: expect parameters to come."""
        placed = {"device": device, "dtype": dtype}
        self.out_channels = out_channels
        self.weight = UninitializedParameter(**placed)
        if bias:
            self.bias = UninitializedParameter(**placed)

    def reset_parameters(self) -> None:
        """Draw the parameters anew, once they have a shape."""
        if not self.has_uninitialized_params() and self.in_channels != 0:
            layer: Any = super()
            layer.reset_parameters()

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Make the parameters for the channels of `input`."""
        if not self.has_uninitialized_params():
            return
        ndim = len(self.kernel_size)
        if input.dim() not in (ndim + 1, ndim + 2):
            raise RuntimeError(
                f"Expected {ndim + 1}D (unbatched) or {ndim + 2}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {input.shape}"
            )
        self.in_channels = input.shape[-ndim - 1]
        _check_channels(self.in_channels, self.out_channels, self.groups)
        channels = self._weight_channels()
        self.weight.materialize((*channels, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


class _LazyConvNd(_LazyConv):
    """A lazy convolution with the parameters of an ordinary one."""

    def __init__(
        self,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        window = (kernel_size, stride, padding, dilation)
        super().__init__(0, 0, *window, groups, False, padding_mode)
        self._wait(out_channels, bias, device, dtype)


class LazyConv1d(_LazyConvNd, Conv1d):
    """A `Conv1d` without `in_channels`: the first input tells them.

    Args:
        out_channels: channels of the output; the rest as of `Conv1d`.

    Shape:
        - as of `Conv1d`

    Example:
        >>> conv = torch.nn.LazyConv1d(4, 3)
        >>> conv(torch.ones(1, 2, 9)).shape, conv.in_channels
        (torch.Size([1, 4, 7]), 2)
    """

    cls_to_become = Conv1d


class LazyConv2d(_LazyConvNd, Conv2d):
    """A `Conv2d` without `in_channels`: the first input tells them.

    Args:
        out_channels: channels of the output; the rest as of `Conv2d`.

    Shape:
        - as of `Conv2d`

    Example:
        >>> conv = torch.nn.LazyConv2d(4, 3)
        >>> conv(torch.ones(1, 2, 9, 9)).shape, conv.in_channels
        (torch.Size([1, 4, 7, 7]), 2)
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConvNd, Conv3d):
    """A `Conv3d` without `in_channels`: the first input tells them.

    Args:
        out_channels: channels of the output; the rest as of `Conv3d`.

    Shape:
        - as of `Conv3d`

    Example:
        >>> torch.nn.LazyConv3d(5, 3)(torch.ones(1, 2, 8, 8, 8)).shape
        torch.Size([1, 5, 6, 6, 6])
    """

    cls_to_become = Conv3d


class _LazyConvTransposeNd(_LazyConv):
    """A transposed convolution that counts the channels of its first input."""

    def __init__(
        self,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        window = (kernel_size, stride, padding, output_padding)
        super().__init__(0, 0, *window, groups, False, dilation, padding_mode)
        self._wait(out_channels, bias, device, dtype)


class LazyConvTranspose1d(_LazyConvTransposeNd, ConvTranspose1d):
    """A `ConvTranspose1d` without `in_channels`: the first input tells them.

    Args:
        out_channels: channels of the output; the rest as of `ConvTranspose1d`.

    Shape:
        - as of `ConvTranspose1d`

    Example:
        >>> torch.nn.LazyConvTranspose1d(5, 3)(torch.ones(1, 2, 8)).shape
        torch.Size([1, 5, 10])
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTransposeNd, ConvTranspose2d):
    """A `ConvTranspose2d` without `in_channels`: the first input tells them.

    Args:
        out_channels: channels of the output; the rest as of `ConvTranspose2d`.

    Shape:
        - as of `ConvTranspose2d`

    Example:
        >>> torch.nn.LazyConvTranspose2d(5, 3)(torch.ones(1, 2, 8, 8)).shape
        torch.Size([1, 5, 10, 10])
    """

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTransposeNd, ConvTranspose3d):
    """A `ConvTranspose3d` without `in_channels`: the first input tells them.

    Args:
        out_channels: channels of the output; the rest as of `ConvTranspose3d`.

    Shape:
        - as of `ConvTranspose3d`

    Example:
        >>> torch.nn.LazyConvTranspose3d(5, 3)(torch.ones(1, 2, 8, 8, 8)).shape
        torch.Size([1, 5, 10, 10, 10])
    """

    cls_to_become = ConvTranspose3d
