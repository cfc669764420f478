"""Batch normalization over one to three spatial dimensions.

"Batch normalization: accelerating deep network training by reducing internal
covariate shift", Ioffe and Szegedy, 2015.
"""

from __future__ import annotations

from typing import Any, Optional

import torch
from torch import Tensor
from torch.nn import functional as F, init
from torch.nn.parameter import (
    Parameter,
    UninitializedBuffer,
    UninitializedParameter,
)

from .lazy import LazyModuleMixin
from .module import Module

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
]

_OptFloat = Optional[float]


class _NormBase(Module):
    """Parameters and statistics of a normalization, one of each per channel."""

    # Version 2 has num_batches_tracked.
    _version = 2
    __constants__ = "track_running_stats momentum eps num_features affine".split()

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: _OptFloat = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats

        def empty() -> Tensor:
            return torch.empty(num_features, device=device, dtype=dtype)

        self.register_parameter("weight", Parameter(empty()) if affine else None)
        shift = Parameter(empty()) if affine and bias else None
        self.register_parameter("bias", shift)
        count = None
        if track_running_stats:
            count = torch.tensor(0, dtype=torch.long, device=device)
        self.register_buffer("running_mean", empty() if track_running_stats else None)
        self.register_buffer("running_var", empty() if track_running_stats else None)
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the statistics."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Forget the statistics, and set weights to 1 and biases to 0."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        raise NotImplementedError

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: dict, *report: Any
    ) -> None:
        version = local_metadata.get("version")
        key = prefix + "num_batches_tracked"
        if (version is None or version < 2) and self.track_running_stats:
            count = self.num_batches_tracked
            known = count is not None and not count.is_meta
            state_dict.setdefault(key, count if known else torch.tensor(0))
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *report)


class _BatchNorm(_NormBase):
    # How many dimensions an input may have.
    _dims: tuple

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in self._dims:
            expected = " or ".join(f"{n}D" for n in self._dims)
            raise ValueError(f"expected {expected} input (got {input.dim()}D input)")

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        mean, var = self.running_mean, self.running_var
        # Without statistics evaluation uses the batch's, too.
        use_batch = self.training or mean is None and var is None
        momentum = self.momentum
        if self.training and self.track_running_stats:
            if self.num_batches_tracked is not None:
                self.num_batches_tracked.add_(1)
                if momentum is None:  # the plain average over all batches
                    momentum = 1.0 / float(self.num_batches_tracked)
        if self.training and not self.track_running_stats:
            mean = var = None
        momentum = 0.0 if momentum is None else momentum
        return F.batch_norm(
            input, mean, var, self.weight, self.bias, use_batch, momentum, self.eps
        )


class BatchNorm1d(_BatchNorm):
    """Normalize each channel over the batch: `(x - mean) / sqrt(var + eps) * w + b`.

    In training mean and variance are those of the batch, and the running ones move
    towards them: `running = (1 - momentum) * running + momentum * batch`, the
    variance unbiased.  In evaluation the running ones are used.

    "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
    Covariate Shift", Ioffe and Szegedy, 2015, algorithm 1.

    Args:
        num_features: channels.
        eps: added to the variance. Default: 1e-05
        momentum: weight of the batch in the running statistics; `None` for the plain
            average over all batches. Default: 0.1
        affine: whether w and b exist. Default: `True`
        track_running_stats: whether there are running statistics. Default: `True`
        device, dtype: of parameters and statistics.
        bias: whether b exists. Default: `True`

    Shape:
        - input: `(N, C)` or `(N, C, L)`; output: the same

    Raises:
        ValueError: if the input has other dimensions.

    Example:
        >>> norm = torch.nn.BatchNorm1d(2)
        >>> norm(torch.tensor([[0.0, 2.0], [2.0, 6.0]]))
        tensor([[-1.0000, -1.0000],
                [ 1.0000,  1.0000]], grad_fn=<NativeBatchNormBackward0>)
        >>> norm.running_mean
        tensor([0.1000, 0.4000])
    """

    _dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Normalize each channel over the batch and the image; see `BatchNorm1d`.

    Shape:
        - input: `(N, C, H, W)`; output: the same

    Example:
        >>> torch.nn.BatchNorm2d(3)(torch.randn(2, 3, 4, 4)).shape
        torch.Size([2, 3, 4, 4])
    """

    _dims = (4,)


class BatchNorm3d(_BatchNorm):
    """Normalize each channel over the batch and the volume; see `BatchNorm1d`.

    Shape:
        - input: `(N, C, D, H, W)`; output: the same

    Example:
        >>> torch.nn.BatchNorm3d(3)(torch.randn(2, 3, 4, 4, 4)).shape
        torch.Size([2, 3, 4, 4, 4])
    """

    _dims = (5,)


class _LazyNormBase(LazyModuleMixin, _NormBase):
    """A normalization that counts the channels of its first input."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: _OptFloat = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, affine=False, track_running_stats=False)
        self.affine, self.track_running_stats = affine, track_running_stats
        placed = {"device": device, "dtype": dtype}
        if affine:
            self.weight = UninitializedParameter(**placed)
            self.bias = UninitializedParameter(**placed) if bias else None
        if track_running_stats:
            self.running_mean = UninitializedBuffer(**placed)
            self.running_var = UninitializedBuffer(**placed)
            self.num_batches_tracked = torch.tensor(0, dtype=torch.long, device=device)

    def reset_parameters(self) -> None:
        """Set parameters and statistics to their start, once they have a shape."""
        if not self.has_uninitialized_params() and self.num_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Make parameters and statistics for the channels of `input`."""
        if not self.has_uninitialized_params():
            return
        self.num_features = input.shape[1]
        for name in ("weight", "bias", "running_mean", "running_var"):
            member = getattr(self, name)
            if member is not None:
                member.materialize((self.num_features,))
        self.reset_parameters()


class LazyBatchNorm1d(_LazyNormBase, _BatchNorm):
    """A `BatchNorm1d` without `num_features`: the first input tells them.

    Args:
        args, kwargs: those of `BatchNorm1d`, without `num_features`.

    Shape:
        - as of `BatchNorm1d`

    Example:
        >>> norm = torch.nn.LazyBatchNorm1d()
        >>> norm(torch.ones(4, 3)).shape, norm.num_features
        (torch.Size([4, 3]), 3)
    """

    cls_to_become = BatchNorm1d
    _dims = BatchNorm1d._dims


class LazyBatchNorm2d(_LazyNormBase, _BatchNorm):
    """A `BatchNorm2d` without `num_features`: the first input tells them.

    Shape:
        - as of `BatchNorm2d`

    Example:
        >>> norm = torch.nn.LazyBatchNorm2d()
        >>> norm(torch.ones(4, 3, 2, 2)).shape, norm.num_features
        (torch.Size([4, 3, 2, 2]), 3)
    """

    cls_to_become = BatchNorm2d
    _dims = BatchNorm2d._dims


class LazyBatchNorm3d(_LazyNormBase, _BatchNorm):
    """A `BatchNorm3d` without `num_features`: the first input tells them.

    Shape:
        - as of `BatchNorm3d`

    Example:
        >>> norm = torch.nn.LazyBatchNorm3d()
        >>> norm(torch.ones(4, 3, 2, 2, 2)).shape, norm.num_features
        (torch.Size([4, 3, 2, 2, 2]), 3)
    """

    cls_to_become = BatchNorm3d
    _dims = BatchNorm3d._dims
