"""CUDA devices. Without a CUDA library questions are answered and work is refused.

``is_available()`` is False, counts and memory figures are zero; whatever needs a device
raises ``AssertionError: Torch not compiled with CUDA enabled``.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch
from torch import _legacy_types

__all__ = [
    "current_device",
    "current_stream",
    "default_stream",
    "device",
    "device_count",
    "empty_cache",
    "get_device_name",
    "get_device_properties",
    "get_rng_state",
    "init",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "memory_allocated",
    "memory_reserved",
    "memory_stats",
    "set_device",
    "synchronize",
]

_NO_CUDA = "Torch not compiled with CUDA enabled"

for _kind, _dtype in _legacy_types._DTYPES.items():
    _name = f"{_kind}Tensor"
    globals()[_name] = _legacy_types.make_class(_name, "torch.cuda", _dtype)
del _kind, _dtype, _name


def _lazy_init() -> None:
    raise AssertionError(_NO_CUDA)


def _is_in_bad_fork() -> bool:
    return False


def init() -> None:
    """Start CUDA now instead of at its first use."""
    _lazy_init()


def is_available() -> bool:
    """Say whether there is a CUDA device to use.

    Example:
        >>> torch.cuda.is_available() == (torch.cuda.device_count() > 0)
        True
    """
    return False


def is_initialized() -> bool:
    """Say whether CUDA has been started."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Say whether the current device computes in bfloat16."""
    return False


def device_count() -> int:
    """Return the number of CUDA devices."""
    return 0


class device:
    """Make a device the current one in a ``with`` block; nothing to do without any.

    Args:
        device: the device or its index; a negative index does nothing.
    """

    def __init__(self, device: Any) -> None:
        self.idx = device if isinstance(device, int) else torch.device(device).index

    def __enter__(self) -> None:
        if self.idx is None or self.idx >= 0:
            _lazy_init()

    def __exit__(self, *exc: object) -> None:
        pass


def _needs_device(name: str) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        _lazy_init()

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = "Raise AssertionError: there is no CUDA in this build."
    return refuse


current_device = _needs_device("current_device")
current_stream = _needs_device("current_stream")
default_stream = _needs_device("default_stream")
get_device_capability = _needs_device("get_device_capability")
get_device_name = _needs_device("get_device_name")
get_device_properties = _needs_device("get_device_properties")
get_rng_state = _needs_device("get_rng_state")
set_device = _needs_device("set_device")
synchronize = _needs_device("synchronize")


# ------------------------------------------------------------------ memory, seeds


def empty_cache() -> None:
    """Give cached device memory back; there is none."""


def memory_allocated(device: Any = None) -> int:
    """Return the bytes tensors hold on the device."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """Return the most bytes that tensors held."""
    return 0


def memory_reserved(device: Any = None) -> int:
    """Return the bytes the allocator holds."""
    return 0


def max_memory_reserved(device: Any = None) -> int:
    """Return the most bytes the allocator held."""
    return 0


def memory_stats(device: Any = None) -> OrderedDict:
    """Return the allocator's statistics."""
    return OrderedDict()


def manual_seed(seed: int) -> None:
    """Seed the current device, when there is one.

    Args:
        seed: the seed.
    """


def manual_seed_all(seed: int) -> None:
    """Seed all devices, when there are any.

    Args:
        seed: the seed.
    """
