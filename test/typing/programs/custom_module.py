"""A module of one's own: parameters, a buffer, submodules, hooks, state."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    scale: Tensor

    def __init__(self, width: int, depth: int = 2) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.gain = nn.Parameter(torch.ones(width))
        self.register_buffer("scale", torch.tensor(0.5))
        self.calls = 0

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        self.calls += 1
        for layer in self.layers:
            x = x + self.scale * torch.tanh(layer(self.norm(x)))
        if mask is not None:
            x = x.masked_fill(mask, 0.0)
        return x * self.gain

    def extra_repr(self) -> str:
        return f"width={self.gain.numel()}"


def initialize(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


def main() -> None:
    net = Residual(4).double().train()
    net.apply(initialize)
    seen: list[torch.Size] = []

    def hook(module: nn.Module, args: Any, output: Tensor) -> None:
        seen.append(output.shape)

    handle = net.register_forward_hook(hook)
    y: Tensor = net(torch.randn(3, 4, dtype=torch.float64), mask=None)
    handle.remove()
    y.sum().backward()
    grad = net.gain.grad
    assert grad is not None
    assert seen[0] == (3, 4) and grad.shape == net.gain.shape
    count: int = sum(p.numel() for p in net.parameters() if p.requires_grad)
    names: list[str] = [name for name, _ in net.named_parameters()]
    assert count > 0 and "gain" in names
    state: dict[str, Any] = net.state_dict()
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert not missing and not unexpected and net.training


if __name__ == "__main__":
    main()
