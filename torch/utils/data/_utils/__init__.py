"""Inside a DataLoader: putting samples together, fetching, worker processes."""

from __future__ import annotations

from . import collate, fetch, pin_memory, worker

__all__ = ["collate", "fetch", "pin_memory", "worker"]
