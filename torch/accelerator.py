"""The accelerator of this machine, whichever it is: here CUDA or none.

Code written against this module names no device. Everything is answered by
`torch.cuda`; without a device, what needs one raises.
"""

from __future__ import annotations

from typing import Any, Callable, Optional, Union

import torch

__all__ = [
    "is_available",
    "device_count",
    "current_accelerator",
    "current_device_index",
    "set_device_index",
    "device_index",
    "current_stream",
    "synchronize",
    "empty_cache",
    "memory_allocated",
    "max_memory_allocated",
    "memory_reserved",
    "max_memory_reserved",
    "memory_stats",
]

_Device = Optional[Union[torch.device, str, int]]


def device_count() -> int:
    """Return the number of accelerators, 0 where there is none."""
    return torch.cuda.device_count()


def is_available() -> bool:
    """Say whether there is an accelerator that can be used now."""
    return device_count() > 0


def current_accelerator(check_available: bool = False) -> torch.device | None:
    """Return the kind of accelerator this build is for.

    Args:
        check_available: answer only if there is a device, too.

    Returns:
        A device without an index, or None.

    Example::

        >>> device = torch.accelerator.current_accelerator() or torch.device("cpu")
    """
    built = torch.backends.cuda.is_built()
    return (
        torch.device("cuda")
        if built and (not check_available or is_available())
        else None
    )


def _require_device() -> None:
    if not is_available():
        raise RuntimeError("Cannot access accelerator device when none is available.")


def _index_of(device: _Device) -> int:
    """The number of a device; -1 is none in particular."""
    if isinstance(device, int):
        return device
    if device is not None:
        device = torch.device(device)
        if device.type != "cuda":
            raise RuntimeError("Accelerator expected")
        if device.index is not None:
            return device.index
    return current_device_index()


def current_device_index() -> int:
    """Return the number of the device that new tensors go to.

    Raises:
        RuntimeError: there is no accelerator.
    """
    _require_device()
    return torch.cuda.current_device()


def set_device_index(device: _Device, /) -> None:
    """Choose the device that new tensors go to.

    Args:
        device: its number, or a device; a negative number leaves things as they are.

    Raises:
        RuntimeError: there is no accelerator, or `device` is not one.
    """
    index = _index_of(device)
    if index >= 0:
        _require_device()
        torch.cuda.set_device(index)


def current_stream(device: _Device = None, /) -> Any:
    """Return the stream that work for a device goes to.

    Args:
        device: the device; the current one by default.

    Raises:
        RuntimeError: there is no accelerator.
    """
    _require_device()
    return torch.cuda.current_stream(_index_of(device))


def synchronize(device: _Device = None, /) -> None:
    """Wait until a device has finished its work.

    Args:
        device: the device; the current one by default.

    Raises:
        RuntimeError: there is no accelerator.
    """
    _require_device()
    torch.cuda.synchronize(_index_of(device))


class device_index:
    """Make a device the current one inside a block.

    Args:
        device: its number; None leaves things as they are.
    """

    def __init__(self, device: int | None, /) -> None:
        self.idx = device
        self.prev_idx = -1

    def __enter__(self) -> None:
        if self.idx is not None:
            self.prev_idx = current_device_index()
            set_device_index(self.idx)

    def __exit__(self, *exc: object) -> None:
        if self.idx is not None:
            set_device_index(self.prev_idx)


# ------------------------------------------------------------------- memory


def empty_cache() -> None:
    """Give cached memory that no tensor uses back to the device.

    Raises:
        RuntimeError: there is no accelerator.
    """
    _require_device()
    torch.cuda.empty_cache()


def _figure(name: str, what: str) -> Callable[..., Any]:
    """Make the function that asks `torch.cuda` for a figure of a device's memory."""

    def ask(device_index: _Device = None, /) -> Any:
        _require_device()
        return getattr(torch.cuda, name)(device_index)

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = f"""Return {what}.

    Args:
        device_index: the device; the current one by default.

    Raises:
        RuntimeError: there is no accelerator.
    """
    return ask


memory_allocated = _figure("memory_allocated", "the bytes that tensors hold")
max_memory_allocated = _figure(
    "max_memory_allocated", "the most bytes that tensors have held"
)
memory_reserved = _figure(
    "memory_reserved", "the bytes that the allocator holds, in use or cached"
)
max_memory_reserved = _figure(
    "max_memory_reserved", "the most bytes that the allocator has held"
)
memory_stats = _figure("memory_stats", "the allocator's counters by name")
