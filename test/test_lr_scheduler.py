"""Learning-rate schedules: rates recorded from PyTorch, saving, warnings, errors."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import warnings
import weakref
from pathlib import Path

import pytest

import torch
from optim_cases import JUMPING, SCHEDULES, options, scheduled, two_groups
from torch.nn import Parameter
from torch.optim import SGD, Adam, Optimizer, lr_scheduler as lrs

GOLDEN = Path(__file__).parent / "golden" / "optim.json"
RECORDED = json.loads(GOLDEN.read_text())["schedules"]


def one(lr: float = 1.0, **others) -> SGD:
    return SGD([Parameter(torch.ones(1))], lr=lr, **others)


def advance(optimizer: Optimizer, schedule: lrs.LRScheduler, steps: int = 1) -> list:
    """The rate before each step."""
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


# --------------------------------------------------------------------- recorded


def test_every_schedule_is_recorded():
    assert RECORDED.keys() == SCHEDULES.keys()


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_match_recorded_exactly(name):
    assert scheduled(name)["stepped"] == RECORDED[name]["stepped"]


@pytest.mark.parametrize("name", JUMPING)
def test_step_to_an_epoch_matches_recorded_exactly(name):
    assert scheduled(name)["jumped"] == RECORDED[name]["jumped"]


@pytest.mark.parametrize("name", SCHEDULES)
def test_state_dict_matches_recorded(name):
    assert scheduled(name)["state"] == RECORDED[name]["state"]


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_resumes_from_state_dict(name):
    optimizer, other = two_groups(), two_groups()
    schedule, resumed = SCHEDULES[name](optimizer), SCHEDULES[name](other)
    advance(optimizer, schedule, 5)
    resumed.load_state_dict(copy.deepcopy(schedule.state_dict()))
    other.load_state_dict(optimizer.state_dict())
    for _ in range(6):
        advance(optimizer, schedule)
        advance(other, resumed)
        assert options(optimizer) == options(other)


# ------------------------------------------------------------------ by formula


def test_step_lr_by_hand():
    optimizer = one()
    rates = advance(optimizer, lrs.StepLR(optimizer, 2, gamma=0.5), 6)
    assert rates == [1, 1, 0.5, 0.5, 0.25, 0.25]


def test_lambda_lr_by_hand():
    optimizer = one(2.0)
    assert advance(optimizer, lrs.LambdaLR(optimizer, lambda t: t), 3) == [0, 2, 4]


def test_two_chainable_schedules_act_together():
    optimizer = one()
    first = lrs.StepLR(optimizer, 1, gamma=0.5)
    second = lrs.ExponentialLR(optimizer, gamma=0.1)
    advance(optimizer, first)
    second.step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.05)


def test_get_last_lr():
    optimizer = two_groups()
    schedule = lrs.StepLR(optimizer, 1, gamma=0.5)
    assert schedule.get_last_lr() == [0.1, 0.5]
    advance(optimizer, schedule)
    assert schedule.get_last_lr() == [0.05, 0.25]


def test_resuming_takes_initial_lr_of_the_groups():
    optimizer = one(0.3)
    optimizer.param_groups[0]["initial_lr"] = 1.0
    schedule = lrs.LambdaLR(optimizer, lambda t: t, last_epoch=4)
    assert schedule.get_last_lr() == [5.0] and schedule.last_epoch == 5


def test_tensor_rate_keeps_its_identity():
    rate = torch.tensor(1.0)
    optimizer = one(rate)
    advance(optimizer, lrs.StepLR(optimizer, 1, gamma=0.5))
    assert optimizer.param_groups[0]["lr"] is rate and rate.item() == 0.5


def test_sequential_inside_sequential():
    optimizer = one()
    inner = lrs.SequentialLR(
        optimizer, [lrs.ConstantLR(optimizer, 0.5, 9), lrs.StepLR(optimizer, 9)], [2]
    )
    with pytest.warns(UserWarning, match="Detected call"):
        parts = [inner, lrs.LambdaLR(optimizer, float)]
        outer = lrs.SequentialLR(optimizer, parts, [3])
    # As in PyTorch the inner one keeps the epoch it counted when the outer one began.
    assert advance(optimizer, outer, 5) == [0.5, 1.0, 1.0, 0.0, 1.0]


def test_cyclic_moves_beta1_of_adam():
    optimizer = Adam([Parameter(torch.ones(1))])
    advance(optimizer, lrs.CyclicLR(optimizer, 0.01, 0.1, step_size_up=2), 2)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.1)
    assert optimizer.param_groups[0]["betas"] == pytest.approx((0.8, 0.999))


def test_restarts_at_fractions_of_an_epoch():
    schedule = lrs.CosineAnnealingWarmRestarts(one(), T_0=2, T_mult=2)
    for epoch, place, period in ((0.5, 0.5, 2), (2.5, 0.5, 4), (6, 0, 8)):
        schedule.step(epoch)
        assert (schedule.T_cur, schedule.T_i) == (place, period)


# -------------------------------------------------------------------- plateau


def test_plateau_lowers_after_patience():
    optimizer = one()
    schedule = lrs.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, cooldown=1)
    rates = []
    for figure in (3, 2, 2, 2, 2, 2, 2, 1):
        schedule.step(figure)
        rates += schedule.get_last_lr()
    assert rates == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]


@pytest.mark.parametrize(
    "mode, threshold_mode, better, same",
    [
        ("min", "rel", 0.89, 0.91),
        ("min", "abs", 0.89, 0.91),
        ("max", "rel", 1.11, 1.09),
        ("max", "abs", 1.11, 1.09),
    ],
)
def test_plateau_threshold(mode, threshold_mode, better, same):
    def bad_epochs(figure):
        schedule = lrs.ReduceLROnPlateau(
            one(), mode, threshold=0.1, threshold_mode=threshold_mode
        )
        schedule.step(1.0)
        schedule.step(torch.tensor(figure))
        return schedule.num_bad_epochs

    assert (bad_epochs(better), bad_epochs(same)) == (0, 1)


def test_plateau_bounds_and_smallest_change():
    optimizer = two_groups()
    schedule = lrs.ReduceLROnPlateau(
        optimizer, patience=0, factor=0.5, min_lr=[0.02, 0.2], eps=0.01
    )
    for _ in range(6):
        schedule.step(1.0)
    assert schedule.get_last_lr() == [0.025, 0.2]


def test_plateau_with_a_group_added():
    optimizer = one()
    schedule = lrs.ReduceLROnPlateau(optimizer, patience=0, min_lr=[0.0])
    optimizer.add_param_group({"params": [Parameter(torch.ones(1))]})
    schedule.step(1.0)
    with pytest.raises(RuntimeError, match=r"\(2\) differs from when"):
        schedule.step(1.0)


def test_plateau_state_dict_round_trip():
    schedule = lrs.ReduceLROnPlateau(one(), "max", patience=3)
    schedule.step(5.0)
    other = lrs.ReduceLROnPlateau(one())
    other.load_state_dict(schedule.state_dict())
    assert other.state_dict() == schedule.state_dict()
    assert other.mode == "max" and other.best == 5.0


# -------------------------------------------------------------------- warnings


def test_step_before_the_optimizer_warns():
    schedule = lrs.StepLR(one(), 1)
    with pytest.warns(UserWarning, match=r"`lr_scheduler.step\(\)` before"):
        schedule.step()


def test_step_after_the_optimizer_does_not_warn():
    optimizer = one()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        advance(optimizer, lrs.StepLR(optimizer, 1), 3)


def test_overridden_optimizer_step_warns():
    optimizer = one()
    schedule = lrs.StepLR(optimizer, 1)
    optimizer.step = lambda: None
    with pytest.warns(UserWarning, match="has been overridden after"):
        schedule.step()


def test_get_lr_outside_step_warns():
    schedule = lrs.StepLR(one(), 1)
    with pytest.warns(UserWarning, match="please use `get_last_lr"):
        assert schedule.get_lr() == [1.0]


def test_epoch_argument_warns():
    optimizer = one()
    schedule = lrs.StepLR(optimizer, 1)
    optimizer.step()
    with pytest.warns(UserWarning, match="The epoch parameter in"):
        schedule.step(3)


# ---------------------------------------------------------------------- saving


class Power:
    def __init__(self, base: float) -> None:
        self.base = base

    def __call__(self, t: int) -> float:
        return self.base**t


def test_lambda_objects_are_saved_and_functions_are_not():
    schedule = lrs.LambdaLR(two_groups(), [Power(0.5), lambda t: 1.0])
    saved = schedule.state_dict()
    assert saved["lr_lambdas"] == [{"base": 0.5}, None]
    other = lrs.LambdaLR(two_groups(), [Power(0.9), lambda t: 1.0])
    other.load_state_dict(saved)
    assert other.lr_lambdas[0].base == 0.5 and "lr_lambdas" in saved


def test_own_scale_function_object_is_saved():
    schedule = lrs.CyclicLR(one(momentum=0.9), 0.1, 0.2, scale_fn=Power(0.5))
    other = lrs.CyclicLR(one(momentum=0.9), 0.1, 0.2, scale_fn=Power(0.9))
    other.load_state_dict(schedule.state_dict())
    assert other.scale_fn(1) == 0.5


@pytest.mark.parametrize(
    "make",
    [
        lambda o: lrs.StepLR(o, 3),
        lambda o: lrs.CyclicLR(o, 0.01, 0.1),
        lambda o: lrs.OneCycleLR(o, 0.1, 10),
        lambda o: lrs.ReduceLROnPlateau(o),
    ],
)
def test_schedule_pickles(make):
    schedule = make(two_groups())
    clone = pickle.loads(pickle.dumps(schedule))
    assert clone.state_dict() == schedule.state_dict()


def test_schedule_is_no_reference_cycle():
    optimizer = one()
    schedule = lrs.StepLR(optimizer, 1)
    gone = weakref.ref(optimizer)
    gc.collect()
    gc.disable()
    try:
        del optimizer, schedule
        assert gone() is None
    finally:
        gc.enable()


# ---------------------------------------------------------------------- errors


class NoMomentum(Optimizer):
    def __init__(self):
        super().__init__([Parameter(torch.ones(1))], {"lr": 0.1})

    def step(self, closure=None):
        pass


MOMENTUM = (
    "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"
)
START = (
    "Starting multiplicative factor expected to be greater than 0 and less or equal "
    "to 1."
)


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda o: lrs.StepLR(3, 1), TypeError, "int is not an Optimizer"),
        (lambda o: lrs.ReduceLROnPlateau(3), TypeError, "int is not an Optimizer"),
        (lambda o: lrs.OneCycleLR(3, 0.1, 9), TypeError, "int is not an Optimizer"),
        (
            lambda o: lrs.LambdaLR(o, [1, 2, 3]),
            ValueError,
            "Expected 2 lr_lambdas, but got 3",
        ),
        (
            lambda o: lrs.MultiplicativeLR(o, 3),
            TypeError,
            "lr_lambda should be a function, but got int",
        ),
        (lambda o: lrs.LRScheduler(o), NotImplementedError, ""),
        (
            lambda o: lrs.ConstantLR(o, 1.5),
            ValueError,
            "Constant multiplicative factor expected to be between 0 and 1.",
        ),
        (lambda o: lrs.LinearLR(o, 0), ValueError, START),
        (
            lambda o: lrs.LinearLR(o, end_factor=2),
            ValueError,
            "Ending multiplicative factor expected to be between 0 and 1.",
        ),
        (
            lambda o: lrs.SequentialLR(o, [], []),
            ValueError,
            "SequentialLR expects at least one scheduler, but got no scheduler.",
        ),
        (
            lambda o: lrs.SequentialLR(o, [3], []),
            TypeError,
            "SequentialLR at index 0 should have `optimizer` as its attribute.",
        ),
        (
            lambda o: lrs.ChainedScheduler([lrs.ReduceLROnPlateau(o)]),
            ValueError,
            "ChainedScheduler does not support `ReduceLROnPlateau` scheduler as it "
            "requires additional kwargs to be specified when calling `step`, but got "
            "one at index 0 in the given schedulers sequence.",
        ),
        (
            lambda o: lrs.SequentialLR(o, [lrs.StepLR(o, 1)], [1, 2]),
            ValueError,
            "Sequential Schedulers expects number of schedulers provided to be one "
            "more than the number of milestone points, but got number of schedulers 1 "
            "and the number of milestones to be equal to 2",
        ),
        (
            lambda o: lrs.ChainedScheduler([]),
            ValueError,
            "ChainedScheduler expects at least one scheduler to be chained, but got no "
            "scheduler.",
        ),
        (
            lambda o: lrs.ReduceLROnPlateau(o, factor=1.0),
            ValueError,
            "Factor should be < 1.0.",
        ),
        (
            lambda o: lrs.ReduceLROnPlateau(o, min_lr=[1]),
            ValueError,
            "expected 2 min_lrs, got 1",
        ),
        (
            lambda o: lrs.ReduceLROnPlateau(o, mode="x"),
            ValueError,
            "mode x is unknown!",
        ),
        (
            lambda o: lrs.ReduceLROnPlateau(o, threshold_mode="x"),
            ValueError,
            "threshold mode x is unknown!",
        ),
        (
            lambda o: lrs.CyclicLR(o, 0.1, 0.2, mode="x"),
            ValueError,
            "mode is invalid and scale_fn is None",
        ),
        (
            lambda o: lrs.CyclicLR(o, [0.1], 0.2),
            ValueError,
            "base_lr must have the same length as optimizer.param_groups. base_lr has "
            "1 values, param_groups has 2.",
        ),
        (lambda o: lrs.CyclicLR(NoMomentum(), 0.1, 0.2), ValueError, MOMENTUM),
        (lambda o: lrs.OneCycleLR(NoMomentum(), 0.1, 9), ValueError, MOMENTUM),
        (
            lambda o: lrs.CosineAnnealingWarmRestarts(o, 1.5),
            ValueError,
            "Expected positive integer T_0, but got 1.5",
        ),
        (
            lambda o: lrs.CosineAnnealingWarmRestarts(o, 1, 0),
            ValueError,
            "Expected integer T_mult >= 1, but got 0",
        ),
        (
            lambda o: lrs.CosineAnnealingWarmRestarts(o, 1, 1, "a"),
            ValueError,
            "Expected float or int eta_min, but got a of type <class 'str'>",
        ),
        (
            lambda o: lrs.CosineAnnealingWarmRestarts(o, 1).step(-1),
            ValueError,
            "Expected non-negative epoch, but got -1",
        ),
        (
            lambda o: lrs.OneCycleLR(o, 0.1),
            ValueError,
            "You must define either total_steps OR (epochs AND steps_per_epoch)",
        ),
        (
            lambda o: lrs.OneCycleLR(o, 0.1, 0),
            ValueError,
            "Expected positive integer total_steps, but got 0",
        ),
        (
            lambda o: lrs.OneCycleLR(o, 0.1, epochs=1, steps_per_epoch=0),
            ValueError,
            "Expected positive integer steps_per_epoch, but got 0",
        ),
        (
            lambda o: lrs.OneCycleLR(o, 0.1, 9, pct_start=2),
            ValueError,
            "Expected float between 0 and 1 pct_start, but got 2",
        ),
        (
            lambda o: lrs.OneCycleLR(o, 0.1, 9, anneal_strategy="x"),
            ValueError,
            "anneal_strategy must be one of 'cos' or 'linear', instead got x",
        ),
        (
            lambda o: advance(o, lrs.OneCycleLR(o, 0.1, 3), 5),
            ValueError,
            "Tried to step 4 times. The specified number of total steps is 3",
        ),
    ],
)
def test_error(make, error, text):
    with pytest.raises(error) as caught:
        make(two_groups())
    assert str(caught.value) == text


def test_schedulers_of_another_optimizer_are_refused():
    with pytest.raises(ValueError, match="belong to the same optimizer, but got"):
        lrs.SequentialLR(one(), [lrs.StepLR(one(), 1)], [])


def test_resuming_without_initial_lr_is_refused():
    with pytest.raises(KeyError) as caught:
        lrs.StepLR(one(), 1, last_epoch=3)
    assert caught.value.args[0].startswith(
        "param 'initial_lr' is not specified in param_groups[0] when resuming scheduler"
    )
