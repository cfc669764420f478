"""Activations, and softmax with its relatives."""

from __future__ import annotations

import warnings
from typing import Any, Optional

import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_unary

from .._overridable import overridable

__all__ = [
    "relu",
    "relu6",
    "hardtanh",
    "threshold",
    "leaky_relu",
    "elu",
    "celu",
    "selu",
    "silu",
    "mish",
    "hardswish",
    "hardsigmoid",
    "glu",
    "tanh",
    "sigmoid",
    "softsign",
    "tanhshrink",
    "softmax",
    "softmin",
    "log_softmax",
    "gumbel_softmax",
]

_OptInt = Optional[int]


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `max(0, x)` of each element.

    Args:
        input: a tensor of any shape.
        inplace: write into `input`. Default: `False`

    Example:
        >>> torch.nn.functional.relu(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """
    if has_torch_function_unary(input):
        return handle_torch_function(relu, (input,), input, inplace=inplace)
    return torch.relu_(input) if inplace else torch.relu(input)


@overridable
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `min(max(0, x), 6)` of each element.

    Args:
        input: any shape.
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.relu6(torch.tensor([-1.0, 9.0]))
        tensor([0., 6.])
    """
    return torch._C._nn.relu6_(input) if inplace else torch._C._nn.relu6(input)


@overridable
def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """Return `min(max(min_val, x), max_val)` of each element.

    Args:
        input: any shape.
        min_val: lower limit. Default: -1.0
        max_val: upper limit. Default: 1.0
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.hardtanh(torch.tensor([-3.0, 0.5]))
        tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return (
        torch._C._nn.hardtanh_(input, min_val, max_val)
        if inplace
        else torch._C._nn.hardtanh(input, min_val, max_val)
    )


@overridable
def threshold(
    input: Tensor, threshold: float, value: float, inplace: bool = False
) -> Tensor:
    """Return `x` where it is above `threshold`, else `value`.

    Args:
        input: any shape.
        threshold: the threshold.
        value: what replaces elements up to it.
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.threshold(torch.tensor([0.0, 2.0]), 1.0, 9.0)
        tensor([9., 2.])
    """
    return (
        torch.threshold_(input, threshold, value)
        if inplace
        else torch.threshold(input, threshold, value)
    )


@overridable
def leaky_relu(
    input: Tensor, negative_slope: float = 0.01, inplace: bool = False
) -> Tensor:
    """Return `x` where positive, else `negative_slope * x`.

    Args:
        input: any shape.
        negative_slope: slope below zero. Default: 0.01
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.leaky_relu(torch.tensor([-1.0, 2.0]), 0.5)
        tensor([-0.5000,  2.0000])
    """
    return (
        torch._C._nn.leaky_relu_(input, negative_slope)
        if inplace
        else torch._C._nn.leaky_relu(input, negative_slope)
    )


@overridable
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Return `x` where positive, else `alpha * (exp(x) - 1)`.

    Args:
        input: any shape.
        alpha: what large negative inputs go to, negated. Default: 1.0
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.elu(torch.tensor([0.0, 2.0]))
        tensor([0., 2.])
    """
    return (
        torch._C._nn.elu_(input, alpha) if inplace else torch._C._nn.elu(input, alpha)
    )


@overridable
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Return `x` where positive, else `alpha * (exp(x / alpha) - 1)`.

    Args:
        input: any shape.
        alpha: what large negative inputs go to, negated. Default: 1.0
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.celu(torch.tensor([0.0, 2.0]))
        tensor([0., 2.])
    """
    return torch.celu_(input, alpha) if inplace else torch.celu(input, alpha)


@overridable
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `scale * elu(x, alpha)` with constants that keep mean 0, variance 1.

    Args:
        input: any shape.
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.selu(torch.tensor([1.0]))
        tensor([1.0507])
    """
    return torch.selu_(input) if inplace else torch.selu(input)


@overridable
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `x * sigmoid(x)` of each element.

    Args:
        input: any shape.
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.silu(torch.tensor([1.0]))
        tensor([0.7311])
    """
    return torch._C._nn.silu_(input) if inplace else torch._C._nn.silu(input)


@overridable
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `x * tanh(log(1 + exp(x)))` of each element.

    Args:
        input: any shape.
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.mish(torch.tensor([1.0]))
        tensor([0.8651])
    """
    return torch._C._nn.mish_(input) if inplace else torch._C._nn.mish(input)


@overridable
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `x * relu6(x + 3) / 6` of each element.

    Args:
        input: any shape.
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.hardswish(torch.tensor([0.0, 4.0]))
        tensor([0., 4.])
    """
    return torch._C._nn.hardswish_(input) if inplace else torch._C._nn.hardswish(input)


@overridable
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `relu6(x + 3) / 6` of each element.

    Args:
        input: any shape.
        inplace: write into the input. Default: `False`

    Example:
        >>> torch.nn.functional.hardsigmoid(torch.tensor([-4.0, 0.0, 4.0]))
        tensor([0.0000, 0.5000, 1.0000])
    """
    return (
        torch._C._nn.hardsigmoid_(input) if inplace else torch._C._nn.hardsigmoid(input)
    )


@overridable
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Return `a * sigmoid(b)`, a and b the two halves of `input` along `dim`.

    Args:
        input: of even size along `dim`.
        dim: the dimension to halve. Default: -1

    Example:
        >>> torch.nn.functional.glu(torch.tensor([4.0, 0.0]))
        tensor([2.])
    """
    if input.dim() == 0:
        raise RuntimeError(
            "glu does not support scalars because halving size must be even"
        )
    return torch._C._nn.glu(input, dim)


def tanh(input: Tensor) -> Tensor:
    """Return the hyperbolic tangent of each element.

    Args:
        input: any shape.

    Example:
        >>> torch.nn.functional.tanh(torch.tensor([0.0]))
        tensor([0.])
    """
    return input.tanh()


def sigmoid(input: Tensor) -> Tensor:
    """Return `1 / (1 + exp(-x))` of each element.

    Args:
        input: any shape.

    Example:
        >>> torch.nn.functional.sigmoid(torch.tensor([0.0]))
        tensor([0.5000])
    """
    return input.sigmoid()


@overridable
def softsign(input: Tensor) -> Tensor:
    """Return `x / (1 + |x|)` of each element.

    Args:
        input: any shape.

    Example:
        >>> torch.nn.functional.softsign(torch.tensor([1.0, -3.0]))
        tensor([ 0.5000, -0.7500])
    """
    return input / (input.abs() + 1)


@overridable
def tanhshrink(input: Tensor) -> Tensor:
    """Return `x - tanh(x)` of each element.

    Args:
        input: any shape.

    Example:
        >>> torch.nn.functional.tanhshrink(torch.tensor([0.0]))
        tensor([0.])
    """
    return input - input.tanh()


@overridable
def softmax(
    input: Tensor, dim: _OptInt = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """Return `exp(x) / sum(exp(x))`, the sum along `dim`.

    Args:
        input: a tensor of any shape.
        dim: the dimension whose slices sum to 1; leaving it out is deprecated.
        dtype: type that `input` is cast to first.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.functional.softmax(torch.zeros(4), dim=0)
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    if dim is None:
        dim = _get_softmax_dim("softmax", input.dim(), _stacklevel + 1)
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


@overridable
def softmin(
    input: Tensor, dim: _OptInt = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """Return the softmax of `-input`; see `softmax`.

    Args:
        input: any shape.
        dim: where the results sum up to 1.
        dtype: cast the input to it first. Default: `None`

    Example:
        >>> torch.nn.functional.softmin(torch.zeros(2), dim=0)
        tensor([0.5000, 0.5000])
    """
    if dim is None:
        dim = _get_softmax_dim("softmin", input.dim(), _stacklevel + 1)
    negated = -input
    return negated.softmax(dim) if dtype is None else negated.softmax(dim, dtype=dtype)


@overridable
def log_softmax(
    input: Tensor, dim: _OptInt = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """Return `x - log(sum(exp(x)))`, the sum along `dim`; see `softmax`.

    Args:
        input: any shape.
        dim: along which the exponentials of the results sum up to 1.
        dtype: cast the input to it first. Default: `None`

    Example:
        >>> torch.nn.functional.log_softmax(torch.zeros(2), dim=0)
        tensor([-0.6931, -0.6931])
    """
    if dim is None:
        dim = _get_softmax_dim("log_softmax", input.dim(), _stacklevel + 1)
    if dtype is None:
        return input.log_softmax(dim)
    return input.log_softmax(dim, dtype=dtype)


@overridable
def gumbel_softmax(
    logits: Tensor,
    tau: float = 1.0,
    hard: bool = False,
    eps: float = 1e-10,
    dim: int = -1,
) -> Tensor:
    """Draw from the Gumbel-softmax distribution: a category, differentiably.

    "Categorical reparameterization with Gumbel-softmax", Jang et al., 2017.

    Args:
        logits: log probabilities, up to a constant.
        tau: temperature, above 0; the lower, the closer to one category. Default: 1
        hard: return a one-hot vector, with the gradient of the soft one.
            Default: `False`
        eps: deprecated and without effect.
        dim: dimension of the categories. Default: -1

    Example:
        >>> torch.nn.functional.gumbel_softmax(torch.zeros(2, 3), hard=True).sum(1)
        tensor([1., 1.])
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=3)
    noise = torch.empty_like(logits, memory_format=torch.contiguous_format)
    gumbel = -noise.exponential_().log()
    soft = ((logits + gumbel) / tau).softmax(dim)
    if not hard:
        return soft
    chosen = soft.argmax(dim, keepdim=True)
    one_hot = torch.zeros_like(logits).scatter_(dim, chosen, 1.0)
    return one_hot - soft.detach() + soft


def _get_softmax_dim(name: str, ndim: int, stacklevel: int) -> int:
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if ndim in (0, 1, 3) else 1
