"""Modules that the suites of torch.nn.Module share."""

from __future__ import annotations

import torch
from torch import nn


class Net(nn.Module):
    """One of each kind of member; computes `lin(x) * w * k`."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
        self.register_buffer("b", torch.zeros(1))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)
        self.lin = nn.Linear(2, 2)
        nn.init.ones_(self.lin.weight)
        nn.init.zeros_(self.lin.bias)

    def forward(self, x, k=1):
        return self.lin(x) * self.w * k


class Twice(nn.Module):
    def forward(self, x):
        return x * 2
