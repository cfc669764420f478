"""Objects whose checkpoints are recorded from PyTorch: see test_serialization.py.

`CASES` maps a name to a function that builds the object from constants alone, so that every
interpreter builds the same one. `described` turns a loaded object into text to compare.
"""

from __future__ import annotations

import collections
from typing import Any, Callable

import torch
import torch.nn as nn

DTYPES = (
    "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128"
).split()


class Subclass(torch.Tensor):
    """A tensor class of a user."""


def ramp(*shape: int, scale: float = 0.25) -> torch.Tensor:
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float32) * scale).reshape(shape)


def model() -> nn.Module:
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    with torch.no_grad():
        for i, parameter in enumerate(net.parameters()):
            parameter.copy_(ramp(*parameter.shape) - i)
    return net


def training_state() -> dict[str, Any]:
    net = model()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.5)
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    return {
        "model": net.state_dict(),
        "momenta": [s["momentum_buffer"] for s in optimizer.state.values()],
        "epoch": 3,
        "loss": 0.5,
        "name": "é€",
    }


def views() -> list[torch.Tensor]:
    x = ramp(3, 4)
    return [x, x[1], x.t(), x[:, 1:3], x.reshape(-1), x[2, 3]]


def attributed() -> torch.Tensor:
    x = torch.ones(2)
    x.note = [1, "two"]
    return x


def parameters() -> list[nn.Parameter]:
    plain, noted = nn.Parameter(ramp(2)), nn.Parameter(ramp(2), requires_grad=False)
    noted.note = "hi"
    return [plain, noted, plain]


def ordered() -> collections.OrderedDict:
    table = collections.OrderedDict([("a", ramp(2)), ("b", 1)])
    table.extra = 3
    return table


CASES: dict[str, Callable[[], Any]] = {
    "state_dict": lambda: model().state_dict(),
    "training": training_state,
    "views": views,
    "dtypes": lambda: [torch.tensor([1, 0, 1]).to(getattr(torch, d)) for d in DTYPES],
    "empty": lambda: [torch.empty(0), torch.empty(0, 3), torch.tensor(3.0)],
    "requires_grad": lambda: [ramp(2).requires_grad_(), ramp(2).requires_grad_() * 2],
    "parameters": parameters,
    "attributes": attributed,
    "subclass": lambda: ramp(2).as_subclass(Subclass),
    "ordered": ordered,
    "long_dict": lambda: {str(i): i for i in range(1200)},
    "long_list": lambda: list(range(1001)),
    "python": lambda: [
        *(
            None,
            True,
            False,
            1.5,
            2**40,
            -5,
            70000,
            10**60,
            "s",
            b"ab",
            bytearray(b"x"),
        ),
        *(3 + 4j, (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], {}, [[]], {7}),
    ],
    "counter": lambda: collections.Counter("abca"),
    "size": lambda: ramp(2, 3).shape,
    "devices": lambda: [torch.device("cpu"), torch.device("cuda", 1)],
    "dtype": lambda: [torch.float32, torch.int64],
    "layout": lambda: torch.strided,
    "untyped_storage": lambda: ramp(2).untyped_storage(),
    "meta": lambda: torch.empty(2, 3, device="meta"),
}


def described(value: Any) -> Any:
    """Return lists and text that tell everything that must survive a round trip."""
    kind = type(value).__name__
    if isinstance(value, torch.Tensor):
        detached = value.detach()
        elements = "meta" if value.is_meta else str(detached.tolist())
        facts = (
            value.dtype,
            tuple(value.shape),
            value.stride(),
            value.storage_offset(),
        )
        notes = sorted(value.__dict__.items())
        return [
            kind,
            str(facts),
            value.requires_grad,
            value.is_leaf,
            elements,
            str(notes),
        ]
    if isinstance(value, dict):
        notes = sorted(map(str, getattr(value, "__dict__", {}).items()))
        return [kind, [[str(k), described(v)] for k, v in value.items()], notes]
    if isinstance(value, (list, tuple)):
        return [kind, [described(v) for v in value]]
    if kind == "TypedStorage":
        return [kind, value._untyped_storage.tolist()]
    return [kind, repr(value)]
