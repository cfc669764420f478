"""The optimizer base class: groups, state, saving, hooks, errors."""

from __future__ import annotations

import copy
import math
import pickle
import warnings

import pytest

import torch
from optim_cases import TRAININGS, one, parameters, train
from torch.nn import Parameter
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
    required,
)

# ---------------------------------------------------------------------- groups


def test_groups_keep_their_options():
    a, b = one(), one()
    optimizer = SGD([{"params": [a], "lr": 1.0}], lr=0.1, momentum=0.9)
    optimizer.add_param_group({"params": b})
    assert [g["lr"] for g in optimizer.param_groups] == [1.0, 0.1]
    assert optimizer.param_groups[1]["params"] == [b]


def test_groups_step_by_their_own_rates():
    a, b = one(), one()
    SGD([{"params": a, "lr": 0.5}, {"params": b}], lr=0.25).step()
    assert (a.item(), b.item()) == (0.5, 0.75)


def test_named_parameters():
    layer = torch.nn.Linear(2, 1)
    optimizer = SGD(layer.named_parameters())
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.param_groups[0]["params"] == list(layer.parameters())


def test_duplicate_parameters_warn():
    p = one()
    with pytest.warns(UserWarning, match="duplicate parameters"):
        SGD([p, p])


def test_options_of_sgd_in_pytorch_order():
    assert list(SGD([one()]).param_groups[0]) == [
        "params", "lr", "momentum", "dampening", "weight_decay", "nesterov",
        "maximize", "foreach", "differentiable", "fused",
    ]  # fmt: skip


def test_options_of_adamw_in_pytorch_order():
    assert list(AdamW([one()]).defaults.items()) == [
        ("lr", 0.001), ("betas", (0.9, 0.999)), ("eps", 1e-08),
        ("weight_decay", 0.01), ("amsgrad", False), ("maximize", False),
        ("foreach", None), ("capturable", False), ("differentiable", False),
        ("fused", None), ("decoupled_weight_decay", True),
    ]  # fmt: skip


def test_repr_of_two_groups():
    optimizer = Adam([{"params": [one()]}, {"params": [one()], "lr": 0.5}])
    group = (
        "Parameter Group {}\n    amsgrad: False\n    betas: (0.9, 0.999)\n"
        "    capturable: False\n    decoupled_weight_decay: False\n"
        "    differentiable: False\n    eps: 1e-08\n    foreach: None\n"
        "    fused: None\n    lr: {}\n    maximize: False\n    weight_decay: 0\n"
    )
    expected = f"Adam (\n{group.format(0, 0.001)}\n{group.format(1, 0.5)})"
    assert repr(optimizer) == expected


# ----------------------------------------------------------------------- state


def test_state_dict_of_adam():
    p = one()
    optimizer = Adam([p], lr=0.5)
    optimizer.step()
    saved = optimizer.state_dict()
    assert list(saved) == ["state", "param_groups"]
    assert list(saved["state"][0]) == ["step", "exp_avg", "exp_avg_sq"]
    step = saved["state"][0]["step"]
    assert (step.dtype, step.shape, step.item()) == (torch.float32, (), 1.0)
    assert saved["param_groups"][0]["params"] == [0]
    assert list(saved["param_groups"][0])[-1] == "params"


def test_state_dict_shares_tensors():
    p = one()
    optimizer = SGD([p], momentum=0.9)
    optimizer.step()
    buffer = optimizer.state_dict()["state"][0]["momentum_buffer"]
    assert buffer is optimizer.state[p]["momentum_buffer"]


def test_state_dict_without_momentum_is_empty():
    optimizer = SGD([one()])
    optimizer.step()
    assert optimizer.state_dict()["state"] == {}


@pytest.mark.parametrize("name", ["sgd_momentum", "adam_amsgrad", "adamw"])
def test_training_resumes_from_state_dict(name):
    make, options = TRAININGS[name]
    params = parameters()
    optimizer = make(params, **options)
    train(optimizer, params, 10)
    saved = copy.deepcopy(optimizer.state_dict())
    others = [Parameter(p.detach().clone()) for p in params]
    other = make(others, lr=9.0)
    other.load_state_dict(saved)
    assert train(other, others, 10) == train(optimizer, params, 10)


def test_load_state_dict_casts_to_the_parameter_but_not_step():
    p = one()
    optimizer = Adam([p])
    optimizer.step()
    wide = Adam([one(dtype=torch.float64)])
    wide.load_state_dict(optimizer.state_dict())
    (state,) = wide.state.values()
    assert state["exp_avg"].dtype == torch.float64
    assert state["step"].dtype == torch.float32


def test_load_state_dict_takes_options():
    optimizer = SGD([one()], lr=0.1)
    optimizer.load_state_dict(SGD([one()], lr=0.7, momentum=0.3).state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.7
    assert optimizer.param_groups[0]["momentum"] == 0.3


def test_load_state_dict_keeps_names():
    named = SGD([("w", one())])
    named.load_state_dict(SGD([one()], lr=0.5).state_dict())
    assert named.param_groups[0]["param_names"] == ["w"]


def test_adam_reads_old_checkpoints_with_plain_step():
    optimizer = Adam([one()])
    optimizer.step()
    saved = optimizer.state_dict()
    saved["state"][0]["step"] = 3
    other = Adam([one()])
    other.load_state_dict(saved)
    (state,) = other.state.values()
    assert torch.equal(state["step"], torch.tensor(3.0))


def test_load_state_dict_refuses_other_number_of_groups():
    saved = SGD([{"params": one()}, {"params": one()}]).state_dict()
    with pytest.raises(ValueError) as error:
        SGD([one()]).load_state_dict(saved)
    assert str(error.value) == (
        "loaded state dict has a different number of parameter groups"
    )


def test_load_state_dict_refuses_other_size_of_group():
    optimizer = SGD([one()], lr=0.1)
    with pytest.raises(ValueError) as error:
        optimizer.load_state_dict(SGD([one(), one()], lr=0.2).state_dict())
    assert str(error.value) == (
        "loaded state dict contains a parameter group that doesn't match the size of "
        "optimizer's group"
    )
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_pickle_and_deepcopy_keep_state_and_step():
    p = one()
    optimizer = SGD([p], lr=0.1, momentum=0.9)
    optimizer.step()
    for clone in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):
        (q,) = clone.param_groups[0]["params"]
        assert clone.state[q]["momentum_buffer"].item() == 1
        q.grad = torch.ones(1)
        clone.step()
        assert q.item() == pytest.approx(0.9 - 0.19)


# ----------------------------------------------------------------------- hooks


def test_step_hooks_run_in_order():
    seen = []
    optimizer = SGD([one()])
    handles = [
        register_optimizer_step_pre_hook(lambda *_: seen.append("all before")),
        register_optimizer_step_post_hook(lambda *_: seen.append("all after")),
        optimizer.register_step_pre_hook(lambda *_: seen.append("before")),
        optimizer.register_step_post_hook(lambda *_: seen.append("after")),
    ]
    optimizer.step()
    assert seen == ["all before", "before", "after", "all after"]
    for handle in handles:
        handle.remove()
    optimizer.step()
    assert len(seen) == 4


def test_step_pre_hook_can_change_the_arguments():
    optimizer = SGD([one()])
    optimizer.register_step_pre_hook(lambda opt, args, kwargs: (args, {"closure": int}))
    assert optimizer.step() == 0


def test_step_pre_hook_with_wrong_result():
    optimizer = SGD([one()])
    optimizer.register_step_pre_hook(lambda *_: 3)
    message = r"must return None or a tuple of \(new_args, new_kwargs\), but got 3\."
    with pytest.raises(RuntimeError, match=message):
        optimizer.step()


def test_step_hooks_of_a_subclass_run_once():
    class Louder(SGD):
        def step(self, closure=None):
            return super().step(closure)

    seen = []
    optimizer = Louder([one()])
    optimizer.register_step_post_hook(lambda *_: seen.append(1))
    optimizer.step()
    # The inherited step is a hooked function of its own, as in PyTorch.
    assert len(seen) == 1 + getattr(SGD.step, "hooked", False)


def test_state_dict_hooks():
    optimizer = SGD([one()])
    seen = []
    optimizer.register_state_dict_pre_hook(lambda opt: seen.append(opt))
    optimizer.register_state_dict_post_hook(lambda opt, saved: {"wrapped": saved})
    assert list(optimizer.state_dict()) == ["wrapped"]
    assert seen == [optimizer]


def test_load_state_dict_hooks():
    optimizer = SGD([one()])
    seen = []
    optimizer.register_load_state_dict_pre_hook(lambda opt, saved: saved["wrapped"])
    optimizer.register_load_state_dict_post_hook(lambda opt: seen.append(opt))
    optimizer.load_state_dict({"wrapped": SGD([one()], lr=0.5).state_dict()})
    assert optimizer.param_groups[0]["lr"] == 0.5 and seen == [optimizer]


def test_prepended_hook_runs_first():
    optimizer = SGD([one()])
    seen = []
    optimizer.register_state_dict_pre_hook(lambda opt: seen.append("second"))
    optimizer.register_state_dict_pre_hook(lambda opt: seen.append("first"), True)
    optimizer.state_dict()
    assert seen == ["first", "second"]


# ---------------------------------------------------------------------- errors

NOT_NAMED = (
    "all optimizer params should be with/without names. Some param names are missing"
)
MIXED = "all optimizer param groups should be with/without names. cannot add param "
TENSORS = torch.tensor([0.1, 0.2])


class NoStep(Optimizer):
    pass


class NeedsRate(Optimizer):
    def __init__(self, params):
        super().__init__(params, {"lr": required})

    def step(self, closure=None):
        pass


@pytest.mark.parametrize(
    "make, error, text",
    [
        (
            lambda: SGD(one()),
            TypeError,
            "params argument given to the optimizer should be an iterable of Tensors "
            "or dicts, but got torch.FloatTensor",
        ),
        (lambda: SGD([]), ValueError, "optimizer got an empty parameter list"),
        (
            lambda: SGD([1]),
            TypeError,
            "optimizer can only optimize Tensors, but one of the params is int",
        ),
        (lambda: SGD([one() * 2]), ValueError, "can't optimize a non-leaf Tensor"),
        (
            lambda: SGD([{"params": {one()}}]),
            TypeError,
            "optimizer parameters need to be organized in ordered collections, but the "
            "ordering of tensors in sets will change between runs. Please use a list "
            "instead.",
        ),
        (lambda: SGD([("a", one()), one()]), ValueError, NOT_NAMED),
        (
            lambda: SGD([{"params": [("a", one())]}, {"params": [one()]}]),
            ValueError,
            MIXED + "group without names to the optimizer",
        ),
        (
            lambda: SGD([{"params": [one()]}, {"params": [("a", one())]}]),
            ValueError,
            MIXED + "group with names to the optimizer",
        ),
        (
            lambda: SGD([one()]).add_param_group(3),
            TypeError,
            "param_group must be a dict, but got <class 'int'>",
        ),
        (
            lambda: NeedsRate([one()]),
            ValueError,
            "parameter group didn't specify a value of required optimization parameter "
            "lr",
        ),
        (lambda: NoStep([one()], {}).step(), NotImplementedError, ""),
        (lambda: SGD([one()], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda: SGD([one()], momentum=-1), ValueError, "Invalid momentum value: -1"),
        (
            lambda: SGD([one()], weight_decay=-1),
            ValueError,
            "Invalid weight_decay value: -1",
        ),
        (lambda: SGD([one()], lr=TENSORS), ValueError, "Tensor lr must be 1-element"),
        (
            lambda: SGD([one()], nesterov=True),
            ValueError,
            "Nesterov momentum requires a momentum and zero dampening",
        ),
        (
            lambda: SGD([one()], fused=True, foreach=True),
            RuntimeError,
            "`fused` and `foreach` cannot be `True` together.",
        ),
        (
            lambda: Adam([one()], fused=True, differentiable=True),
            RuntimeError,
            "`fused` does not support `differentiable`",
        ),
        (lambda: Adam([one()], lr=-1), ValueError, "Invalid learning rate: -1"),
        (
            lambda: Adam([one()], lr=math.nan),
            ValueError,
            "Invalid learning rate: nan",
        ),
        (lambda: Adam([one()], eps=-1), ValueError, "Invalid epsilon value: -1"),
        (
            lambda: Adam([one()], betas=(1.0, 0.9)),
            ValueError,
            "Invalid beta parameter at index 0: 1.0",
        ),
        (
            lambda: Adam([one()], betas=(0.9, 1.0)),
            ValueError,
            "Invalid beta parameter at index 1: 1.0",
        ),
        (
            lambda: Adam([one()], betas=(torch.tensor(0.9), 0.9)),
            ValueError,
            "betas must be either both floats or both Tensors",
        ),
        (
            lambda: Adam([one()], lr=torch.tensor(0.1), foreach=True),
            ValueError,
            "lr as a Tensor is not supported for capturable=False and foreach=True",
        ),
        (
            lambda: Adam([one()], capturable=True).step(),
            AssertionError,
            "If capturable=True, params and state_steps must be on supported devices: "
            "['cuda', 'xpu', 'hpu', 'privateuseone', 'xla'].",
        ),
    ],
)
def test_error(make, error, text):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == text


def test_parameter_in_two_groups_is_refused():
    p = one()
    optimizer = SGD([p])
    with pytest.raises(ValueError) as error:
        optimizer.add_param_group({"params": [p]})
    assert str(error.value) == "some parameters appear in more than one parameter group"
    assert len(optimizer.param_groups) == 1


def test_fused_refuses_integers():
    p = torch.ones(1, dtype=torch.int64)
    optimizer = Adam([p], fused=True)
    p.grad = torch.ones(1, dtype=torch.int64)
    with pytest.raises(RuntimeError, match="but torch.int64 and cpu"):
        optimizer.step()


def test_set_of_parameters_is_an_iterable():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(SGD({one()}).param_groups[0]["params"]) == 1
