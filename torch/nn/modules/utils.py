"""Argument helpers of modules: one number stands for one per dimension."""

from __future__ import annotations

import collections.abc
from collections.abc import Sequence
from typing import Any, Callable

__all__ = ["consume_prefix_in_state_dict_if_present"]


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], tuple]:
    def parse(x: Any) -> tuple:
        return tuple(x) if isinstance(x, collections.abc.Iterable) else (x,) * n

    parse.__name__ = name
    return parse


_single, _pair = _ntuple(1, "_single"), _ntuple(2, "_pair")
_triple, _quadruple = _ntuple(3, "_triple"), _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(t: Sequence[Any], n: int) -> tuple:
    """Each entry `n` times, last one first: the order in which F.pad counts."""
    return tuple(x for x in reversed(t) for _ in range(n))


def _list_with_default(out_size: Any, defaults: Sequence[int]) -> Any:
    """`out_size` with the entries that are `None` taken from the end of `defaults`."""
    if isinstance(out_size, int):
        return out_size
    if len(defaults) <= len(out_size):
        raise ValueError(f"Input dimension should be at least {len(out_size) + 1}")
    tail = defaults[-len(out_size) :]
    return [default if v is None else v for v, default in zip(out_size, tail)]


def consume_prefix_in_state_dict_if_present(
    state_dict: dict[str, Any], prefix: str
) -> None:
    """Take `prefix` off the names of a state dict, in place.

    Args:
        state_dict: as `Module.state_dict` returns it.
        prefix: such as `"module."`.

    Example:
        >>> state = {"module.weight": 1, "bias": 2}
        >>> consume_prefix_in_state_dict_if_present(state, "module.")
        >>> sorted(state)
        ['bias', 'weight']
    """
    _strip(state_dict, prefix)
    metadata = getattr(state_dict, "_metadata", None)
    if metadata is not None:
        _strip(metadata, prefix)
        # Metadata names modules: the one called "module" becomes the root.
        if prefix[:-1] in metadata:
            metadata[""] = metadata.pop(prefix[:-1])


def _strip(names: dict[str, Any], prefix: str) -> None:
    for name in [name for name in names if name.startswith(prefix)]:
        names[name[len(prefix) :]] = names.pop(name)
