"""Switches of ``torch.save`` and ``torch.load``: see ``config``."""

from __future__ import annotations

from torch.utils.serialization import config

__all__ = ["config"]
