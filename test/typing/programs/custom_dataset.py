"""Data sets of one's own, samplers, splitting, and a collate function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import (
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    Sampler,
    Subset,
    WeightedRandomSampler,
    random_split,
)

Sample = tuple[Tensor, int]


class Squares(Dataset[Sample]):
    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Sample:
        return torch.tensor([float(index)]), index * index


class Countdown(IterableDataset[int]):
    def __init__(self, start: int) -> None:
        self.start = start

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, 0, -1))


class EveryOther(Sampler[int]):
    def __init__(self, data: Squares) -> None:
        self.data = data

    def __iter__(self) -> Iterator[int]:
        return iter(range(0, len(self.data), 2))

    def __len__(self) -> int:
        return (len(self.data) + 1) // 2


def collate(samples: Sequence[Sample]) -> tuple[Tensor, Tensor]:
    return torch.stack([x for x, _ in samples]), torch.tensor([y for _, y in samples])


def main() -> None:
    data = Squares(10)
    x, y = data[3]
    assert x.item() == 3.0 and y == 9
    loader = DataLoader(
        data, batch_size=4, sampler=EveryOther(data), collate_fn=collate
    )
    assert [ys.tolist() for _, ys in loader] == [[0, 4, 16, 36], [64]]
    train, test = random_split(data, [8, 2], generator=torch.Generator().manual_seed(0))
    assert len(train) == 8 and len(test) == 2
    assert len(Subset(data, [0, 1])) == 2
    assert len(ConcatDataset([data, data])) == 20
    weights = WeightedRandomSampler([0.1, 0.9], num_samples=3)
    assert len(list(weights)) == 3
    numbers = DataLoader(Countdown(3), batch_size=None)
    assert [int(n) for n in numbers] == [3, 2, 1]


if __name__ == "__main__":
    main()
