"""The `reduction` argument of losses: names, codes and the two names before it.

`get_enum` gives what operators take; `legacy_get_string` reads `size_average` and
`reduce`.
"""

from __future__ import annotations

import warnings

_CODES = {"none": 0, "mean": 1, "elementwise_mean": 1, "sum": 2}


def get_enum(reduction: str) -> int:
    """Return the operators' code of a reduction.

    Raises:
        ValueError: if `reduction` names none.
    """
    if reduction == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. "
            "Please use reduction='mean' instead.",
            stacklevel=2,
        )
    if reduction not in _CODES:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return _CODES[reduction]


def legacy_get_string(
    size_average: bool | None, reduce: bool | None, emit_warning: bool = True
) -> str:
    """Return the reduction that `size_average` and `reduce` stand for."""
    averaged = size_average is None or size_average
    reduced = reduce is None or reduce
    reduction = ("mean" if averaged else "sum") if reduced else "none"
    if emit_warning:
        warnings.warn(
            "size_average and reduce args will be deprecated, "
            f"please use reduction='{reduction}' instead.",
            stacklevel=2,
        )
    return reduction


def legacy_get_enum(
    size_average: bool | None, reduce: bool | None, emit_warning: bool = True
) -> int:
    """Return the operators' code of what the two old arguments stand for."""
    return get_enum(legacy_get_string(size_average, reduce, emit_warning))
