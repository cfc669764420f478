"""Functions that scale their input to a given size."""

from __future__ import annotations

from typing import Any, Optional

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = [
    "normalize",
]

_OptTensor = Optional[Tensor]


@overridable
def normalize(
    input: Tensor,
    p: float = 2.0,
    dim: Any = 1,
    eps: float = 1e-12,
    out: _OptTensor = None,
) -> Tensor:
    """Return `x / max(norm(x), eps)`, the p-norm along `dim`.

    Args:
        input: a tensor of any shape.
        p: which norm. Default: 2.0
        dim: one dimension or several. Default: 1
        eps: least divisor. Default: 1e-12
        out: where to write the result; it is not differentiable then.

    Example:
        >>> torch.nn.functional.normalize(torch.tensor([3.0, 4.0]), dim=0)
        tensor([0.6000, 0.8000])
    """
    norm = input.norm(p, dim, keepdim=True).clamp(min=eps)
    return input / norm if out is None else torch.div(input, norm, out=out)
