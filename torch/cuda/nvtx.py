"""Marks for NVIDIA's profilers: this build has none, as PyTorch's CPU build."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

__all__ = ["mark", "range", "range_end", "range_pop", "range_push", "range_start"]

_MISSING = "NVTX functions not installed. Are you sure you have a CUDA build?"


def range_push(msg: str) -> int:
    """Open a nested range.

    Args:
        msg: its name.
    """
    raise RuntimeError(_MISSING)


def range_pop() -> int:
    """Close the innermost range."""
    raise RuntimeError(_MISSING)


def range_start(msg: str) -> int:
    """Open a range that `range_end` closes.

    Args:
        msg: its name.
    """
    raise RuntimeError(_MISSING)


def range_end(range_id: int) -> None:
    """Close a range.

    Args:
        range_id: what `range_start` returned.
    """
    raise RuntimeError(_MISSING)


def mark(msg: str) -> None:
    """Mark a moment.

    Args:
        msg: its name.
    """
    raise RuntimeError(_MISSING)


@contextlib.contextmanager
def range(msg: str, *args: Any, **kwargs: Any) -> Iterator[None]:
    """Open a range for a ``with`` block.

    Args:
        msg: its name, formatted with the other arguments.
    """
    range_push(msg.format(*args, **kwargs))
    try:
        yield
    finally:
        range_pop()
