"""Schedules that are one formula of the epoch.

By a function: `LambdaLR`, `MultiplicativeLR`; in steps: `StepLR`, `MultiStepLR`,
`ConstantLR`; smooth: `LinearLR`, `ExponentialLR`, `PolynomialLR`,
`CosineAnnealingLR`.  Read _base.py first.

Below, t is `last_epoch`, lr the present rate, lr0 the first one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, Callable, Union

from torch.optim.optimizer import Optimizer

from ._base import Epoch, LRScheduler, Rate, _callable_state

Lambdas = Union[Callable[[int], float], "list[Callable[[int], float]]"]


class _ByFunction(LRScheduler):
    """A function of the epoch per group; saves those that are objects."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Lambdas, last_epoch: Epoch = -1
    ) -> None:
        self.optimizer = optimizer
        self.lr_lambdas = self._one_lambda_per_group(optimizer, lr_lambda)
        super().__init__(optimizer, last_epoch)

    @staticmethod
    def _one_lambda_per_group(optimizer: Optimizer, lr_lambda: Lambdas) -> list:
        count = len(optimizer.param_groups)
        if not isinstance(lr_lambda, (list, tuple)):
            return [lr_lambda] * count
        if len(lr_lambda) != count:
            raise ValueError(f"Expected {count} lr_lambdas, but got {len(lr_lambda)}")
        return list(lr_lambda)

    def state_dict(self) -> dict[str, Any]:
        """Return the attributes, with callable objects replaced by theirs.

        Plain functions are not saved: None stands for them.
        """
        state = super().state_dict()
        del state["lr_lambdas"]
        state["lr_lambdas"] = [_callable_state(f) for f in self.lr_lambdas]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned; functions stay those given here.

        Args:
            state_dict: The saved attributes.
        """
        state = dict(state_dict)
        saved = state.pop("lr_lambdas")
        self.__dict__.update(state)
        for function, attributes in zip(self.lr_lambdas, saved):
            if attributes is not None:
                function.__dict__.update(attributes)


class LambdaLR(_ByFunction):
    """Set the rate to lr0 * f(t).

    Args:
        optimizer: The optimizer whose groups are adjusted.
        lr_lambda: The function f, or a list with one per group.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Raises:
        ValueError: The list's length is not the number of groups.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.LambdaLR(opt, lambda t: 0.5**t)
        >>> opt.step(); schedule.step()
        >>> schedule.get_last_lr()
        [0.5]
    """

    def get_lr(self) -> list[Rate]:
        """Return lr0 * f(t) per group."""
        self._warn_unless_within_step()
        t = self.last_epoch
        return [lr0 * f(t) for f, lr0 in zip(self.lr_lambdas, self.base_lrs)]


class MultiplicativeLR(_ByFunction):
    """Multiply the rate by f(t) at each step.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        lr_lambda: The function f, or a list with one per group.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Raises:
        ValueError: The list's length is not the number of groups.
        TypeError: An entry cannot be called.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.MultiplicativeLR(opt, lambda t: 0.5)
        >>> for _ in range(2): opt.step(); schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Lambdas, last_epoch: Epoch = -1
    ) -> None:
        for f in self._one_lambda_per_group(optimizer, lr_lambda):
            if not callable(f):
                raise TypeError(
                    f"lr_lambda should be a function, but got {type(f).__name__}"
                )
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return lr * f(t) per group; at the start lr."""
        self._warn_unless_within_step()
        if self._is_initial:
            return self._unchanged()
        groups = self.optimizer.param_groups
        return [g["lr"] * f(self.last_epoch) for f, g in zip(self.lr_lambdas, groups)]


class StepLR(LRScheduler):
    """Multiply the rate by `gamma` every `step_size` epochs.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        step_size: Epochs between changes.
        gamma: The factor. Default: 0.1.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
        >>> rates = []
        >>> for _ in range(5):
        ...     rates += schedule.get_last_lr()
        ...     opt.step(); schedule.step()
        >>> rates
        [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        step_size: int,
        gamma: float = 0.1,
        last_epoch: Epoch = -1,
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return lr * gamma where t is a multiple of step_size, else lr."""
        self._warn_unless_within_step()
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._unchanged()
        return self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Rate]:
        factor = self.gamma ** (self.last_epoch // self.step_size)
        return self._from_first(factor)


class MultiStepLR(LRScheduler):
    """Multiply the rate by `gamma` at each of some epochs.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        milestones: The epochs; one named twice counts twice.
        gamma: The factor. Default: 0.1.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.MultiStepLR(opt, [1, 3], gamma=0.5)
        >>> rates = []
        >>> for _ in range(4):
        ...     rates += schedule.get_last_lr()
        ...     opt.step(); schedule.step()
        >>> rates
        [1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: Epoch = -1,
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return lr * gamma**k, where k counts t among the milestones."""
        self._warn_unless_within_step()
        if self.last_epoch not in self.milestones:
            return self._unchanged()
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _get_closed_form_lr(self) -> list[Rate]:
        passed = sum(n for m, n in self.milestones.items() if m <= self.last_epoch)
        return self._from_first(self.gamma**passed)


class ConstantLR(LRScheduler):
    """Hold the rate at lr0 * `factor` for the first `total_iters` epochs.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        factor: Between 0 and 1. Default: 1/3.
        total_iters: When the full rate returns. Default: 5.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Raises:
        ValueError: `factor` is outside its range.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.ConstantLR(opt, 0.5, total_iters=2)
        >>> rates = []
        >>> for _ in range(3):
        ...     rates += schedule.get_last_lr()
        ...     opt.step(); schedule.step()
        >>> rates
        [0.5, 0.5, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1 / 3,
        total_iters: int = 5,
        last_epoch: Epoch = -1,
    ) -> None:
        if not 0 <= factor <= 1.0:
            raise ValueError(
                "Constant multiplicative factor expected to be between 0 and 1."
            )
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return lr * factor at the start, lr / factor at total_iters, else lr."""
        self._warn_unless_within_step()
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        if self.last_epoch == self.total_iters:
            return self._scaled(1.0 / self.factor)
        return self._unchanged()

    def _get_closed_form_lr(self) -> list[Rate]:
        over = self.last_epoch >= self.total_iters
        factor = self.factor + over * (1 - self.factor)
        return self._from_first(factor)


class LinearLR(LRScheduler):
    """Move the rate in a straight line from lr0 * start to lr0 * end.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        start_factor: In (0, 1]. Default: 1/3.
        end_factor: In [0, 1]. Default: 1.
        total_iters: Epochs from start to end. Default: 5.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Raises:
        ValueError: A factor is outside its range.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.LinearLR(opt, 0.5, total_iters=2)
        >>> rates = []
        >>> for _ in range(3):
        ...     rates += schedule.get_last_lr()
        ...     opt.step(); schedule.step()
        >>> rates
        [0.5, 0.75, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: Epoch = -1,
    ) -> None:
        if not 0 < start_factor <= 1.0:
            raise ValueError(
                "Starting multiplicative factor expected to be greater than 0 and less "
                "or equal to 1."
            )
        if not 0 <= end_factor <= 1.0:
            raise ValueError(
                "Ending multiplicative factor expected to be between 0 and 1."
            )
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return lr times the ratio of the line's heights at t and at t - 1."""
        self._warn_unless_within_step()
        t, start = self.last_epoch, self.start_factor
        if t == 0:
            return self._scaled(start)
        if self._is_initial or t > self.total_iters:
            return self._unchanged()
        rise = self.end_factor - start
        return self._scaled(1.0 + rise / (self.total_iters * start + (t - 1) * rise))

    def _get_closed_form_lr(self) -> list[Rate]:
        rise = self.end_factor - self.start_factor
        t = min(self.total_iters, self.last_epoch)
        height = self.start_factor + rise * t / self.total_iters
        return self._from_first(height)


class ExponentialLR(LRScheduler):
    """Multiply the rate by `gamma` every epoch.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        gamma: The factor.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.ExponentialLR(opt, gamma=0.5)
        >>> opt.step(); schedule.step()
        >>> schedule.get_last_lr()
        [0.5]
    """

    def __init__(
        self, optimizer: Optimizer, gamma: float, last_epoch: Epoch = -1
    ) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return lr * gamma; at the start lr."""
        self._warn_unless_within_step()
        return self._unchanged() if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Rate]:
        return self._from_first(self.gamma**self.last_epoch)


class PolynomialLR(LRScheduler):
    """Let the rate fall to 0 as lr0 * (1 - t / total_iters)**power.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        total_iters: Epoch at which the rate is 0. Default: 5.
        power: The exponent. Default: 1.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.PolynomialLR(opt, total_iters=2)
        >>> opt.step(); schedule.step()
        >>> schedule.get_last_lr()
        [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        last_epoch: Epoch = -1,
    ) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return lr times the ratio of the formula at t and at t - 1."""
        self._warn_unless_within_step()
        t, end = self.last_epoch, self.total_iters
        if self._is_initial or t > end:
            return self._unchanged()
        ratio = (1.0 - t / end) / (1.0 - (t - 1) / end)
        return self._scaled(ratio**self.power)

    def _get_closed_form_lr(self) -> list[Rate]:
        t = min(self.total_iters, self.last_epoch)
        height = (1.0 - t / self.total_iters) ** self.power
        return self._from_first(height)


class CosineAnnealingLR(LRScheduler):
    r"""Swing the rate between lr0 and `eta_min` along a cosine.

    $$
    \text{lr}_t = \eta_{min} + (\text{lr}_0 - \eta_{min})
    \frac{1 + \cos(\pi t / T_{max})}{2}
    $$

    The part of "SGDR: Stochastic Gradient Descent with Warm Restarts" (2016),
    equation 5, without the restarts.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        T_max: Epochs from the highest rate to the lowest.
        eta_min: The lowest rate. Default: 0.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Example:
        >>> import torch
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=2)
        >>> for _ in range(2): opt.step(); schedule.step()
        >>> schedule.get_last_lr()
        [0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_max: int,
        eta_min: float = 0.0,
        last_epoch: Epoch = -1,
    ) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _height(self, t: float) -> float:
        return 1 + math.cos(math.pi * t / self.T_max)

    def get_lr(self) -> list[Rate]:
        """Return the present distance to eta_min times the ratio of the cosines.

        Where the cosine leaves its low point that ratio is 0/0, so the first
        step of the way up is taken from lr0.
        """
        self._warn_unless_within_step()
        if self._is_initial:
            return self._unchanged()
        t, low = self.last_epoch, self.eta_min
        if self._step_count == 1 and t > 0:
            return [low + (lr0 - low) * self._height(t) / 2 for lr0 in self.base_lrs]
        groups = self.optimizer.param_groups
        if (t - 1 - self.T_max) % (2 * self.T_max) == 0:
            rise = 1 - math.cos(math.pi / self.T_max)
            return [
                g["lr"] + (lr0 - low) * rise / 2
                for lr0, g in zip(self.base_lrs, groups)
            ]
        ratio = self._height(t) / self._height(t - 1)
        return [ratio * (g["lr"] - low) + low for g in groups]

    def _get_closed_form_lr(self) -> list[Rate]:
        low, height = self.eta_min, self._height(self.last_epoch)
        return [low + (lr0 - low) * height / 2 for lr0 in self.base_lrs]
