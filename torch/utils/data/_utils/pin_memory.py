"""Page-locked copies of a batch, for faster transfers to a GPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from .collate import _as_mapping, _as_sequence, _is_named_tuple


def pin_memory(data: Any, device: Any = None) -> Any:
    """Pin the tensors in a batch.

    Args:
        data: The batch. Objects with a method `pin_memory` do it themselves.
        device: Not used; the current accelerator's memory is meant.

    Returns:
        The batch with pinned tensors.
    """
    if isinstance(data, torch.Tensor) or hasattr(data, "pin_memory"):
        return data.pin_memory()
    if isinstance(data, (str, bytes)):
        return data
    if isinstance(data, Mapping):
        return _as_mapping(data, {k: pin_memory(v) for k, v in data.items()})
    if _is_named_tuple(data):
        return type(data)(*map(pin_memory, data))
    if isinstance(data, tuple):
        return [pin_memory(v) for v in data]
    if isinstance(data, Sequence):
        return _as_sequence(data, [pin_memory(v) for v in data])
    return data
