"""Normalization over the features of one sample: `LayerNorm`, `GroupNorm`."""

from __future__ import annotations

import numbers
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F, init
from torch.nn.parameter import Parameter

from .module import Module

__all__ = ["GroupNorm", "LayerNorm"]

_Size = int


class _Affine(Module):
    """A normalization with a weight and a bias, each of which may be missing."""

    def _add_affine(self, shape: Any, exists: tuple, device: Any, dtype: Any) -> None:
        for name, wanted in zip(("weight", "bias"), exists):
            param = None
            if wanted:
                param = Parameter(torch.empty(shape, device=device, dtype=dtype))
            self.register_parameter(name, param)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set weights to 1 and biases to 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class LayerNorm(_Affine):
    """Normalize the last dimensions: `(x - mean) / sqrt(var + eps) * w + b`.

    "Layer normalization", Ba et al., 2016.

    Args:
        normalized_shape: their sizes; a number for the last one alone.
        eps: added to the variance. Default: 1e-05
        elementwise_affine: whether w and b exist. Default: `True`
        bias: whether b exists. Default: `True`
        device, dtype: of the parameters.

    Shape:
        - input: `(*, *normalized_shape)`; output: the same
        - weight, bias: `normalized_shape`; they start as 1 and 0

    Example:
        >>> torch.nn.LayerNorm(2, elementwise_affine=False)(torch.tensor([1.0, 3.0]))
        tensor([-1.0000,  1.0000])
    """

    __constants__ = ["normalized_shape", "eps", "elementwise_affine"]

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if isinstance(normalized_shape, numbers.Integral):
            normalized_shape = (normalized_shape,)
        self.normalized_shape = tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        exists = (elementwise_affine, elementwise_affine and bias)
        self._add_affine(self.normalized_shape, exists, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        shape = self.normalized_shape
        return F.layer_norm(input, shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class GroupNorm(_Affine):
    """Normalize groups of channels: `(x - mean) / sqrt(var + eps) * w + b`.

    "Group normalization", Wu and He, 2018.

    Args:
        num_groups: groups, a divisor of `num_channels`.
        num_channels: channels.
        eps: added to the variance. Default: 1e-05
        affine: whether w and b exist, one of each per channel. Default: `True`
        device, dtype: of the parameters.
        bias: whether b exists. Default: `True`

    Shape:
        - input: `(N, num_channels, *)`; output: the same

    Raises:
        ValueError: if `num_groups` does not divide `num_channels`.

    Example:
        >>> torch.nn.GroupNorm(3, 6)(torch.randn(20, 6, 10, 10)).shape
        torch.Size([20, 6, 10, 10])
    """

    __constants__ = ["num_groups", "num_channels", "eps", "affine"]

    def __init__(
        self,
        num_groups: _Size,
        num_channels: _Size,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(
                f"num_channels ({num_channels}) must be divisible by "
                f"num_groups ({num_groups})"
            )
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        exists = (affine, affine and bias)
        self._add_affine(num_channels, exists, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        affine = (self.weight, self.bias)
        return F.group_norm(input, self.num_groups, *affine, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, "
            f"affine={self.affine}, bias={self.bias is not None}"
        )
