"""Neural networks: modules, their functions, initial values, and parameters.

Begin with `modules/module.py`; docs/design/modules.md has the plan.
"""

from __future__ import annotations

from . import functional, init, modules, parameter, utils
from .modules import *  # noqa: F403
from .parameter import (
    Buffer,
    Parameter,
    UninitializedBuffer,
    UninitializedParameter,
)

__all__ = [*modules.__all__, "Buffer", "Parameter"]
__all__ += ["UninitializedBuffer", "UninitializedParameter"]
__all__ += ["functional", "init", "modules", "parameter", "utils"]


def factory_kwargs(kwargs: dict | None) -> dict:
    """Return the arguments that `torch.empty` takes of a module's `kwargs`.

    Args:
        kwargs: may hold `device`, `dtype` and `memory_format`, and under
            `"factory_kwargs"` a dictionary of them.

    Raises:
        TypeError: if there is another key, or one twice.

    Example:
        >>> factory_kwargs({"device": "cpu"})
        {'device': 'cpu'}
    """
    if kwargs is None:
        return {}
    known = {"device", "dtype", "memory_format"}
    unexpected = kwargs.keys() - known - {"factory_kwargs"}
    if unexpected:
        raise TypeError(f"unexpected kwargs {unexpected}")
    merged = dict(kwargs.get("factory_kwargs", {}))
    for name in known & kwargs.keys():
        if name in merged:
            raise TypeError(
                f"{name} specified twice, in **kwargs and in factory_kwargs"
            )
        merged[name] = kwargs[name]
    return merged
