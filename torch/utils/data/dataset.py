"""Where samples come from: datasets and ways to join, cut and wrap them.

Map-style ones have `__getitem__` and mostly `__len__`; an optional `__getitems__`
takes a list of indices and returns a list of samples.  Iterable ones have
`__iter__`.
"""

from __future__ import annotations

import bisect
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Callable, Generic, TypeVar

import torch
from torch import Generator, Tensor

__all__ = [
    "ChainDataset",
    "ConcatDataset",
    "Dataset",
    "IterableDataset",
    "StackDataset",
    "Subset",
    "TensorDataset",
    "random_split",
]

_T_co = TypeVar("_T_co", covariant=True)


class Dataset(Generic[_T_co]):
    """A map from indices to samples; base class.

    Subclasses implement `__getitem__` and, for samplers and `len`, `__len__`.

    Example:
        >>> from torch.utils.data import Dataset
        >>> class Squares(Dataset):
        ...     def __getitem__(self, i):
        ...         return i * i
        ...     def __len__(self):
        ...         return 10
        >>> Squares()[3]
        9
    """

    def __getitem__(self, index: Any) -> _T_co:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[_T_co], Iterable[_T_co]):
    """A stream of samples; base class.

    Subclasses implement `__iter__`.  Every worker process of a loader runs over its
    own copy, so `__iter__` should ask `get_worker_info` for its share.

    Example:
        >>> from torch.utils.data import DataLoader, IterableDataset
        >>> class CountDown(IterableDataset):
        ...     def __iter__(self):
        ...         return iter(range(3, 0, -1))
        >>> [batch.tolist() for batch in DataLoader(CountDown(), batch_size=2)]
        [[3, 2], [1]]
    """

    def __add__(  # type: ignore[override]
        self, other: Dataset
    ) -> ChainDataset:
        return ChainDataset([self, other])


class TensorDataset(Dataset):
    """Tensors cut along their first dimension: sample i is entry i of each.

    Args:
        *tensors: Tensors of one length.

    Raises:
        AssertionError: The lengths differ.

    Example:
        >>> from torch.utils.data import TensorDataset
        >>> TensorDataset(torch.arange(3), torch.eye(3))[1]
        (tensor(1), tensor([0., 1., 0.]))
    """

    tensors: tuple[Tensor, ...]

    def __init__(self, *tensors: Tensor) -> None:
        if any(t.size(0) != tensors[0].size(0) for t in tensors):
            raise AssertionError("Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple([t[index] for t in self.tensors])

    def __len__(self) -> int:
        return self.tensors[0].size(0)


class StackDataset(Dataset):
    """Datasets side by side: sample i holds sample i of each.

    Args:
        *args: Datasets of one length; samples are then tuples.
        **kwargs: Named datasets of one length; samples are then dicts.

    Raises:
        ValueError: None are given, both forms are used, or the lengths differ.

    Example:
        >>> from torch.utils.data import StackDataset
        >>> StackDataset(image=[7, 8, 9], label=["a", "b", "c"])[1]
        {'image': 8, 'label': 'b'}
    """

    datasets: tuple | dict

    def __init__(self, *args: Dataset, **kwargs: Dataset) -> None:
        if args and kwargs:
            raise ValueError(
                "Supported either ``tuple``- (via ``args``) or``dict``- (via "
                "``kwargs``) like input/output, but both types are given."
            )
        if not args and not kwargs:
            raise ValueError("At least one dataset should be passed")
        everything: Iterable[Any] = args or kwargs.values()
        lengths = {len(d) for d in everything}
        if len(lengths) != 1:
            raise ValueError("Size mismatch between datasets")
        self._length = lengths.pop()
        self.datasets = args or kwargs

    def _each(self, samples_of: Callable[[Any], Any]) -> tuple | dict:
        """A tuple or dict, as the datasets are, of `samples_of` each."""
        if isinstance(self.datasets, dict):
            return {name: samples_of(d) for name, d in self.datasets.items()}
        return tuple([samples_of(d) for d in self.datasets])

    def __getitem__(self, index: Any) -> tuple | dict:
        return self._each(lambda d: d[index])

    def __getitems__(self, indices: list) -> list:
        columns = self._each(lambda d: _samples(d, indices, checked=True))
        if isinstance(columns, dict):
            rows = zip(*columns.values())
            return [dict(zip(columns, row)) for row in rows]
        return list(zip(*columns))

    def __len__(self) -> int:
        return self._length


def _samples(dataset: Any, indices: list, checked: bool = False) -> list:
    """The samples at `indices`, through `__getitems__` where there is one."""
    take = getattr(dataset, "__getitems__", None)
    if not callable(take):
        return [dataset[i] for i in indices]
    samples = take(indices)
    if checked and len(samples) != len(indices):
        raise ValueError(
            f"Nested dataset's output size mismatch. Expected {len(indices)}, got "
            f"{len(samples)}"
        )
    return samples


class ConcatDataset(Dataset[_T_co]):
    """Datasets one after the other, under one running index.

    Args:
        datasets: Map-style datasets; at least one.

    Raises:
        AssertionError: There is none, or an iterable one.

    Example:
        >>> from torch.utils.data import ConcatDataset
        >>> both = ConcatDataset([[0, 1, 2], [10, 11]])
        >>> len(both), both[3], both[-1]
        (5, 10, 11)
    """

    datasets: list[Dataset[_T_co]]
    cumulative_sizes: list[int]

    @staticmethod
    def cumsum(sequence: Iterable) -> list[int]:
        """Return the index behind the last one of each dataset."""
        return list(accumulate(map(len, sequence)))

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = self.cumsum(self.datasets)

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, idx: int) -> _T_co:
        if idx < 0:
            if -idx > len(self):
                raise ValueError(
                    "absolute value of index should not exceed dataset length"
                )
            idx += len(self)
        which = bisect.bisect_right(self.cumulative_sizes, idx)
        begin = self.cumulative_sizes[which - 1] if which > 0 else 0
        return self.datasets[which][idx - begin]

    @property
    def cummulative_sizes(self) -> list[int]:
        """Old spelling of `cumulative_sizes`."""
        warnings.warn(
            "`cummulative_sizes` attribute is renamed to `cumulative_sizes`",
            FutureWarning,
            stacklevel=2,
        )
        return self.cumulative_sizes


class ChainDataset(IterableDataset):
    """Iterable datasets one after the other.

    Args:
        datasets: The datasets; taken up only when their turn comes.

    Example:
        >>> from torch.utils.data import ChainDataset, IterableDataset
        >>> class UpTo(IterableDataset):
        ...     def __init__(self, n):
        ...         self.n = n
        ...     def __iter__(self):
        ...         return iter(range(self.n))
        >>> list(ChainDataset([UpTo(2), UpTo(3)]))
        [0, 1, 0, 1, 2]
    """

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        super().__init__()
        self.datasets = datasets

    def _checked(self) -> Iterator[Any]:
        for d in self.datasets:
            if not isinstance(d, IterableDataset):
                raise AssertionError("ChainDataset only supports IterableDataset")
            yield d

    def __iter__(self) -> Iterator:
        for d in self._checked():
            yield from d

    def __len__(self) -> int:
        return sum(len(d) for d in self._checked())


class Subset(Dataset[_T_co]):
    """Some samples of a dataset, in an order of their own.

    Args:
        dataset: The whole.
        indices: Where sample 0, 1, ... of the subset is in it.

    Raises:
        NotImplementedError: A subclass has its own `__getitem__` but not
            `__getitems__`.

    Example:
        >>> from torch.utils.data import Subset
        >>> list(Subset(["a", "b", "c"], [2, 0]))
        ['c', 'a']
    """

    dataset: Dataset[_T_co]
    indices: Sequence[int]

    def __init__(self, dataset: Dataset[_T_co], indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices
        own = type(self)
        if (
            own.__getitem__ is not Subset.__getitem__
            and own.__getitems__ is Subset.__getitems__
        ):
            raise NotImplementedError(
                f"{own.__name__} overrides __getitem__ but not __getitems__. When "
                "subclassing Subset and overriding __getitem__, you must also override "
                "__getitems__ to ensure DataLoader works correctly with your custom "
                "logic. A simple implementation:\n\ndef __getitems__(self, indices):\n"
                "    return [self.__getitem__(idx) for idx in indices]"
            )

    def __getitem__(self, idx: Any) -> _T_co:
        if isinstance(idx, list):
            return self.dataset[[self.indices[i] for i in idx]]
        return self.dataset[self.indices[idx]]

    def __getitems__(self, indices: list[int]) -> list[_T_co]:
        return _samples(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Dataset,
    lengths: Sequence[int | float],
    generator: Generator = torch.default_generator,
) -> list[Subset]:
    """Deal the samples of a dataset out to subsets, at random.

    Args:
        dataset: The whole; needs `__len__`.
        lengths: Sizes of the subsets, or fractions that add up to 1. Fractions are
            rounded down and what is left goes to the first subsets, one each.
        generator: Source of the permutation. Default: the default generator.

    Raises:
        ValueError: The sizes do not add up to the dataset's, or a fraction is
            outside [0, 1].

    Example:
        >>> from torch.utils.data import random_split
        >>> parts = random_split(range(10), [0.7, 0.3])
        >>> [len(part) for part in parts]
        [7, 3]
    """
    total = len(dataset)  # type: ignore[arg-type]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        lengths = _sizes_of_fractions(lengths, total)
    if sum(lengths) != total:
        raise ValueError(
            "Sum of input lengths does not equal the length of the input dataset!"
        )
    order = torch.randperm(total, generator=generator).tolist()
    ends = accumulate(lengths)
    return [Subset(dataset, order[end - n : end]) for n, end in zip(lengths, ends)]


def _sizes_of_fractions(fractions: Sequence[float], total: int) -> list[int]:
    for i, fraction in enumerate(fractions):
        if not 0 <= fraction <= 1:
            raise ValueError(f"Fraction at index {i} is not between 0 and 1")
    sizes = [math.floor(total * fraction) for fraction in fractions]
    for i in range(total - sum(sizes)):
        sizes[i % len(sizes)] += 1
    for i, size in enumerate(sizes):
        if size == 0:
            warnings.warn(
                f"Length of split at index {i} is 0. This might result in an empty "
                "dataset.",
                stacklevel=3,
            )
    return sizes
