"""SGD, Adam, AdamW: trainings recorded from PyTorch, single steps, functions.

Groups, state, hooks and errors are in test_optimizer_base.py.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import torch
from optim_cases import TRAININGS, loss_of, one, parameters, train, trained
from torch.nn import Parameter
from torch.optim import SGD, Adam, AdamW
from torch.optim.adam import adam
from torch.optim.adamw import adamw
from torch.optim.sgd import sgd

GOLDEN = Path(__file__).parent / "golden" / "optim.json"
RECORDED = json.loads(GOLDEN.read_text())["trainings"]


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
    losses = [
        train(make(p, lr=0.05, foreach=f), p)
        for f in (None, True)
        for p in [parameters()]
    ]
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
def test_step_of_a_meta_parameter(make):
    p = Parameter(torch.empty(2, 3, device="meta"))
    p.grad = torch.empty(2, 3, device="meta")
    optimizer = make([p])
    optimizer.step()
    assert p.device.type == "meta" and p.shape == (2, 3)


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
