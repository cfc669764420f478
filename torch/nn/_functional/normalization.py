"""Functions that scale their input to a given size."""

from __future__ import annotations

import math
from typing import Any, Optional

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = [
    "batch_norm",
    "group_norm",
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
        if eps <= 0.0:
            raise ValueError(
                f"batch_norm eps must be positive during training, but got {eps}"
            )
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


@overridable
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: _OptTensor = None,
    bias: _OptTensor = None,
    eps: float = 1e-5,
) -> Tensor:
    """Normalize groups of channels of each sample; see `torch.nn.GroupNorm`.

    Args:
        input: `(N, C, *)`.
        num_groups: groups, a divisor of C.
        weight, bias: factor and shift of each channel.
        eps: added to the variance. Default: 1e-05

    Example:
        >>> x = torch.tensor([[1.0, 3.0, 2.0, 10.0]])
        >>> torch.nn.functional.group_norm(x, 2)
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    if input.dim() < 2:
        raise RuntimeError(
            "Expected at least 2 dimensions for input tensor but received "
            f"{input.dim()}"
        )
    samples, channels = input.shape[:2]
    if channels % num_groups != 0:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but "
            f"got input of shape {list(input.shape)} and num_groups={num_groups}"
        )
    size = channels // num_groups * math.prod(input.shape[2:])
    if samples * size == 1:
        raise ValueError(
            "Expected more than 1 value per channel when training, got input size "
            f"{list(input.shape)}"
        )
    for name, param in (("weight", weight), ("bias", bias)):
        if param is not None and param.shape != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of "
                f"channels in input, but got {name} of shape {list(param.shape)} and "
                f"input of shape {list(input.shape)}"
            )
    groups = input.reshape(samples, num_groups, size)
    output = torch.layer_norm(groups, (size,), None, None, eps, True)
    output = output.reshape(input.shape)
    channel = (1, channels) + (1,) * (input.dim() - 2)
    if weight is not None:
        output = output * weight.reshape(channel)
    return output if bias is None else output + bias.reshape(channel)
