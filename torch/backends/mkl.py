"""MKL, as far as this build uses it."""

from __future__ import annotations

from torch import _C

__all__ = ["is_available"]


def is_available() -> bool:
    """Say whether operators use MKL."""
    return _C._has_library("mkl")
