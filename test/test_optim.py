"""Optimizers: trainings recorded from PyTorch, groups, state, hooks, errors."""

from __future__ import annotations

import copy
import json
import math
import pickle
import warnings
from pathlib import Path

import pytest
import torch
from optim_cases import TRAININGS, loss_of, parameters, train, trained
from torch.nn import Parameter
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.adam import adam
from torch.optim.adamw import adamw
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
    required,
)
from torch.optim.sgd import sgd

GOLDEN = Path(__file__).parent / "golden" / "optim.json"
RECORDED = json.loads(GOLDEN.read_text())["trainings"]


def one(value: float = 1.0, grad: float | None = 1.0, **options) -> Parameter:
    p = Parameter(torch.tensor([value], **options))
    if grad is not None:
        p.grad = torch.tensor([grad], **options)
    return p


# ------------------------------------------------------------------- trainings


def test_every_training_is_recorded():
    assert RECORDED.keys() == TRAININGS.keys()


@pytest.mark.parametrize("fused", [None, False])
@pytest.mark.parametrize("name", TRAININGS)
def test_training_matches_recorded(name, fused):
    got, expected = trained(name, fused=fused), RECORDED[name]
    assert got["losses"] == pytest.approx(expected["losses"], rel=2e-6)
    for own, recorded in zip(got["params"], expected["params"]):
        assert own == pytest.approx(recorded, rel=1e-5, abs=2e-6)
    assert got["state"] == expected["state"]


@pytest.mark.parametrize("name", ["sgd_nesterov", "adam_amsgrad", "adamw"])
def test_fused_and_formula_agree_in_double(name):
    fused = trained(name, torch.float64, fused=True)
    formula = trained(name, torch.float64, fused=False)
    assert fused["losses"] == pytest.approx(formula["losses"], rel=1e-12)


@pytest.mark.parametrize("make", [SGD, Adam, AdamW])
def test_foreach_trains_as_the_default(make):
    losses = [train(make(p, lr=0.05, foreach=f), p) for f in (None, True)
              for p in [parameters()]]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_parameters_of_two_dtypes_train_together():
    params = [*parameters(), *parameters(torch.float64)]
    losses = train(Adam(params, lr=0.05), params)
    alone = trained("adam", torch.float64)["losses"]
    assert losses == pytest.approx([2 * x for x in alone], rel=1e-5)


def test_sgd_one_step_by_hand():
    p = one(1.0, 2.0)
    SGD([p], lr=0.1, weight_decay=0.5).step()
    assert p.item() == pytest.approx(1.0 - 0.1 * (2.0 + 0.5 * 1.0))


def test_sgd_momentum_by_hand():
    p = one(1.0, 1.0)
    optimizer = SGD([p], lr=0.1, momentum=0.9, dampening=0.5)
    optimizer.step()  # b = 1
    optimizer.step()  # b = 0.9 + 0.5 = 1.4
    assert p.item() == pytest.approx(1.0 - 0.1 * 1.0 - 0.1 * 1.4)
    assert optimizer.state[p]["momentum_buffer"].item() == pytest.approx(1.4)


def test_adam_two_steps_by_hand():
    p, m, v, x = one(1.0, None), 0.0, 0.0, 1.0
    optimizer = Adam([p], lr=0.1)
    for t, g in enumerate((0.5, -2.0), 1):
        p.grad = torch.tensor([g])
        optimizer.step()
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        x -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    assert p.item() == pytest.approx(x, rel=1e-6)


def test_adamw_decays_the_parameter_only():
    p = one(1.0, 0.0)
    AdamW([p], lr=0.1, weight_decay=0.5).step()
    assert p.item() == pytest.approx(1 - 0.1 * 0.5)


def test_momentum_of_a_parameter_that_comes_later():
    a, b = one(), one(grad=None)
    optimizer = SGD([a, b], lr=0.1, momentum=0.9)
    optimizer.step()
    b.grad = torch.ones(1)
    optimizer.step()
    assert [a.item(), b.item()] == pytest.approx([0.71, 0.9])
    assert optimizer.state[b]["momentum_buffer"].item() == 1


def test_replaced_state_is_used():
    p = one()
    optimizer = SGD([p], lr=1.0, momentum=0.5)
    optimizer.step()
    optimizer.state[p]["momentum_buffer"] = torch.tensor([10.0])
    optimizer.step()
    assert p.item() == pytest.approx(1 - 1 - (5 + 1))


def test_cleared_state_starts_anew():
    p = one()
    optimizer = Adam([p])
    optimizer.step()
    optimizer.state.clear()
    optimizer.step()
    assert optimizer.state[p]["step"].item() == 1


def test_parameter_without_gradient_is_left_alone():
    p = one(grad=None)
    optimizer = Adam([p])
    optimizer.step()
    assert p.item() == 1 and p not in optimizer.state


def test_changed_options_count_at_once():
    p = one()
    optimizer = SGD([p], lr=1.0)
    optimizer.param_groups[0]["lr"] = 0.25
    optimizer.step()
    assert p.item() == 0.75


def test_non_contiguous_parameter_and_gradient():
    base = torch.arange(6.0).reshape(2, 3)
    p = Parameter(base.t())
    p.grad = torch.ones(3, 2)
    Adam([p], lr=0.5).step()
    expected = [[-0.5, 2.5], [0.5, 3.5], [1.5, 4.5]]
    assert torch.allclose(p.detach(), torch.tensor(expected), atol=1e-6)


@pytest.mark.parametrize("make", [SGD, Adam])
def test_step_records_nothing(make):
    p = one()
    make([p]).step()
    assert p.is_leaf and p.requires_grad and torch.is_grad_enabled()


def test_step_keeps_gradients_off_where_they_were():
    with torch.no_grad():
        SGD([one()]).step()
        assert not torch.is_grad_enabled()


# -------------------------------------------------------------- differentiable


def test_differentiable_sgd_gives_gradient_to_lr_and_start():
    start = torch.tensor([2.0], requires_grad=True)
    lr = torch.tensor(0.1, requires_grad=True)
    p = start * 1
    p.grad = start * 3
    SGD([p], lr=lr, differentiable=True).step()
    p.sum().backward()  # p = s - lr * 3 s
    assert start.grad.item() == pytest.approx(1 - 0.3)
    assert lr.grad.item() == pytest.approx(-6)


@pytest.mark.parametrize("amsgrad", [False, True])
def test_differentiable_adam_gives_gradient_to_lr(amsgrad):
    start = torch.tensor([2.0], requires_grad=True)
    lr = torch.tensor(0.1, requires_grad=True)
    p = start * 1
    optimizer = Adam([p], lr=lr, differentiable=True, amsgrad=amsgrad)
    p.grad = start * 3
    optimizer.step()
    optimizer.step()
    p.sum().backward()  # equal gradients: each step is lr long
    assert lr.grad.item() == pytest.approx(-2, abs=1e-3)


def test_differentiable_needs_no_grad_on_leaf():
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        SGD([one()], differentiable=True).step()


# --------------------------------------------------------------------- closure


@pytest.mark.parametrize("make", [SGD, Adam, AdamW])
def test_closure_runs_with_gradients_and_its_loss_is_returned(make):
    params = parameters()
    optimizer = make(params)

    def closure():
        optimizer.zero_grad()
        loss = loss_of(params)
        loss.backward()
        return loss

    before = loss_of(params).item()
    assert optimizer.step(closure).item() == before
    assert loss_of(params).item() < before


def test_step_without_closure_returns_none():
    assert SGD([one()]).step() is None


# ------------------------------------------------------------------- zero_grad


def test_zero_grad_drops_gradients():
    p = one()
    SGD([p]).zero_grad()
    assert p.grad is None


def test_zero_grad_can_keep_the_tensor():
    p = one()
    grad = p.grad
    SGD([p]).zero_grad(set_to_none=False)
    assert p.grad is grad and grad.item() == 0


def test_zero_grad_detaches_a_recorded_gradient():
    p = one(grad=None)
    (p**3).sum().backward(create_graph=True)
    SGD([p]).zero_grad(set_to_none=False)
    assert p.grad.item() == 0 and p.grad.grad_fn is None


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


# ------------------------------------------------------------------ functional


def test_functional_sgd_fills_the_buffer():
    p, buffers = torch.ones(2), [None]
    sgd([p], [torch.ones(2)], buffers, weight_decay=0, momentum=0.9, lr=0.5,
        dampening=0, nesterov=False, maximize=False)  # fmt: skip
    assert p.tolist() == [0.5, 0.5] and buffers[0].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("fused", [None, True, False])
@pytest.mark.parametrize("update, expected", [(adam, 0.9), (adamw, 0.85)])
def test_functional_adam(update, expected, fused):
    p, step = torch.ones(2), torch.tensor(0.0)
    decay = 0.0 if update is adam else 0.5
    update([p], [torch.ones(2)], [torch.zeros(2)], [torch.zeros(2)], [], [step],
           fused=fused, amsgrad=False, beta1=0.9, beta2=0.99, lr=0.1,
           weight_decay=decay, eps=1e-8, maximize=False)  # fmt: skip
    assert p.tolist() == pytest.approx([expected] * 2) and step.item() == 1


def test_functional_adam_refuses_plain_steps():
    with pytest.raises(RuntimeError) as error:
        adam([torch.ones(1)], [torch.ones(1)], [torch.zeros(1)], [torch.zeros(1)], [],
             [1], amsgrad=False, beta1=0.9, beta2=0.99, lr=0.1, weight_decay=0,
             eps=1e-8, maximize=False)  # fmt: skip
    assert str(error.value) == (
        "API has changed, `state_steps` argument must contain a list of singleton "
        "tensors"
    )


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
            "params argument given to the optimizer should be an iterable of Tensors or "
            "dicts, but got torch.FloatTensor",
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
