"""Lookup of rows by index."""

from __future__ import annotations

from typing import Optional

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = ["embedding", "one_hot"]

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


@overridable
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Return vectors of zeros with a 1 where the index says.

    Args:
        tensor: class indices, int64.
        num_classes: size of the vectors; the largest index + 1 by default.

    Shape:
        - tensor: `(*)`; output: `(*, num_classes)`

    Raises:
        RuntimeError: if an index is no int64, negative or too large.

    Example:
        >>> torch.nn.functional.one_hot(torch.tensor([0, 2]))
        tensor([[1, 0, 0],
                [0, 0, 1]])
    """
    if tensor.dtype != torch.int64:
        raise RuntimeError(
            "one_hot is only applicable to index tensor of type LongTensor."
        )
    if tensor.numel() == 0:
        if num_classes <= 0:
            raise RuntimeError(
                "Can not infer total number of classes from empty tensor."
            )
        return tensor.new_empty((*tensor.shape, num_classes))
    if tensor.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    largest = int(tensor.max())
    if num_classes == -1:
        num_classes = largest + 1
    elif largest >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    zeros = torch.zeros(
        (*tensor.shape, num_classes), dtype=torch.int64, device=tensor.device
    )
    return zeros.scatter_(-1, tensor.unsqueeze(-1), 1)
