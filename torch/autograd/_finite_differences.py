"""Derivatives by central differences, for ``gradcheck``.

``Differences`` changes one input of a function in place, a little down and a little up;
``numerical_jacobians`` does so for every element of every input.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Callable

import torch
from torch.overrides import is_tensor_like


def as_tuple(value: Any) -> tuple:
    """Return a tuple of the results of a function that may return a single one."""
    if isinstance(value, (tuple, list)):
        return tuple(value)
    return (value,)


def tracked_inputs(inputs: Sequence[Any]) -> list[tuple[int, torch.Tensor]]:
    """Return the inputs that require grad, with their places."""
    return [
        (i, t) for i, t in enumerate(inputs) if is_tensor_like(t) and t.requires_grad
    ]


def is_float_or_complex(value: Any) -> bool:
    """Say whether `value` is a tensor that can have a gradient."""
    return is_tensor_like(value) and (value.is_floating_point() or value.is_complex())


class Differences:
    """Central differences of a function in one input, which is changed in place."""

    def __init__(
        self, func: Callable, inputs: Sequence[Any], index: int, eps: float
    ) -> None:
        self._func, self._inputs = func, inputs
        self.eps = eps
        self.point = inputs[index].data

    def _outputs(self) -> tuple[torch.Tensor, ...]:
        # `point` is the memory of an input, so the inputs themselves can be passed.
        return tuple(o.detach().clone() for o in as_tuple(self._func(*self._inputs)))

    def along(self, place: Any, step: Any) -> list[torch.Tensor]:
        """Return the change of every output per `eps`, for `step` added at `place`."""
        target = self.point[place]
        before = target.clone()
        with torch.no_grad():
            target.copy_(before - step)
        low = self._outputs()
        with torch.no_grad():
            target.copy_(before + step)
        high = self._outputs()
        with torch.no_grad():
            target.copy_(before)
        where = "" if place is Ellipsis else f"on index {place} "
        for a, b in zip(low, high):
            _check_same_kind(a, b, where, self.eps)
        return [(b - a) / (2 * self.eps) for a, b in zip(low, high)]

    def wirtinger(self, place: Any, real: Any, imag: Any) -> list[torch.Tensor]:
        r"""Return $\partial f/\partial x + i\,\partial f/\partial y$ of every
        output.

        For a real output this is the gradient as PyTorch defines it.
        """
        along_real = self.along(place, real)
        along_imag = self.along(place, imag * 1j)
        return [_complex_column(r, i) for r, i in zip(along_real, along_imag)]


def _complex_column(real: torch.Tensor, imag: torch.Tensor) -> torch.Tensor:
    return real + imag * 1j


def _check_same_kind(a: torch.Tensor, b: torch.Tensor, where: str, eps: float) -> None:
    for name in ("shape", "dtype"):
        if getattr(a, name) != getattr(b, name):
            raise AssertionError(
                f"Expected `func` to return outputs with the same {name} when inputs "
                f"are perturbed {where}by {eps}, but got: {name}s {getattr(a, name)} "
                f"and {getattr(b, name)}."
            )


def numerical_jacobians(
    func: Callable, inputs: Sequence[Any], outputs: Sequence[Any], eps: float
) -> list[list[torch.Tensor]]:
    """Return, per tracked input and per float output, d(output)/d(input) as (I, O)."""
    result = []
    wanted = [k for k, o in enumerate(outputs) if is_float_or_complex(o)]
    for index, tensor in tracked_inputs(inputs):
        differences = Differences(func, inputs, index, eps)
        dtypes = [_column_dtype(tensor, outputs[k]) for k in wanted]
        blocks = [
            torch.zeros(
                tensor.numel(), outputs[k].numel(), dtype=dtype, device=tensor.device
            )
            for k, dtype in zip(wanted, dtypes)
        ]
        places = itertools.product(*(range(n) for n in tensor.shape))
        for row, place in enumerate(places):
            if tensor.is_complex():
                columns = differences.wirtinger(place, eps, eps)
            else:
                columns = differences.along(place, eps)
            for block, k in zip(blocks, wanted):
                block[row] = columns[k].reshape(-1)
        result.append(blocks)
    return result


def _column_dtype(tensor: torch.Tensor, output: torch.Tensor) -> torch.dtype:
    if tensor.is_complex() and not output.is_complex():
        return torch.promote_types(tensor.dtype, output.dtype)
    return output.dtype
