"""Dropout of elements and of channels."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor

from .._overridable import overridable

__all__ = [
    "dropout",
    "alpha_dropout",
    "feature_alpha_dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
]


@overridable
def dropout(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zero each element with probability `p` and scale the others by `1 / (1 - p)`.

    Args:
        input: a tensor of any shape.
        p: probability, from 0 to 1. Default: 0.5
        training: `False` returns `input` as it is. Default: `True`
        inplace: write into `input`. Default: `False`

    Raises:
        ValueError: if `p` is no probability.

    Example:
        >>> torch.nn.functional.dropout(torch.ones(2), p=0.9, training=False)
        tensor([1., 1.])
    """
    _check_probability(p)
    operator = torch.dropout_ if inplace else torch.dropout
    return operator(input, p, training)


@overridable
def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Drop elements to a negative value; mean 0 and variance 1 stay as they are.

    Arguments as of `dropout`.  "Self-normalizing neural networks", Klambauer et al.,
    2017.

    Args:
        input: any shape.
        p: probability of being dropped, from 0 to 1. Default: 0.5
        training: return the input unchanged where it is `False`. Default: `False`
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.alpha_dropout(torch.ones(2), p=0.9)
        tensor([1., 1.])
    """
    _check_probability(p)
    operator = torch.alpha_dropout_ if inplace else torch.alpha_dropout
    return operator(input, p, training)


@overridable
def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Drop whole channels as `alpha_dropout` drops elements.

    Args:
        input: `(N, C, *)`.
        p: probability of being dropped, from 0 to 1. Default: 0.5
        training: return the input unchanged where it is `False`. Default: `False`
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(N, C, *)`; output: the same

    Example:
        >>> x = torch.ones(1, 2, 2)
        >>> torch.nn.functional.feature_alpha_dropout(x, training=False).sum()
        tensor(4.)
    """
    _check_probability(p)
    operator = torch.feature_alpha_dropout_ if inplace else torch.feature_alpha_dropout
    return operator(input, p, training)


@overridable
def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zero whole channels with probability `p`; arguments as of `dropout`.

    Args:
        input: `(N, C, L)` or `(C, L)`.
        p: probability of being dropped, from 0 to 1. Default: 0.5
        training: return the input unchanged where it is `False`. Default: `True`
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(N, C, L)` or `(C, L)`; output: the same

    Raises:
        RuntimeError: if the input has other dimensions.

    Example:
        >>> torch.nn.functional.dropout1d(torch.ones(1, 2, 2), p=1.0).sum()
        tensor(0.)
    """
    _check_probability(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. "
            "Note that dropout1d exists to provide channel-wise dropout on inputs with "
            "1 spatial dimension, a channel dimension, and an optional batch dimension "
            "(i.e. 2D or 3D inputs)."
        )
    return _feature_dropout(input, p, training, inplace, batched=input.dim() == 3)


@overridable
def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zero whole channels with probability `p`; arguments as of `dropout`.

    Args:
        input: `(N, C, H, W)` or `(N, C, L)`.
        p: probability of being dropped, from 0 to 1. Default: 0.5
        training: return the input unchanged where it is `False`. Default: `True`
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(N, C, H, W)`, or `(N, C, L)` for `dropout1d`'s sake; output: the
          same

    Example:
        >>> torch.nn.functional.dropout2d(torch.ones(1, 2, 2, 2), p=1.0).sum()
        tensor(0.)
    """
    _check_probability(p)
    if input.dim() not in (3, 4):
        _warn_dropout_dims("dropout2d", input.dim(), 2)
    if input.dim() == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that "
            "channel-wise 1D dropout behavior is desired - input is interpreted as "
            "shape (N, C, L), where C is the channel dim. This behavior will change in "
            "a future release to interpret the input as one without a batch dimension, "
            "i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, "
            "please switch to using dropout1d instead.",
            stacklevel=3,
        )
    return _feature_dropout(input, p, training, inplace, batched=True)


@overridable
def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zero whole channels with probability `p`; arguments as of `dropout`.

    Args:
        input: `(N, C, D, H, W)` or `(C, D, H, W)`.
        p: probability of being dropped, from 0 to 1. Default: 0.5
        training: return the input unchanged where it is `False`. Default: `True`
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(N, C, D, H, W)` or `(C, D, H, W)`; output: the same

    Example:
        >>> torch.nn.functional.dropout3d(torch.ones(1, 2, 2, 2, 2), p=1.0).sum()
        tensor(0.)
    """
    _check_probability(p)
    if input.dim() not in (4, 5):
        _warn_dropout_dims("dropout3d", input.dim(), 3)
    return _feature_dropout(input, p, training, inplace, batched=input.dim() == 5)


def _check_probability(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _warn_dropout_dims(name: str, ndim: int, spatial: int) -> None:
    warnings.warn(
        f"{name}: Received a {ndim}-D input to {name}, which is deprecated and will "
        "result in an error in a future release. To retain the behavior and silence "
        f"this warning, please use dropout instead. Note that {name} exists to provide "
        f"channel-wise dropout on inputs with {spatial} spatial dimensions, a channel "
        f"dimension, and an optional batch dimension (i.e. {spatial + 1}D or "
        f"{spatial + 2}D inputs).",
        stacklevel=4,
    )


def _feature_dropout(
    input: Tensor, p: float, training: bool, inplace: bool, batched: bool
) -> Tensor:
    batch = input if batched else input.unsqueeze(0)
    if inplace:
        torch.feature_dropout_(batch, p, training)
        return input
    dropped = torch.feature_dropout(batch, p, training)
    return dropped if batched else dropped.squeeze(0)
