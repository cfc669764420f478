"""Defaults that ``torch.save`` and ``torch.load`` read at every call.

Assign to the attributes of ``save`` and ``load``; nothing else is configured here.
"""

from __future__ import annotations

import mmap as _mmap
from typing import Any


class load:
    """Defaults of ``torch.load``."""

    mmap: bool = False
    endianness: Any = None
    mmap_flags: int | None = getattr(_mmap, "MAP_PRIVATE", None)
    calculate_storage_offsets: bool = False


class save:
    """Defaults of ``torch.save``."""

    compute_crc32: bool = True
    use_pinned_memory_for_d2h: bool = False
    storage_alignment: int = 64
