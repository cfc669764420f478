"""Each process of a group visits its own share: `DistributedSampler`."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator
from typing import Any, Optional

import torch
from torch.utils.data.dataset import Dataset
from torch.utils.data.sampler import Sampler

__all__ = ["DistributedSampler"]

_OptInt = Optional[int]


class DistributedSampler(Sampler[int]):
    """Deal the indices of a dataset out to the processes of a group.

    Process r gets the r-th, (r + n)-th, ... of a common order, all get equally many:
    the order is filled up by repeating its beginning, or cut with `drop_last`.

    Args:
        dataset: The dataset; of one length in all processes.
        num_replicas: Number of processes. Default: that of the process group.
        rank: Number of this process. Default: that in the process group.
        shuffle: Permute, by a generator seeded with ``seed + epoch``. Default: True.
        seed: The same in all processes. Default: 0.
        drop_last: Cut instead of filling up. Default: False.

    Raises:
        ValueError: `rank` is not below `num_replicas`.
        RuntimeError: Group or rank are to be asked for but there is none.

    Example:
        >>> from torch.utils.data import DistributedSampler
        >>> [list(DistributedSampler(range(5), 2, r, shuffle=False)) for r in (0, 1)]
        [[0, 2, 4], [1, 3, 0]]
    """

    def __init__(
        self,
        dataset: Dataset,
        num_replicas: _OptInt = None,
        rank: _OptInt = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None:
            num_replicas = _process_group().get_world_size()
        if rank is None:
            rank = _process_group().get_rank()
        if not 0 <= rank < num_replicas:
            raise ValueError(
                f"Invalid rank {rank}, rank should be in the interval "
                f"[0, {num_replicas - 1}]"
            )
        self.dataset = dataset
        self.num_replicas, self.rank = num_replicas, rank
        self.shuffle, self.seed, self.epoch = shuffle, seed, 0
        self.drop_last = drop_last
        share = len(dataset) / num_replicas  # type: ignore[arg-type]
        self.num_samples = math.floor(share) if drop_last else math.ceil(share)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        count = len(self.dataset)  # type: ignore[arg-type]
        if self.shuffle:
            generator = torch.Generator()
            generator.manual_seed(self.seed + self.epoch)
            order = torch.randperm(count, generator=generator).tolist()
        else:
            order = list(range(count))
        if self.total_size > count:
            order *= math.ceil(self.total_size / count)
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Choose the permutation of an epoch; call it before each.

        Args:
            epoch: Its number, the same in all processes.
        """
        self.epoch = epoch


def _process_group() -> Any:
    dist = importlib.import_module("torch.distributed")

    if not dist.is_available():
        raise RuntimeError("Requires distributed package to be available")
    return dist
