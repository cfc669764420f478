"""DLPack: tensors shared with other libraries without a copy.

``from_dlpack`` takes any object that exports; ``Tensor.__dlpack__`` exports.
"""

from __future__ import annotations

import enum
from typing import Any

import torch
from torch._C import (
    _from_dlpack,
    _get_privateuse1_backend_name,
    _to_dlpack as to_dlpack,
)

__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]


class DLDeviceType(enum.IntEnum):
    """Device kinds as DLPack numbers them."""

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14
    kDLWebGPU = 15
    kDLHexagon = 16
    kDLMAIA = 17


def _device_type(device: torch.device) -> DLDeviceType | None:
    """Return how DLPack numbers a device's kind, or None."""
    if device.type == _get_privateuse1_backend_name():
        return DLDeviceType.kDLExtDev
    known = {"cpu": DLDeviceType.kDLCPU, "cuda": DLDeviceType.kDLCUDA}
    return known.get(device.type)


def from_dlpack(
    ext_tensor: Any, *, device: Any = None, copy: bool | None = None
) -> torch.Tensor:
    """Return a tensor over the memory of another library's array.

    Args:
        ext_tensor: an object with ``__dlpack__``, or a capsule from `to_dlpack`.
        device: where the result shall be, where it is by default.
        copy: True forces a copy, False forbids one.

    Raises:
        BufferError: DLPack has no number for `device`.
        ValueError: another device without a copy.

    Example:
        >>> import numpy
        >>> array = numpy.zeros(2)
        >>> torch.from_dlpack(array)[0] = 5
        >>> array
        array([5., 0.])
    """
    if not hasattr(ext_tensor, "__dlpack__"):
        if device is not None or copy is not None:
            raise AssertionError(
                "device and copy kwargs not supported when ext_tensor is already a "
                "DLPack capsule."
            )
        return _from_dlpack(ext_tensor)
    source = ext_tensor.__dlpack_device__()
    options: dict[str, Any] = {"max_version": (1, 0)}
    if copy is not None:
        options["copy"] = copy
    moves = False
    if device is not None:
        device = torch.device(device)
        kind = _device_type(device)
        if kind is None:
            raise BufferError(f"Cannot pack tensors on {device}")
        target = (kind, device.index or 0)
        moves = tuple(source) != target
        if moves and copy is False:
            raise ValueError(
                f"cannot move DLPack tensor from device {source} to {target} without "
                "copying. Set copy=None or copy=True."
            )
        if not moves:
            options["dl_device"] = target
    if source[0] in (DLDeviceType.kDLCUDA, DLDeviceType.kDLROCM):
        stream = torch.cuda.current_stream(f"cuda:{source[1]}").cuda_stream
        options["stream"] = stream or 1  # 1 names the default stream
    capsule, copied = _export(ext_tensor, options)
    tensor = _from_dlpack(capsule)
    if moves:
        return tensor.to(device)
    return tensor.clone() if copy and not copied else tensor


def _export(ext_tensor: Any, options: dict[str, Any]) -> tuple[Any, bool]:
    """Ask for a capsule, with ever fewer options, since old producers know few."""
    for option in ("max_version", "copy", "dl_device", None):
        try:
            return ext_tensor.__dlpack__(**options), "copy" in options
        except TypeError:
            if option is None:
                raise
            options.pop(option, None)
    raise AssertionError("unreachable")
