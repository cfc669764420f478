"""torch.utils.checkpoint: same gradients, recomputed; both variants."""

from __future__ import annotations

import pytest

import torch
from torch.utils.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_sequential,
    set_checkpoint_early_stop,
)

both = pytest.mark.parametrize("use_reentrant", [False, True])


def tracked(*values):
    return torch.tensor(values, requires_grad=True)


class Counted:
    """Counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


@both
def test_gradient_is_that_of_the_function(use_reentrant):
    x = tracked(1.0, 2.0)
    f = Counted(lambda x: (x * x).sin())
    checkpoint(f, x, use_reentrant=use_reentrant).sum().backward()
    expected = torch.autograd.grad((x * x).sin().sum(), x)[0]
    assert x.grad.equal(expected) and f.calls == 2


@both
def test_random_numbers_are_drawn_again(use_reentrant):
    torch.manual_seed(0)
    x = tracked(*[1.0] * 20)
    y = checkpoint(lambda x: x * torch.rand(20), x, use_reentrant=use_reentrant)
    y.sum().backward()
    assert x.grad.equal(y.detach())


@both
def test_several_inputs_and_outputs(use_reentrant):
    x, y = tracked(2.0), tracked(3.0)
    a, b = checkpoint(lambda x, y: (x * y, x + y), x, y, use_reentrant=use_reentrant)
    (a + b).sum().backward()
    assert (x.grad.item(), y.grad.item()) == (4, 3)


def test_hooks_keep_the_graph_visible():
    y = checkpoint(torch.sin, tracked(1.0), use_reentrant=False)
    assert y.grad_fn.name() == "SinBackward0"


def test_autograd_grad_works_without_reentry():
    x = tracked(3.0)
    y = checkpoint(lambda x: x**2, x, use_reentrant=False)
    assert torch.autograd.grad(y, x)[0].item() == 6


def test_autograd_grad_is_refused_with_reentry():
    x = tracked(3.0)
    y = checkpoint(lambda x: x**2, x, use_reentrant=True)
    with pytest.raises(
        RuntimeError, match="^When use_reentrant=True, torch.utils.check"
    ):
        torch.autograd.grad(y, x)


def test_keyword_arguments_without_reentry():
    x = tracked(3.0)
    y = checkpoint(lambda x, scale: x * x * scale, x, scale=2, use_reentrant=False)
    y.backward()
    assert x.grad.item() == 12


def test_early_stop_skips_the_rest():
    reached = []

    def f(x):
        y = x * x
        reached.append(len(reached))
        return y

    checkpoint(f, tracked(1.0), use_reentrant=False).backward()
    assert len(reached) == 1
    with set_checkpoint_early_stop(False):
        checkpoint(f, tracked(1.0), use_reentrant=False).backward()
    assert len(reached) == 3


def test_different_recomputation_is_found():
    f = Counted(lambda x: (x * x).sin() if f.calls == 1 else x * 2)
    y = checkpoint(f, tracked(1.0), use_reentrant=False)
    with pytest.raises(
        CheckpointError, match="A different number of tensors was saved"
    ):
        y.backward()


def test_different_shapes_are_found():
    f = Counted(lambda x: (x * x if f.calls == 1 else torch.cat([x, x]) ** 2).sin())
    y = checkpoint(f, tracked(1.0), use_reentrant=False)
    with pytest.raises(CheckpointError):
        y.backward()


def test_missing_choice_warns():
    with pytest.warns(
        UserWarning, match="the use_reentrant parameter should be passed"
    ):
        checkpoint(torch.sin, tracked(1.0))


def test_options_of_the_other_variant():
    with pytest.raises(ValueError, match="^Unexpected keyword arguments: foo$"):
        checkpoint(torch.sin, tracked(1.0), use_reentrant=True, foo=1)
    with pytest.raises(
        ValueError, match="^Passing `context_fn` or `debug` is only supp"
    ):
        checkpoint(torch.sin, tracked(1.0), use_reentrant=True, debug=True)


@both
def test_sequential(use_reentrant):
    steps = [torch.sin, torch.exp, torch.cos, torch.tanh]
    x = tracked(0.5)
    checkpoint_sequential(steps, 2, x, use_reentrant=use_reentrant).backward()
    expected = torch.autograd.grad(x.sin().exp().cos().tanh(), x)[0]
    assert x.grad.equal(expected)
