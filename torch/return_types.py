"""The named tuples that operators return: ``torch.return_types.max`` and so on.

A type is made when its operator is first called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import _C

if TYPE_CHECKING:
    from torch._C._return_types import *  # noqa: F403
else:
    # A type checker would take any name for one that this function knows.
    def __getattr__(name: str) -> Any:
        try:
            return getattr(_C._return_types, name)
        except AttributeError:
            raise AttributeError(
                f"module 'torch.return_types' has no attribute '{name}'"
            ) from None


def __dir__() -> list[str]:
    return [name for name in dir(_C._return_types) if not name.startswith("_")]
