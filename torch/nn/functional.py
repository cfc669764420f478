"""Functions of `torch.nn`: what modules compute, without their parameters.

Where PyTorch exposes an operator as it stands, so does this file; the others check
their arguments and call one operator.  Each of these first offers itself to
`__torch_function__` (`_overridable.py`), so that a subclass sees what was called.
"""

from __future__ import annotations

import warnings
from typing import Any, Optional

import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_unary

from . import _reduction as _Reduction
from ._overridable import overridable

_OptTensor = Optional[Tensor]
_OptBool = Optional[bool]
_OptInt = Optional[int]
_OptFloat = Optional[float]

# ------------------------------------------------------- operators as they stand

linear = torch._C._nn.linear
bilinear = torch.bilinear
conv1d = torch.conv1d
conv2d = torch.conv2d

gelu = torch._C._nn.gelu
hardshrink = torch.hardshrink
logsigmoid = torch._C._nn.log_sigmoid
prelu = torch.prelu
softplus = torch._C._nn.softplus
softshrink = torch._C._nn.softshrink

celu_ = torch.celu_
elu_ = torch._C._nn.elu_
hardtanh_ = torch._C._nn.hardtanh_
leaky_relu_ = torch._C._nn.leaky_relu_
relu_ = torch.relu_
selu_ = torch.selu_
threshold_ = torch.threshold_

# ----------------------------------------------------------------- activations


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

    Example:
        >>> torch.nn.functional.celu(torch.tensor([0.0, 2.0]))
        tensor([0., 2.])
    """
    return torch.celu_(input, alpha) if inplace else torch.celu(input, alpha)


@overridable
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `scale * elu(x, alpha)` with constants that keep mean 0, variance 1.

    Example:
        >>> torch.nn.functional.selu(torch.tensor([1.0]))
        tensor([1.0507])
    """
    return torch.selu_(input) if inplace else torch.selu(input)


@overridable
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `x * sigmoid(x)` of each element.

    Example:
        >>> torch.nn.functional.silu(torch.tensor([1.0]))
        tensor([0.7311])
    """
    return torch._C._nn.silu_(input) if inplace else torch._C._nn.silu(input)


@overridable
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `x * tanh(log(1 + exp(x)))` of each element.

    Example:
        >>> torch.nn.functional.mish(torch.tensor([1.0]))
        tensor([0.8651])
    """
    return torch._C._nn.mish_(input) if inplace else torch._C._nn.mish(input)


@overridable
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `x * relu6(x + 3) / 6` of each element.

    Example:
        >>> torch.nn.functional.hardswish(torch.tensor([0.0, 4.0]))
        tensor([0., 4.])
    """
    return torch._C._nn.hardswish_(input) if inplace else torch._C._nn.hardswish(input)


@overridable
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `relu6(x + 3) / 6` of each element.

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

    Example:
        >>> torch.nn.functional.tanh(torch.tensor([0.0]))
        tensor([0.])
    """
    return input.tanh()


def sigmoid(input: Tensor) -> Tensor:
    """Return `1 / (1 + exp(-x))` of each element.

    Example:
        >>> torch.nn.functional.sigmoid(torch.tensor([0.0]))
        tensor([0.5000])
    """
    return input.sigmoid()


@overridable
def softsign(input: Tensor) -> Tensor:
    """Return `x / (1 + |x|)` of each element.

    Example:
        >>> torch.nn.functional.softsign(torch.tensor([1.0, -3.0]))
        tensor([ 0.5000, -0.7500])
    """
    return input / (input.abs() + 1)


@overridable
def tanhshrink(input: Tensor) -> Tensor:
    """Return `x - tanh(x)` of each element.

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


# --------------------------------------------------------------------- dropout


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

    Shape:
        - input: `(N, C, *)`; output: the same
    """
    _check_probability(p)
    operator = torch.feature_alpha_dropout_ if inplace else torch.feature_alpha_dropout
    return operator(input, p, training)


@overridable
def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zero whole channels with probability `p`; arguments as of `dropout`.

    Shape:
        - input: `(N, C, L)` or `(C, L)`; output: the same

    Raises:
        RuntimeError: if the input has other dimensions.
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

    Shape:
        - input: `(N, C, H, W)`, or `(N, C, L)` for `dropout1d`'s sake; output: the
          same
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

    Shape:
        - input: `(N, C, D, H, W)` or `(C, D, H, W)`; output: the same
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


# ----------------------------------------------------------------- normalization


@overridable
def normalize(
    input: Tensor,
    p: float = 2.0,
    dim: Any = 1,
    eps: float = 1e-12,
    out: _OptTensor = None,
) -> Tensor:
    """Return `x / max(norm(x), eps)`, the p-norm along `dim`.

    Args:
        input: a tensor of any shape.
        p: which norm. Default: 2.0
        dim: one dimension or several. Default: 1
        eps: least divisor. Default: 1e-12
        out: where to write the result; it is not differentiable then.

    Example:
        >>> torch.nn.functional.normalize(torch.tensor([3.0, 4.0]), dim=0)
        tensor([0.6000, 0.8000])
    """
    norm = input.norm(p, dim, keepdim=True).clamp(min=eps)
    return input / norm if out is None else torch.div(input, norm, out=out)


# ------------------------------------------------------------ lookup and pooling


@overridable
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: _OptInt = None,
    max_norm: _OptFloat = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Return the rows of `weight` that `input` names.

    Args:
        input: indices, int32 or int64.
        weight: the table.
        padding_idx: a row that gets no gradient.
        max_norm: rows looked up are first scaled down to this norm, in place.
        norm_type: which norm. Default: 2.0
        scale_grad_by_freq: divide a row's gradient by how often the batch names it.
            Default: `False`
        sparse: make the gradient of `weight` sparse. Default: `False`

    Shape:
        - input: `(*)`; weight: `(V, D)`; output: `(*, D)`

    Example:
        >>> table = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
        >>> torch.nn.functional.embedding(torch.tensor([1, 1, 0]), table)
        tensor([[2., 3.],
                [2., 3.],
                [0., 1.]])
    """
    if padding_idx is None:
        padding_idx = -1
    else:
        rows = weight.size(0)
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= rows
    if max_norm is not None:
        input = input.contiguous()
        with torch.no_grad():
            torch.embedding_renorm_(weight.detach(), input, max_norm, norm_type)
    return torch.embedding(weight, input, padding_idx, scale_grad_by_freq, sparse)


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the maximum of each window of the last two dimensions.

    Args:
        input: one image or a batch.
        kernel_size: size of the window, one number or (height, width).
        stride: step of the window; the kernel size by default.
        padding: implicit border of negative infinity, up to half the kernel.
            Default: 0
        dilation: step between the elements of a window. Default: 1
        ceil_mode: let the last window reach beyond the border. Default: `False`
        return_indices: return where each maximum lies, too. Default: `False`

    Shape:
        - input: `(N, C, H, W)` or `(C, H, W)`; output: `(N, C, H', W')` or
          `(C, H', W')`

    Example:
        >>> image = torch.arange(16.0).reshape(1, 4, 4)
        >>> torch.nn.functional.max_pool2d(image, 2)
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """
    if return_indices:
        return max_pool2d_with_indices(
            input, kernel_size, stride, padding, dilation, ceil_mode
        )
    stride = () if stride is None else stride
    return torch.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


@overridable
def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return `max_pool2d` and the flat index of each maximum in its plane."""
    stride = () if stride is None else stride
    return torch._C._nn.max_pool2d_with_indices(
        input, kernel_size, stride, padding, dilation, ceil_mode
    )


# ---------------------------------------------------------------------- losses


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
    if size_average is not None or reduce is not None:
        reduction = _Reduction.legacy_get_string(size_average, reduce)
    return _weighted((input - target).square(), input, weight, reduction)


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

    Example:
        >>> torch.nn.functional.l1_loss(torch.tensor([1.0, 2.0]), torch.zeros(2))
        tensor(1.5000)
    """
    if input.shape != target.shape:
        input, target = _broadcast_with_warning(input, target)
    if weight is None:
        code = _reduction_code(size_average, reduce, reduction)
        return torch._C._nn.l1_loss(input, target, code)
    if size_average is not None or reduce is not None:
        reduction = _Reduction.legacy_get_string(size_average, reduce)
    return _weighted((input - target).abs(), input, weight, reduction)


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


def _reduction_code(size_average: _OptBool, reduce: _OptBool, reduction: str) -> int:
    """The operators' code of what a loss was called with."""
    if size_average is None and reduce is None:
        return _Reduction.get_enum(reduction)
    return _Reduction.legacy_get_enum(size_average, reduce)


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
        f"Invalid reduction mode: {reduction}. "
        "Expected one of 'none', 'mean', 'sum'."
    )
