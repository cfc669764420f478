"""In which order samples are visited.

A sampler yields indices, `BatchSampler` lists of them.  Which random numbers each
draws, and when, is part of its contract: PyTorch's runs are repeated digit by digit.
So those that draw are generator functions, which draw at the first index, not before.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

import torch

__all__ = ["BatchSampler", "RandomSampler", "Sampler", "SequentialSampler"]
__all__ += ["SubsetRandomSampler", "WeightedRandomSampler"]

_T_co = TypeVar("_T_co", covariant=True)


def _is_positive_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


class Sampler(Generic[_T_co]):
    """An order in which to visit the samples of a dataset; base class.

    Subclasses implement `__iter__` and, where it is known, `__len__`.

    Example:
        >>> from torch.utils.data import Sampler
        >>> class Backwards(Sampler):
        ...     def __init__(self, data):
        ...         self.data = data
        ...     def __iter__(self):
        ...         return iter(range(len(self.data) - 1, -1, -1))
        >>> list(Backwards("abc"))
        [2, 1, 0]
    """

    def __iter__(self) -> Iterator[_T_co]:
        raise NotImplementedError


class SequentialSampler(Sampler[int]):
    """Visit all samples in their order.

    Args:
        data_source: The dataset.

    Example:
        >>> from torch.utils.data import SequentialSampler
        >>> list(SequentialSampler("abc"))
        [0, 1, 2]
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source: Sized = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Visit the samples in random order.

    Without a generator each pass seeds a new one from the default generator, so a
    pass costs the default generator one 64-bit draw whatever its length.

    Args:
        data_source: The dataset.
        replacement: Draw each index independently. Default: False, permutations.
        num_samples: How many to draw. Default: as many as the dataset has.
        generator: Source of the random numbers.

    Raises:
        TypeError: `replacement` is no bool.
        ValueError: `num_samples` is no positive integer.

    Example:
        >>> from torch.utils.data import RandomSampler
        >>> sorted(RandomSampler("abc"))
        [0, 1, 2]
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Any = None,
    ) -> None:
        self.data_source, self.replacement = data_source, replacement
        self._num_samples, self.generator = num_samples, generator
        if not isinstance(replacement, bool):
            raise TypeError(
                "replacement should be a boolean value, but got "
                f"replacement={replacement}"
            )
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise ValueError(
                "num_samples should be a positive integer value, but got "
                f"num_samples={self.num_samples}"
            )

    @property
    def num_samples(self) -> int:
        """How many indices one pass yields; follows a dataset that changes length."""
        if self._num_samples is None:
            return len(self.data_source)
        return self._num_samples

    def __iter__(self) -> Iterator[int]:
        n = len(self.data_source)
        generator = self.generator
        if generator is None:
            seed = int(torch.empty((), dtype=torch.int64).random_().item())
            generator = torch.Generator()
            generator.manual_seed(seed)

        # The last, shorter draw is made even where nothing of it is used: a
        # generator of the caller has to end where PyTorch leaves it.
        if self.replacement:
            whole, rest = divmod(self.num_samples, 32)
            for size in itertools.chain(itertools.repeat(32, whole), [rest]):
                yield from torch.randint(
                    n, (size,), dtype=torch.int64, generator=generator
                ).tolist()
        else:
            whole, rest = divmod(self.num_samples, n)
            for count in itertools.chain(itertools.repeat(n, whole), [rest]):
                yield from torch.randperm(n, generator=generator).tolist()[:count]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Visit given indices in random order.

    Args:
        indices: The indices.
        generator: Source of the random numbers. Default: the default generator.

    Example:
        >>> from torch.utils.data import SubsetRandomSampler
        >>> sorted(SubsetRandomSampler([5, 3, 8]))
        [3, 5, 8]
    """

    indices: Sequence[int]

    def __init__(self, indices: Sequence[int], generator: Any = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        order = torch.randperm(len(self.indices), generator=self.generator)
        yield from (self.indices[i] for i in order.tolist())

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Draw indices with given probabilities.

    Args:
        weights: Weight of index 0, 1, ...; they need not add up to 1.
        num_samples: How many to draw.
        replacement: Let an index come more than once. Default: True.
        generator: Source of the random numbers. Default: the default generator.

    Raises:
        ValueError: An argument of the wrong kind, or weights that are no row.

    Example:
        >>> from torch.utils.data import WeightedRandomSampler
        >>> list(WeightedRandomSampler([0.0, 1.0], num_samples=3))
        [1, 1, 1]
    """

    def __init__(
        self,
        weights: Sequence[float],
        num_samples: int,
        replacement: bool = True,
        generator: Any = None,
    ) -> None:
        if not _is_positive_int(num_samples):
            raise ValueError(
                "num_samples should be a positive integer value, but got "
                f"num_samples={num_samples}"
            )
        if not isinstance(replacement, bool):
            raise ValueError(
                "replacement should be a boolean value, but got "
                f"replacement={replacement}"
            )
        self.weights = torch.as_tensor(weights, dtype=torch.double)
        if self.weights.dim() != 1:
            raise ValueError(
                "weights should be a 1d sequence but given weights have shape "
                f"{tuple(self.weights.shape)}"
            )
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        drawn = torch.multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        yield from drawn.tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler["list[int]"]):
    """Gather the indices of a sampler into lists.

    Args:
        sampler: Any iterable of indices.
        batch_size: Length of the lists.
        drop_last: Leave out a last list that is shorter.

    Raises:
        ValueError: `batch_size` is no positive integer or `drop_last` no bool.

    Example:
        >>> from torch.utils.data import BatchSampler
        >>> list(BatchSampler(range(5), batch_size=2, drop_last=False))
        [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self, sampler: Iterable[int], batch_size: int, drop_last: bool
    ) -> None:
        if not _is_positive_int(batch_size):
            raise ValueError(
                "batch_size should be a positive integer value, but got "
                f"batch_size={batch_size}"
            )
        if not isinstance(drop_last, bool):
            raise ValueError(
                f"drop_last should be a boolean value, but got drop_last={drop_last}"
            )
        self.sampler = sampler
        self.batch_size, self.drop_last = batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while True:
            batch = list(itertools.islice(indices, self.batch_size))
            if not batch or (self.drop_last and len(batch) < self.batch_size):
                return
            yield batch

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)  # type: ignore[arg-type]
        return whole if self.drop_last or rest == 0 else whole + 1
