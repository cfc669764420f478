"""Device memory: what tensors hold, what the allocator keeps, and giving it back."""

from __future__ import annotations

import collections
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch._utils import _get_device_index
from torch.cuda._runtime import _lazy_init, is_initialized

__all__ = [
    "empty_cache",
    "get_allocator_backend",
    "get_per_process_memory_fraction",
    "max_memory_allocated",
    "max_memory_cached",
    "max_memory_reserved",
    "mem_get_info",
    "memory_allocated",
    "memory_cached",
    "memory_reserved",
    "memory_stats",
    "memory_stats_as_nested_dict",
    "memory_summary",
    "reset_accumulated_memory_stats",
    "reset_max_memory_allocated",
    "reset_max_memory_cached",
    "reset_peak_memory_stats",
    "set_per_process_memory_fraction",
]

_fractions: dict[int, float] = {}


def empty_cache() -> None:
    """Give memory that no tensor holds back to the device."""
    if is_initialized():
        torch._C._cuda_emptyCache()


def mem_get_info(device: Any = None) -> tuple[int, int]:
    """Return the bytes that are free on a device, and all it has.

    Args:
        device: the device, the current one by default.
    """
    _lazy_init()
    with torch.cuda.device(_get_device_index(device, optional=True)):
        return torch._C._cuda_memoryInfo()


def set_per_process_memory_fraction(fraction: float, device: Any = None) -> None:
    """Bound what this process may take of a device's memory.

    Args:
        fraction: between 0 and 1.
        device: the device, the current one by default.

    Raises:
        TypeError: `fraction` is no float.
        ValueError: it is out of range.
    """
    _lazy_init()
    index = _get_device_index(device, optional=True)
    if not isinstance(fraction, float):
        raise TypeError("Invalid type for fraction argument, must be `float`")
    if fraction < 0 or fraction > 1:
        raise ValueError(f"Invalid fraction value: {fraction}. Allowed range: 0~1")
    torch._C._cuda_setMemoryFraction(fraction, index)
    _fractions[index] = fraction


def get_per_process_memory_fraction(device: Any = None) -> float:
    """Return the bound of `set_per_process_memory_fraction`, 1.0 by default.

    Args:
        device: the device, the current one by default.
    """
    _lazy_init()
    return _fractions.get(_get_device_index(device, optional=True), 1.0)


def get_allocator_backend() -> str:
    """Return the name of the allocator in use: ``"native"``."""
    return "native"


# ---------------------------------------------------------------- figures


def memory_stats_as_nested_dict(device: Any = None) -> dict[str, Any]:
    """Return the allocator's figures as nested dictionaries; {} before CUDA starts.

    Args:
        device: the device, the current one by default.
    """
    if not is_initialized():
        return {}
    return torch._C._cuda_memoryStats(_get_device_index(device, optional=True))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else key, inner)
    else:
        yield prefix, value


def memory_stats(device: Any = None) -> collections.OrderedDict[str, int]:
    """Return the allocator's figures, sorted by name; none before CUDA starts.

    A name such as ``"allocated_bytes.large_pool.peak"`` has three parts. What is
    counted: ``allocation``, ``active``, ``segment`` and ``inactive_split`` in pieces,
    ``allocated_bytes``, ``active_bytes``, ``reserved_bytes``, ``inactive_split_bytes``
    and ``requested_bytes`` in bytes. Which pool: ``all``, ``small_pool`` (up to 1 MiB)
    or ``large_pool``. When: ``current``, ``peak``, and the sums of all increases
    (``allocated``) and decreases (``freed``).

    Args:
        device: the device, the current one by default.

    Example::

        >>> torch.cuda.memory_stats().get("num_ooms", 0)
        0
    """
    return collections.OrderedDict(
        sorted(_flat("", memory_stats_as_nested_dict(device)))
    )


def memory_allocated(device: Any = None) -> int:
    """Return the bytes that tensors hold on a device.

    Args:
        device: the device, the current one by default.
    """
    return memory_stats(device).get("allocated_bytes.all.current", 0)


def max_memory_allocated(device: Any = None) -> int:
    """Return the most bytes that tensors have held since the peak was reset.

    Args:
        device: the device, the current one by default.
    """
    return memory_stats(device).get("allocated_bytes.all.peak", 0)


def memory_reserved(device: Any = None) -> int:
    """Return the bytes that the allocator has got from a device.

    Args:
        device: the device, the current one by default.
    """
    return memory_stats(device).get("reserved_bytes.all.current", 0)


def max_memory_reserved(device: Any = None) -> int:
    """Return the most bytes that the allocator has had since the peak was reset.

    Args:
        device: the device, the current one by default.
    """
    return memory_stats(device).get("reserved_bytes.all.peak", 0)


def reset_peak_memory_stats(device: Any = None) -> None:
    """Let peaks start from the present figures.

    Args:
        device: the device, the current one by default.
    """
    _lazy_init()
    torch._C._cuda_resetPeakMemoryStats(_get_device_index(device, optional=True))


def reset_accumulated_memory_stats(device: Any = None) -> None:
    """Let the sums of increases and decreases start from zero.

    Args:
        device: the device, the current one by default.
    """
    _lazy_init()
    torch._C._cuda_resetAccumulatedMemoryStats(_get_device_index(device, optional=True))


# ------------------------------------------------------------- earlier names


def _renamed(old: str, new: str) -> None:
    warnings.warn(
        f"`torch.cuda.{old}` has been renamed to `torch.cuda.{new}`",
        FutureWarning,
        stacklevel=3,
    )


def memory_cached(device: Any = None) -> int:
    """Return `memory_reserved`, under its earlier name."""
    _renamed("memory_cached", "memory_reserved")
    return memory_reserved(device)


def max_memory_cached(device: Any = None) -> int:
    """Return `max_memory_reserved`, under its earlier name."""
    _renamed("max_memory_cached", "max_memory_reserved")
    return max_memory_reserved(device)


def _resets_all(old: str) -> None:
    warnings.warn(
        f"torch.cuda.{old} now calls torch.cuda.reset_peak_memory_stats, which resets "
        "/all/ peak memory stats.",
        FutureWarning,
        stacklevel=3,
    )


def reset_max_memory_allocated(device: Any = None) -> None:
    """Call `reset_peak_memory_stats`, under an earlier name."""
    _resets_all("reset_max_memory_allocated")
    reset_peak_memory_stats(device)


def reset_max_memory_cached(device: Any = None) -> None:
    """Call `reset_peak_memory_stats`, under an earlier name."""
    _resets_all("reset_max_memory_cached")
    reset_peak_memory_stats(device)


# ----------------------------------------------------------------- summary

_WIDTH = 75
_BYTES = [
    ("allocated_bytes", "Allocated memory"),
    ("active_bytes", "Active memory"),
    ("requested_bytes", "Requested memory"),
    ("reserved_bytes", "GPU reserved memory"),
    ("inactive_split_bytes", "Non-releasable memory"),
]
_COUNTS = [
    ("allocation", "Allocations"),
    ("active", "Active allocs"),
    ("segment", "GPU reserved segments"),
    ("inactive_split", "Non-releasable allocs"),
]
_OVERSIZE = [
    ("oversize_allocations", "Oversize allocations"),
    ("oversize_segments", "Oversize GPU segments"),
]
_COLUMNS = ("current", "peak", "allocated", "freed")


def _scaled(value: int, reference: int, units: list[str], step: int, limit: int) -> Any:
    """Return `value` in the unit that suits `reference`, and that unit."""
    scale: float = reference
    unit = units[0]
    for unit_above in units[1:]:
        if scale < limit:
            break
        unit, value, scale = unit_above, value // step, scale / step
    return value, unit


def _bytes_text(value: int, reference: int) -> str:
    units = ["B  ", "KiB", "MiB", "GiB", "TiB", "PiB"]
    value, unit = _scaled(value, reference, units, 1024, 768 * 1024)
    return f"{value:6d} {unit}"


def _count_text(value: int, reference: int) -> str:
    value, unit = _scaled(value, reference, [" ", "K", "M"], 1000, 750 * 1000)
    return f"{value:7d} {unit} "


def _rows(
    stats: dict, key: str, title: str, text: Any, pools: list[str]
) -> Iterator[str]:
    """The lines of one figure: a row per pool, in the unit of the first."""
    names = {"all": title, "large_pool": "      from large pool"}
    references = None
    for pool in pools:
        prefix = f"{key}.{pool}" if pool else key
        values = [stats[f"{prefix}.{column}"] for column in _COLUMNS]
        references = references or values
        name = names.get(pool or "all", "      from small pool")
        cells = " | ".join(map(text, values, references))
        yield f" {name:<21} | {cells} "


def memory_summary(device: Any = None, abbreviated: bool = False) -> str:
    """Return a table of the allocator's figures.

    Args:
        device: the device, the current one by default.
        abbreviated: leave the rows of the single pools out.
    """
    index = _get_device_index(device, optional=True)
    stats = memory_stats(index)
    pools = ["all"] if abbreviated else ["all", "large_pool", "small_pool"]
    lines = [
        "=" * _WIDTH,
        f" {'':16} PyTorch CUDA memory summary, device ID {index:<17d} ",
        "-" * _WIDTH,
        f"  {'':9} CUDA OOMs: {stats['num_ooms']:<12d} | {'':6} "
        f"cudaMalloc retries: {stats['num_alloc_retries']:<8d}  ",
        "=" * _WIDTH,
        "        Metric         | Cur Usage  | Peak Usage | Tot Alloc  | Tot Freed  ",
    ]
    tables: list[tuple[list, Any, list[str]]] = [
        (_BYTES, _bytes_text, pools),
        (_COUNTS, _count_text, pools),
        (_OVERSIZE, _count_text, [""]),
    ]
    for figures, text, chosen in tables:
        for key, title in figures:
            lines.append("-" * _WIDTH)
            lines += _rows(stats, key, title, text, chosen)
    lines.append("=" * _WIDTH)
    return "".join(f"|{line}|\n" for line in lines)
