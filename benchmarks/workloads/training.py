"""Whole steps of small models: forward, backward, update."""

from __future__ import annotations

from typing import Callable

import torch
import torch.nn.functional as F
from torch import nn

from . import Step, integers, uniform, workload


def train(
    parameters: list[torch.Tensor],
    loss_of: Callable[[], torch.Tensor],
    kind: str = "Adam",
    **options: float,
) -> Step:
    """A step that minimises `loss_of` and returns the loss before it."""
    optimizer = getattr(torch.optim, kind)(parameters, lr=1e-3, **options)

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def classify(
    device: str, model: nn.Module, x: torch.Tensor, classes: int, **how: object
) -> Step:
    """Train `model` to tell classes apart by cross entropy."""
    model, target = model.to(device), integers(device, classes, len(x))
    return train(
        list(model.parameters()), lambda: F.cross_entropy(model(x), target), **how
    )


@workload
def line_fit(device: str) -> Step:
    """Two numbers as parameters: nothing but calls."""
    x = uniform(device, 32)
    slope, offset = (torch.zeros(1, device=device, requires_grad=True) for _ in "ab")

    def loss() -> torch.Tensor:
        return (slope * x + offset - 2 * x - 1).pow(2).mean()

    return train([slope, offset], loss, "SGD")


@workload
def spiral_mlp(device: str) -> Step:
    model = nn.Sequential(
        nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 3)
    )
    return classify(device, model, uniform(device, 60, 2), 3)


@workload
def digits_mlp(device: str) -> Step:
    model = nn.Sequential(
        nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)
    )
    x = uniform(device, 50, 784)
    return classify(device, model, x, 10, kind="SGD", momentum=0.9)


@workload
def digits_cnn(device: str) -> Step:
    model = nn.Sequential(
        nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(512, 10),
    )  # fmt: skip
    return classify(device, model, uniform(device, 32, 1, 28, 28), 10)


class Residual(nn.Module):
    """Two normalised convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width),
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(x + self.body(x))


@workload
def residual_cnn(device: str) -> Step:
    model = nn.Sequential(
        nn.Conv2d(3, 24, 3, stride=2, padding=1), Residual(24), Residual(24),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 10),
    )  # fmt: skip
    return classify(device, model, uniform(device, 8, 3, 32, 32), 10, kind="SGD")


@workload
def bag_of_words(device: str) -> Step:
    table, head = nn.Embedding(3000, 32).to(device), nn.Linear(32, 4).to(device)
    words, target = integers(device, 3000, 64, 20), integers(device, 4, 64)
    parameters = [*table.parameters(), *head.parameters()]
    return train(
        parameters, lambda: F.cross_entropy(head(table(words).mean(1)), target)
    )


def sequence_model(device: str, kind: type[nn.RNNBase]) -> Step:
    """Predict the next letter after each of 40."""
    table, net = nn.Embedding(30, 24).to(device), kind(24, 48, 2).to(device)
    head, letters = nn.Linear(48, 30).to(device), integers(device, 30, 41, 16)

    def loss() -> torch.Tensor:
        logits = head(net(table(letters[:-1]))[0])
        return F.cross_entropy(logits.view(-1, 30), letters[1:].reshape(-1))

    return train([p for m in (table, net, head) for p in m.parameters()], loss)


@workload
def letters_lstm(device: str) -> Step:
    return sequence_model(device, nn.LSTM)


@workload
def letters_gru(device: str) -> Step:
    return sequence_model(device, nn.GRU)


class Attend(nn.Module):
    """A transformer block that sees only what came before."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = (
            nn.Linear(width, 4 * width),
            nn.Linear(4 * width, width),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, t, d = x.shape
        parts = self.project(self.norm1(x)).view(n, t, 3, self.heads, -1)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.merge(y.transpose(1, 2).reshape(n, t, d))
        return x + self.narrow(F.gelu(self.wide(self.norm2(x))))


@workload
def letters_transformer(device: str) -> Step:
    table, place = nn.Embedding(60, 96).to(device), nn.Embedding(48, 96).to(device)
    body = nn.Sequential(*(Attend(96, 4) for _ in range(3))).to(device)
    head = nn.Linear(96, 60).to(device)
    letters = integers(device, 60, 8, 49)

    def loss() -> torch.Tensor:
        x = table(letters[:, :-1]) + place(torch.arange(48, device=device))
        return F.cross_entropy(head(body(x)).view(-1, 60), letters[:, 1:].reshape(-1))

    modules = (table, place, body, head)
    return train([p for m in modules for p in m.parameters()], loss, "AdamW")


@workload
def autoencoder(device: str) -> Step:
    model = nn.Sequential(
        nn.Linear(400, 100), nn.ReLU(), nn.Linear(100, 12),
        nn.Linear(12, 100), nn.ReLU(), nn.Linear(100, 400), nn.Sigmoid(),
    ).to(device)  # fmt: skip
    x = uniform(device, 40, 400).abs()
    return train(list(model.parameters()), lambda: F.binary_cross_entropy(model(x), x))


@workload
def policy_gradient(device: str) -> Step:
    model = nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 2)).to(device)
    state, reward = uniform(device, 100, 4), uniform(device, 100)
    action = integers(device, 2, 100, 1)

    def loss() -> torch.Tensor:
        chosen = torch.log_softmax(model(state), -1).gather(1, action).squeeze(1)
        return -(chosen * reward).mean()

    return train(list(model.parameters()), loss, "SGD", momentum=0.9)


@workload
def oscillator(device: str) -> Step:
    """A network that solves y'' = -y: second derivatives, then backward."""
    net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1)).to(device)
    t = uniform(device, 64, 1).requires_grad_()

    def loss() -> torch.Tensor:
        y = net(t)
        (slope,) = torch.autograd.grad(y.sum(), t, create_graph=True)
        (bend,) = torch.autograd.grad(slope.sum(), t, create_graph=True)
        return (bend + y).pow(2).mean()

    return train(list(net.parameters()), loss)


@workload
def generate_letters(device: str) -> Step:
    """Inference: twelve letters, one after the other, from a GRU cell."""
    table, cell = nn.Embedding(30, 32).to(device), nn.GRUCell(32, 64).to(device)
    head = nn.Linear(64, 30).to(device)

    @torch.no_grad()
    def step() -> torch.Tensor:
        letter = torch.zeros(1, dtype=torch.long, device=device)
        state = torch.zeros(1, 64, device=device)
        for _ in range(12):
            state = cell(table(letter), state)
            letter = head(state).argmax(-1)
        return state

    return step
