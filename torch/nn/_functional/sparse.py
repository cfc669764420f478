"""Lookup of rows by index."""

from __future__ import annotations

from typing import Optional

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = [
    "embedding",
]

_OptInt = Optional[int]
_OptFloat = Optional[float]


@overridable
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: _OptInt = None,
    max_norm: _OptFloat = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Return the rows of `weight` that `input` names.

    Args:
        input: indices, int32 or int64.
        weight: the table.
        padding_idx: a row that gets no gradient.
        max_norm: rows looked up are first scaled down to this norm, in place.
        norm_type: which norm. Default: 2.0
        scale_grad_by_freq: divide a row's gradient by how often the batch names it.
            Default: `False`
        sparse: make the gradient of `weight` sparse. Default: `False`

    Shape:
        - input: `(*)`; weight: `(V, D)`; output: `(*, D)`

    Example:
        >>> table = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
        >>> torch.nn.functional.embedding(torch.tensor([1, 1, 0]), table)
        tensor([[2., 3.],
                [2., 3.],
                [0., 1.]])
    """
    if padding_idx is None:
        padding_idx = -1
    else:
        rows = weight.size(0)
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= rows
    if max_norm is not None:
        input = input.contiguous()
        with torch.no_grad():
            torch.embedding_renorm_(weight.detach(), input, max_norm, norm_type)
    return torch.embedding(weight, input, padding_idx, scale_grad_by_freq, sparse)
