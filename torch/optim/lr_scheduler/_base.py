"""What all learning-rate schedules share.

`LRScheduler` counts steps and writes the values of `get_lr` into the optimizer.
A subclass computes the next values from the current ones (`get_lr`, "chainable":
several schedules may act on one optimizer) and, where a formula for any epoch
exists, from the first ones (`_get_closed_form_lr`).
"""

from __future__ import annotations

import functools
import types
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable, Union

from torch import Tensor
from torch.optim.optimizer import Optimizer, _to_scalar

Rate = Union[float, Tensor]
PerGroup = Union[float, list[float]]
Epoch = int  # counts steps of the schedule from 0; -1: not begun

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being "
    "deprecated where possible. Please use `scheduler.step()` to step the scheduler. "
    "During the deprecation, if epoch is different from None, the closed form is used "
    "instead of the new chainable form, where available. Please open an issue if you "
    "are unable to replicate your use case: "
    "https://github.com/pytorch/pytorch/issues/new/choose."
)
_ORDER_LINK = (
    "See more details at "
    "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)


def _copy(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def _values_of(optimizer: Optimizer, key: str) -> list:
    """Copies of one option of all groups."""
    return [_copy(group[key]) for group in optimizer.param_groups]


def _set_value(group: dict[str, Any], key: str, value: Rate) -> None:
    """Change one option of a group; a tensor keeps its identity."""
    if isinstance(group[key], Tensor):
        group[key].fill_(_to_scalar(value))
    else:
        group[key] = value


def _one_per_group(name: str, optimizer: Optimizer, value: Any) -> list:
    """`value` as a list with an entry per group."""
    groups = optimizer.param_groups
    if not isinstance(value, (list, tuple)):
        return [_copy(value) for _ in groups]
    if len(value) != len(groups):
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has "
            f"{len(value)} values, param_groups has {len(groups)}."
        )
    return [_copy(v) for v in value]


def _check_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def _callable_state(function: Callable | None) -> dict[str, Any] | None:
    """What of a callable can be saved: attributes of an object, of a function none."""
    if function is None or isinstance(function, types.FunctionType):
        return None
    return function.__dict__.copy()


def _track_step(optimizer: Optimizer) -> None:
    """Have `optimizer.step` leave the mark `_opt_called`.

    The wrapper reaches the optimizer through a weak reference: an attribute of the
    optimizer that owned it would be a cycle.
    """
    step = optimizer.step
    if getattr(step, "_wrapped_by_lr_sched", False):
        return
    owner = weakref.ref(optimizer)
    function = getattr(step, "__func__", None)

    @functools.wraps(function or step)
    def tracked_step(*args: Any, **kwargs: Any) -> Any:
        opt: Any = owner()
        opt._opt_called = True
        bound = step if function is None else function.__get__(opt, type(opt))
        return bound(*args, **kwargs)

    if function is not None:
        del step
    setattr(tracked_step, "_wrapped_by_lr_sched", True)
    setattr(optimizer, "step", tracked_step)


class LRScheduler:
    """Adjust the learning rates of an optimizer while it trains; base class.

    Call `step` after the optimizer's, once per epoch or per batch.

    Args:
        optimizer: The optimizer whose groups are adjusted.
        last_epoch: Number of the last epoch done, to resume. Default: -1, start.

    Raises:
        TypeError: `optimizer` is none.
        KeyError: `last_epoch` is given but a group has no ``initial_lr``.

    Example:
        >>> import torch
        >>> class Halving(torch.optim.lr_scheduler.LRScheduler):
        ...     def get_lr(self):
        ...         return [lr * 0.5**self.last_epoch for lr in self.base_lrs]
        >>> opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
        >>> schedule = Halving(opt)
        >>> opt.step(); schedule.step()
        >>> schedule.get_last_lr()
        [0.5]
    """

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False

    def __init__(self, optimizer: Optimizer, last_epoch: Epoch = -1) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _copy(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when "
                    "resuming scheduler with last_epoch >= 0.\nThis typically happens "
                    "when:\n1. You're trying to resume training from a checkpoint but "
                    "haven't properly loaded the optimizer state\n2. You're using "
                    "last_epoch >= 0 for a fresh training run (not recommended)"
                )
        self.base_lrs: list[Rate] = _values_of(optimizer, "initial_lr")
        self.last_epoch: Epoch = last_epoch
        _track_step(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """Write the values of epoch 0 (or of the epoch resumed at)."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """Return all attributes but the optimizer, which is saved on its own."""
        return {k: v for k, v in self.__dict__.items() if k != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned.

        Args:
            state_dict: The saved attributes. Load the optimizer's too.
        """
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[Rate]:
        """Return the rates last written, one per group."""
        return self._last_lr

    def get_lr(self) -> list[Rate]:
        """Compute the rates of epoch `last_epoch`; subclasses implement this.

        To read the present rates use `get_last_lr`.
        """
        raise NotImplementedError

    def step(self, epoch: Epoch | None = None) -> None:
        """Go to the next epoch and write its rates.

        Args:
            epoch: Go to this epoch instead. Deprecated.
        """
        if self._step_count == 1:
            self._warn_about_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _warn_about_order(self) -> None:
        optimizer = self.optimizer
        if not hasattr(optimizer.step, "_wrapped_by_lr_sched"):
            warnings.warn(
                "Seems like `optimizer.step()` has been overridden after learning rate "
                "scheduler initialization. Please, make sure to call "
                f"`optimizer.step()` before `lr_scheduler.step()`. {_ORDER_LINK}",
                UserWarning,
                stacklevel=3,
            )
        elif not getattr(optimizer, "_opt_called", False):
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In "
                "PyTorch 1.1.0 and later, you should call them in the opposite order: "
                "`optimizer.step()` before `lr_scheduler.step()`.  Failure to do this "
                "will result in PyTorch skipping the first value of the learning rate "
                f"schedule. {_ORDER_LINK}",
                UserWarning,
                stacklevel=3,
            )

    def _update_lr(self, epoch: Epoch | None = None) -> None:
        with self._within_step():
            if epoch is None:
                self.last_epoch += 1
                rates = self.get_lr()
            else:
                self.last_epoch = epoch
                closed_form = getattr(self, "_get_closed_form_lr", self.get_lr)
                rates = closed_form()
        self._write(rates)

    @contextmanager
    def _within_step(self) -> Iterator[None]:
        """Allow `get_lr` to be called without a warning."""
        self._get_lr_called_within_step = True
        try:
            yield
        finally:
            self._get_lr_called_within_step = False

    def _write(self, rates: list[Rate]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates):
            _set_value(group, "lr", rate)
        self._last_lr: list[Rate] = _values_of(self.optimizer, "lr")

    def _warn_unless_within_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use "
                "`get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )

    def _scaled(self, factor: float) -> list[Rate]:
        """The present rates times `factor`."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _from_first(self, factor: float) -> list[Rate]:
        """The first rates times `factor`."""
        return [lr0 * factor for lr0 in self.base_lrs]

    def _unchanged(self) -> list[Rate]:
        return _values_of(self.optimizer, "lr")


class _LRScheduler(LRScheduler):
    """Old name of `LRScheduler`."""
