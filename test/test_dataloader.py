"""The DataLoader, with and without worker processes.

Random orders are PyTorch's, recorded from it for the seeds given here.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import time
import warnings

import numpy as np
import pytest

import torch
import torch.multiprocessing as mp
from torch.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    get_worker_info,
)

X = torch.arange(10.0)
Y = torch.arange(20).view(10, 2)


def tensors() -> TensorDataset:
    return TensorDataset(X, Y)


def seeded(seed: int = 7) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def lists(loader) -> list:
    return [batch.tolist() for batch in loader]


class Stream(IterableDataset):
    def __init__(self, n: int, length: int | None = None) -> None:
        self.n, self.length = n, length

    def __iter__(self):
        return iter(range(self.n))


class SizedStream(Stream):
    def __len__(self):
        return self.length


class SharedStream(IterableDataset):
    """Each worker takes its part."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __iter__(self):
        info = get_worker_info()
        return iter(range(info.id, self.n, info.num_workers))


class Calls(Dataset):
    """Four samples made by a function."""

    def __init__(self, function) -> None:
        self.function = function

    def __len__(self):
        return 4

    def __getitem__(self, i):
        return self.function(i)


# ------------------------------------------------------------- loading in place


def test_loader_batches():
    loader = DataLoader(tensors(), batch_size=4)
    assert [x.tolist() for x, _ in loader] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert len(loader) == 3
    assert len(DataLoader(tensors(), batch_size=4, drop_last=True)) == 2


def test_loader_without_batches():
    samples = list(DataLoader(tensors(), batch_size=None))
    assert len(samples) == 10 and samples[3][1].tolist() == [6, 7]
    assert list(DataLoader(range(3), batch_size=None)) == [0, 1, 2]


def test_loader_with_samplers():
    assert [x.tolist() for x, _ in DataLoader(tensors(), 2, sampler=[3, 1, -1])] == [
        [3, 1],
        [9],
    ]
    loader = DataLoader(tensors(), batch_sampler=[[3, 1], [0]])
    assert [x.tolist() for x, _ in loader] == [[3, 1], [0]]


def test_loader_of_tensors_is_the_loader_of_samples():
    class Slow(TensorDataset):
        def __getitem__(self, i):
            return super().__getitem__(i)

    for fast, slow in zip(DataLoader(tensors(), 3), DataLoader(Slow(X, Y), 3)):
        assert type(fast) is type(slow) is list
        for a, b in zip(fast, slow):
            assert torch.equal(a, b) and a.dtype == b.dtype


def test_loader_of_subsets_of_tensors():
    part = Subset(Subset(tensors(), [9, 8, 7, 6]), [3, 0])
    ((x, y),) = DataLoader(part, 2)
    assert x.tolist() == [6, 9] and y.tolist() == [[12, 13], [18, 19]]


def test_loader_of_tensors_reports_a_wrong_index():
    with pytest.raises(IndexError) as caught:
        list(DataLoader(tensors(), sampler=[11]))
    assert str(caught.value) == "index 11 is out of bounds for dimension 0 with size 10"


def test_loader_of_tensors_that_require_grad_records():
    source = torch.ones(4, requires_grad=True)
    for (x,) in DataLoader(TensorDataset(source), 2):
        (x.sum() * 3).backward()
    assert source.grad.tolist() == [3, 3, 3, 3]


def test_loader_of_a_stream():
    assert lists(DataLoader(Stream(5), 2)) == [[0, 1], [2, 3], [4]]
    assert lists(DataLoader(Stream(5), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert list(DataLoader(Stream(3), batch_size=None)) == [0, 1, 2]
    assert len(DataLoader(SizedStream(5, 5), 2)) == 3


def test_stream_longer_than_claimed_warns():
    loader = DataLoader(SizedStream(4, 3))
    len(loader)
    with pytest.warns(UserWarning, match=r"reported to be 3\(when accessing len"):
        assert len(list(loader)) == 4


def test_pin_memory_without_accelerator_warns():
    if torch.cuda.is_available():
        pytest.skip("there is an accelerator")
    with pytest.warns(UserWarning, match="no accelerator is found"):
        ((x, _),) = DataLoader(tensors(), 10, pin_memory=True)
    assert x.tolist() == X.tolist()


def test_iterator_cannot_be_pickled():
    with pytest.raises(NotImplementedError):
        pickle.dumps(iter(DataLoader(tensors())))


@pytest.mark.parametrize(
    "options, epochs, next_random",
    [
        (
            {"shuffle": True},
            [[0, 3, 6, 2, 1, 4, 5], [1, 2, 5, 3, 6, 4, 0], [0, 5, 3, 6, 4, 1, 2]],
            549211,
        ),
        (
            {"shuffle": True, "batch_size": 3, "num_workers": 2},
            [[0, 3, 6, 2, 1, 4, 5], [1, 2, 5, 3, 6, 4, 0], [0, 5, 3, 6, 4, 1, 2]],
            549211,
        ),
        (
            {"shuffle": True, "num_workers": 2, "persistent_workers": True},
            [[0, 3, 6, 2, 1, 4, 5], [2, 4, 1, 5, 6, 3, 0], [1, 2, 5, 3, 6, 4, 0]],
            710088,
        ),
        ({}, [list(range(7))] * 3, 403792),
    ],
)
def test_shuffled_epochs_are_pytorchs(options, epochs, next_random):
    torch.manual_seed(5)
    loader = DataLoader(list(range(7)), **options)
    assert [[i for b in loader for i in b.tolist()] for _ in range(3)] == epochs
    assert torch.randint(0, 10**6, (1,)).item() == next_random


def test_shuffle_with_generator_leaves_it_as_pytorch():
    torch.manual_seed(5)
    g = seeded(4)
    loader = DataLoader(list(range(7)), shuffle=True, generator=g)
    got = [[b.item() for b in loader] for _ in range(2)]
    assert got == [[5, 6, 1, 3, 2, 0, 4], [5, 2, 1, 3, 0, 4, 6]]
    assert torch.randint(0, 10**6, (1,)).item() == 453411


# ------------------------------------------------------------------- options


@pytest.mark.parametrize(
    "options, error, text",
    [
        (
            {"num_workers": -1},
            ValueError,
            "num_workers option should be non-negative; use num_workers=0 to disable "
            "multiprocessing.",
        ),
        ({"timeout": -1}, ValueError, "timeout option should be non-negative"),
        (
            {"prefetch_factor": 2},
            ValueError,
            "prefetch_factor option could only be specified in multiprocessing.let "
            "num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor "
            "to None.",
        ),
        (
            {"persistent_workers": True},
            ValueError,
            "persistent_workers option needs num_workers > 0",
        ),
        (
            {"sampler": range(3), "shuffle": True},
            ValueError,
            "sampler option is mutually exclusive with shuffle",
        ),
        (
            {"batch_sampler": [[1]], "batch_size": 3},
            ValueError,
            "batch_sampler option is mutually exclusive with batch_size, shuffle, "
            "sampler, and drop_last",
        ),
        (
            {"batch_size": None, "drop_last": True},
            ValueError,
            "batch_size=None option disables auto-batching and is mutually exclusive "
            "with drop_last",
        ),
        (
            {"multiprocessing_context": "spawn"},
            ValueError,
            "multiprocessing_context can only be used with multi-process loading "
            "(num_workers > 0), but got num_workers=0",
        ),
        (
            {"num_workers": 1, "multiprocessing_context": "x"},
            ValueError,
            "multiprocessing_context option should specify a valid start method in "
            "['fork', 'spawn', 'forkserver'], but got multiprocessing_context='x'",
        ),
        (
            {"num_workers": 1, "multiprocessing_context": 3},
            TypeError,
            "multiprocessing_context option should be a valid context object or a "
            "string specifying the start method, but got multiprocessing_context=3",
        ),
    ],
)
def test_loader_option_error(options, error, text):
    with pytest.raises(error) as caught:
        DataLoader(tensors(), **options)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "options, text",
    [
        ({"shuffle": True}, "unspecified shuffle option, but got shuffle=True"),
        ({"sampler": [1]}, "unspecified sampler option, but got sampler=[1]"),
        (
            {"batch_sampler": [[1]]},
            "unspecified batch_sampler option, but got batch_sampler=[[1]]",
        ),
    ],
)
def test_stream_takes_no_order(options, text):
    with pytest.raises(ValueError) as caught:
        DataLoader(Stream(3), **options)
    assert str(caught.value) == f"DataLoader with IterableDataset: expected {text}"


def test_fixed_attributes_of_a_loader():
    loader = DataLoader(tensors())
    with pytest.raises(ValueError) as caught:
        loader.batch_size = 3
    assert str(caught.value) == (
        "batch_size attribute should not be set after DataLoader is initialized"
    )
    loader.num_workers = 0


def test_too_many_workers_warn():
    with pytest.warns(UserWarning, match="will create 1000 worker processes in total"):
        DataLoader(tensors(), num_workers=1000)


# --------------------------------------------------------------------- workers


@pytest.fixture(autouse=True)
def quiet_about_the_number_of_workers():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This DataLoader will create [23] worker")
        yield


@pytest.mark.parametrize(
    "options",
    [
        {"num_workers": 1},
        {"num_workers": 3, "batch_size": 2},
        {"num_workers": 2, "prefetch_factor": 1},
        {"num_workers": 2, "persistent_workers": True},
    ],
)
def test_workers_keep_the_order(options):
    loader = DataLoader(tensors(), **options)
    for _ in range(2):
        assert torch.cat([x for x, _ in loader]).tolist() == X.tolist()


def test_spawned_worker():
    loader = DataLoader(tensors(), 5, num_workers=1, multiprocessing_context="spawn")
    assert [x.tolist() for x, _ in loader] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_workers_out_of_order_yield_all():
    loader = DataLoader(tensors(), num_workers=2, in_order=False)
    assert sorted(x.item() for x, _ in loader) == X.tolist()


@pytest.mark.parametrize(
    "workers, batch, expected",
    [
        (1, 1, [[0], [1], [2], [3], [4], [5], [6]]),
        (3, 2, [[0, 3], [1, 4], [2, 5], [6]]),
    ],
)
def test_workers_share_a_stream(workers, batch, expected):
    loader = DataLoader(SharedStream(7), batch, num_workers=workers)
    assert lists(loader) == expected == lists(loader)


def test_persistent_workers_restart_a_stream():
    loader = DataLoader(SharedStream(5), num_workers=2, persistent_workers=True)
    assert lists(loader) == lists(loader) == [[0], [1], [2], [3], [4]]


def test_persistent_workers_after_a_pass_left_early():
    loader = DataLoader(tensors(), num_workers=2, persistent_workers=True)
    first = iter(loader)
    next(first)
    assert iter(loader) is first
    assert [x.item() for x, _ in first] == X.tolist()


def test_large_batches_of_every_dtype_cross():
    for dtype in (torch.float32, torch.bfloat16, torch.bool, torch.int64):
        data = torch.arange(1_200_000).remainder(2).view(2, -1).to(dtype)
        got = torch.cat([x for (x,) in DataLoader(TensorDataset(data), num_workers=1)])
        assert got.dtype == dtype and torch.equal(got, data)


def test_empty_and_0d_tensors_cross():
    data = Calls(lambda i: (torch.empty(0, 3), torch.tensor(i)))
    loader = DataLoader(data, num_workers=1, batch_size=None)
    samples = list(loader)
    assert samples[2][0].shape == (0, 3) and samples[2][1].item() == 2


def test_batch_received_is_writable():
    for (x,) in DataLoader(TensorDataset(torch.zeros(2, 600_000)), num_workers=1):
        assert x.add_(1).sum().item() == 600_000


def test_worker_seeds_are_pytorchs():
    def draw(i):
        seed = get_worker_info().seed - get_worker_info().id
        numbers = (torch.randint(0, 1000, (1,)).item(), random.randint(0, 1000))
        return (*numbers, np.random.randint(0, 1000), seed)

    torch.manual_seed(3)
    loader = DataLoader(Calls(draw), num_workers=2, batch_size=None, collate_fn=tuple)
    got = list(loader)
    seed = 937055941807507096
    assert got == [
        (967, 223, 842, seed),
        (91, 92, 913, seed),
        (628, 215, 594, seed),
        (933, 682, 687, seed),
    ]


def test_worker_info():
    assert get_worker_info() is None

    def describe(i):
        info = get_worker_info()
        threads = torch.get_num_threads()
        return info.id, info.num_workers, type(info.dataset).__name__, threads

    loader = DataLoader(
        Calls(describe), num_workers=2, batch_size=None, collate_fn=tuple
    )
    assert list(loader) == [(0, 2, "Calls", 1), (1, 2, "Calls", 1)] * 2


def test_worker_init_fn():
    def init(i):
        os.environ["POCKET_TEST_WORKER"] = str(i)

    data = Calls(lambda i: os.environ["POCKET_TEST_WORKER"])
    loader = DataLoader(data, num_workers=2, batch_size=None, worker_init_fn=init)
    assert list(loader) == ["0", "1", "0", "1"]
    assert "POCKET_TEST_WORKER" not in os.environ


class TwoArguments(Exception):
    def __init__(self, a, b):
        super().__init__(a, b)


@pytest.mark.parametrize(
    "raised, caught",
    [
        (ValueError("no good"), ValueError),
        (KeyError("key"), KeyError),
        (StopIteration(), StopIteration),
        (TwoArguments(1, 2), RuntimeError),
    ],
)
def test_error_in_a_worker(raised, caught):
    def fail(i):
        if i == 2:
            raise raised
        return i

    batches = iter(DataLoader(Calls(fail), num_workers=1))
    assert [next(batches).item(), next(batches).item()] == [0, 1]
    with pytest.raises(caught) as error:
        next(batches)
    name = type(raised).__name__
    text = str(error.value)
    assert text.startswith(
        f"Caught {name} in DataLoader worker process 0.\n"
        "Original Traceback (most recent call last):\n"
    )
    assert "raise raised" in text
    assert next(batches).item() == 3


def test_error_in_worker_init_fn():
    def init(i):
        raise ValueError(f"worker {i} cannot")

    with pytest.raises(ValueError, match="worker 0 cannot"):
        list(DataLoader(tensors(), num_workers=1, worker_init_fn=init))


def test_sample_that_cannot_be_pickled_is_an_error():
    data = Calls(lambda i: lambda: i)
    with pytest.raises(Exception, match="Caught .* in DataLoader worker process 0"):
        list(DataLoader(data, num_workers=1, batch_size=None))


def test_killed_worker_is_reported():
    def die(i):
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(RuntimeError) as error:
        list(DataLoader(Calls(die), num_workers=1))
    assert "is killed by signal: Killed. " in str(error.value)


def test_worker_that_exits_is_reported():
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        list(DataLoader(Calls(lambda i: os._exit(1)), num_workers=1))


def test_timeout():
    loader = DataLoader(Calls(lambda i: time.sleep(1)), num_workers=1, timeout=0.2)
    with pytest.raises(RuntimeError) as error:
        next(iter(loader))
    assert str(error.value) == "DataLoader timed out after 0.2 seconds"


def test_workers_end_with_their_iterator():
    batches = iter(DataLoader(tensors(), num_workers=2))
    next(batches)
    workers = batches._workers
    assert all(w.is_alive() for w in workers)
    del batches
    assert not any(w.is_alive() for w in workers)


def test_tasks_and_answers_larger_than_a_pipe():
    sampler = [[0] * 100_000] * 6
    data = Calls(lambda i: i)

    def lengthen(batch):
        return "x" * 300_000

    loader = DataLoader(
        data,
        batch_sampler=sampler,
        num_workers=1,
        collate_fn=lengthen,
        prefetch_factor=4,
    )
    assert [len(batch) for batch in loader] == [300_000] * 6


def test_tensors_through_a_queue():
    queue = mp.get_context("fork").SimpleQueue()
    for sent in (torch.ones(2), torch.nn.Parameter(torch.ones(1)), torch.ones(2) * 1j):
        queue.put(sent)
        got = queue.get()
        assert type(got) is type(sent) and got.requires_grad == sent.requires_grad
        assert got.tolist() == sent.tolist()


def test_computed_tensor_with_gradient_is_not_sent():
    queue = mp.get_context("fork").SimpleQueue()
    with pytest.raises(RuntimeError, match="Cowardly refusing to serialize non-leaf"):
        queue.put(torch.ones(1, requires_grad=True) * 2)
