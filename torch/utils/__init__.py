"""Helpers around the core; each submodule loads when it is first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_LAZY = (
    "backend_registration",
    "checkpoint",
    "cpp_extension",
    "data",
    "dlpack",
    "hooks",
    "serialization",
)
# Functions of submodules.
_BORROWED = {
    "draw_graph": "_draw_graph",
    "generate_methods_for_privateuse1_backend": "backend_registration",
    "rename_privateuse1_backend": "backend_registration",
}

__all__ = [
    "draw_graph",
    "generate_methods_for_privateuse1_backend",
    "rename_privateuse1_backend",
    "set_module",
    "swap_tensors",
]


if TYPE_CHECKING:
    from torch.utils import (
        backend_registration as backend_registration,
        checkpoint as checkpoint,
        cpp_extension as cpp_extension,
        data as data,
        dlpack as dlpack,
        hooks as hooks,
        serialization as serialization,
    )
    from torch.utils._draw_graph import draw_graph as draw_graph
    from torch.utils.backend_registration import (
        generate_methods_for_privateuse1_backend,
        rename_privateuse1_backend,
    )
else:
    # A type checker would take any name for one that this function knows.
    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            return importlib.import_module(f"torch.utils.{name}")
        if name in _BORROWED:
            home = importlib.import_module(f"torch.utils.{_BORROWED[name]}")
            return globals().setdefault(name, getattr(home, name))
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


def swap_tensors(t1: Any, t2: Any) -> None:
    """Not implemented: assign ``.data`` instead."""
    raise NotImplementedError("torch.utils.swap_tensors is not implemented")
