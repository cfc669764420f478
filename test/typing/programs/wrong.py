"""Mistakes that a type checker must find: each line names the error it expects."""

from __future__ import annotations

import torch
from torch import Tensor, nn

x = torch.zeros(2, 3)
torch.no_such_function(x)  # attr-defined
x.no_such_method()  # attr-defined
nn.Linaer(2, 3)  # attr-defined
text: str = x + 1  # assignment
y = x + "1"  # operator
torch.add(x)  # call-arg
torch.zeros("2", 3)  # call-overload
x.view("2")  # arg-type
torch.exp(3)  # arg-type
nn.Linear("2", 3)  # arg-type
torch.optim.SGD(x, lr="fast")  # arg-type
x.sum(dim="rows")  # arg-type
size: list[int] = x.shape  # assignment
x.grad.zero_()  # union-attr
torch.tensor([1.0], dtype="float32")  # arg-type


def double(t: Tensor) -> int:
    return 2 * t  # return-value
