"""The schedule that watches a figure: `ReduceLROnPlateau`.  Read _base.py first."""

from __future__ import annotations

import math
import warnings
from typing import Any, SupportsFloat

from torch.optim.optimizer import Optimizer

from ._base import (
    EPOCH_DEPRECATION_WARNING,
    Epoch,
    LRScheduler,
    PerGroup,
    _check_optimizer,
    _set_value,
)


class ReduceLROnPlateau(LRScheduler):
    """Lower the rate when a figure has stopped improving.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        mode: ``"min"`` if lower figures are better, else ``"max"``.
            Default: ``"min"``.
        factor: What the rate is multiplied by; below 1. Default: 0.1.
        patience: Epochs without improvement that are tolerated. Default: 10.
        threshold: What counts as improvement. Default: 1e-4.
        threshold_mode: ``"rel"``: relative to the best figure, or ``"abs"``.
            Default: ``"rel"``.
        cooldown: Epochs to wait after a change before counting again. Default: 0.
        min_lr: Lower bound, a number or one per group. Default: 0.
        eps: Smaller changes are not made. Default: 1e-8.

    Raises:
        ValueError: `factor` of 1 or more, an unknown mode, a wrong number of bounds.
        TypeError: `optimizer` is none.

    Example:
        >>> import torch
        >>> from torch.optim.lr_scheduler import ReduceLROnPlateau
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = ReduceLROnPlateau(opt, factor=0.5, patience=1)
        >>> for loss in (3.0, 2.0, 2.0, 2.0): schedule.step(loss)
        >>> schedule.get_last_lr()
        [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: PerGroup = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        self.factor = factor
        _check_optimizer(optimizer)
        self.optimizer = optimizer

        count = len(optimizer.param_groups)
        if isinstance(min_lr, (list, tuple)):
            if len(min_lr) != count:
                raise ValueError(f"expected {count} min_lrs, got {len(min_lr)}")
            self.default_min_lr = None
            self.min_lrs = list(min_lr)
        else:
            self.default_min_lr = min_lr
            self.min_lrs = [min_lr] * count
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = self._unchanged()
        self._init_is_better(mode, threshold, threshold_mode)
        self._reset()

    def _init_is_better(self, mode: str, threshold: float, threshold_mode: str) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode

    def _reset(self) -> None:
        """Forget the best figure and all counts."""
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether the last change was less than `cooldown` epochs ago."""
        return self.cooldown_counter > 0

    def _is_better(self, figure: float, best: float) -> bool:
        relative = self.threshold_mode == "rel"
        if self.mode == "min":
            bar = best * (1.0 - self.threshold) if relative else best - self.threshold
            return figure < bar
        bar = best * (self.threshold + 1.0) if relative else best + self.threshold
        return figure > bar

    def step(  # type: ignore[override]
        self, metrics: SupportsFloat, epoch: Epoch | None = None
    ) -> None:
        """Take note of the figure of one more epoch, and act on it.

        Args:
            metrics: The figure.
            epoch: Number of the epoch. Deprecated.
        """
        figure = float(metrics)
        if epoch is None:
            epoch = self.last_epoch + 1
        else:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self.last_epoch = epoch

        if self._is_better(figure, self.best):
            self.best = figure
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr(epoch)
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = self._unchanged()

    def _reduce_lr(self, epoch: int) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise RuntimeError(
                    "The number of param groups in the `optimizer` "
                    f"({len(groups)}) differs from when `ReduceLROnPlateau` was "
                    f"initialized ({len(self.min_lrs)}), usually due to a new param "
                    "group being added to the optimizer. Please modify the `min_lrs` "
                    "field to match the length of the `optimizer` param groups."
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, lowest in zip(groups, self.min_lrs):
            old = float(group["lr"])
            new = max(old * self.factor, lowest)
            if old - new > self.eps:
                _set_value(group, "lr", new)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned.

        Args:
            state_dict: The saved attributes.
        """
        self.__dict__.update(state_dict)
        self._init_is_better(self.mode, self.threshold, self.threshold_mode)
