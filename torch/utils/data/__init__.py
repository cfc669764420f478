"""Datasets, samplers and the loader that turns them into batches.

`Dataset` and its kin (dataset.py) hold samples, a `Sampler` (sampler.py) says in which
order, `DataLoader` (dataloader.py) makes batches, with worker processes if asked
(multiprocess.py).  Read docs/design/optim_and_data.md for how they work together.
"""

from __future__ import annotations

from torch.utils.data import dataloader, dataset, distributed, sampler
from torch.utils.data.dataloader import *  # noqa: F403
from torch.utils.data.dataloader import _DatasetKind
from torch.utils.data.dataset import *  # noqa: F403
from torch.utils.data.distributed import *  # noqa: F403
from torch.utils.data.sampler import *  # noqa: F403

__all__ = ["_DatasetKind"]
for _module in (dataloader, dataset, distributed, sampler):
    __all__ += _module.__all__
del _module
