"""Optimizers and learning-rate schedules.

`SGD`, `Adam`, `AdamW` over the base class `Optimizer`; schedules are in
`torch.optim.lr_scheduler`.  Read docs/design/optim_and_data.md for how one step
runs.
"""

from __future__ import annotations

from torch.optim import lr_scheduler as lr_scheduler
from torch.optim.adam import Adam as Adam
from torch.optim.adamw import AdamW as AdamW
from torch.optim.optimizer import Optimizer as Optimizer
from torch.optim.sgd import SGD as SGD

__all__ = ["Adam", "AdamW", "Optimizer", "SGD", "lr_scheduler"]
