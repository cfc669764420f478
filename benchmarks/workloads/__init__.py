"""The workloads, by group; every one runs under any `import torch`.

A workload is a function of the device that prepares its data and returns a
step. A step does one unit of work and returns a tensor, by which the two
sides are compared before they are timed. Data come from numpy, so that equal
inputs do not rest on equal random numbers; what a step draws, and how layers
are initialised, does.
"""

from __future__ import annotations

from typing import Callable

import numpy as np

import torch

Step = Callable[[], torch.Tensor]
Workload = Callable[[str], Step]
WORKLOADS: dict[str, Workload] = {}


def workload(build: Workload) -> Workload:
    """Enter a function as `<its module>/<its name>`."""
    group = build.__module__.rpartition(".")[2]
    WORKLOADS[f"{group}/{build.__name__}"] = build
    return build


def uniform(device: str, *shape: int, dtype: str = "float32") -> torch.Tensor:
    """Numbers in [-1, 1), the same for the same shape."""
    values = np.random.RandomState(sum(shape)).uniform(-1, 1, shape)
    return torch.from_numpy(values.astype(dtype)).to(device)


def integers(device: str, high: int, *shape: int) -> torch.Tensor:
    """int64 below `high`, the same for the same arguments."""
    values = np.random.RandomState(high).randint(0, high, shape)
    return torch.from_numpy(values.astype("int64")).to(device)


from . import calls, memory, products, training  # noqa: E402, F401
