"""Losses; `reduction` says what becomes of those of a batch."""

from __future__ import annotations

import warnings
from typing import Any, Optional

import torch
from torch import Tensor
from torch.nn import _reduction as _Reduction

from .._overridable import overridable

__all__ = [
    "cross_entropy",
    "nll_loss",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "kl_div",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
]

_OptTensor = Optional[Tensor]
_OptBool = Optional[bool]


@overridable
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: _OptTensor = None,
    size_average: _OptBool = None,
    ignore_index: int = -100,
    reduce: _OptBool = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return `-log softmax(input)[target]`, reduced; see `torch.nn.CrossEntropyLoss`.

    Args:
        input: scores before softmax.
        target: class indices, or probabilities in the shape of `input`.
        weight: factor of each class.
        size_average, reduce: deprecated in favour of `reduction`.
        ignore_index: a target that counts nothing. Default: -100
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`
        label_smoothing: share of the uniform distribution in the target. Default: 0.0

    Shape:
        - input: `(C)`, `(N, C)` or `(N, C, *)`; target: `()`, `(N)` or `(N, *)`

    Example:
        >>> scores = torch.tensor([[0.0, 0.0]])
        >>> torch.nn.functional.cross_entropy(scores, torch.tensor([1]))
        tensor(0.6931)
    """
    code = _reduction_code(size_average, reduce, reduction)
    return torch._C._nn.cross_entropy_loss(
        input, target, weight, code, ignore_index, label_smoothing
    )


@overridable
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: _OptTensor = None,
    size_average: _OptBool = None,
    ignore_index: int = -100,
    reduce: _OptBool = None,
    reduction: str = "mean",
) -> Tensor:
    """Return `-input[target]`, reduced: cross entropy of log probabilities.

    Args:
        input: log probabilities.
        target: class indices.
        weight: factor of each class.
        size_average, reduce: deprecated in favour of `reduction`.
        ignore_index: a target that counts nothing. Default: -100
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`

    Shape:
        - input: `(C)`, `(N, C)` or `(N, C, *)`; target: `()`, `(N)` or `(N, *)`

    Example:
        >>> logs = torch.tensor([[-0.5, -1.5]])
        >>> torch.nn.functional.nll_loss(logs, torch.tensor([1]))
        tensor(1.5000)
    """
    code = _reduction_code(size_average, reduce, reduction)
    return torch._C._nn.nll_loss_nd(input, target, weight, code, ignore_index)


@overridable
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: _OptBool = None,
    reduce: _OptBool = None,
    reduction: str = "mean",
    weight: _OptTensor = None,
) -> Tensor:
    """Return `(input - target)^2`, reduced.

    Args:
        input: any tensor.
        target: a tensor of the same shape; another shape broadcasts with a warning.
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`
        weight: factor of each element; the mean is then divided by its sum.

    Example:
        >>> torch.nn.functional.mse_loss(torch.tensor([1.0, 2.0]), torch.zeros(2))
        tensor(2.5000)
    """
    if input.shape != target.shape:
        input, target = _broadcast_with_warning(input, target)
    if weight is None:
        code = _reduction_code(size_average, reduce, reduction)
        return torch._C._nn.mse_loss(input, target, code)
    name = _reduction_name(size_average, reduce, reduction)
    return _weighted((input - target).square(), input, weight, name)


@overridable
def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: _OptBool = None,
    reduce: _OptBool = None,
    reduction: str = "mean",
    weight: _OptTensor = None,
) -> Tensor:
    """Return `|input - target|`, reduced; arguments as of `mse_loss`.

    Args:
        input: any shape.
        target: the same shape.
        size_average, reduce: deprecated names of what `reduction` says.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`
        weight: factor of each element, shaped as the input. Default: `None`

    Example:
        >>> torch.nn.functional.l1_loss(torch.tensor([1.0, 2.0]), torch.zeros(2))
        tensor(1.5000)
    """
    if input.shape != target.shape:
        input, target = _broadcast_with_warning(input, target)
    if weight is None:
        code = _reduction_code(size_average, reduce, reduction)
        return torch._C._nn.l1_loss(input, target, code)
    name = _reduction_name(size_average, reduce, reduction)
    return _weighted((input - target).abs(), input, weight, name)


@overridable
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: _OptBool = None,
    reduce: _OptBool = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """Return `d^2 / (2 beta)` where `d = |input - target| < beta`, else `d - beta / 2`.

    Args:
        input, target, size_average, reduce, reduction: as of `mse_loss`.
        beta: where the square ends; 0 gives `l1_loss`. Default: 1.0

    Example:
        >>> torch.nn.functional.smooth_l1_loss(torch.tensor([1.0, 4.0]), torch.zeros(2))
        tensor(2.)
    """
    if input.shape != target.shape:
        input, target = _broadcast_with_warning(input, target)
    code = _reduction_code(size_average, reduce, reduction)
    if beta == 0.0:
        return torch._C._nn.l1_loss(input, target, code)
    return torch._C._nn.smooth_l1_loss(input, target, code, beta)


@overridable
def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: _OptTensor = None,
) -> Tensor:
    """Return `d^2 / 2` where `d = |input - target| < delta`, else `delta (d - delta /
    2)`.

    Args:
        input, target, reduction: as of `mse_loss`.
        delta: where the square ends. Default: 1.0
        weight: factor of each element.

    Example:
        >>> torch.nn.functional.huber_loss(torch.tensor([1.0, 4.0]), torch.zeros(2))
        tensor(2.)
    """
    if input.shape != target.shape:
        input, target = _broadcast_with_warning(input, target)
    if weight is None:
        code = _Reduction.get_enum(reduction)
        return torch._C._nn.huber_loss(input, target, code, delta)
    losses = torch._C._nn.huber_loss(input, target, _Reduction.get_enum("none"), delta)
    if reduction != "mean":
        return _weighted(losses, input, weight, reduction)
    return _weighted(losses, input, weight, "none").mean()


@overridable
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: _OptTensor = None,
    size_average: _OptBool = None,
    reduce: _OptBool = None,
    reduction: str = "mean",
) -> Tensor:
    """Return `-(y log x + (1 - y) log(1 - x))`, reduced, of x `input`, y `target`.

    Logarithms are clamped to -100, so the loss is finite.

    Args:
        input: probabilities.
        target: probabilities of the same shape.
        weight: factor of each element, broadcast.
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`

    Raises:
        ValueError: if the shapes differ.
        RuntimeError: if an element of `input` lies outside 0 to 1.

    Example:
        >>> half = torch.tensor([0.5])
        >>> torch.nn.functional.binary_cross_entropy(half, torch.ones(1))
        tensor(0.6931)
    """
    code = _reduction_code(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input "
            f"size ({input.size()}) is deprecated. Please ensure they have the same "
            "size."
        )
    if weight is not None:
        weight = weight.expand(torch.broadcast_shapes(target.size(), weight.size()))
    return torch._C._nn.binary_cross_entropy(input, target, weight, code)


@overridable
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: _OptTensor = None,
    size_average: _OptBool = None,
    reduce: _OptBool = None,
    reduction: str = "mean",
    pos_weight: _OptTensor = None,
) -> Tensor:
    """Return the binary cross entropy of `sigmoid(input)`, stable for large scores.

    Args:
        input: scores before the sigmoid.
        target: probabilities of the same shape.
        weight: factor of each element, broadcast.
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`
        pos_weight: factor of the positive part of each class, broadcast.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> zero = torch.zeros(1)
        >>> torch.nn.functional.binary_cross_entropy_with_logits(zero, torch.ones(1))
        tensor(0.6931)
    """
    code = _reduction_code(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"Target size ({target.size()}) must be the same as "
            f"input size ({input.size()})"
        )
    return torch.binary_cross_entropy_with_logits(
        input, target, weight, pos_weight, code
    )


@overridable
def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: _OptBool = None,
    reduce: _OptBool = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """Return the divergence `y (log y - x)` of log probabilities x from y, reduced.

    Args:
        input: log probabilities.
        target: probabilities, or with `log_target` their logarithms.
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"`, `"sum"`, or `"batchmean"`, which divides the
            sum by the batch as the definition does. Default: `"mean"`
        log_target: whether `target` holds logarithms. Default: `False`

    Example:
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> certain = torch.tensor([[1.0, 0.0]])
        >>> torch.nn.functional.kl_div(half.log(), certain, reduction="batchmean")
        tensor(0.6931)
    """
    if size_average is not None or reduce is not None:
        reduction = _Reduction.legacy_get_string(size_average, reduce)
    elif reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the "
            "support size.'batchmean' divides only by the batch size, and aligns with "
            "the KL div math definition.'mean' will be changed to behave the same as "
            "'batchmean' in the next major release.",
            stacklevel=3,
        )
    code = _Reduction.get_enum("sum" if reduction == "batchmean" else reduction)
    if log_target:
        losses = target.exp() * (target - input)
    else:
        losses = torch.xlogy(target, target) - target * input
    if code == 0:
        return losses
    if reduction == "mean":
        return losses.mean()
    total = losses.sum()
    batched = reduction == "batchmean" and input.dim() > 0
    return total / input.size(0) if batched else total


def _reduction_code(size_average: _OptBool, reduce: _OptBool, reduction: str) -> int:
    """The operators' code of what a loss was called with."""
    if size_average is None and reduce is None:
        return _Reduction.get_enum(reduction)
    return _Reduction.legacy_get_enum(size_average, reduce)


def _reduction_name(size_average: _OptBool, reduce: _OptBool, reduction: str) -> str:
    """The name of what a loss was called with."""
    if size_average is None and reduce is None:
        return reduction
    return _Reduction.legacy_get_string(size_average, reduce)


def _broadcast_with_warning(input: Tensor, target: Tensor) -> Any:
    warnings.warn(
        f"Using a target size ({target.size()}) that is different to the input size "
        f"({input.size()}). This will likely lead to incorrect results due to "
        "broadcasting. Please ensure they have the same size.",
        stacklevel=4,
    )
    return torch.broadcast_tensors(input, target)


def _weighted(losses: Tensor, input: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """Reduce `losses * weight`; a mean is over the sum of the weights."""
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    losses = losses * weight
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    if reduction == "mean":
        return losses.sum() / weight.sum()
    raise ValueError(
        f"Invalid reduction mode: {reduction}. Expected one of 'none', 'mean', 'sum'."
    )
