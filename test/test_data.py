"""Datasets, samplers and collation; the loader is in test_dataloader.py.

Random orders are PyTorch's, recorded from it for the seeds given here.
"""

from __future__ import annotations

import collections

import numpy as np
import pytest

import torch
from torch.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    Dataset,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    default_convert,
    random_split,
)
from torch.utils.data._utils.collate import collate

X = torch.arange(10.0)
Y = torch.arange(20).view(10, 2)
Pair = collections.namedtuple("Pair", "a b")


def tensors() -> TensorDataset:
    return TensorDataset(X, Y)


def seeded(seed: int = 7) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Stream(IterableDataset):
    def __init__(self, n: int, length: int | None = None) -> None:
        self.n, self.length = n, length

    def __iter__(self):
        return iter(range(self.n))


class SizedStream(Stream):
    def __len__(self):
        return self.length


# -------------------------------------------------------------------- datasets


def test_tensor_dataset_item_and_slice():
    x, y = tensors()[3]
    assert (x.item(), y.tolist()) == (3, [6, 7])
    assert tensors()[1:3][0].tolist() == [1, 2]
    assert tensors()[-1][0].item() == 9 and len(tensors()) == 10


def test_concat_dataset():
    both = tensors() + tensors()
    assert isinstance(both, ConcatDataset) and len(both) == 20
    assert [both[i][0].item() for i in (9, 10, -1, -20)] == [9, 0, 9, 0]
    assert both.cumulative_sizes == [10, 20]


def test_chain_dataset():
    chain = SizedStream(2, 2) + SizedStream(3, 3)
    assert isinstance(chain, ChainDataset)
    assert list(chain) == [0, 1, 0, 1, 2] and len(chain) == 5


def test_subset():
    part = Subset(tensors(), [3, 1, 2])
    assert (part[0][0].item(), len(part)) == (3, 3)
    assert part[[0, 1]][0].tolist() == [3, 1]
    assert [x.item() for x, _ in part.__getitems__([0, 2])] == [3, 2]


def test_stack_dataset_of_tuples_and_dicts():
    assert StackDataset([1, 2], "ab")[1] == (2, "b")
    named = StackDataset(x=[1, 2], y="ab")
    assert named.__getitems__([1, 0]) == [{"x": 2, "y": "b"}, {"x": 1, "y": "a"}]


def test_random_split_is_pytorchs():
    torch.manual_seed(0)
    parts = random_split(range(10), [7, 3])
    assert [p.indices for p in parts] == [[4, 1, 7, 5, 3, 9, 0], [8, 6, 2]]


def test_random_split_by_fractions():
    parts = random_split(range(10), [0.5, 0.25, 0.25], seeded(3))
    assert [p.indices for p in parts] == [[6, 0, 3, 7, 8, 5], [1, 9], [2, 4]]
    assert [len(p) for p in random_split(range(11), [0.3, 0.3, 0.4])] == [4, 3, 4]


def test_random_split_warns_of_an_empty_part():
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        random_split(range(1), [0.5, 0.5])


@pytest.mark.parametrize(
    "make, error, text",
    [
        (
            lambda: TensorDataset(X, Y[:3]),
            AssertionError,
            "Size mismatch between tensors",
        ),
        (
            lambda: Dataset()[0],
            NotImplementedError,
            "Subclasses of Dataset should implement __getitem__.",
        ),
        (
            lambda: ConcatDataset([]),
            AssertionError,
            "datasets should not be an empty iterable",
        ),
        (
            lambda: ConcatDataset([Stream(3)]),
            AssertionError,
            "ConcatDataset does not support IterableDataset",
        ),
        (
            lambda: ConcatDataset([[1, 2]])[-3],
            ValueError,
            "absolute value of index should not exceed dataset length",
        ),
        (lambda: ConcatDataset([[1, 2]])[2], IndexError, "list index out of range"),
        (
            lambda: list(ChainDataset([[1]])),
            AssertionError,
            "ChainDataset only supports IterableDataset",
        ),
        (lambda: StackDataset(), ValueError, "At least one dataset should be passed"),
        (
            lambda: StackDataset([1], a=[1]),
            ValueError,
            "Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) "
            "like input/output, but both types are given.",
        ),
        (
            lambda: StackDataset([1], [1, 2]),
            ValueError,
            "Size mismatch between datasets",
        ),
        (
            lambda: random_split(range(10), [1, 2]),
            ValueError,
            "Sum of input lengths does not equal the length of the input dataset!",
        ),
    ],
)
def test_dataset_error(make, error, text):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == text


def test_subset_with_own_getitem_only_is_refused():
    class Half(Subset):
        def __getitem__(self, i):
            return 0

    with pytest.raises(NotImplementedError, match="Half overrides __getitem__ but not"):
        Half([1], [0])


# -------------------------------------------------------------------- samplers


@pytest.mark.parametrize(
    "make, expected, next_random",
    [
        (lambda: SequentialSampler(range(5)), [0, 1, 2, 3, 4], 0.7576315999031067),
        (
            lambda: RandomSampler(range(10)),
            [6, 7, 4, 1, 3, 9, 0, 2, 8, 5],
            0.40306925773620605,
        ),
        (
            lambda: RandomSampler(range(10), generator=seeded()),
            [5, 0, 3, 4, 1, 7, 9, 6, 8, 2],
            0.7576315999031067,
        ),
        (
            lambda: RandomSampler(range(10), num_samples=13, generator=seeded()),
            [5, 0, 3, 4, 1, 7, 9, 6, 8, 2, 1, 8, 9],
            0.7576315999031067,
        ),
        (
            lambda: RandomSampler(range(10), replacement=True),
            [6, 2, 0, 4, 1, 4, 0, 5, 4, 1],
            0.40306925773620605,
        ),
        (lambda: SubsetRandomSampler([4, 2, 9]), [2, 9, 4], 0.40306925773620605),
        (
            lambda: WeightedRandomSampler([0.1, 0.2, 0.7], 5),
            [0, 1, 1, 1, 2],
            0.6386804580688477,
        ),
        (
            lambda: WeightedRandomSampler([0.1, 0.2, 0.7], 2, False, seeded()),
            [1, 2],
            0.7576315999031067,
        ),
    ],
)
def test_sampler_draws_as_pytorch(make, expected, next_random):
    torch.manual_seed(1)
    sampler = make()
    assert list(sampler) == expected and len(sampler) == len(expected)
    assert torch.rand(1).item() == next_random


def test_random_sampler_with_replacement_draws_in_chunks():
    sampler = RandomSampler(range(10), True, 70, generator=seeded())
    drawn = list(sampler)
    assert len(drawn) == 70
    assert drawn[:8] == [5, 2, 1, 6, 3, 7, 7, 9] and drawn[-4:] == [3, 9, 2, 9]


def test_batch_sampler():
    assert list(BatchSampler(range(5), 2, False)) == [[0, 1], [2, 3], [4]]
    assert list(BatchSampler(range(5), 2, True)) == [[0, 1], [2, 3]]
    assert [len(BatchSampler(range(5), 2, drop)) for drop in (False, True)] == [3, 2]


@pytest.mark.parametrize(
    "options, shares",
    [
        ({"shuffle": False}, [[0, 3, 6, 9], [1, 4, 7, 0], [2, 5, 8, 1]]),
        ({"shuffle": False, "drop_last": True}, [[0, 3, 6], [1, 4, 7], [2, 5, 8]]),
        ({}, [[8, 5, 0, 3], [7, 6, 4, 8], [1, 9, 2, 7]]),
        ({"seed": 3}, [[1, 6, 0, 7], [4, 3, 2, 1], [9, 5, 8, 4]]),
    ],
)
def test_distributed_sampler(options, shares):
    samplers = [DistributedSampler(range(10), 3, r, **options) for r in range(3)]
    for sampler in samplers:
        sampler.set_epoch(2)
    assert [list(s) for s in samplers] == shares
    assert [len(s) for s in samplers] == [len(shares[0])] * 3


def test_distributed_sampler_of_fewer_samples_than_processes():
    assert list(DistributedSampler(range(2), 5, 3, shuffle=False)) == [1]


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: list(Sampler()), NotImplementedError, ""),
        (
            lambda: RandomSampler([1], replacement=1),
            TypeError,
            "replacement should be a boolean value, but got replacement=1",
        ),
        (
            lambda: RandomSampler([]),
            ValueError,
            "num_samples should be a positive integer value, but got num_samples=0",
        ),
        (
            lambda: WeightedRandomSampler([1.0], True),
            ValueError,
            "num_samples should be a positive integer value, but got num_samples=True",
        ),
        (
            lambda: WeightedRandomSampler([[1.0]], 1),
            ValueError,
            "weights should be a 1d sequence but given weights have shape (1, 1)",
        ),
        (
            lambda: BatchSampler([1], 0, False),
            ValueError,
            "batch_size should be a positive integer value, but got batch_size=0",
        ),
        (
            lambda: BatchSampler([1], 1, 1),
            ValueError,
            "drop_last should be a boolean value, but got drop_last=1",
        ),
        (
            lambda: DistributedSampler([1], 2, 2),
            ValueError,
            "Invalid rank 2, rank should be in the interval [0, 1]",
        ),
    ],
)
def test_sampler_error(make, error, text):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == text


# --------------------------------------------------------------------- collate


@pytest.mark.parametrize(
    "batch, expected",
    [
        ([1, 2], "tensor([1, 2])"),
        ([1.0, 2.0], "tensor([1., 2.], dtype=torch.float64)"),
        ([True, False], "tensor([ True, False])"),
        (["a", "b"], "['a', 'b']"),
        ([b"a"], "[b'a']"),
        ([torch.ones(1), torch.zeros(1)], "tensor([[1.],\n        [0.]])"),
        ([np.float32(1), np.float32(2)], "tensor([1., 2.])"),
        ([np.ones(1)], "tensor([[1.]], dtype=torch.float64)"),
        ([np.array(3)], "tensor([3])"),
        ([(1, "a"), (2, "b")], "[tensor([1, 2]), ('a', 'b')]"),
        ([[1, [2.5]]] * 2, "[tensor([1, 1]), [tensor([2.5000, 2.5000], "
                           "dtype=torch.float64)]]"),
        ([{"x": 1}, {"x": 2}], "{'x': tensor([1, 2])}"),
        ([Pair(1, 2), Pair(3, 4)], "Pair(a=tensor([1, 3]), b=tensor([2, 4]))"),
        (
            [collections.OrderedDict(a=1)],
            repr(collections.OrderedDict(a=torch.tensor([1]))),
        ),
        ([collections.deque([1])] * 2, "deque([tensor([1, 1])])"),
        ([range(2)] * 2, "[tensor([0, 0]), tensor([1, 1])]"),
    ],
)  # fmt: skip
def test_default_collate(batch, expected):
    assert repr(default_collate(batch)) == expected


UNKNOWN = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or "
    "lists; found "
)


@pytest.mark.parametrize(
    "batch, error, text",
    [
        ([None], TypeError, UNKNOWN + "<class 'NoneType'>"),
        ([np.array(["a"])], TypeError, UNKNOWN + "<U1"),
        (
            [[1], [1, 2]],
            RuntimeError,
            "each element in list of batch should be of equal size",
        ),
        (
            [torch.ones(2), torch.ones(3)],
            RuntimeError,
            "stack expects each tensor to be equal size, but got [2] at entry 0 and "
            "[3] at entry 1",
        ),
    ],
)
def test_default_collate_error(batch, error, text):
    with pytest.raises(error) as caught:
        default_collate(batch)
    assert str(caught.value) == text


def test_collate_with_own_functions():
    def count(batch, *, collate_fn_map):
        return len(batch)

    assert collate([[1], [2]], collate_fn_map={int: count}) == [2]
    assert collate([1, 2], collate_fn_map={(float, int): count}) == 2


def test_default_convert():
    sample = {"a": (np.float32(1), "text"), "b": Pair(np.ones(1), None)}
    converted = default_convert(sample)
    assert repr(converted) == (
        "{'a': [tensor(1.), 'text'], "
        "'b': Pair(a=tensor([1.], dtype=torch.float64), b=None)}"
    )
