"""Putting samples together to a batch: `default_collate`, `default_convert`.

`collate` takes a list of samples and looks at the first one: a type in
`default_collate_fn_map` goes to its function, mappings and sequences are collated
field by field.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any, Callable, Union

import numpy as np

import torch

_COLLATE_ERROR = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or "
    "lists; found {}"
)
_TEXT_ARRAY = re.compile("[SaUO]")

CollateFnMap = dict[Union[type, tuple[type, ...]], Callable]


def _is_named_tuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _as_mapping(like: Mapping, items: dict) -> Any:
    """`items` in the type of the mapping `like`, or as a plain dict."""
    try:
        if isinstance(like, MutableMapping):
            # A copy keeps what a subclass holds besides its items.
            clone = copy.copy(like)
            clone.update(items)
            return clone
        return type(like)(items)  # type: ignore[call-arg]
    except TypeError:
        return items


def _as_sequence(like: Sequence, items: list) -> Any:
    """`items` in the type of the sequence `like`, or as a plain list."""
    try:
        if isinstance(like, MutableSequence):
            clone = copy.copy(like)
            for i, item in enumerate(items):
                clone[i] = item
            return clone
        return type(like)(items)  # type: ignore[call-arg]
    except TypeError:
        return items


# -------------------------------------------------------------------- convert


def default_convert(data: Any) -> Any:
    """Make tensors of the NumPy arrays and numbers in a sample.

    Args:
        data: The sample; mappings and sequences are converted inside.

    Returns:
        The converted sample; what is no array is left as it is.

    Example:
        >>> import numpy as np
        >>> from torch.utils.data import default_convert
        >>> default_convert([np.arange(2), "text"])
        [tensor([0, 1]), 'text']
    """
    if isinstance(data, torch.Tensor):
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        is_text = isinstance(data, np.ndarray) and _TEXT_ARRAY.search(data.dtype.str)
        return data if is_text else torch.as_tensor(data)
    if isinstance(data, Mapping):
        return _as_mapping(data, {k: default_convert(v) for k, v in data.items()})
    if _is_named_tuple(data):
        return type(data)(*map(default_convert, data))
    if isinstance(data, tuple):
        return [default_convert(v) for v in data]
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _as_sequence(data, [default_convert(v) for v in data])
    return data


# -------------------------------------------------------------------- collate


def collate(batch: list, *, collate_fn_map: CollateFnMap | None = None) -> Any:
    """Put samples together by the functions in `collate_fn_map`.

    Args:
        batch: The samples, all of one make.
        collate_fn_map: From types (or tuples of types) to functions called as
            ``fn(samples, collate_fn_map=...)``. The first entry that fits is used.

    Returns:
        What the function for the samples' type returns; mappings and sequences of
        such for mappings and sequences of samples.

    Raises:
        TypeError: No function for the type.
        RuntimeError: Sequences of different lengths.
    """
    first = batch[0]
    kind = type(first)
    if collate_fn_map is not None:
        fn = collate_fn_map.get(kind)
        if fn is None:
            fitting = (f for t, f in collate_fn_map.items() if isinstance(first, t))
            fn = next(fitting, None)
        if fn is not None:
            return fn(batch, collate_fn_map=collate_fn_map)

    def again(samples: Any) -> Any:
        return collate(samples, collate_fn_map=collate_fn_map)

    if isinstance(first, Mapping):
        return _as_mapping(first, {k: again([d[k] for d in batch]) for k in first})
    if _is_named_tuple(first):
        return kind(*map(again, zip(*batch)))
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [again(column) for column in zip(*batch)]
        return columns if isinstance(first, tuple) else _as_sequence(first, columns)
    raise TypeError(_COLLATE_ERROR.format(kind))


def collate_tensor_fn(
    batch: Sequence, *, collate_fn_map: CollateFnMap | None = None
) -> torch.Tensor:
    """Stack tensors along a new first dimension."""
    if any(getattr(t, "is_nested", False) for t in batch[:1]):
        raise RuntimeError(_no_batches_of("nested"))
    if batch[0].layout is not torch.strided:
        raise RuntimeError(_no_batches_of("sparse"))
    return torch.stack(list(batch), 0)


def _no_batches_of(layout: str) -> str:
    return (
        f"Batches of {layout} tensors are not currently supported by the default "
        "collate_fn; please provide a custom collate_fn to handle them appropriately."
    )


def collate_numpy_array_fn(
    batch: Sequence, *, collate_fn_map: CollateFnMap | None = None
) -> torch.Tensor:
    """Stack NumPy arrays as tensors."""
    if _TEXT_ARRAY.search(batch[0].dtype.str):
        raise TypeError(_COLLATE_ERROR.format(batch[0].dtype))
    return collate([torch.as_tensor(a) for a in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(
    batch: Sequence, *, collate_fn_map: CollateFnMap | None = None
) -> torch.Tensor:
    """Make one tensor of NumPy numbers, of their dtype."""
    return torch.as_tensor(np.asarray(batch))


def collate_float_fn(
    batch: Sequence, *, collate_fn_map: CollateFnMap | None = None
) -> torch.Tensor:
    """Make one float64 tensor of Python floats."""
    return torch.tensor(batch, dtype=torch.float64)


def collate_int_fn(
    batch: Sequence, *, collate_fn_map: CollateFnMap | None = None
) -> torch.Tensor:
    """Make one tensor of Python integers."""
    return torch.tensor(batch)


def collate_str_fn(
    batch: Sequence, *, collate_fn_map: CollateFnMap | None = None
) -> Any:
    """Leave texts as they are."""
    return batch


default_collate_fn_map: CollateFnMap = {
    torch.Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}


def default_collate(batch: list) -> Any:
    """Put samples together: tensors are stacked, numbers become tensors.

    Args:
        batch: Samples of one make: tensors, NumPy arrays, numbers, texts, or
            mappings and sequences of such.

    Returns:
        Their like with one more dimension in front of each tensor. Tuples become
        lists; named tuples, mappings and lists keep their types.

    Raises:
        TypeError: Samples of a type that is none of these.
        RuntimeError: Samples that differ in length or shape.

    Example:
        >>> from torch.utils.data import default_collate
        >>> default_collate([(1, 2.0), (3, 4.0)])
        [tensor([1, 3]), tensor([2., 4.], dtype=torch.float64)]
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)
