"""Gives a device that an extension brings its name, its module and its methods.

`rename_privateuse1_backend` first, then `torch._register_device_module` and
`generate_methods_for_privateuse1_backend`. docs/tutorials/add_a_device.md uses them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Callable

import torch

__all__ = [
    "generate_methods_for_privateuse1_backend",
    "rename_privateuse1_backend",
]

# The name, until an extension chooses one.
_privateuse1_backend_name = "privateuseone"
_IN_TREE = {"cpu", "cuda", "hip", "mps", "mtia", "xpu"}


def rename_privateuse1_backend(backend_name: str) -> None:
    """Give the extension device its name, once in a process.

    Args:
        backend_name: what `torch.device` shall accept.

    Raises:
        RuntimeError: it is no text or a device's name already, or another name was
            given before.

    Example:
        >>> torch.utils.rename_privateuse1_backend("privateuseone")
        >>> torch.device("privateuseone", 0)
        device(type='privateuseone', index=0)
    """
    global _privateuse1_backend_name
    if not isinstance(backend_name, str):
        raise RuntimeError(
            "_rename_privateuse1_backend expects a str, but got "
            f"{type(backend_name).__name__}"
        )
    before = torch._C._get_privateuse1_backend_name()
    if before not in ("privateuseone", backend_name):
        raise RuntimeError(
            "torch.register_privateuse1_backend() has already been set! Current "
            f"backend: {before}"
        )
    if backend_name in _IN_TREE:
        raise RuntimeError(
            "Cannot register privateuse1 backend with in-tree device name: "
            f"{backend_name}"
        )
    torch._C._rename_privateuse1_backend(backend_name)
    _privateuse1_backend_name = backend_name


def _register_device_module(device_type: str, module: Any) -> None:
    """Make a module `torch.<device_type>`: its `current_device`, streams, seeds."""
    kind = torch.device(device_type).type
    if hasattr(torch, kind):
        raise RuntimeError(
            f"The runtime module of '{kind}' has already been registered with "
            f"'{getattr(torch, kind)}'"
        )
    setattr(torch, kind, module)
    sys.modules[f"torch.{kind}"] = module


def generate_methods_for_privateuse1_backend(
    for_tensor: bool = True,
    for_module: bool = True,
    for_packed_sequence: bool = True,
    for_storage: bool = False,
    unsupported_dtype: Sequence[torch.dtype] | None = None,
) -> None:
    """Add `x.<name>()` and `x.is_<name>` for the device's name, as `x.cuda()`.

    Args:
        for_tensor: to `torch.Tensor`. Default: `True`
        for_module: the method, to `torch.nn.Module`. Default: `True`
        for_packed_sequence: to packed sequences, where there are any.
            Default: `True`
        for_storage: not implemented. Default: `False`
        unsupported_dtype: of storages; no matter without them.

    Raises:
        RuntimeError: they are there already.
        NotImplementedError: `for_storage`.

    Example:
        >>> from torch.utils import generate_methods_for_privateuse1_backend
        >>> generate_methods_for_privateuse1_backend()  # doctest: +SKIP
        >>> torch.ones(1).is_privateuseone  # doctest: +SKIP
        False
    """
    if for_storage:
        raise NotImplementedError("methods of storages are not implemented")
    name = _privateuse1_backend_name
    if for_tensor:
        _add(
            torch.Tensor, f"is_{name}", property(lambda self: self.device.type == name)
        )
        _add(torch.Tensor, name, _mover(name))
    if for_module:
        _add(torch.nn.Module, name, _module_mover(name))
    packed = getattr(getattr(torch.nn.utils, "rnn", None), "PackedSequence", None)
    if for_packed_sequence and packed is not None:
        is_there = property(lambda self: self.data.device.type == name)
        _add(packed, f"is_{name}", is_there)
        _add(packed, name, _mover(name))


def _add(cls: type, name: str, value: Any) -> None:
    if hasattr(cls, name):
        raise RuntimeError(
            f"The custom device module of {cls} has already been registered with {name}"
        )
    setattr(cls, name, value)


def _device(name: str, device: Any) -> torch.device:
    """The device meant: None is the current one, a number an index."""
    if isinstance(device, (str, torch.device)):
        found = torch.device(device)
        if found.type != name:
            raise RuntimeError(f"Invalid device, must be {name} device")
        device = found.index
    if device is None:
        module = getattr(torch, name, None)
        current = getattr(module, "current_device", None)
        device = current() if current else 0
    return torch.device(f"{name}:{device}")


def _mover(name: str) -> Callable[..., Any]:
    def move(
        self: Any, device: Any = None, non_blocking: bool = False, **kwargs: Any
    ) -> Any:
        """Return a copy on the device, or the object where it is there already."""
        place = _device(name, device)
        return self.to(device=place, non_blocking=non_blocking, **kwargs)

    move.__name__ = name
    return move


def _module_mover(name: str) -> Callable[..., Any]:
    def move(self: torch.nn.Module, device: Any = None) -> torch.nn.Module:
        """Move all parameters and buffers to the device."""
        place = _device(name, device)
        return self._apply(lambda t: t.to(place))

    move.__name__ = name
    return move
