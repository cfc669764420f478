"""``with torch.device(..)``: factories make their tensors on that device.

``torch.set_default_device`` keeps such a context open for the whole program.
"""

from __future__ import annotations

import functools
from typing import Any, Callable

import torch
from torch.overrides import TorchFunctionMode

_FACTORIES = (
    "arange as_tensor asarray empty empty_permuted empty_strided eye fft.fftfreq "
    "fft.rfftfreq from_file frombuffer full linspace logspace normal ones rand randint "
    "randn randperm range scalar_tensor tensor tril_indices triu_indices zeros"
)
_open: list[DeviceContext] = []


@functools.cache
def _factories() -> set[Callable]:
    functions = set()
    for name in _FACTORIES.split():
        owner, _, own = name.rpartition(".")
        if owner:
            continue
        function = getattr(torch, own, None)
        if function is not None:
            functions.add(function)
    return functions


class DeviceContext(TorchFunctionMode):
    """Add ``device=`` to calls of factories that do not name one.

    Args:
        device: where tensors are made.
    """

    def __init__(self, device: Any) -> None:
        self.device = torch.device(device)

    def __torch_function__(
        self, func: Callable, types: Any, args: tuple = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in _factories() and kwargs.get("device") is None:
            kwargs = {**kwargs, "device": self.device}
        return func(*args, **kwargs)


def _enter_device(device: torch.device) -> torch.device:
    context = DeviceContext(device)
    context.__enter__()
    _open.append(context)
    return device


def _exit_device(device: torch.device) -> None:
    _open.pop().__exit__(None, None, None)


def device_decorator(device: torch.device, func: Callable) -> Callable:
    """Make `func` run inside ``with device:``.

    Args:
        device: the device.
        func: a function.
    """

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with DeviceContext(device):
            return func(*args, **kwargs)

    return wrapper
