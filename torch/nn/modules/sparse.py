"""Tables of vectors looked up by index: `Embedding`."""

from __future__ import annotations

from typing import Any, Optional

import torch
from torch import Tensor
from torch.nn import functional as F, init
from torch.nn.parameter import Parameter

from .module import Module

__all__ = ["Embedding"]

_OptInt = Optional[int]
_OptFloat = Optional[float]
_OptTensor = Optional[Tensor]


class Embedding(Module):
    """Look up rows of a table, one row for each index.

    Args:
        num_embeddings: rows of the table.
        embedding_dim: size of a row.
        padding_idx: a row that starts as zero and gets no gradient; from the end if
            negative.
        max_norm: rows looked up are first scaled down to this norm, in place.
        norm_type: which norm. Default: 2.0
        scale_grad_by_freq: divide a row's gradient by how often the batch names it.
            Default: `False`
        sparse: make the gradient of the table sparse. Default: `False`
        device, dtype: of the table.

    Shape:
        - input: `(*)`, int32 or int64; output: `(*, embedding_dim)`
        - weight: `(num_embeddings, embedding_dim)`, starts standard normal

    Example:
        >>> words = torch.nn.Embedding(10, 3, padding_idx=0)
        >>> words(torch.tensor([[0, 2, 0, 5]])).shape
        torch.Size([1, 4, 3])
    """

    __constants__ = (
        "num_embeddings embedding_dim padding_idx max_norm norm_type "
        "scale_grad_by_freq sparse"
    ).split()
    # What extra_repr leaves out, since it is the default.
    _DEFAULTS = {
        "padding_idx": None,
        "max_norm": None,
        "norm_type": 2,
        "scale_grad_by_freq": False,
    }

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: _OptInt = None,
        max_norm: _OptFloat = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: _OptTensor = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        shape = (num_embeddings, embedding_dim)
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise AssertionError("Padding_idx must be within num_embeddings")
            padding_idx %= num_embeddings
        if _weight is not None and tuple(_weight.shape) != shape:
            raise AssertionError(
                "Shape of weight does not match num_embeddings and embedding_dim"
            )
        self.num_embeddings, self.embedding_dim = shape
        self.__dict__.update(
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
        )
        table = _weight
        if table is None:
            table = torch.empty(shape, device=device, dtype=dtype)
        self.weight = Parameter(table, requires_grad=not _freeze)
        if _weight is None:
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the table anew."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            init.zeros_(self.weight.detach()[self.padding_idx])

    def forward(self, input: Tensor) -> Tensor:
        options = (self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse)
        return F.embedding(input, self.weight, self.padding_idx, *options)

    def extra_repr(self) -> str:
        parts = [f"{self.num_embeddings}, {self.embedding_dim}"]
        for name, default in self._DEFAULTS.items():
            value = getattr(self, name)
            if value is not default and value != default:
                parts.append(f"{name}={value}")
        return ", ".join(parts + ["sparse=True"] * bool(self.sparse))

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: _OptInt = None,
        max_norm: _OptFloat = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """Make a module around a given table, which is shared, not copied.

        Args:
            embeddings: the table, `(num_embeddings, embedding_dim)`.
            freeze: whether the table stays as it is in training. Default: `True`
            padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse: as of the
                class.

        Example:
            >>> table = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
            >>> torch.nn.Embedding.from_pretrained(table)(torch.tensor([1]))
            tensor([[3., 4.]])
        """
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        count, width = embeddings.shape
        return cls(
            count,
            width,
            padding_idx,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
            _weight=embeddings,
            _freeze=freeze,
        )
