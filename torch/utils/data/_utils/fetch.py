"""From an index, or a list of them, to a batch."""

from __future__ import annotations

import itertools
from typing import Any, Callable

import torch
from torch.utils.data.dataset import Subset, TensorDataset, _samples

from .collate import default_collate


class _BaseDatasetFetcher:
    """Fetches from `dataset`; a batch where `auto_collation`, else one sample."""

    def __init__(
        self, dataset: Any, auto_collation: bool, collate_fn: Callable, drop_last: bool
    ) -> None:
        self.dataset = dataset
        self.auto_collation = auto_collation
        self.collate_fn = collate_fn
        self.drop_last = drop_last

    def fetch(self, possibly_batched_index: Any) -> Any:
        raise NotImplementedError


class _IterableDatasetFetcher(_BaseDatasetFetcher):
    """Takes the next samples of a stream; the index only tells how many."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.dataset_iter = iter(self.dataset)

    def fetch(self, possibly_batched_index: Any) -> Any:
        if not self.auto_collation:
            return self.collate_fn(next(self.dataset_iter))
        wanted = len(possibly_batched_index)
        samples = list(itertools.islice(self.dataset_iter, wanted))
        if not samples or (self.drop_last and len(samples) < wanted):
            raise StopIteration
        return self.collate_fn(samples)


class _MapDatasetFetcher(_BaseDatasetFetcher):
    """Looks samples up, whole batches of a `TensorDataset` at once."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._gathers = (
            self.auto_collation
            and self.collate_fn is default_collate
            and _is_tensors(self.dataset)
        )

    def fetch(self, possibly_batched_index: Any) -> Any:
        if self._gathers:
            batch = _gather(self.dataset, possibly_batched_index)
            if batch is not None:
                return batch
        if not self.auto_collation:
            return self.collate_fn(self.dataset[possibly_batched_index])
        return self.collate_fn(_samples(self.dataset, possibly_batched_index))


def make_fetcher(
    is_stream: bool,
    dataset: Any,
    auto_collation: bool,
    collate_fn: Callable,
    drop_last: bool,
) -> _BaseDatasetFetcher:
    """The fetcher for a stream or for a map-style dataset."""
    make = _IterableDatasetFetcher if is_stream else _MapDatasetFetcher
    return make(dataset, auto_collation, collate_fn, drop_last)


def _is_tensors(dataset: Any) -> bool:
    """Whether `dataset` is a plain TensorDataset, or a plain subset of one."""
    while type(dataset) is Subset:
        dataset = dataset.dataset
    return (
        isinstance(dataset, TensorDataset)
        and type(dataset).__getitem__ is TensorDataset.__getitem__
        and not hasattr(dataset, "__getitems__")
        and len(dataset.tensors) > 0
    )


def _gather(dataset: Any, indices: Any) -> list[torch.Tensor] | None:
    """What collating the samples at `indices` gives, by one lookup per tensor.

    None where that could differ from sample by sample: indices that are not plain
    integers within the dataset, tensors of a subclass, gradients to record.
    """
    while type(dataset) is Subset:
        try:
            indices = [dataset.indices[i] for i in indices]
        except (IndexError, TypeError):
            return None
        dataset = dataset.dataset
    if type(indices) is not list or set(map(type, indices)) != {int}:
        return None
    if min(indices) < 0 or max(indices) >= len(dataset):
        return None
    for t in dataset.tensors:
        if type(t) is not torch.Tensor or t.requires_grad or t.layout != torch.strided:
            return None
    rows = torch.tensor(indices)
    return [t.index_select(0, rows.to(t.device)) for t in dataset.tensors]
