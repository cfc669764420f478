"""Trainings and schedules that are recorded from PyTorch.

`TRAININGS` maps a name to an optimizer class and its options; `trained` runs one and
returns what is compared.  `SCHEDULES` maps a name to a function that makes a schedule;
`scheduled` steps one.  Starting values come from NumPy, not from torch's generator.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any, Callable

import numpy as np

import torch
from torch.nn import Parameter
from torch.optim import SGD, Adam, AdamW, Optimizer, lr_scheduler as lrs

STEPS = 60

TRAININGS: dict[str, tuple[type, dict[str, Any]]] = {
    "sgd": (SGD, {"lr": 0.05}),
    "sgd_momentum": (SGD, {"lr": 0.02, "momentum": 0.9}),
    "sgd_dampening": (SGD, {"lr": 0.02, "momentum": 0.9, "dampening": 0.5}),
    "sgd_nesterov": (SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "sgd_weight_decay": (SGD, {"lr": 0.02, "momentum": 0.5, "weight_decay": 0.1}),
    "sgd_maximize": (SGD, {"lr": 0.001, "maximize": True}),
    "sgd_tensor_lr": (SGD, {"lr": torch.tensor(0.05)}),
    "adam": (Adam, {"lr": 0.05}),
    "adam_betas": (Adam, {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-3}),
    "adam_weight_decay": (Adam, {"lr": 0.05, "weight_decay": 0.1}),
    "adam_amsgrad": (Adam, {"lr": 0.1, "amsgrad": True}),
    "adam_maximize": (Adam, {"lr": 0.001, "maximize": True}),
    "adam_decoupled": (
        Adam,
        {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    "adam_tensor_lr": (Adam, {"lr": torch.tensor(0.05)}),
    "adam_tensor_betas": (Adam, {"betas": (torch.tensor(0.9), torch.tensor(0.99))}),
    "adamw": (AdamW, {"lr": 0.05}),
    "adamw_amsgrad": (AdamW, {"lr": 0.05, "amsgrad": True, "weight_decay": 0.1}),
}


def one(value: float = 1.0, grad: float | None = 1.0, **options) -> Parameter:
    """A parameter of one element with a gradient."""
    p = Parameter(torch.tensor([value], **options))
    if grad is not None:
        p.grad = torch.tensor([grad], **options)
    return p


def parameters(dtype: torch.dtype = torch.float32) -> list[Parameter]:
    """A matrix of 5x3 and a vector of 37, so that no vector width divides them."""
    rng = np.random.default_rng(0)
    values = (rng.standard_normal((5, 3)), rng.standard_normal(37))
    return [Parameter(torch.tensor(v, dtype=dtype)) for v in values]


def loss_of(params: list[torch.Tensor]) -> torch.Tensor:
    """A quartic valley whose minimum is off zero, with curvatures from 1 to 10."""
    total = 0.0
    for p in params:
        scale = torch.linspace(1, 10, p.numel(), dtype=p.dtype).view(p.shape)
        distance = p - 0.5
        total = total + (scale * distance * distance).mean() + (distance**4).mean() / 4
    return total


def train(optimizer: Optimizer, params: list, steps: int = STEPS) -> list[float]:
    """The loss before each step."""
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(params)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def trained(name: str, dtype: torch.dtype = torch.float32, **flags: Any) -> dict:
    """What a training gives: losses, parameters, number of state entries."""
    make, options = TRAININGS[name]
    params = parameters(dtype)
    optimizer = make(params, **copy.deepcopy(options), **flags)
    losses = train(optimizer, params)
    return {
        "losses": losses,
        "params": [p.detach().reshape(-1).tolist() for p in params],
        "state": sorted(optimizer.state[params[0]]),
    }


SCHEDULES: dict[str, Callable[[Optimizer], lrs.LRScheduler]] = {
    "lambda": lambda o: lrs.LambdaLR(o, [lambda t: 0.95**t, lambda t: 1 / (t + 1)]),
    "multiplicative": lambda o: lrs.MultiplicativeLR(o, lambda t: 1 - t / 50),
    "step": lambda o: lrs.StepLR(o, 3, 0.5),
    "multi_step": lambda o: lrs.MultiStepLR(o, [2, 4, 4, 7], 0.5),
    "constant": lambda o: lrs.ConstantLR(o, 0.3, 4),
    "linear": lambda o: lrs.LinearLR(o, 0.25, 0.9, 4),
    "exponential": lambda o: lrs.ExponentialLR(o, 0.9),
    "polynomial": lambda o: lrs.PolynomialLR(o, 6, 2.0),
    "cosine": lambda o: lrs.CosineAnnealingLR(o, 4, 0.01),
    "sequential": lambda o: lrs.SequentialLR(
        o,
        [
            lrs.LinearLR(o, 0.1, 1, 3),
            lrs.StepLR(o, 2, 0.5),
            lrs.CosineAnnealingLR(o, 5),
        ],
        [3, 7],
    ),
    "chained": lambda o: lrs.ChainedScheduler(
        [lrs.ConstantLR(o, 0.1, 2), lrs.ExponentialLR(o, 0.9)]
    ),
    "cyclic": lambda o: lrs.CyclicLR(o, 0.01, 0.1, 3, 5),
    "cyclic_halving": lambda o: lrs.CyclicLR(
        o, [0.01, 0.02], [0.1, 0.3], 3, mode="triangular2"
    ),
    "cyclic_exponential": lambda o: lrs.CyclicLR(
        o, 0.01, 0.1, 3, mode="exp_range", gamma=0.9, cycle_momentum=False
    ),
    "cyclic_own_function": lambda o: lrs.CyclicLR(
        o, 0.01, 0.1, 3, scale_fn=lambda x: 1 / (1 + x), scale_mode="iterations"
    ),
    "restarts": lambda o: lrs.CosineAnnealingWarmRestarts(o, 3),
    "restarts_growing": lambda o: lrs.CosineAnnealingWarmRestarts(o, 3, 2, 0.01),
    "one_cycle": lambda o: lrs.OneCycleLR(o, 0.1, total_steps=20),
    "one_cycle_linear": lambda o: lrs.OneCycleLR(
        o,
        [0.1, 0.3],
        epochs=5,
        steps_per_epoch=4,
        three_phase=True,
        anneal_strategy="linear",
    ),
}
# Those whose step takes an epoch.
JUMPING = [n for n in SCHEDULES if n not in ("sequential", "chained", "multiplicative")]


def two_groups() -> SGD:
    """An optimizer with rates 0.1 and 0.5, and momentum."""
    groups = [{"params": [Parameter(torch.ones(1))]} for _ in range(2)]
    groups[0]["lr"] = 0.1
    return SGD(groups, lr=0.5, momentum=0.9)


def options(optimizer: Optimizer) -> list[float]:
    """What schedules change."""
    return [g[name] for g in optimizer.param_groups for name in ("lr", "momentum")]


def scheduled(name: str) -> dict[str, Any]:
    """The options over 16 steps, and where `step(epoch)` leads."""
    optimizer = two_groups()
    schedule = SCHEDULES[name](optimizer)
    stepped = []
    for _ in range(16):
        stepped.append(options(optimizer))
        optimizer.step()
        schedule.step()
    state = {k: v for k, v in schedule.state_dict().items() if not callable(v)}
    result = {"stepped": stepped, "state": repr(state), "jumped": []}
    if name in JUMPING:
        optimizer = two_groups()
        schedule = SCHEDULES[name](optimizer)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for epoch in (1, 5, 3, 0):
                schedule.step(epoch)
                result["jumped"].append(options(optimizer))
    return result
