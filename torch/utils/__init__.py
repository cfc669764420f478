"""Helpers around the core; each submodule loads when it is first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_LAZY = ("checkpoint", "cpp_extension", "data", "dlpack", "hooks", "serialization")

__all__ = ["draw_graph", "rename_privateuse1_backend", "set_module", "swap_tensors"]


if TYPE_CHECKING:
    from torch.utils import (
        checkpoint as checkpoint,
        data as data,
        dlpack as dlpack,
        hooks as hooks,
        serialization as serialization,
    )
    from torch.utils._draw_graph import draw_graph as draw_graph
else:
    # A type checker would take any name for one that this function knows.
    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            return importlib.import_module(f"torch.utils.{name}")
        if name == "draw_graph":
            function = importlib.import_module("torch.utils._draw_graph").draw_graph
            return globals().setdefault(name, function)
        raise AttributeError(f"module 'torch.utils' has no attribute '{name}'")


def set_module(obj: Any, mod: str) -> None:
    """Make an object claim to be defined in another module.

    Args:
        obj: the class or function.
        mod: the module's dotted name.

    Raises:
        TypeError: `mod` is not text.

    Example:
        >>> class Layer: pass
        >>> torch.utils.set_module(Layer, "my_package")
        >>> Layer.__module__
        'my_package'
    """
    if not isinstance(mod, str):
        raise TypeError("The mod argument should be a string")
    obj.__module__ = mod


def rename_privateuse1_backend(backend_name: str) -> None:
    """Give the extension device its name.

    Args:
        backend_name: what ``torch.device`` shall accept.

    Example:
        >>> torch._C._get_privateuse1_backend_name()
        'privateuseone'
    """
    import torch

    torch._C._rename_privateuse1_backend(backend_name)


def swap_tensors(t1: Any, t2: Any) -> None:
    """Not implemented: assign ``.data`` instead."""
    raise NotImplementedError("torch.utils.swap_tensors is not implemented")
