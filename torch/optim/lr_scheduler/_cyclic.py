"""Schedules that go up and down, some of them with the momentum in step.

Entry points: `CyclicLR`, `OneCycleLR`, `CosineAnnealingWarmRestarts`.  Read _base.py
first.
"""

from __future__ import annotations

import math
from typing import Any, Callable

from torch.optim.optimizer import Optimizer

from ._base import (
    Epoch,
    LRScheduler,
    PerGroup,
    Rate,
    _callable_state,
    _check_optimizer,
    _one_per_group,
    _set_value,
)


class _WithMomentum(LRScheduler):
    """Moves the momentum of SGD, or the first beta of Adam, along with the rate."""

    def _choose_momentum(self) -> None:
        defaults = self.optimizer.defaults
        if "momentum" not in defaults and "betas" not in defaults:
            raise ValueError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option "
                "enabled"
            )
        self.use_beta1 = "betas" in defaults

    def _set_momentum(self, group: dict[str, Any], value: float) -> None:
        if self.use_beta1:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value


def _triangular(x: float) -> float:
    return 1.0


def _triangular2(x: float) -> float:
    return 1 / (2.0 ** (x - 1))


def _exp_range(gamma: float, x: float) -> float:
    return gamma**x


class CyclicLR(_WithMomentum):
    """Move the rate between two bounds, up and down in straight lines.

    "Cyclical Learning Rates for Training Neural Networks" (2015).  Made to be
    stepped after every batch.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        base_lr: Lower bound, a number or one per group.
        max_lr: Upper bound, a number or one per group; `scale_fn` shrinks the way.
        step_size_up: Steps from the lower to the upper bound. Default: 2000.
        step_size_down: Steps back. Default: None, as many as up.
        mode: ``"triangular"``: all cycles alike; ``"triangular2"``: each half as high
            as the one before; ``"exp_range"``: shrinking by `gamma` per step.
            Default: ``"triangular"``.
        gamma: For ``"exp_range"``. Default: 1.
        scale_fn: Own function of the cycle or step, in place of `mode`.
        scale_mode: What `scale_fn` gets: ``"cycle"`` or ``"iterations"``.
            Default: ``"cycle"``.
        cycle_momentum: Move the momentum against the rate. Default: True.
        base_momentum: Lower bound of the momentum. Default: 0.8.
        max_momentum: Upper bound of the momentum. Default: 0.9.
        last_epoch: Number of the last step done, to resume. Default: -1.

    Raises:
        ValueError: An unknown mode, a wrong number of bounds, or an optimizer
            without momentum while `cycle_momentum` is set.
        TypeError: `optimizer` is none.

    Example:
        >>> import torch
        >>> from torch.optim.lr_scheduler import CyclicLR
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], momentum=0.9)
        >>> schedule = CyclicLR(opt, base_lr=0.0, max_lr=1.0, step_size_up=2)
        >>> rates = []
        >>> for _ in range(5):
        ...     rates += schedule.get_last_lr()
        ...     opt.step(); schedule.step()
        >>> rates
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: PerGroup,
        max_lr: PerGroup,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: PerGroup = 0.8,
        max_momentum: PerGroup = 0.9,
        last_epoch: Epoch = -1,
    ) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        base_lrs = _one_per_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs):
                _set_value(group, "lr", lr)
        self.max_lrs = _one_per_group("max_lr", optimizer, max_lr)

        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size = up + down
        self.step_ratio = up / self.total_size

        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ValueError("mode is invalid and scale_fn is None")
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"

        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._start_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _start_momentum(
        self, lowest: PerGroup, highest: PerGroup, last_epoch: int
    ) -> None:
        self._choose_momentum()
        self.base_momentums = _one_per_group("base_momentum", self.optimizer, lowest)
        self.max_momentums = _one_per_group("max_momentum", self.optimizer, highest)
        if last_epoch != -1:
            return
        for high, low, group in zip(
            self.max_momentums, self.base_momentums, self.optimizer.param_groups
        ):
            self._set_momentum(group, high)
            group["max_momentum"] = high
            group["base_momentum"] = low

    def scale_fn(self, x: float) -> float:
        """Return the height of cycle or step `x`, 1 being the full height.

        Args:
            x: Number of the cycle, from 1, or of the step, as `scale_mode` says.
        """
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "exp_range":
            return _exp_range(self.gamma, x)
        return {"triangular": _triangular, "triangular2": _triangular2}[self.mode](x)

    def get_lr(self) -> list[Rate]:
        """Return the rates; with `cycle_momentum` also write the momenta."""
        self._warn_unless_within_step()
        t = self.last_epoch
        cycle = math.floor(1 + t / self.total_size)
        place = 1.0 + t / self.total_size - cycle  # in [0, 1)
        if place <= self.step_ratio:
            height = place / self.step_ratio
        else:
            height = (place - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else t)

        rates = [
            low + (high - low) * height * scale
            for low, high in zip(self.base_lrs, self.max_lrs)
        ]
        if self.cycle_momentum:
            for low, high, group in zip(
                self.base_momentums, self.max_momentums, self.optimizer.param_groups
            ):
                self._set_momentum(group, high - (high - low) * height * scale)
        return rates

    def state_dict(self) -> dict[str, Any]:
        """Return the attributes; of an own `scale_fn` those of an object."""
        state = super().state_dict()
        state["_scale_fn_custom"] = _callable_state(state.pop("_scale_fn_custom"))
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned; an own `scale_fn` stays.

        Args:
            state_dict: The saved attributes.
        """
        state = dict(state_dict)
        saved = state.pop("_scale_fn_custom")
        super().load_state_dict(state)
        if saved is not None:
            self._scale_fn_custom.__dict__.update(saved)


class CosineAnnealingWarmRestarts(LRScheduler):
    r"""Lower the rate along a cosine, again and again from the top.

    $$
    \text{lr} = \eta_{min} + (\text{lr}_0 - \eta_{min})
    \frac{1 + \cos(\pi T_{cur} / T_i)}{2}
    $$

    "SGDR: Stochastic Gradient Descent with Warm Restarts" (2016), equation 5.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        T_0: Epochs until the first restart.
        T_mult: What that number is multiplied by at each restart. Default: 1.
        eta_min: The lowest rate. Default: 0.
        last_epoch: Number of the last epoch done, to resume. Default: -1.

    Raises:
        ValueError: `T_0` or `T_mult` is no positive integer, `eta_min` no number.

    Example:
        >>> import torch
        >>> from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = CosineAnnealingWarmRestarts(opt, T_0=2)
        >>> rates = []
        >>> for _ in range(3):
        ...     rates += [round(lr, 2) for lr in schedule.get_last_lr()]
        ...     opt.step(); schedule.step()
        >>> rates
        [1.0, 0.5, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: int | float = 0.0,
        last_epoch: Epoch = -1,
    ) -> None:
        for what, value in (
            ("positive integer T_0", T_0),
            ("integer T_mult >= 1", T_mult),
        ):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"Expected {what}, but got {value}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(
                f"Expected float or int eta_min, but got {eta_min} of type "
                f"{type(eta_min)}"
            )
        self.T_0 = self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the rates at T_cur of T_i epochs since the last restart."""
        self._warn_unless_within_step()
        low, height = self.eta_min, 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [low + (lr0 - low) * height / 2 for lr0 in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go to the next epoch, or to `epoch`, and write its rates.

        Args:
            epoch: May be a fraction, as ``epoch + batch / batches``.

        Raises:
            ValueError: `epoch` is negative.
        """
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
        else:
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            self._place(epoch)
        self.last_epoch = math.floor(epoch)
        with self._within_step():
            rates = self.get_lr()
        self._write(rates)

    def _place(self, epoch: float) -> None:
        """Find the period `epoch` falls in: T_0, T_0 T_mult, T_0 T_mult^2, ..."""
        first, mult = self.T_0, self.T_mult
        if epoch < first:
            self.T_i, self.T_cur = first, epoch
        elif mult == 1:
            self.T_i, self.T_cur = first, epoch % first
        else:
            n = int(math.log(epoch / first * (mult - 1) + 1, mult))
            self.T_i = first * mult**n
            self.T_cur = epoch - first * (mult**n - 1) / (mult - 1)


def _along_cosine(start: float, end: float, part: float) -> float:
    return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)


def _along_line(start: float, end: float, part: float) -> float:
    return (end - start) * part + start


class OneCycleLR(_WithMomentum):
    """Raise the rate once to a maximum, then lower it far below where it began.

    "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning
    Rates" (2017).  Made to be stepped after every batch; cannot be chained.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        max_lr: Highest rate, a number or one per group.
        total_steps: Steps of the whole cycle. Default: epochs * steps_per_epoch.
        epochs: Epochs, where `total_steps` is not given.
        steps_per_epoch: Steps of each, where `total_steps` is not given.
        pct_start: Part of the cycle that rises. Default: 0.3.
        anneal_strategy: ``"cos"`` or ``"linear"``. Default: ``"cos"``.
        cycle_momentum: Move the momentum against the rate. Default: True.
        base_momentum: Lower bound of the momentum. Default: 0.85.
        max_momentum: Upper bound of the momentum. Default: 0.95.
        div_factor: First rate is max_lr / div_factor. Default: 25.
        final_div_factor: Last rate is the first / final_div_factor. Default: 1e4.
        three_phase: Come down as the rate went up, then go to the last one.
            Default: False, straight down to the last one.
        last_epoch: Number of the last step done, to resume. Default: -1.

    Raises:
        ValueError: No length or one below 1, an option outside its range, or an
            optimizer without momentum while `cycle_momentum` is set.
        TypeError: `optimizer` is none.

    Example:
        >>> import torch
        >>> from torch.optim.lr_scheduler import OneCycleLR
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], momentum=0.9)
        >>> schedule = OneCycleLR(opt, max_lr=1.0, total_steps=10)
        >>> for _ in range(2): opt.step(); schedule.step()
        >>> schedule.get_last_lr()
        [1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: PerGroup,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: Epoch | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: PerGroup = 0.85,
        max_momentum: PerGroup = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: Epoch = -1,
    ) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        self.total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise ValueError(
                f"Expected float between 0 and 1 pct_start, but got {pct_start}"
            )
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                "anneal_strategy must be one of 'cos' or 'linear', instead got "
                f"{anneal_strategy}"
            )
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        self._anneal_func_type = anneal_strategy

        max_lrs = _one_per_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, highest in zip(optimizer.param_groups, max_lrs):
                group["initial_lr"] = highest / div_factor
                group["max_lr"] = highest
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._choose_momentum()
            lows = _one_per_group("base_momentum", optimizer, base_momentum)
            highs = _one_per_group("max_momentum", optimizer, max_momentum)
            if last_epoch == -1:
                for high, low, group in zip(highs, lows, optimizer.param_groups):
                    self._set_momentum(group, high)
                    group["max_momentum"] = high
                    group["base_momentum"] = low
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the rates; with `cycle_momentum` also write the momenta.

        Raises:
            ValueError: The cycle is over.
        """
        self._warn_unless_within_step()
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(
                f"Tried to step {t} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        begin: float = 0
        phase = self._schedule_phases[0]
        for phase in self._schedule_phases:
            if t <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            begin = phase["end_step"]
        part = (t - begin) / (phase["end_step"] - begin)

        along = _along_cosine if self._anneal_func_type == "cos" else _along_line
        rates: list[Rate] = []
        for group in self.optimizer.param_groups:
            rates.append(along(group[phase["start_lr"]], group[phase["end_lr"]], part))
            if self.cycle_momentum:
                start, end = phase["start_momentum"], phase["end_momentum"]
                self._set_momentum(group, along(group[start], group[end], part))
        return rates


def _total_steps(total: int | None, epochs: int | None, per_epoch: int | None) -> int:
    if total is not None:
        if total <= 0 or not isinstance(total, int):
            raise ValueError(f"Expected positive integer total_steps, but got {total}")
        return total
    if epochs is None or per_epoch is None:
        raise ValueError(
            "You must define either total_steps OR (epochs AND steps_per_epoch)"
        )
    for name, value in (("epochs", epochs), ("steps_per_epoch", per_epoch)):
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"Expected positive integer {name}, but got {value}")
    return epochs * per_epoch


def _phases(total: int, pct_start: float, three_phase: bool) -> list[dict[str, Any]]:
    """The legs of the way: where each ends, and between which options it runs."""

    def leg(end: float, rates: tuple, momenta: tuple) -> dict[str, Any]:
        return {
            "end_step": end,
            "start_lr": rates[0],
            "end_lr": rates[1],
            "start_momentum": momenta[0],
            "end_momentum": momenta[1],
        }

    falling = ("max_momentum", "base_momentum")
    rising = ("base_momentum", "max_momentum")
    up = leg(float(pct_start * total) - 1, ("initial_lr", "max_lr"), falling)
    if not three_phase:
        return [up, leg(total - 1, ("max_lr", "min_lr"), rising)]
    return [
        up,
        leg(float(2 * pct_start * total) - 2, ("max_lr", "initial_lr"), rising),
        leg(total - 1, ("initial_lr", "min_lr"), ("max_momentum", "max_momentum")),
    ]
