"""Normalizing layers of torch.nn."""

from __future__ import annotations

import pytest

import torch
from nn_cases import raised
from torch import nn


def test_batch_norm_normalizes_and_tracks():
    norm = nn.BatchNorm1d(2)
    out = norm(torch.tensor([[0.0, 2.0], [2.0, 6.0]]))
    assert out.flatten().tolist() == pytest.approx([-1, -1, 1, 1], abs=1e-4)
    assert norm.running_mean.tolist() == pytest.approx([0.1, 0.4])
    assert norm.running_var.tolist() == pytest.approx([1.1, 1.7])
    assert norm.num_batches_tracked.item() == 1


def test_batch_norm_evaluates_with_running_statistics():
    norm = nn.BatchNorm2d(1).eval()
    norm.running_mean.fill_(1.0)
    norm.running_var.fill_(4.0)
    out = norm(torch.full((1, 1, 1, 1), 5.0))
    assert out.item() == pytest.approx(2.0, abs=1e-5)


def test_batch_norm_without_momentum_averages_all_batches():
    norm = nn.BatchNorm1d(1, momentum=None)
    norm(torch.tensor([[0.0], [2.0]]))
    norm(torch.tensor([[4.0], [6.0]]))
    assert norm.running_mean.item() == pytest.approx(3.0)


def test_batch_norm_gradients():
    x = torch.tensor([[1.0, 0.0], [3.0, 4.0], [8.0, 2.0]], requires_grad=True)
    norm = nn.BatchNorm1d(2)
    (norm(x) * torch.arange(6.0).reshape(3, 2)).sum().backward()
    assert norm.bias.grad.tolist() == [6, 9]
    assert x.grad.sum(0).tolist() == pytest.approx([0, 0], abs=1e-5)


@pytest.mark.parametrize(
    "norm, shape, message",
    [
        (nn.BatchNorm1d(3), (3,), "expected 2D or 3D input (got 1D input)"),
        (nn.BatchNorm2d(3), (4, 3), "expected 4D input (got 2D input)"),
        (
            nn.BatchNorm1d(3),
            (1, 3),
            "Expected more than 1 value per channel when training, got input size "
            "torch.Size([1, 3])",
        ),
    ],
)
def test_batch_norm_errors(norm, shape, message):
    assert raised(ValueError, lambda: norm(torch.ones(shape))) == message


def test_batch_norm_loads_states_without_counter():
    state = nn.BatchNorm1d(3).state_dict()
    del state["num_batches_tracked"]
    assert raised(RuntimeError, lambda: nn.BatchNorm1d(3).load_state_dict(state)) == (
        "Error(s) in loading state_dict for BatchNorm1d:\n\t"
        'Missing key(s) in state_dict: "num_batches_tracked". '
    )
    state._metadata[""]["version"] = 1
    nn.BatchNorm1d(3).load_state_dict(state)


def test_lazy_batch_norm_counts_channels():
    norm = nn.LazyBatchNorm1d()
    norm(torch.arange(6.0).reshape(2, 3))
    assert type(norm) is nn.BatchNorm1d and norm.weight.shape == (3,)


def test_layer_norm_normalizes_last_dimensions():
    x = torch.tensor([[1.0, 3.0], [2.0, 10.0]])
    assert nn.LayerNorm(2)(x).flatten().tolist() == pytest.approx(
        [-1, 1, -1, 1], abs=1e-4
    )
    assert nn.LayerNorm((2, 2), elementwise_affine=False)(x).sum().item() == (
        pytest.approx(0, abs=1e-5)
    )


@pytest.mark.parametrize(
    "module, text",
    [
        (
            nn.BatchNorm1d(3, affine=False),
            "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, "
            "track_running_stats=True)",
        ),
        (
            nn.LayerNorm([4], bias=False),
            "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=False)",
        ),
        (
            nn.LSTM(3, 4, 2, proj_size=2, bidirectional=True),
            "LSTM(3, 4, proj_size=2, num_layers=2, bidirectional=True)",
        ),
        (nn.RNNCell(3, 4, nonlinearity="relu"), "RNNCell(3, 4, nonlinearity=relu)"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_repr_of_normalization_and_recurrent(module, text):
    assert repr(module) == text
