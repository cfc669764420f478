"""Schedules made of schedules: one after the other, or all at once.

Entry points: `SequentialLR`, `ChainedScheduler`.  Read _base.py first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from torch.optim.optimizer import Optimizer

from ._base import Epoch, LRScheduler, _set_value
from ._plateau import ReduceLROnPlateau


class _Combined(LRScheduler):
    """Holds schedules in `_schedulers` and saves them with itself."""

    _schedulers: Sequence[LRScheduler]

    def state_dict(self) -> dict[str, Any]:
        """Return the attributes, with each schedule replaced by its own."""
        state = super().state_dict()
        del state["_schedulers"]
        state["_schedulers"] = [s.state_dict() for s in self._schedulers]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned.

        Args:
            state_dict: The saved attributes.
        """
        state = dict(state_dict)
        saved = state.pop("_schedulers")
        self.__dict__.update(state)
        for schedule, its_state in zip(self._schedulers, saved):
            schedule.load_state_dict(its_state)

    def _check(self, i: int, schedule: Any, optimizer: Optimizer) -> None:
        name = type(self).__name__
        if not hasattr(schedule, "optimizer"):
            raise TypeError(
                f"{name} at index {i} should have `optimizer` as its attribute."
            )
        if isinstance(schedule, ReduceLROnPlateau):
            raise ValueError(
                f"{name} does not support `ReduceLROnPlateau` scheduler as it requires "
                "additional kwargs to be specified when calling `step`, but got one at "
                f"index {i} in the given schedulers sequence."
            )
        if schedule.optimizer != optimizer:
            raise ValueError(
                f"{name} expects all schedulers to belong to the same optimizer, but "
                f"got scheduler {type(schedule).__name__} at index {i} has "
                f"{schedule.optimizer}, which is different from "
                f"{type(optimizer).__name__}."
            )


class SequentialLR(_Combined):
    """Let one schedule after the other rule, changing at `milestones`.

    Args:
        optimizer: The optimizer of all the schedules.
        schedulers: The schedules in order. Each starts from epoch 0 of its own.
        milestones: Epochs at which the next one takes over; one fewer than
            schedules.
        last_epoch: Number of the last epoch done. Default: -1.

    Raises:
        ValueError: No schedule, another optimizer's, a `ReduceLROnPlateau`, or a
            wrong number of milestones.
        TypeError: An entry is no schedule.

    Example:
        >>> import torch
        >>> from torch.optim.lr_scheduler import ConstantLR, ExponentialLR, SequentialLR
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> parts = [ConstantLR(opt, 0.25, total_iters=9), ExponentialLR(opt, 0.5)]
        >>> schedule = SequentialLR(opt, parts, milestones=[2])
        >>> rates = []
        >>> for _ in range(4):
        ...     rates += schedule.get_last_lr()
        ...     opt.step(); schedule.step()
        >>> rates
        [0.25, 0.25, 1.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: list[LRScheduler],
        milestones: list[int],
        last_epoch: Epoch = -1,
    ) -> None:
        if len(schedulers) < 1:
            raise ValueError(
                f"{type(self).__name__} expects at least one scheduler, but got no "
                "scheduler."
            )
        for i, schedule in enumerate(schedulers):
            self._check(i, schedule, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one "
                "more than the number of milestone points, but got number of "
                f"schedulers {len(schedulers)} and the number of milestones to be "
                f"equal to {len(milestones)}"
            )
        self._schedulers = schedulers
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        self.optimizer = optimizer

        # Building the parts took each one its first step; take those back, then
        # let the first part alone begin.
        for group in optimizer.param_groups:
            _set_value(group, "lr", group["initial_lr"])
        self.recursive_undo()
        schedulers[0]._initial_step()
        self._last_lr = schedulers[0].get_last_lr()

    def recursive_undo(self, sched: LRScheduler | None = None) -> None:
        """Put back by one epoch all schedules inside `sched`.

        Args:
            sched: Default: this schedule.
        """
        parts = getattr(self if sched is None else sched, "_schedulers", None)
        if parts is not None:
            for part in parts:
                self.recursive_undo(part)
        elif sched is not None and hasattr(sched, "last_epoch"):
            sched.last_epoch -= 1

    def step(self) -> None:  # type: ignore[override]
        """Go to the next epoch and let its schedule write the rates."""
        self.last_epoch += 1
        turn = bisect_right(self._milestones, self.last_epoch)
        schedule = self._schedulers[turn]
        if turn > 0 and self._milestones[turn - 1] == self.last_epoch:
            schedule._update_lr(0)
        else:
            schedule.step()
        self._last_lr = schedule.get_last_lr()


class ChainedScheduler(_Combined):
    """Let several schedules act at every step, each on what the one before left.

    Args:
        schedulers: The schedules, all of one optimizer.
        optimizer: Default: the optimizer of the first schedule.

    Raises:
        ValueError: No schedule, another optimizer's, or a `ReduceLROnPlateau`.
        TypeError: An entry is no schedule.

    Example:
        >>> import torch
        >>> from torch.optim.lr_scheduler import ChainedScheduler, ExponentialLR
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = ChainedScheduler([ExponentialLR(opt, 0.5) for _ in range(2)])
        >>> opt.step(); schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    def __init__(
        self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None
    ) -> None:
        if len(schedulers) < 1:
            raise ValueError(
                f"{type(self).__name__} expects at least one scheduler to be chained, "
                "but got no scheduler."
            )
        optimizer = optimizer or schedulers[0].optimizer
        for i, schedule in enumerate(schedulers):
            self._check(i, schedule, optimizer)
        self._schedulers = schedulers
        self.optimizer = optimizer
        self._last_lr = self._unchanged()

    def step(self) -> None:  # type: ignore[override]
        """Step all the schedules in order."""
        for schedule in self._schedulers:
            schedule.step()
        self._last_lr = self._unchanged()
