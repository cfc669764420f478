"""The worker process of a DataLoader.

`_worker_loop` receives tasks on one pipe and answers on another; both are private to
the worker.  Read docs/design/optim_and_data.md for who sends what when.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any, Callable

import torch
from torch._utils import ExceptionWrapper

from .fetch import _BaseDatasetFetcher, make_fetcher

# How often an idle worker looks whether its parent is still there, in seconds.
PARENT_CHECK_INTERVAL = 5.0


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker process knows about itself; see `get_worker_info`.

    Args:
        id: Number of the worker, from 0.
        num_workers: Number of workers of the loader.
        seed: What PyTorch's and Python's generators were seeded with.
        dataset: The worker's copy of the dataset.
        rng: Not used here.
        worker_method: How the worker was made.
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any
    rng: Any | None = None
    worker_method: str | None = "multiprocessing"


_worker_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """Tell a dataset which worker process it is used in.

    Returns:
        Number, seed and dataset of the worker, or None in the main process.

    Example:
        >>> from torch.utils.data import get_worker_info
        >>> get_worker_info() is None
        True
    """
    return _worker_info


@dataclass(frozen=True)
class _IterableDatasetStopIteration:
    """A worker's answer where its stream is exhausted."""

    worker_id: int


@dataclass(frozen=True)
class _ResumeIteration:
    """To a persistent worker: a new epoch begins. It answers with the same."""

    seed: int | None = None


@dataclass(frozen=True)
class _Work:
    """What a worker needs from its loader, in one piece."""

    is_stream: bool
    dataset: Any
    auto_collation: bool
    collate_fn: Callable
    drop_last: bool
    base_seed: int
    init_fn: Callable | None
    num_workers: int

    def new_fetcher(self) -> _BaseDatasetFetcher:
        return make_fetcher(
            self.is_stream,
            self.dataset,
            self.auto_collation,
            self.collate_fn,
            self.drop_last,
        )


def _seed_generators(seed: int, base_seed: int, worker_id: int) -> None:
    torch.manual_seed(seed)
    random.seed(seed)
    # The state a worker gives NumPy: its id first, so workers differ in all words.
    import numpy as np

    words = [worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    np.random.seed(np.random.SeedSequence(words).generate_state(4))


class _Outbox:
    """Sends answers from a thread of its own.

    So the worker goes on, and keeps reading tasks, while an answer larger than the
    pipe waits for the main process: neither can block the other.
    """

    def __init__(self, answers: Connection, where: str) -> None:
        self._answers = answers
        self._where = where
        self._messages: SimpleQueue = SimpleQueue()
        self._thread = threading.Thread(target=self._send_all, daemon=True)
        self._thread.start()

    def put(self, number: int, data: Any) -> None:
        """Pickle at once: an error in that is the answer instead."""
        try:
            message = ForkingPickler.dumps((number, data))
        except Exception:
            error = ExceptionWrapper(where=self._where)
            message = ForkingPickler.dumps((number, error))
        self._messages.put(message)

    def _send_all(self) -> None:
        try:
            for message in iter(self._messages.get, None):
                self._answers.send_bytes(message)
        except OSError:
            pass  # The main process does not read any more.

    def close(self) -> None:
        self._messages.put(None)
        self._thread.join()


def _next_task(tasks: Connection, parent: int) -> Any:
    """Wait for a task; None where there will be no more."""
    try:
        while not tasks.poll(PARENT_CHECK_INTERVAL):
            if os.getppid() != parent:
                return None
        return tasks.recv()
    except (EOFError, OSError):
        return None


def _start(work: _Work, worker_id: int, where: str) -> Any:
    """Make the process a worker; return its fetcher, or the error it met."""
    global _worker_info
    torch.set_num_threads(1)
    seed = work.base_seed + worker_id
    _seed_generators(seed, work.base_seed, worker_id)
    _worker_info = WorkerInfo(worker_id, work.num_workers, seed, work.dataset)
    try:
        if work.init_fn is not None:
            work.init_fn(worker_id)
        return work.new_fetcher()
    except Exception:
        return ExceptionWrapper(where=where)


def _answer(work: _Work, fetcher: Any, index: Any, worker_id: int, where: str) -> Any:
    """The batch at `index`, or what stands for it."""
    if isinstance(fetcher, (ExceptionWrapper, _IterableDatasetStopIteration)):
        return fetcher
    try:
        return fetcher.fetch(index)
    except Exception as error:
        if isinstance(error, StopIteration) and work.is_stream:
            return _IterableDatasetStopIteration(worker_id)
        return ExceptionWrapper(where=where)


def _worker_loop(
    work: _Work, worker_id: int, tasks: Connection, answers: Connection
) -> None:
    """Answer tasks ``(number, index)`` by ``(number, batch)`` until None comes.

    An error becomes the answer to its task.  One in starting up, and the end of a
    stream, take the fetcher's place and answer all tasks from then on.
    """
    parent = os.getppid()
    where = f"in DataLoader worker process {worker_id}"
    try:
        outbox = _Outbox(answers, where)
        fetcher = _start(work, worker_id, where)
        while True:
            task = _next_task(tasks, parent)
            if task is None:
                break
            if isinstance(task, _ResumeIteration):
                outbox.put(-1, task)
                if not isinstance(fetcher, ExceptionWrapper):
                    fetcher = work.new_fetcher()
                continue
            number, index = task
            data = _answer(work, fetcher, index, worker_id, where)
            if isinstance(data, _IterableDatasetStopIteration):
                fetcher = data
            outbox.put(number, data)
            del data
        outbox.close()
    except KeyboardInterrupt:
        pass  # The main process is interrupted too and deals with it.
    sys.stdout.flush()
