"""Initial values of parameters.

Every function fills a tensor in place without recording a graph, draws from the
default generator unless given another, and returns the tensor.  Bounds are Python
doubles computed in a fixed order of operations, so that a seed gives the same
digits as PyTorch.
"""

from __future__ import annotations

import functools
import math
import warnings
from typing import Any, Callable, Union

import torch
from torch import Tensor

from ._overridable import overridable

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]

_Number = Union[int, float]

# Activations whose inputs keep their variance as they are.
_UNIT_GAIN = frozenset(
    ["linear", "sigmoid"]
    + [f"conv{kind}{n}d" for kind in ("", "_transpose") for n in (1, 2, 3)]
)
_FAN_MODES = ["fan_in", "fan_out"]


def calculate_gain(nonlinearity: str, param: Any = None) -> float:
    """Return the factor by which a layer before `nonlinearity` should scale.

    Args:
        nonlinearity: name of the function that follows the layer, as in
            `torch.nn.functional`.
        param: negative slope of `leaky_relu`. Default: 0.01

    Raises:
        ValueError: if the name or the slope is unknown.

    Example:
        >>> torch.nn.init.calculate_gain("tanh")
        1.6666666666666667
    """
    if nonlinearity in _UNIT_GAIN:
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "selu":
        return 3.0 / 4
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """Return how many inputs an output of the layer has, and the reverse."""
    if tensor.dim() < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 "
            "dimensions"
        )
    outputs, inputs, *kernel = tensor.shape
    receptive_field = math.prod(kernel)
    return inputs * receptive_field, outputs * receptive_field


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    mode = mode.lower()
    if mode not in _FAN_MODES:
        raise ValueError(f"Mode {mode} not supported, please use one of {_FAN_MODES}")
    return _calculate_fan_in_and_fan_out(tensor)[_FAN_MODES.index(mode)]


# ------------------------------------------------------------- given distributions


@overridable
def uniform_(
    tensor: Tensor, a: _Number = 0.0, b: _Number = 1.0, generator: Any = None
) -> Tensor:
    """Fill with draws from the uniform distribution on [a, b).

    Args:
        tensor: of any shape, floating point.
        a: lower bound. Default: 0.0
        b: upper bound. Default: 1.0
        generator: where the draws come from.

    Example:
        >>> bool(torch.nn.init.uniform_(torch.empty(9), 2, 3).min() >= 2)
        True
    """
    with torch.no_grad():
        return tensor.uniform_(a, b, generator=generator)


@overridable
def normal_(
    tensor: Tensor, mean: _Number = 0.0, std: _Number = 1.0, generator: Any = None
) -> Tensor:
    """Fill with draws from the normal distribution.

    Args:
        tensor: of any shape, floating point.
        mean: mean of the distribution. Default: 0.0
        std: standard deviation. Default: 1.0
        generator: where the draws come from.

    Example:
        >>> torch.nn.init.normal_(torch.empty(3), mean=5.0, std=0.0)
        tensor([5., 5., 5.])
    """
    with torch.no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor,
    mean: _Number = 0.0,
    std: _Number = 1.0,
    a: _Number = -2.0,
    b: _Number = 2.0,
    generator: Any = None,
) -> Tensor:
    """Fill with draws from the normal distribution, all within [a, b].

    Draws outside are made anew: from the normal distribution where more than 0.3
    of it lies inside, else from the uniform one, accepted in proportion to the
    normal density.

    Args:
        tensor: of any shape, floating point.
        mean: mean before truncation. Default: 0.0
        std: standard deviation before truncation. Default: 1.0
        a: lower bound. Default: -2.0
        b: upper bound. Default: 2.0
        generator: where the draws come from.

    Example:
        >>> bool(torch.nn.init.trunc_normal_(torch.empty(99)).abs().max() <= 2)
        True
    """
    if tensor.is_meta:
        return tensor
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )
    inside = _normal_cdf((b - mean) / std) - _normal_cdf((a - mean) / std)
    with torch.no_grad():
        if inside > 0.3:
            values = _redraw_outside(tensor, mean, std, a, b, generator)
        else:
            values = _accept_uniform(tensor, mean, std, a, b, generator)
        return tensor.copy_(values)


def _normal_cdf(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _redraw_outside(
    tensor: Tensor, mean: _Number, std: _Number, a: _Number, b: _Number, generator: Any
) -> Tensor:
    # Bounds as the dtype has them, else values equal to them could be redrawn.
    low, high = (torch.tensor(v, dtype=tensor.dtype).item() for v in (a, b))
    values = tensor.normal_(mean, std, generator=generator)
    outside = (values < low) | (values > high)
    while outside.any():
        fresh = torch.empty_like(tensor).normal_(mean, std, generator=generator)
        values = torch.where(outside, fresh, values)
        outside = (values < low) | (values > high)
    return values


def _accept_uniform(
    tensor: Tensor, mean: _Number, std: _Number, a: _Number, b: _Number, generator: Any
) -> Tensor:
    # Accept x if log(u) <= log density(x) - its maximum, u uniform on [0, 1).
    mode = max(a, min(mean, b))
    log_peak = -0.5 * ((mode - mean) / std) ** 2

    def refused(x: Tensor) -> Tensor:
        log_density = ((x - mean) / std).pow_(2).mul_(-0.5).sub_(log_peak)
        chance = torch.empty_like(tensor).uniform_(generator=generator)
        return chance.log_() > log_density

    values = tensor.uniform_(a, b, generator=generator)
    pending = refused(values)
    while pending.any():
        drawn = torch.empty_like(tensor).uniform_(a, b, generator=generator)
        values = torch.where(pending, drawn, values)
        pending = pending & refused(drawn)
    return values


# ------------------------------------------------------------------ given values


@overridable
def constant_(tensor: Tensor, val: _Number) -> Tensor:
    """Fill with `val`.

    Args:
        tensor: what to fill.
        val: the value.

    Example:
        >>> torch.nn.init.constant_(torch.empty(2), 0.3)
        tensor([0.3000, 0.3000])
    """
    with torch.no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with 1.

    Args:
        tensor: what to fill.

    Example:
        >>> torch.nn.init.ones_(torch.empty(2))
        tensor([1., 1.])
    """
    with torch.no_grad():
        return tensor.fill_(1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with 0.

    Args:
        tensor: what to fill.

    Example:
        >>> torch.nn.init.zeros_(torch.empty(2))
        tensor([0., 0.])
    """
    with torch.no_grad():
        return tensor.zero_()


def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity: a linear layer that passes its input on.

    Args:
        tensor: a matrix.

    Raises:
        ValueError: if `tensor` is no matrix.

    Example:
        >>> torch.nn.init.eye_(torch.empty(2, 3))
        tensor([[1., 0., 0.],
                [0., 1., 0.]])
    """
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    with torch.no_grad():
        torch.eye(*tensor.shape, out=tensor)
    return tensor


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a convolution pass its channels on, as many as it has.

    "DiracNets: Training Very Deep Neural Networks Without Skip-Connections", Zagoruyko
    and Komodakis, 2017.

    Args:
        tensor: weight of a convolution.
        groups: groups of the convolution, each the identity. Default: 1

    Shape:
        - tensor: `(C_out, C_in, *kernel)`, one to three kernel dimensions

    Raises:
        ValueError: if there are fewer or more, or `groups` does not divide C_out.

    Example:
        >>> torch.nn.init.dirac_(torch.empty(2, 1, 3), groups=2)
        tensor([[[0., 1., 0.]],
        <BLANKLINE>
                [[0., 1., 0.]]])
    """
    if tensor.dim() not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    outputs, inputs, *kernel = tensor.shape
    if outputs % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    per_group = outputs // groups
    center = tuple(size // 2 for size in kernel)
    with torch.no_grad():
        tensor.zero_()
        for group in range(groups):
            for channel in range(min(per_group, inputs)):
                index = (group * per_group + channel, channel, *center)
                tensor[index] = 1
    return tensor


# ------------------------------------------------------- scaled to the layer's size


def xavier_uniform_(
    tensor: Tensor, gain: _Number = 1.0, generator: Any = None
) -> Tensor:
    """Fill uniformly within `gain * sqrt(6 / (fan_in + fan_out))`.

    "Understanding the difficulty of training deep feedforward neural networks",
    Glorot and Bengio, 2010, equation 16.

    Args:
        tensor: with at least 2 dimensions.
        gain: factor, see `calculate_gain`. Default: 1.0
        generator: where the draws come from.

    Example:
        >>> bool(torch.nn.init.xavier_uniform_(torch.empty(3, 3)).abs().max() <= 1)
        True
    """
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    bound = math.sqrt(3.0) * std
    with torch.no_grad():
        return tensor.uniform_(-bound, bound, generator=generator)


def xavier_normal_(
    tensor: Tensor, gain: _Number = 1.0, generator: Any = None
) -> Tensor:
    """Fill normally with the std `gain * sqrt(2 / (fan_in + fan_out))`.

    See `xavier_uniform_`.

    Args:
        tensor: of two dimensions or more.
        gain: factor of the std. Default: 1.0
        generator: draws instead of the default one. Default: `None`

    Example:
        >>> torch.nn.init.xavier_normal_(torch.empty(2, 3), gain=0.0)
        tensor([[0., 0., 0.],
                [0., 0., 0.]])
    """
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    with torch.no_grad():
        return tensor.normal_(0.0, std, generator=generator)


@overridable
def kaiming_uniform_(
    tensor: Tensor,
    a: _Number = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Fill uniformly within `gain * sqrt(3 / fan)`.

    "Delving deep into rectifiers", He et al., 2015, equations 10 and 14.

    Args:
        tensor: with at least 2 dimensions.
        a: negative slope of the `leaky_relu` after the layer. Default: 0
        mode: `"fan_in"` keeps the variance in forward, `"fan_out"` in backward.
            Default: `"fan_in"`
        nonlinearity: names the gain, see `calculate_gain`. Default: `"leaky_relu"`
        generator: where the draws come from.

    Example:
        >>> bool(torch.nn.init.kaiming_uniform_(torch.empty(2, 6)).abs().max() <= 1)
        True
    """
    if _has_no_elements(tensor):
        return tensor
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    bound = math.sqrt(3.0) * std
    with torch.no_grad():
        return tensor.uniform_(-bound, bound, generator=generator)


def kaiming_normal_(
    tensor: Tensor,
    a: _Number = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Fill normally with the std `gain / sqrt(fan)`; see `kaiming_uniform_`.

    Args:
        tensor: of two dimensions or more.
        a: slope below zero of the leaky ReLU that follows. Default: 0
        mode: `"fan_in"` keeps the variance forward, `"fan_out"` backward. Default:
            `"fan_in"`
        nonlinearity: what follows, by the name in `torch.nn.functional`. Default:
            `"leaky_relu"`
        generator: draws instead of the default one. Default: `None`

    Example:
        >>> torch.nn.init.kaiming_normal_(torch.empty(2, 2)).shape
        torch.Size([2, 2])
    """
    if _has_no_elements(tensor):
        return tensor
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    with torch.no_grad():
        return tensor.normal_(0, std, generator=generator)


def _has_no_elements(tensor: Tensor) -> bool:
    empty = 0 in tensor.shape
    if empty:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
    return empty


def _kaiming_std(tensor: Tensor, a: _Number, mode: str, nonlinearity: str) -> float:
    fan = _calculate_correct_fan(tensor, mode)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def orthogonal_(tensor: Tensor, gain: _Number = 1, generator: Any = None) -> Tensor:
    """Fill with a (semi-)orthogonal matrix, trailing dimensions flattened.

    "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks", Saxe et al., 2013.

    Args:
        tensor: with at least 2 dimensions.
        gain: factor of the matrix. Default: 1
        generator: where the draws come from.

    Raises:
        ValueError: if `tensor` has fewer dimensions.

    Example:
        >>> q = torch.nn.init.orthogonal_(torch.empty(2, 4))
        >>> torch.allclose(q @ q.T, torch.eye(2), atol=1e-6)
        True
    """
    if tensor.dim() < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0 or tensor.is_meta:
        return tensor
    rows = tensor.size(0)
    drawn = tensor.new_empty((rows, tensor.numel() // rows))
    drawn.normal_(0, 1, generator=generator)
    wide = rows < drawn.size(1)
    with torch.no_grad():
        q = _orthonormal_columns(drawn.t() if wide else drawn)
        tensor.copy_((q.t() if wide else q).reshape(tensor.shape))
        return tensor.mul_(gain)


def _orthonormal_columns(matrix: Tensor) -> Tensor:
    """Q of the QR decomposition whose R has a positive diagonal (Gram-Schmidt)."""
    basis: list[Tensor] = []
    for column in matrix.double().unbind(1):
        # Twice: the first pass leaves rounding errors along the basis.
        for _ in range(2 if basis else 0):
            known = torch.stack(basis, 1)
            column = column - known @ (known.t() @ column)
        basis.append(column / (column * column).sum().sqrt())
    return torch.stack(basis, 1)


def sparse_(
    tensor: Tensor, sparsity: _Number, std: _Number = 0.01, generator: Any = None
) -> Tensor:
    """Fill normally, then zero a share of every column.

    "Deep learning via Hessian-free optimization", Martens, 2010.

    Args:
        tensor: a matrix.
        sparsity: share of zeros in each column, from 0 to 1.
        std: standard deviation of the rest. Default: 0.01
        generator: where the values come from; which rows are zero comes from the
            default generator.

    Raises:
        ValueError: if `tensor` is no matrix.

    Example:
        >>> (torch.nn.init.sparse_(torch.empty(4, 2), 0.5) == 0).sum(0)
        tensor([2, 2])
    """
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    if tensor.is_meta:
        return tensor
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with torch.no_grad():
        tensor.normal_(0, std, generator=generator)
        for column in range(columns):
            tensor[torch.randperm(rows)[:zeros], column] = 0
    return tensor


# ----------------------------------------------------------------- earlier names


def _deprecated(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """`function` under its name before it ended in an underscore."""
    new = function.__name__
    old = new[:-1]

    @functools.wraps(function)
    def warn_and_call(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{new}`.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    warn_and_call.__name__ = warn_and_call.__qualname__ = old
    warn_and_call.__doc__ = f"Call `{new}`, the name since; this one is deprecated."
    return warn_and_call


constant = _deprecated(constant_)
dirac = _deprecated(dirac_)
eye = _deprecated(eye_)
kaiming_normal = _deprecated(kaiming_normal_)
kaiming_uniform = _deprecated(kaiming_uniform_)
normal = _deprecated(normal_)
orthogonal = _deprecated(orthogonal_)
sparse = _deprecated(sparse_)
uniform = _deprecated(uniform_)
xavier_normal = _deprecated(xavier_normal_)
xavier_uniform = _deprecated(xavier_uniform_)
