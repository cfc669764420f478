"""Clipping of gradients: by their common norm or each element by itself."""

from __future__ import annotations

import functools
import types
import warnings
from collections.abc import Iterable
from typing import Any, Union

import torch
from torch import Tensor

__all__: list[str] = []

_TensorOrTensors = Union[Tensor, Iterable[Tensor]]

_NON_FINITE = (
    "The total norm of order {order} for gradients from `parameters` is non-finite, so "
    "it cannot be clipped. To disable this error and scale the gradients by the "
    "non-finite norm anyway, set `error_if_nonfinite=False`"
)


def _gradients(parameters: _TensorOrTensors) -> list[Tensor]:
    if isinstance(parameters, Tensor):
        parameters = [parameters]
    return [p.grad for p in parameters if p.grad is not None]


def get_total_norm(
    tensors: _TensorOrTensors,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Return the norm of all tensors as if they were one vector.

    Args:
        tensors: one tensor or several.
        norm_type: which norm, `inf` for the largest element. Default: 2.0
        error_if_nonfinite: raise if the norm is infinite or nan. Default: `False`
        foreach: accepted; the result is the same.

    Raises:
        RuntimeError: as `error_if_nonfinite` says.

    Example:
        >>> get_total_norm([torch.tensor([3.0]), torch.tensor([4.0])])
        tensor(5.)
    """
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    norm_type = float(norm_type)
    if not tensors:
        return torch.tensor(0.0)
    with torch.no_grad():
        norms = [torch.linalg.vector_norm(t, norm_type) for t in tensors]
        first = norms[0]
        total = torch.linalg.vector_norm(
            torch.stack([norm.to(first.device) for norm in norms]), norm_type
        )
    if error_if_nonfinite and (total.isnan() or total.isinf()):
        raise RuntimeError(_NON_FINITE.format(order=norm_type))
    return total


def clip_grads_with_norm_(
    parameters: _TensorOrTensors,
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,
) -> None:
    """Scale gradients in place by `max_norm / total_norm`, if that is below 1.

    Args:
        parameters: one tensor or several, with gradients.
        max_norm: the norm allowed.
        total_norm: the norm there is, see `get_total_norm`.
        foreach: accepted; the result is the same.

    Example:
        >>> p = torch.nn.Parameter(torch.zeros(2))
        >>> p.grad = torch.tensor([3.0, 4.0])
        >>> torch.nn.utils.clip_grads_with_norm_([p], 1.0, torch.tensor(5.0))
        >>> p.grad
        tensor([0.6000, 0.8000])
    """
    with torch.no_grad():
        scale = float(max_norm) / (total_norm + 1e-6)
        # A tensor all the way: asking whether it is below 1 would wait for a GPU.
        scale = torch.clamp(scale, max=1.0)
        for grad in _gradients(parameters):
            grad.mul_(scale.to(grad.device))


def clip_grad_norm_(
    parameters: _TensorOrTensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale gradients in place so that their common norm is at most `max_norm`.

    "On the difficulty of training recurrent neural networks", Pascanu et al., 2013,
    algorithm 1.

    Args:
        parameters: one tensor or several, with gradients.
        max_norm: the norm allowed.
        norm_type: which norm, `inf` for the largest element. Default: 2.0
        error_if_nonfinite: raise if the norm is infinite or nan. Default: `False`
        foreach: accepted; the result is the same.

    Returns:
        The norm before clipping.

    Raises:
        RuntimeError: as `error_if_nonfinite` says.

    Example:
        >>> p = torch.nn.Parameter(torch.zeros(2))
        >>> p.grad = torch.tensor([3.0, 4.0])
        >>> clip_grad_norm_([p], max_norm=1.0)
        tensor(5.)
        >>> p.grad
        tensor([0.6000, 0.8000])
    """
    if not isinstance(parameters, Tensor):
        is_generator = isinstance(parameters, types.GeneratorType)
        parameters = list(parameters)
        if is_generator and not parameters:
            warnings.warn(
                "`parameters` is an empty generator, no gradient clipping will occur.",
                stacklevel=2,
            )
    grads = _gradients(parameters)
    total = get_total_norm(grads, norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(parameters, max_norm, total, foreach)
    return total


@functools.wraps(clip_grad_norm_)
def clip_grad_norm(*args: Any, **kwargs: Any) -> Tensor:
    """Call `clip_grad_norm_`, the name since; this one is deprecated."""
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated "
        "in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(*args, **kwargs)


clip_grad_norm.__name__ = clip_grad_norm.__qualname__ = "clip_grad_norm"


def clip_grad_value_(
    parameters: _TensorOrTensors, clip_value: float, foreach: bool | None = None
) -> None:
    """Clamp every element of the gradients to `[-clip_value, clip_value]`, in place.

    Args:
        parameters: one tensor or several, with gradients.
        clip_value: the largest magnitude allowed.
        foreach: accepted; the result is the same.

    Example:
        >>> p = torch.nn.Parameter(torch.zeros(2))
        >>> p.grad = torch.tensor([3.0, -0.5])
        >>> clip_grad_value_([p], 1.0)
        >>> p.grad
        tensor([ 1.0000, -0.5000])
    """
    clip_value = float(clip_value)
    with torch.no_grad():
        for grad in _gradients(parameters):
            grad.clamp_(min=-clip_value, max=clip_value)
