"""Neural networks: modules, their functions, initial values, and parameters.

Begin with `modules/module.py`; docs/design/modules.md has the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    functional as functional,
    init as init,
    modules as modules,
    parameter as parameter,
    utils as utils,
)
from .modules import *  # noqa: F403
from .parameter import (
    Buffer as Buffer,
    Parameter as Parameter,
    UninitializedBuffer as UninitializedBuffer,
    UninitializedParameter as UninitializedParameter,
)

if not TYPE_CHECKING:  # which sees no sum of lists: without __all__ it takes all names
    _own = ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter"]
    _submodules = ["functional", "init", "modules", "parameter", "utils"]
    __all__ = [n for names in (modules.__all__, _own, _submodules) for n in names]


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
