"""Python's `multiprocessing`, taught to send tensors.

Importing this module registers how tensors cross process boundaries (reductions.py);
all names of the standard module are here as well.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing import *  # noqa: F403

from .reductions import init_reductions

__all__ = [
    "get_all_sharing_strategies",
    "get_sharing_strategy",
    "set_sharing_strategy",
]
__all__ += multiprocessing.__all__

_STRATEGY = "file_descriptor"


def get_all_sharing_strategies() -> set[str]:
    """Return the ways tensors can be shared: on Linux by file descriptor.

    Example:
        >>> import torch.multiprocessing as mp
        >>> mp.get_sharing_strategy() in mp.get_all_sharing_strategies()
        True
    """
    return {_STRATEGY, "file_system"}


def get_sharing_strategy() -> str:
    """Return the way tensors are shared."""
    return _STRATEGY


def set_sharing_strategy(new_strategy: str) -> None:
    """Choose the way tensors are shared; there is one, so this only checks.

    Args:
        new_strategy: One of `get_all_sharing_strategies`.

    Raises:
        AssertionError: It is not one of them.
    """
    if new_strategy not in get_all_sharing_strategies():
        raise AssertionError(f"invalid sharing strategy {new_strategy}")


init_reductions()
