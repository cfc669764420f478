"""Linear layers: `Linear`, `Bilinear`, and `Identity`, which passes its input on."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F, init
from torch.nn.parameter import Parameter, UninitializedParameter

from .lazy import LazyModuleMixin
from .module import Module

__all__ = ["Bilinear", "Identity", "LazyLinear", "Linear"]


_Size = int


class Identity(Module):
    """Return the input.

    Args:
        args, kwargs: accepted and forgotten, so that it can replace any layer.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Identity(54, unused=True)(torch.ones(2))
        tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input


class Linear(Module):
    """Compute `x A^T + b` of the last dimension.

    Args:
        in_features: size of the last dimension of the input.
        out_features: size of the last dimension of the output.
        bias: whether `b` exists. Default: `True`
        device, dtype: of the parameters.

    Shape:
        - input: `(*, in_features)`; output: `(*, out_features)`
        - weight: `(out_features, in_features)`; bias: `(out_features)`; both start
          uniform within `1 / sqrt(in_features)`

    Example:
        >>> layer = torch.nn.Linear(20, 30)
        >>> layer(torch.randn(128, 20)).shape
        torch.Size([128, 30])
    """

    __constants__ = ["in_features", "out_features"]

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        placed = {"device": device, "dtype": dtype}
        self.weight = Parameter(torch.empty((out_features, in_features), **placed))
        self.register_parameter(
            "bias", Parameter(torch.empty(out_features, **placed)) if bias else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        # With this slope the bound is 1 / sqrt(in_features).
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = self.weight.size(1)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class NonDynamicallyQuantizableLinear(Linear):
    """A `Linear` that quantization leaves alone."""


class Bilinear(Module):
    """Compute `x1^T A x2 + b`, one matrix A per output feature.

    Args:
        in1_features: size of the last dimension of the first input, above 0.
        in2_features: size of the last dimension of the second input.
        out_features: size of the last dimension of the output.
        bias: whether `b` exists. Default: `True`
        device, dtype: of the parameters.

    Shape:
        - input1: `(*, in1_features)`; input2: `(*, in2_features)`;
          output: `(*, out_features)`
        - weight: `(out_features, in1_features, in2_features)`;
          bias: `(out_features)`; both start uniform within `1 / sqrt(in1_features)`

    Example:
        >>> torch.nn.Bilinear(20, 30, 40)(torch.randn(8, 20), torch.randn(8, 30)).shape
        torch.Size([8, 40])
    """

    __constants__ = ["in1_features", "in2_features", "out_features"]

    def __init__(
        self,
        in1_features: _Size,
        in2_features: _Size,
        out_features: _Size,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if in1_features <= 0:
            got = f"(in1_features={in1_features})"
            raise ValueError(f"in1_features must be > 0, but got {got}")
        super().__init__()
        shape = (out_features, in1_features, in2_features)
        self.out_features, self.in1_features, self.in2_features = shape
        placed = {"device": device, "dtype": dtype}
        self.weight = Parameter(torch.empty(shape, **placed))
        self.register_parameter(
            "bias", Parameter(torch.empty(out_features, **placed)) if bias else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        bound = 1 / math.sqrt(self.weight.size(1))
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class LazyLinear(LazyModuleMixin, Linear):
    """A `Linear` without `in_features`: the first input tells them.

    Args:
        out_features: size of the last dimension of the output.
        bias: whether a bias is added. Default: `True`
        device, dtype: of the parameters.

    Shape:
        - as of `Linear`

    Example:
        >>> layer = torch.nn.LazyLinear(3)
        >>> layer(torch.ones(2, 5)).shape, layer.in_features
        (torch.Size([2, 3]), 5)
    """

    cls_to_become = Linear

    def __init__(
        self,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        # An empty layer; its parameters come with the first input.
        super().__init__(0, 0, bias=False)
        self.out_features = out_features
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw the parameters anew, once they have a shape."""
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Make the parameters for the last dimension of `input`."""
        if not self.has_uninitialized_params():
            return
        self.in_features = input.shape[-1]
        weight: Any = self.weight
        weight.materialize((self.out_features, self.in_features))
        if self.bias is not None:
            self.bias.materialize((self.out_features,))
        self.reset_parameters()
