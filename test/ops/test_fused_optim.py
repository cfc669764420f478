"""One optimizer step in one call: FusedOptim."""

from __future__ import annotations

from harness import FLOAT, Op, OpTests, S, public

import torch


def lists(m, count):
    """`count` lists of tensors of the same three shapes."""
    shapes = ((2, 3), (37,), ())
    return [[m(*shape) for shape in shapes] for _ in range(count)]


def step(name):
    """The written lists after the call, which returns nothing."""

    def call(*args, **options):
        written = [[t.clone() for t in ts] for ts in args]
        assert public(name)(*written, **options) is None
        return written

    return call


def sgd(m):
    options = {"weight_decay": 0.1, "momentum": 0.9, "lr": 0.1, "dampening": 0.0}
    flags = {"nesterov": False, "maximize": False, "is_first_step": False}
    return [
        S(*lists(m, 3), **options, **flags),
        S(*lists(m, 3), **options, **{**flags, "is_first_step": True}),
        S(*lists(m, 3), **options, **{**flags, "nesterov": True}),
        S(*lists(m, 3), **{**options, "dampening": 0.5}, **{**flags, "maximize": True}),
        S(*lists(m, 2), [], **{**options, "momentum": 0.0}, **flags),
    ]


def adam(m):
    options = {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.1, "eps": 1e-8}

    def state(amsgrad, **flags):
        steps = [torch.tensor(3.0) for _ in range(3)]
        params, grads, averages, squares, largest = lists(m, 5)
        squares = [t.abs() for t in squares]
        largest = [t.abs() for t in largest] if amsgrad else []
        tensors = (params, grads, averages, squares, largest, steps)
        return S(*tensors, amsgrad=amsgrad, maximize=False, **{**options, **flags})

    return [state(False), state(True), state(False, weight_decay=0.0)]


def fused(name, samples):
    return Op(
        name,
        samples,
        FLOAT,
        call=step(name),
        method=False,
        strided=False,
        meta=False,
        grad=False,
    )


class TestFusedOptim(OpTests):
    golden = "fused_optim"
    ops = [
        fused("_fused_sgd_", sgd),
        fused("_fused_adam_", adam),
        fused("_fused_adamw_", adam),
    ]
