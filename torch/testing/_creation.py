"""Random tensors for tests: ``make_tensor``."""

from __future__ import annotations

import collections.abc
import math
import warnings
from typing import Any

import torch


def make_tensor(
    *shape: Any,
    dtype: torch.dtype,
    device: Any,
    low: float | None = None,
    high: float | None = None,
    exclude_zero: bool = False,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    memory_format: torch.memory_format | None = None,
) -> torch.Tensor:
    """Return a tensor with values drawn evenly from [low, high).

    Args:
        *shape: sizes, or one sequence of them.
        dtype: any dtype that can be drawn.
        device: where to make it.
        low: lower limit; 0 for bool and unsigned, -9 for the others. Clamped to the
            dtype.
        high: upper limit; 2 for bool, 10 for integers, 9 for the others. Clamped too.
        requires_grad: record operations on it.
        noncontiguous: skip every other element of the last dimension in memory.
        exclude_zero: put the smallest positive number, or 1, in place of zeros.
        memory_format: how to lay it out.

    Raises:
        ValueError: contradictory arguments or limits.
        TypeError: `dtype` cannot be drawn.

    Example:
        >>> torch.testing.make_tensor(2, 3, dtype=torch.float32, device="cpu").shape
        torch.Size([2, 3])
    """
    if len(shape) == 1 and isinstance(shape[0], collections.abc.Sequence):
        shape = tuple(shape[0])
    if noncontiguous and memory_format is not None:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually "
            f"exclusive, but got {noncontiguous=} and {memory_format=}"
        )
    whole = not (dtype.is_floating_point or dtype.is_complex)
    if requires_grad and whole:
        raise ValueError(
            "`requires_grad=True` is not supported for boolean and integral dtypes, "
            f"but got {dtype=}"
        )
    gaps = noncontiguous and math.prod(shape) > 1
    drawn = (*shape[:-1], 2 * shape[-1]) if gaps else shape
    bounds = _limits(dtype, low, high)
    low, high = bounds
    if whole:
        result = torch.randint(*bounds, drawn, device=device, dtype=dtype)
    else:
        result = torch.empty(drawn, device=device, dtype=dtype)
        numbers = torch.view_as_real(result) if dtype.is_complex else result
        if high - low >= torch.finfo(dtype).max:
            numbers.uniform_(low / 2, high / 2).mul_(2)  # high - low would overflow
        else:
            numbers.uniform_(low, high)
    if gaps:
        result = result[..., 1::2]
    elif memory_format is not None:
        result = result.clone(memory_format=memory_format)
    if exclude_zero:
        result[result == 0] = 1 if whole else torch.finfo(dtype).tiny
    if not whole:
        result.requires_grad = requires_grad
    return result


def _range(dtype: torch.dtype) -> tuple[float, float, float, float]:
    """Return lowest value, upper limit, and the defaults for low and high."""
    if dtype == torch.bool:
        return 0, 2, 0, 2
    if dtype.is_floating_point or dtype.is_complex:
        info = torch.finfo(dtype)
        return info.min, info.max, -9, 9
    try:
        whole = torch.iinfo(dtype)
    except TypeError:
        raise TypeError(
            f"The requested dtype '{dtype}' is not supported by "
            "torch.testing.make_tensor(). To request support, file an issue at: "
            "https://github.com/pytorch/pytorch/issues"
        ) from None
    # randint cannot take 2**63 as its limit.
    return whole.min, whole.max + (dtype != torch.int64), -9, 10


def _limits(dtype: torch.dtype, low: Any, high: Any) -> tuple[Any, Any]:
    lowest, top, default_low, default_high = _range(dtype)
    low = default_low if low is None else low
    high = default_high if high is None else high
    whole = not (dtype.is_floating_point or dtype.is_complex)
    if any(isinstance(v, float) and math.isnan(v) for v in (low, high)):
        raise ValueError(f"`low` and `high` cannot be NaN, but got {low=} and {high=}")
    if low == high and not whole:
        warnings.warn(
            "Passing `low==high` to `torch.testing.make_tensor` for floating or "
            "complex types is deprecated since 2.1 and will be removed in 2.3. Use "
            "`torch.full(...)` instead.",
            FutureWarning,
            stacklevel=3,
        )
    elif low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    elif high < lowest or low >= top:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{low}, {high}), but "
            f"{dtype} only supports [{lowest}, {top})"
        )
    low, high = (min(max(v, lowest), top) for v in (low, high))
    return (math.ceil(low), math.ceil(high)) if whole else (low, high)
