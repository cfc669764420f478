"""CUDA devices: choosing one, streams and events, memory, random numbers.

The kernels live in a library of their own that ``_runtime.py`` loads at the first use
of a device. In a build without it questions are answered (``is_available()`` is False,
counts and memory figures are zero) and whatever needs a device raises
``AssertionError: Torch not compiled with CUDA enabled``.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import _legacy_types
from torch._utils import _get_device_index
from torch.cuda import graphs, memory, nvtx, random, streams
from torch.cuda._runtime import (
    DeferredCudaCallError,
    _is_compiled,  # noqa: F401
    _is_in_bad_fork as _is_in_bad_fork,
    _lazy_call,  # noqa: F401
    _lazy_init,
    _load,
    init,
    is_initialized,
)
from torch.cuda.graphs import *  # noqa: F403
from torch.cuda.memory import *  # noqa: F403
from torch.cuda.random import *  # noqa: F403
from torch.cuda.streams import *  # noqa: F403

__all__ = [
    "AcceleratorError",
    "DeferredCudaCallError",
    "OutOfMemoryError",
    # whether and with what
    "init",
    "is_available",
    "is_initialized",
    "is_bf16_supported",
    "is_tf32_supported",
    "has_half",
    "has_magma",
    "get_arch_list",
    "get_gencode_flags",
    # which device
    "device",
    "device_of",
    "device_count",
    "current_device",
    "set_device",
    "synchronize",
    "get_device_name",
    "get_device_capability",
    "get_device_properties",
    "can_device_access_peer",
    "default_generators",  # noqa: F405 (made by __getattr__)
    "ipc_collect",
    "nvtx",
]
__all__ += graphs.__all__
__all__ += memory.__all__
__all__ += random.__all__
__all__ += streams.__all__

has_half = True
has_magma = False

OutOfMemoryError = torch.OutOfMemoryError
AcceleratorError = torch.AcceleratorError

for _kind, _dtype in _legacy_types._DTYPES.items():
    _name = f"{_kind}Tensor"
    globals()[_name] = _legacy_types.make_class(_name, "torch.cuda", _dtype)
del _kind, _dtype, _name


def __getattr__(name: str) -> Any:
    # Made on demand, because the devices are not known before CUDA starts.
    if name == "default_generators":
        if not is_initialized():
            return ()
        return tuple(map(torch._C._cuda_defaultGenerator, range(device_count())))
    raise AttributeError(f"module 'torch.cuda' has no attribute '{name}'")


# ------------------------------------------------------------------ devices


def device_count() -> int:
    """Return the number of CUDA devices; 0 without a driver.

    Example::

        >>> torch.cuda.device_count() >= 0
        True
    """
    return torch._C._cuda_getDeviceCount() if _load() else 0


def is_available() -> bool:
    """Say whether there is a CUDA device to use.

    Example::

        >>> torch.cuda.is_available() == (torch.cuda.device_count() > 0)
        True
    """
    return device_count() > 0


def _exchange_device(index: int) -> int:
    """Make a device current and return the one before; below 0 nothing happens."""
    if index < 0:
        return -1
    _lazy_init()
    return torch._C._cuda_exchangeDevice(index)


class device:
    """Make a device the current one in a ``with`` block.

    Args:
        device: the device or its index; None or a negative index does nothing.

    Example::

        >>> with torch.cuda.device(-1):
        ...     pass
    """

    def __init__(self, device: Any) -> None:
        self.idx = None
        if device is not None:
            self.idx = _get_device_index(device, optional=True)
        self.prev_idx = -1

    def __enter__(self) -> None:
        self.prev_idx = _exchange_device(-1 if self.idx is None else self.idx)

    def __exit__(self, *exc: object) -> None:
        _exchange_device(self.prev_idx)


class device_of(device):
    """Make the device of a tensor or storage the current one in a ``with`` block.

    Args:
        obj: a tensor or storage; one that is not on CUDA does nothing.
    """

    def __init__(self, obj: Any) -> None:
        super().__init__(obj.get_device() if obj.is_cuda else -1)


def set_device(device: Any) -> None:
    """Make a device the current one.

    Args:
        device: the device or its index; a negative index does nothing.
    """
    _exchange_device(_get_device_index(device))


def current_device() -> int:
    """Return the index of the current device."""
    _lazy_init()
    return torch._C._cuda_getDevice()


def synchronize(device: Any = None) -> None:
    """Wait for everything that was queued on a device.

    Args:
        device: the device, the current one by default.
    """
    _lazy_init()
    with torch.cuda.device(device):
        torch._C._cuda_synchronize()


class _CudaDeviceProperties:
    """What a device is: read-only attributes such as ``name`` and ``total_memory``."""

    name: str
    major: int
    minor: int
    total_memory: int
    multi_processor_count: int
    uuid: Any
    pci_bus_id: int
    pci_device_id: int
    pci_domain_id: int
    L2_cache_size: int

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __repr__(self) -> str:
        return (
            f"_CudaDeviceProperties(name='{self.name}', major={self.major}, "
            f"minor={self.minor}, total_memory={self.total_memory >> 20}MB, "
            f"multi_processor_count={self.multi_processor_count}, uuid={self.uuid}, "
            f"pci_bus_id={self.pci_bus_id}, pci_device_id={self.pci_device_id}, "
            f"pci_domain_id={self.pci_domain_id}, "
            f"L2_cache_size={self.L2_cache_size >> 20}MB)"
        )


def get_device_properties(device: Any = None) -> _CudaDeviceProperties:
    """Return name, memory, capability and the like of a device.

    Args:
        device: the device, the current one by default.

    Raises:
        AssertionError: there is no such device.
    """
    _lazy_init()
    index = _get_device_index(device, optional=True)
    if index < 0 or index >= device_count():
        raise AssertionError("Invalid device id")
    return _CudaDeviceProperties(**torch._C._cuda_getDeviceProperties(index))


def get_device_name(device: Any = None) -> str:
    """Return the name of a device, such as ``"NVIDIA H200"``.

    Args:
        device: the device, the current one by default.
    """
    return get_device_properties(device).name


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """Return the compute capability of a device, such as ``(9, 0)``.

    Args:
        device: the device, the current one by default.
    """
    properties = get_device_properties(device)
    return properties.major, properties.minor


def can_device_access_peer(device: Any, peer_device: Any) -> bool:
    """Say whether a device can read another one's memory.

    Args:
        device: the one that reads.
        peer_device: the one that is read.

    Raises:
        AssertionError: there is no such device.
    """
    _lazy_init()
    reader = _get_device_index(device, optional=True)
    peer = _get_device_index(peer_device)
    if not 0 <= reader < device_count():
        raise AssertionError("Invalid device id")
    if not 0 <= peer < device_count():
        raise AssertionError("Invalid peer device id")
    return torch._C._cuda_canDeviceAccessPeer(reader, peer)


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Say whether the current device computes in bfloat16.

    Args:
        including_emulation: also count devices that do so through float.
    """
    if not is_available():
        return False
    return including_emulation or get_device_capability() >= (8, 0)


def is_tf32_supported() -> bool:
    """Say whether the current device multiplies in TF32."""
    return is_available() and get_device_capability() >= (8, 0)


def get_arch_list() -> list[str]:
    """Return the architectures that the kernels were compiled for; [] without a device.

    Example::

        >>> isinstance(torch.cuda.get_arch_list(), list)
        True
    """
    return torch._C._cuda_getArchFlags().split() if is_available() else []


def get_gencode_flags() -> str:
    """Return nvcc's options for these architectures.

    Example::

        >>> isinstance(torch.cuda.get_gencode_flags(), str)
        True
    """
    pairs = [arch.split("_") for arch in get_arch_list()]
    return " ".join(
        f"-gencode compute=compute_{number},code={kind}_{number}"
        for kind, number in pairs
    )


def ipc_collect() -> None:
    """Free memory that was shared with processes which are done; there is none."""
    _lazy_init()
