"""Activations as modules; each calls its function in `torch.nn.functional`."""

from __future__ import annotations

import warnings
from typing import Any, Optional

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.init import constant_
from torch.nn.parameter import Parameter

from .attention import MultiheadAttention  # noqa: F401
from .module import Module

__all__ = [
    "ReLU",
    "SELU",
    "SiLU",
    "Mish",
    "Hardswish",
    "Hardsigmoid",
    "Hardtanh",
    "ReLU6",
    "Threshold",
    "LeakyReLU",
    "ELU",
    "CELU",
    "LogSigmoid",
    "Softplus",
    "Softshrink",
    "Hardshrink",
    "PReLU",
    "Sigmoid",
    "Tanh",
    "GELU",
    "GLU",
    "Softsign",
    "Tanhshrink",
    "Softmax",
    "Softmin",
    "LogSoftmax",
    "Softmax2d",
]

_OptInt = Optional[int]
_OptFloat = Optional[float]


class _Inplace(Module):
    """An element-wise function whose only option is to write into its input.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same
    """

    __constants__ = ["inplace"]

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class ReLU(_Inplace):
    """Return `max(0, x)` of each element.

    "Rectified Linear Units Improve Restricted Boltzmann Machines", Nair and Hinton,
    2010.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.ReLU()(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)


class SELU(_Inplace):
    """Return `scale * ELU(x)`, with constants that keep mean 0 and variance 1.

    "Self-normalizing neural networks", Klambauer et al., 2017.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.SELU()(torch.tensor([1.0]))
        tensor([1.0507])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, self.inplace)


class SiLU(_Inplace):
    """Return `x * sigmoid(x)` of each element, also known as swish.

    "Gaussian Error Linear Units", Hendrycks and Gimpel, 2016.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.SiLU()(torch.tensor([1.0]))
        tensor([0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)


class Mish(_Inplace):
    """Return `x * tanh(log(1 + exp(x)))` of each element.

    "Mish: A Self Regularized Non-Monotonic Activation Function", Misra, 2019.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Mish()(torch.tensor([1.0]))
        tensor([0.8651])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)


class Hardswish(_Inplace):
    """Return `x * ReLU6(x + 3) / 6` of each element.

    "Searching for MobileNetV3", Howard et al., 2019.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Hardswish()(torch.tensor([0.0, 4.0]))
        tensor([0., 4.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardsigmoid(_Inplace):
    """Return `ReLU6(x + 3) / 6` of each element.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Hardsigmoid()(torch.tensor([-4.0, 0.0, 4.0]))
        tensor([0.0000, 0.5000, 1.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardtanh(Module):
    """Return `min(max(min_val, x), max_val)` of each element.

    Args:
        min_val: lower bound. Default: -1.0
        max_val: upper bound. Default: 1.0
        inplace: write into the input. Default: `False`
        min_value, max_value: earlier names of the bounds.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Hardtanh()(torch.tensor([-3.0, 0.5]))
        tensor([-1.0000,  0.5000])
    """

    __constants__ = ["min_val", "max_val", "inplace"]

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: _OptFloat = None,
        max_value: _OptFloat = None,
    ) -> None:
        super().__init__()
        if min_value is not None:
            min_val = _renamed("min_value", "min_val", min_value)
        if max_value is not None:
            max_val = _renamed("max_value", "max_val", max_value)
        if max_val <= min_val:
            raise AssertionError(
                f"max_val ({max_val}) must be greater than min_val ({min_val})"
            )
        self.min_val, self.max_val = min_val, max_val
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        bounds = f"min_val={self.min_val}, max_val={self.max_val}"
        return bounds + (", inplace=True" if self.inplace else "")


def _renamed(old: str, new: str, value: float) -> float:
    warnings.warn(
        f"keyword argument `{old}` is deprecated and renamed to `{new}`",
        FutureWarning,
        stacklevel=3,
    )
    return value


class ReLU6(Hardtanh):
    """Return `min(max(0, x), 6)` of each element.

    "Convolutional Deep Belief Networks on CIFAR-10", Krizhevsky, 2010.

    Args:
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.ReLU6()(torch.tensor([-1.0, 9.0]))
        tensor([0., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Threshold(Module):
    """Return `x` where it is above `threshold`, else `value`.

    Args:
        threshold: the threshold.
        value: what replaces the elements up to it.
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Threshold(1.0, 9.0)(torch.tensor([0.0, 2.0]))
        tensor([9., 2.])
    """

    __constants__ = ["threshold", "value", "inplace"]

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value = threshold, value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        values = f"threshold={self.threshold}, value={self.value}"
        return values + (", inplace=True" if self.inplace else "")


class LeakyReLU(Module):
    """Return `x` where positive, else `negative_slope * x`.

    "Rectifier Nonlinearities Improve Neural Network Acoustic Models", Maas et al.,
    2013.

    Args:
        negative_slope: slope below zero. Default: 0.01
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.LeakyReLU(0.5)(torch.tensor([-1.0, 2.0]))
        tensor([-0.5000,  2.0000])
    """

    __constants__ = ["inplace", "negative_slope"]

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        slope = f"negative_slope={self.negative_slope}"
        return slope + (", inplace=True" if self.inplace else "")


class _WithAlpha(Module):
    """An element-wise function with the constant `alpha`."""

    __constants__ = ["alpha", "inplace"]

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class ELU(_WithAlpha):
    """Return `x` where positive, else `alpha * (exp(x) - 1)`.

    "Fast and accurate deep network learning by exponential linear units", Clevert et
    al., 2015.

    Args:
        alpha: what large negative inputs go to, negated. Default: 1.0
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.ELU()(torch.tensor([0.0, 2.0]))
        tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)


class CELU(_WithAlpha):
    """Return `x` where positive, else `alpha * (exp(x / alpha) - 1)`.

    "Continuously differentiable exponential linear units", Barron, 2017.

    Args:
        alpha: what large negative inputs go to, negated. Default: 1.0
        inplace: write into the input. Default: `False`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.CELU()(torch.tensor([0.0, 2.0]))
        tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)


class LogSigmoid(Module):
    """Return `log(sigmoid(x))` of each element.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.LogSigmoid()(torch.tensor([0.0]))
        tensor([-0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Softplus(Module):
    """Return `log(1 + exp(beta * x)) / beta`, a smooth ReLU.

    "Incorporating Second-Order Functional Knowledge for Better Option Pricing", Dugas
    et al., 2000.

    Args:
        beta: how sharp the bend is. Default: 1.0
        threshold: the input is returned where `beta * x` is above it. Default: 20.0

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Softplus()(torch.tensor([0.0]))
        tensor([0.6931])
    """

    __constants__ = ["beta", "threshold"]

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class _Shrink(Module):
    """An element-wise function that is zero within `lambd`."""

    __constants__ = ["lambd"]

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softshrink(_Shrink):
    """Move `x` by `lambd` towards zero; what lies closer becomes zero.

    Args:
        lambd: not negative. Default: 0.5

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Softshrink()(torch.tensor([-2.0, 0.3]))
        tensor([-1.5000,  0.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)


class Hardshrink(_Shrink):
    """Return `x` where `|x|` is above `lambd`, else zero.

    Args:
        lambd: not negative. Default: 0.5

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Hardshrink()(torch.tensor([-2.0, 0.3]))
        tensor([-2.,  0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)


class PReLU(Module):
    """Return `x` where positive, else `weight * x`, the slope being learned.

    "Delving deep into rectifiers", He et al., 2015.

    Args:
        num_parameters: one slope for all, or one for each channel. Default: 1
        init: what the slopes start as. Default: 0.25
        device, dtype: of the slopes.

    Shape:
        - input: `(N, C, *)`; output: the same; weight: `(num_parameters)`

    Example:
        >>> torch.nn.PReLU()(torch.tensor([-1.0])).tolist()
        [-0.25]
    """

    __constants__ = ["num_parameters"]

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        slopes = torch.empty(num_parameters, device=device, dtype=dtype)
        self.weight = Parameter(slopes)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the slopes to `init`."""
        constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class Sigmoid(Module):
    """Return `1 / (1 + exp(-x))` of each element.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Sigmoid()(torch.tensor([0.0]))
        tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return torch.sigmoid(input)


class Tanh(Module):
    """Return the hyperbolic tangent of each element.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Tanh()(torch.tensor([0.0]))
        tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return torch.tanh(input)


class GELU(Module):
    """Return `x P(X <= x)` of each element, X standard normal.

    "Gaussian error linear units (GELUs)", Hendrycks and Gimpel, 2016.

    Args:
        approximate: `"tanh"` for `x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`.
            Default: `"none"`

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.GELU()(torch.tensor([1.0]))
        tensor([0.8413])
    """

    __constants__ = ["approximate"]

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class GLU(Module):
    """Return `a * sigmoid(b)`, a and b the two halves of the input.

    "Language modeling with gated convolutional networks", Dauphin et al., 2016.

    Args:
        dim: the dimension that is halved. Default: -1

    Shape:
        - input: `(*, 2 N, *)`; output: `(*, N, *)`

    Example:
        >>> torch.nn.GLU()(torch.tensor([4.0, 0.0]))
        tensor([2.])
    """

    __constants__ = ["dim"]

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softsign(Module):
    """Return `x / (1 + |x|)` of each element.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Softsign()(torch.tensor([1.0, -3.0]))
        tensor([ 0.5000, -0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Tanhshrink(Module):
    """Return `x - tanh(x)` of each element.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Tanhshrink()(torch.tensor([0.0]))
        tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class _AlongDim(Module):
    """An activation over the slices along `dim`."""

    __constants__ = ["dim"]

    def __init__(self, dim: _OptInt = None) -> None:
        super().__init__()
        self.dim = dim

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        self.__dict__.setdefault("dim", None)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """Return `exp(x) / sum(exp(x))`, the sum along `dim`.

    Args:
        dim: the dimension whose slices sum to 1; leaving it out is deprecated.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Softmax(dim=0)(torch.zeros(4))
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)


class Softmin(_AlongDim):
    """Return the softmax of `-x`.

    Args:
        dim: the dimension whose slices sum to 1; leaving it out is deprecated.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.Softmin(dim=0)(torch.zeros(2))
        tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim, _stacklevel=5)


class LogSoftmax(_AlongDim):
    """Return `x - log(sum(exp(x)))`, the sum along `dim`.

    Args:
        dim: the dimension of the sum; leaving it out is deprecated.

    Shape:
        - input: `(*)`; output: the same

    Example:
        >>> torch.nn.LogSoftmax(dim=0)(torch.zeros(2))
        tensor([-0.6931, -0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Return the softmax over the channels of each pixel.

    Shape:
        - input: `(N, C, H, W)` or `(C, H, W)`; output: the same

    Raises:
        ValueError: if the input has other dimensions.

    Example:
        >>> torch.nn.Softmax2d()(torch.zeros(2, 1, 1)).flatten()
        tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(
                f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead"
            )
        return F.softmax(input, -3, _stacklevel=5)
