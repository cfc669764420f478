"""Switches of cuDNN; programs may set them on any machine, they act on CUDA only.

``benchmark`` and ``benchmark_limit`` are accepted; algorithms are chosen by cuDNN's
own estimate, without trying them.
"""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Iterator

import torch

__all__ = ["flags", "is_available", "version"]

benchmark_limit = 10


def is_available() -> bool:
    """Say whether cuDNN is there."""
    return version() is not None


def version() -> int | None:
    """Return cuDNN's version number, None where it is missing."""
    if not torch.cuda.is_available():
        return None
    return torch._C._cuda_versions()[2] or None


@contextlib.contextmanager
def flags(**values: bool) -> Iterator[None]:
    """Set switches in a ``with`` block.

    Args:
        **values: names of this module's switches and what they shall be.

    Example:
        >>> with torch.backends.cudnn.flags(enabled=False):
        ...     torch.backends.cudnn.enabled
        False
    """
    module = sys.modules[__name__]
    before = {name: getattr(module, name) for name in values}
    for name, value in values.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


def _switch(name: str) -> property:
    """An attribute of the module that compiled code reads."""
    key = f"cudnn.{name}"
    return property(
        lambda module: torch._C._cuda_getSetting(key),
        lambda module, value: torch._C._cuda_setSetting(key, value),
    )


class _Module(types.ModuleType):
    enabled = _switch("enabled")
    benchmark = _switch("benchmark")
    deterministic = _switch("deterministic")
    allow_tf32 = _switch("allow_tf32")


sys.modules[__name__].__class__ = _Module
