"""Functions that scale their input to a given size."""

from __future__ import annotations

import math
from typing import Any, Optional

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = [
    "batch_norm",
    "layer_norm",
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


@overridable
def batch_norm(
    input: Tensor,
    running_mean: _OptTensor,
    running_var: _OptTensor,
    weight: _OptTensor = None,
    bias: _OptTensor = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalize each channel over the batch; see `torch.nn.BatchNorm1d`.

    Args:
        input: `(N, C, *)`.
        running_mean, running_var: used, or with `training` moved by `momentum`.
        weight, bias: factor and shift of each channel.
        training: use the statistics of the batch. Default: `False`
        momentum: weight of the batch in the running statistics. Default: 0.1
        eps: added to the variance. Default: 1e-05

    Raises:
        ValueError: if `training` and each channel has one value only.

    Example:
        >>> x = torch.tensor([[0.0], [2.0]])
        >>> torch.nn.functional.batch_norm(x, None, None, training=True)
        tensor([[-1.0000],
                [ 1.0000]])
    """
    if training:
        _check_several_values(input)
    statistics = (running_mean, running_var, training, momentum, eps)
    return torch.batch_norm(input, weight, bias, *statistics, True)


def _check_several_values(input: Tensor) -> None:
    values = input.size(0) * math.prod(input.shape[2:])
    if values == 1:
        raise ValueError(
            "Expected more than 1 value per channel when training, got input size "
            f"{input.size()}"
        )


@overridable
def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: _OptTensor = None,
    bias: _OptTensor = None,
    eps: float = 1e-5,
) -> Tensor:
    """Normalize the last dimensions; see `torch.nn.LayerNorm`.

    Args:
        input: `(*, *normalized_shape)`.
        normalized_shape: sizes of the dimensions that are normalized together.
        weight, bias: factor and shift of each element.
        eps: added to the variance. Default: 1e-05

    Example:
        >>> torch.nn.functional.layer_norm(torch.tensor([1.0, 3.0]), (2,))
        tensor([-1.0000,  1.0000])
    """
    return torch.layer_norm(input, normalized_shape, weight, bias, eps, True)
