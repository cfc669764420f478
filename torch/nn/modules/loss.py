"""Losses as modules; each calls its function in `torch.nn.functional`.

`reduction` says what becomes of the losses of the batch: `"none"` keeps them,
`"mean"` averages, `"sum"` adds.  `size_average` and `reduce` are its deprecated
predecessors.
"""

from __future__ import annotations

import warnings
from typing import Any, Optional

from torch import Tensor
from torch.nn import _reduction as _Reduction, functional as F

from .module import Module

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "NLLLoss",
    "NLLLoss2d",
    "SmoothL1Loss",
]

_OptTensor = Optional[Tensor]
_OptBool = Optional[bool]


class _Loss(Module):
    reduction: str

    def __init__(
        self,
        size_average: _OptBool = None,
        reduce: _OptBool = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = _Reduction.legacy_get_string(size_average, reduce)
        self.reduction = reduction


class _WeightedLoss(_Loss):
    def __init__(
        self,
        weight: _OptTensor = None,
        size_average: _OptBool = None,
        reduce: _OptBool = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class L1Loss(_Loss):
    """Measure `|x - y|`.

    Args:
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`

    Shape:
        - input, target: `(*)`; output: `()`, or `(*)` without reduction

    Example:
        >>> torch.nn.L1Loss()(torch.tensor([1.0, 2.0]), torch.zeros(2))
        tensor(1.5000)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """Measure `(x - y)^2`.

    Args:
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`

    Shape:
        - input, target: `(*)`; output: `()`, or `(*)` without reduction

    Example:
        >>> torch.nn.MSELoss()(torch.tensor([1.0, 2.0]), torch.zeros(2))
        tensor(2.5000)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """Measure `d^2 / (2 beta)` where `d = |x - y| < beta`, else `d - beta / 2`.

    "Fast R-CNN", Girshick, 2015, equation 3.

    Args:
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`
        beta: where the square ends; 0 gives `L1Loss`. Default: 1.0

    Shape:
        - input, target: `(*)`; output: `()`, or `(*)` without reduction

    Example:
        >>> torch.nn.SmoothL1Loss()(torch.tensor([1.0, 4.0]), torch.zeros(2))
        tensor(2.)
    """

    __constants__ = ["reduction"]

    def __init__(
        self,
        size_average: _OptBool = None,
        reduce: _OptBool = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """Measure `d^2 / 2` where `d = |x - y| < delta`, else `delta (d - delta / 2)`.

    "Robust Estimation of a Location Parameter", Huber, 1964.

    Args:
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`
        delta: where the square ends. Default: 1.0

    Shape:
        - input, target: `(*)`; output: `()`, or `(*)` without reduction

    Example:
        >>> torch.nn.HuberLoss()(torch.tensor([1.0, 4.0]), torch.zeros(2))
        tensor(2.)
    """

    __constants__ = ["reduction", "delta"]

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        if not isinstance(delta, (float, int)):
            raise TypeError(f"delta must be a float or int, got: {type(delta)}")
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class KLDivLoss(_Loss):
    """Measure the divergence `y (log y - x)` of log probabilities x from y.

    Args:
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"`, `"sum"`, or `"batchmean"`, which divides the
            sum by the batch as the definition does. Default: `"mean"`
        log_target: whether targets are logarithms. Default: `False`

    Shape:
        - input, target: `(*)`; output: `()`, or `(*)` without reduction

    Example:
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> certain = torch.tensor([[1.0, 0.0]])
        >>> torch.nn.KLDivLoss(reduction="batchmean")(half.log(), certain)
        tensor(0.6931)
    """

    __constants__ = ["reduction"]

    def __init__(
        self,
        size_average: _OptBool = None,
        reduce: _OptBool = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        legacy = (size_average, reduce)
        super().__init__(*legacy, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(
            input, target, reduction=self.reduction, log_target=self.log_target
        )


class NLLLoss(_WeightedLoss):
    """Measure `-x[y]` of log probabilities x and class indices y.

    The mean is over the weights of the targets that count.

    Args:
        weight: factor of each class, `(C)`.
        size_average, reduce: deprecated in favour of `reduction`.
        ignore_index: a target that counts nothing. Default: -100
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`

    Shape:
        - input: `(C)`, `(N, C)` or `(N, C, *)`; target: `()`, `(N)` or `(N, *)`;
          output: `()`, or as target without reduction

    Example:
        >>> logs = torch.nn.LogSoftmax(dim=1)(torch.zeros(3, 2))
        >>> torch.nn.NLLLoss()(logs, torch.tensor([1, 0, 1]))
        tensor(0.6931)
    """

    __constants__ = ["ignore_index", "reduction"]

    def __init__(
        self,
        weight: _OptTensor = None,
        size_average: _OptBool = None,
        ignore_index: int = -100,
        reduce: _OptBool = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(
            input,
            target,
            self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
        )


class NLLLoss2d(NLLLoss):
    """Deprecated name of `NLLLoss`, whose shapes and arguments it has.

    Shape:
        - as of `NLLLoss`
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            "NLLLoss2d has been deprecated. "
            "Please use NLLLoss instead as a drop-in replacement and see "
            "https://pytorch.org/docs/main/nn.html#torch.nn.NLLLoss for more details.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(*args, **kwargs)


class CrossEntropyLoss(_WeightedLoss):
    """Measure `-log softmax(x)[y]` of scores x and targets y.

    A target of class probabilities p gives `-sum(p * log softmax(x))`.  The mean is
    over the weights of the targets that count, or over the batch for probabilities.

    Args:
        weight: factor of each class, `(C)`.
        size_average, reduce: deprecated in favour of `reduction`.
        ignore_index: an index that counts nothing. Default: -100
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`
        label_smoothing: share of the uniform distribution in the target, from 0 to
            1. Default: 0.0

    Shape:
        - input: `(C)`, `(N, C)` or `(N, C, *)`; target: `()`, `(N)` or `(N, *)` of
          indices, or probabilities in the shape of input; output: `()`, or as
          indices without reduction

    Example:
        >>> torch.nn.CrossEntropyLoss()(torch.zeros(3, 2), torch.tensor([1, 0, 1]))
        tensor(0.6931)
    """

    __constants__ = ["ignore_index", "reduction", "label_smoothing"]

    def __init__(
        self,
        weight: _OptTensor = None,
        size_average: _OptBool = None,
        ignore_index: int = -100,
        reduce: _OptBool = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.label_smoothing = label_smoothing
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
        )


class BCELoss(_WeightedLoss):
    """Measure `-(y log x + (1 - y) log(1 - x))` of probabilities x and targets y.

    Logarithms are clamped to -100, so the loss is finite.

    Args:
        weight: factor of each element, broadcast.
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`

    Shape:
        - input, target: `(*)`; output: `()`, or `(*)` without reduction

    Example:
        >>> torch.nn.BCELoss()(torch.tensor([0.5]), torch.ones(1))
        tensor(0.6931)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(
            input, target, weight=self.weight, reduction=self.reduction
        )


class BCEWithLogitsLoss(_Loss):
    """Measure the binary cross entropy of `sigmoid(x)`, stable for large x.

    Args:
        weight: factor of each element, broadcast.
        size_average, reduce: deprecated in favour of `reduction`.
        reduction: `"none"`, `"mean"` or `"sum"`. Default: `"mean"`
        pos_weight: factor of the positive part of each class, broadcast.

    Shape:
        - input, target: `(*)`; output: `()`, or `(*)` without reduction

    Example:
        >>> torch.nn.BCEWithLogitsLoss()(torch.zeros(1), torch.ones(1))
        tensor(0.6931)
    """

    def __init__(
        self,
        weight: _OptTensor = None,
        size_average: _OptBool = None,
        reduce: _OptBool = None,
        reduction: str = "mean",
        pos_weight: _OptTensor = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input,
            target,
            self.weight,
            reduction=self.reduction,
            pos_weight=self.pos_weight,
        )
