"""Normalization over the features of one sample: `LayerNorm`."""

from __future__ import annotations

import numbers
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F, init
from torch.nn.parameter import Parameter

from .module import Module

__all__ = ["LayerNorm"]


class LayerNorm(Module):
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
        for name, exists in (("weight", True), ("bias", bias)):
            param = None
            if elementwise_affine and exists:
                shape = self.normalized_shape
                param = Parameter(torch.empty(shape, device=device, dtype=dtype))
            self.register_parameter(name, param)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set weights to 1 and biases to 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        shape = self.normalized_shape
        return F.layer_norm(input, shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )
