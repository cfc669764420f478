"""An LSTM layer in one call against the same layer step by step, in float64.

The steps themselves are compared with recorded answers in test_nn_layers.py
and by the cases of nn_cases.py.
"""

from __future__ import annotations

import pytest

import torch
from torch import nn
from torch.nn._functional.rnn import run_layer

# T, N, I, H: below and above a vector, one of each, and more than a grain.
SHAPES = [(5, 3, 4, 6), (1, 1, 1, 1), (3, 2, 7, 33), (2, 40, 8, 64)]


def layer(shape, bias=True, dtype=torch.float32):
    """Weights by name, an input and a state, the same for every dtype."""
    t, n, i, h = shape
    torch.manual_seed(sum(shape))
    sizes = {"weight_ih": (4 * h, i), "weight_hh": (4 * h, h)}
    if bias:
        sizes.update(bias_ih=(4 * h,), bias_hh=(4 * h,))
    made = [torch.randn(size) * 0.4 for size in sizes.values()]
    made += [torch.randn(t, n, i), torch.randn(n, h), torch.randn(n, h)]
    leaves = [x.to(dtype).requires_grad_() for x in made]
    return dict(zip(sizes, leaves)), leaves[-3], tuple(leaves[-2:])


def run(shape, dtype, reverse=False, bias=True):
    weights, x, state = layer(shape, bias, dtype)
    output, last = run_layer("LSTM", x, state, weights, reverse)
    return [x, *state, *weights.values()], (output, *last)


def close(ours, expected):
    for a, b in zip(ours, expected):
        torch.testing.assert_close(a.double(), b, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
class TestAgainstSteps:
    def test_forward(self, shape, bias, reverse):
        _, ours = run(shape, torch.float32, reverse, bias)
        _, steps = run(shape, torch.float64, reverse, bias)
        assert type(ours[0].grad_fn).__name__ == "MkldnnRnnLayerBackward0"
        close(ours, steps)

    def test_backward(self, shape, bias, reverse):
        def gradients(dtype):
            leaves, (output, h, c) = run(shape, dtype, reverse, bias)
            ramp = torch.linspace(-1, 1, output.numel(), dtype=dtype)
            total = (output * ramp.view_as(output)).sum() + (h * c).sum()
            return torch.autograd.grad(total, leaves)

        close(gradients(torch.float32), gradients(torch.float64))


@pytest.mark.parametrize("which", [0, 1, 2], ids=["output", "h", "c"])
def test_gradient_of_one_output_alone(which):
    def gradients(dtype):
        leaves, outputs = run((4, 2, 3, 5), dtype)
        return torch.autograd.grad(outputs[which].sum(), leaves, allow_unused=True)

    ours, steps = gradients(torch.float32), gradients(torch.float64)
    close(ours, [torch.zeros_like(a) if b is None else b for a, b in zip(ours, steps)])


@pytest.mark.parametrize("reverse", [False, True])
def test_second_derivatives(reverse):
    def second(dtype):
        leaves, (output, h, c) = run((3, 2, 3, 4), dtype, reverse)
        total = output.pow(2).sum() + (h * c).sum()
        first = torch.autograd.grad(total, leaves, create_graph=True)
        return torch.autograd.grad(sum(g.pow(2).sum() for g in first), leaves)

    for a, b in zip(second(torch.float32), second(torch.float64)):
        torch.testing.assert_close(a.double(), b, rtol=2e-4, atol=2e-4)


def test_only_wanted_gradients_are_made():
    leaves, (output, _, _) = run((3, 2, 4, 5), torch.float32)
    (grad,) = torch.autograd.grad(output.sum(), leaves[:1])
    assert grad.shape == leaves[0].shape


def test_strided_input_and_weights():
    weights, x, state = layer((4, 3, 5, 6))
    swapped = x.detach().transpose(0, 1).contiguous().transpose(0, 1)
    turned = {k: w.detach().t().contiguous().t() for k, w in weights.items()}
    dense = run_layer("LSTM", x, state, weights, False)[0]
    strided = run_layer("LSTM", swapped, state, turned, False)[0]
    torch.testing.assert_close(strided, dense)


@pytest.mark.parametrize(
    "model",
    [
        nn.LSTM(3, 4).double(),
        nn.LSTM(3, 4, proj_size=2),
        nn.LSTM(3, 4).to(torch.bfloat16),
    ],
    ids=["double", "projection", "bfloat16"],
)
def test_other_cases_take_steps(model):
    x = torch.ones(2, 1, 3, dtype=model.weight_ih_l0.dtype)
    assert type(model(x)[0].grad_fn).__name__ == "StackBackward0"


def test_other_dtypes_are_refused():
    weights, x, (h, c) = layer((2, 1, 3, 4))
    with pytest.raises(RuntimeError, match="expected hx to be float32, but got Double"):
        torch._lstm_layer(x, *weights.values(), h.double(), c, False)
