"""Recurrent layers and cells of torch.nn."""

from __future__ import annotations

import pytest

import torch
from nn_cases import raised
from torch import nn


def sequence():
    torch.manual_seed(0)
    x = torch.randn(5, 2, 3)
    torch.manual_seed(1)
    return x


@pytest.mark.parametrize(
    "build, first",
    [
        (lambda: nn.LSTM(3, 4), [0.0248, 0.0731, -0.0521, 0.1106]),
        (lambda: nn.LSTM(3, 4, proj_size=2), [0.0153, -0.0648]),
        (
            lambda: nn.LSTM(3, 4, 2, proj_size=2, bidirectional=True),
            [-0.0402, 0.0082, 0.0020, 0.1611],
        ),
        (lambda: nn.GRU(3, 4), [-0.0076, 0.0399, -0.4102, 0.2987]),
        (
            lambda: nn.GRU(3, 4, 2, dropout=0.3, bidirectional=True),
            [0.0495, -0.2816, -0.0351, 0.0351, 0.1860, 0.1457, -0.2347, 0.2385],
        ),
        (lambda: nn.RNN(3, 4), [-0.1686, 0.0574, -0.4857, 0.1352]),
        (lambda: nn.RNN(3, 4, 1, "relu"), [0, 0.0575, 0, 0.1360]),
    ],
)
def test_recurrent_first_output_of_seeded_weights(build, first):
    x = sequence()
    output, _ = build().eval()(x)
    assert output[0, 0].tolist() == pytest.approx(first, abs=5e-5)


def test_lstm_gradient_of_seeded_weights():
    x = sequence().requires_grad_()
    output, (h, c) = nn.LSTM(3, 4)(x)
    ((output**2).sum() + (h**3).sum() + (c**3).sum()).backward()
    expected = [-0.0503, -0.1072, 0.0141, 0.0204, 0.0374]
    assert x.grad.flatten()[:5].tolist() == pytest.approx(expected, abs=5e-5)


def test_lstm_last_output_is_its_state():
    output, (h, c) = nn.LSTM(3, 4, batch_first=True)(torch.ones(2, 5, 3))
    assert output.shape == (2, 5, 4) and h.shape == c.shape == (1, 2, 4)
    assert output[:, -1].tolist() == h[0].tolist()


def test_recurrent_without_batch():
    x = sequence()
    gru = nn.GRU(3, 4)
    output, h = gru(x[:, 0])
    assert output.shape == (5, 4) and h.shape == (1, 4)
    batched = gru(x)[0][:, 0]
    assert torch.allclose(output, batched)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_cell_makes_the_first_step_of_the_layer(kind):
    x = sequence()
    layer = getattr(nn, kind)(3, 4)
    cell = getattr(nn, f"{kind}Cell")(3, 4)
    state = {name[:-3]: value for name, value in layer.state_dict().items()}
    cell.load_state_dict(state)
    h = cell(x[0])[0] if kind == "LSTM" else cell(x[0])
    assert torch.allclose(h, layer(x)[0][0])


@pytest.mark.parametrize(
    "error, call, message",
    [
        (
            ValueError,
            lambda: nn.GRU(3, 4, proj_size=2),
            "proj_size argument is only supported for LSTM, not RNN or GRU",
        ),
        (ValueError, lambda: nn.LSTM(3, 4, 0), "num_layers must be greater than zero"),
        (
            TypeError,
            lambda: nn.LSTM(3.0, 4),
            "input_size should be of type int, got: float",
        ),
        (
            ValueError,
            lambda: nn.RNN(3, 4, nonlinearity="foo"),
            "Unknown nonlinearity 'foo'. Select from 'tanh' or 'relu'.",
        ),
        (
            RuntimeError,
            lambda: nn.LSTM(3, 4)(torch.ones(2, 2, 5)),
            "input.size(-1) must be equal to input_size. Expected 3, got 5",
        ),
        (
            RuntimeError,
            lambda: nn.GRU(3, 4)(torch.ones(5, 2, 3), torch.ones(1, 3, 4)),
            "Expected hidden size (1, 2, 4), got [1, 3, 4]",
        ),
        (
            RuntimeError,
            lambda: nn.GRU(3, 4)(torch.ones(5, 2, 3), torch.ones(1, 4)),
            "For batched 3-D input, hx should also be 3-D but got 2-D tensor",
        ),
        (
            RuntimeError,
            lambda: nn.LSTMCell(3, 4)(torch.ones(2, 5)),
            "input has inconsistent input_size: got 5 expected 3",
        ),
    ],
)
def test_recurrent_errors(error, call, message):
    assert raised(error, call) == message
