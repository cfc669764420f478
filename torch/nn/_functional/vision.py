"""Rearrangement of channels into pixels and back.

"Real-time single image and video super-resolution using an efficient sub-pixel
convolutional neural network", Shi et al., 2016.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = ["pixel_shuffle", "pixel_unshuffle"]

_DENSE = torch.contiguous_format  # a copy, never a view of the input


@overridable
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Spread r^2 channels over blocks of r x r pixels.

    Args:
        input: images.
        upscale_factor: r.

    Shape:
        - input: `(*, C r^2, H, W)`; output: `(*, C, H r, W r)`

    Raises:
        RuntimeError: if r is not positive or r^2 does not divide the channels.

    Example:
        >>> x = torch.arange(4).reshape(4, 1, 1)
        >>> torch.nn.functional.pixel_shuffle(x, 2)
        tensor([[[0, 1],
                 [2, 3]]])
    """
    _check("pixel_shuffle", "upscale_factor", input, upscale_factor)
    r = upscale_factor
    *batch, channels, height, width = input.shape
    if channels % (r * r) != 0:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by "
            f"the square of upscale_factor, but input.size(-3)={channels} is not "
            f"divisible by {r * r}"
        )
    count = math.prod(batch)
    blocks = input.reshape(count, channels // (r * r), r, r, height, width)
    spread = blocks.permute(0, 1, 4, 2, 5, 3).clone(memory_format=_DENSE)
    return spread.view(*batch, channels // (r * r), height * r, width * r)


@overridable
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Collect blocks of r x r pixels into r^2 channels: undo `pixel_shuffle`.

    Args:
        input: images.
        downscale_factor: r.

    Shape:
        - input: `(*, C, H r, W r)`; output: `(*, C r^2, H, W)`

    Raises:
        RuntimeError: if r is not positive or does not divide the sizes.

    Example:
        >>> x = torch.arange(4).reshape(1, 2, 2)
        >>> torch.nn.functional.pixel_unshuffle(x, 2).flatten()
        tensor([0, 1, 2, 3])
    """
    _check("pixel_unshuffle", "downscale_factor", input, downscale_factor)
    r = downscale_factor
    *batch, channels, height, width = input.shape
    for name, position, size in (("height", -2, height), ("width", -1, width)):
        if size % r != 0:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, "
                f"but input.size({position})={size} is not divisible by {r}"
            )
    count = math.prod(batch)
    blocks = input.reshape(count, channels, height // r, r, width // r, r)
    collected = blocks.permute(0, 1, 3, 5, 2, 4).clone(memory_format=_DENSE)
    return collected.view(*batch, channels * r * r, height // r, width // r)


def _check(function: str, argument: str, input: Tensor, factor: int) -> None:
    if input.dim() < 3:
        raise RuntimeError(
            f"{function} expects input to have at least 3 dimensions, but got input "
            f"with {input.dim()} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(
            f"{function} expects a positive {argument}, but got {factor}"
        )
