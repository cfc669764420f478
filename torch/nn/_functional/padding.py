"""Padding: a constant around the input, or a border made of the input itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = ["pad"]

# How many dimensions are padded, by input dimensions and padding length.
_SUPPORTED = {2: (2, 3), 4: (3, 4), 6: (4, 5)}


@overridable
def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: Any = None
) -> Tensor:
    """Widen the last dimensions at both ends; negative amounts cut off.

    Args:
        input: a tensor of any shape.
        pad: (before, after) of the last dimension, then of the one before it, ...
        mode: `"constant"`; or `"reflect"`, `"replicate"`, `"circular"` for the last
            one to three dimensions. Default: `"constant"`
        value: the constant. Default: 0

    Raises:
        RuntimeError: if `pad` does not fit the input.
        NotImplementedError: if the mode is unknown or the dimensions do not fit it.

    Example:
        >>> torch.nn.functional.pad(torch.tensor([[1, 2, 3]]), (2, 1), mode="reflect")
        tensor([[3, 2, 1, 2, 3, 2]])
    """
    if len(pad) % 2 != 0:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * input.dim():
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input "
            f"dimension but got padding length {len(pad)} and input of dimension "
            f"{input.dim()}"
        )
    if mode == "constant":
        return torch.constant_pad_nd(input, pad, 0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if input.dim() not in _SUPPORTED.get(len(pad), ()):
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {input.dim()}D input "
            "tensor.\nSupported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    if mode not in _SOURCES:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    shape = input.shape
    for i in range(len(pad) // 2):
        dim = len(shape) - 1 - i
        before, after = pad[2 * i], pad[2 * i + 1]
        _check_border(mode, before, after, dim, shape)
        # Cut off first: what remains is reflected or wrapped. Only a border that is
        # repeated may be one that was cut off.
        start, stop = max(-before, 0), shape[dim] + min(after, 0)
        if mode == "replicate":
            start, stop = 0, shape[dim]
        kept = input.narrow(dim, start, stop - start)
        position = torch.arange(
            -before - start, shape[dim] + after - start, device=input.device
        )
        input = kept.index_select(dim, _SOURCES[mode](position, stop - start))
    return input


def _check_border(
    mode: str, before: int, after: int, dim: int, shape: Sequence[int]
) -> None:
    size = shape[dim]
    if mode == "reflect" and max(before, after) >= size:
        argument = 4 + 2 * (len(shape) - 1 - dim)
        raise RuntimeError(
            f"Argument #{argument}: Padding size should be less than the corresponding "
            f"input dimension, but got: padding ({before}, {after}) at dimension {dim} "
            f"of input {list(shape)}"
        )
    if mode == "circular" and max(before, after) > size:
        raise RuntimeError("Padding value causes wrapping around more than once.")


def _reflected(position: Tensor, size: int) -> Tensor:
    last = size - 1
    return last - (last - position.abs()).abs()


# Where the element at a position, counted from the input's first, comes from.
_SOURCES = {
    "reflect": _reflected,
    "replicate": lambda position, size: position.clamp(0, size - 1),
    "circular": lambda position, size: position % size,
}
