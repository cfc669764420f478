"""Switches of cuDNN; kept so that programs may set them, without effect on the CPU."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

__all__ = ["flags", "is_available", "version"]

enabled = True
benchmark = False
benchmark_limit = 10
deterministic = False
allow_tf32 = True


def is_available() -> bool:
    """Say whether cuDNN is there."""
    return False


def version() -> int | None:
    """Return cuDNN's version number, None where it is missing."""
    return None


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
    before = {name: globals()[name] for name in values}
    globals().update(values)
    try:
        yield
    finally:
        globals().update(before)
