"""Loading with worker processes: `_MultiProcessingDataLoaderIter`.

Every worker has two pipes of its own, one for tasks and one for answers, and is given
tasks in turn.  As each pipe keeps its order, the next batch is always the next answer
of the worker whose task is the oldest: nothing has to be sorted, and an end-of-file on
its pipe tells at once that the worker died.  Read _utils/worker.py first.
"""

from __future__ import annotations

import itertools
import os
import signal
import weakref
from collections import deque
from multiprocessing.connection import wait
from typing import Any

import torch.multiprocessing as multiprocessing
from torch._utils import ExceptionWrapper

from ._utils.worker import (
    _IterableDatasetStopIteration,
    _ResumeIteration,
    _Work,
    _worker_loop,
)
from .dataloader import DataLoader, _BaseDataLoaderIter, _DatasetKind

# How long a worker may take to leave when told so, in seconds.
SHUTDOWN_WAIT = 5.0


class _Worker:
    """A worker process and this side of its two pipes."""

    def __init__(self, context: Any, work: _Work, worker_id: int) -> None:
        its_tasks, self.tasks = context.Pipe(duplex=False)
        self.answers, its_answers = context.Pipe(duplex=False)
        self.process = context.Process(
            target=_worker_loop, args=(work, worker_id, its_tasks, its_answers)
        )
        self.process.daemon = True
        self.process.start()
        # Keep no second end of the worker's pipes: its death must close them.
        its_tasks.close()
        its_answers.close()

    def receive(self) -> Any:
        """The next ``(number, data)``; raises where the worker died."""
        try:
            return self.answers.recv()
        except (EOFError, ConnectionResetError):
            raise self._how_it_died() from None

    def send(self, task: Any) -> None:
        try:
            self.tasks.send(task)
        except (BrokenPipeError, ConnectionResetError):
            raise self._how_it_died() from None

    def _how_it_died(self) -> RuntimeError:
        self.process.join(SHUTDOWN_WAIT)
        pid, code = self.process.pid, self.process.exitcode
        if code is not None and code < 0:
            name = signal.strsignal(-code)
            return RuntimeError(
                f"DataLoader worker (pid {pid}) is killed by signal: {name}. "
            )
        return RuntimeError(f"DataLoader worker (pid(s) {pid}) exited unexpectedly")


def _shut_down(workers: list[_Worker], owner: int) -> None:
    """Let all workers go; those that do not are ended.

    A forked child may collect its copy of the iterator: only the process `owner`
    has a right to the workers.
    """
    if os.getpid() != owner:
        return
    for w in workers:
        try:
            w.tasks.send(None)
        except OSError:
            pass
        w.tasks.close()
        # Closing wakes a worker that waits for room in the pipe.
        w.answers.close()
    for w in workers:
        w.process.join(SHUTDOWN_WAIT)
        if w.process.is_alive():
            w.process.terminate()
            w.process.join()


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    """One pass, or with persistent workers many, over a loader with workers."""

    def __init__(self, loader: DataLoader) -> None:
        super().__init__(loader)
        if not loader.prefetch_factor:
            raise AssertionError(
                "prefetch_factor must be greater than 0 for "
                "MultiProcessingDataLoaderIter"
            )
        self._prefetch_factor = loader.prefetch_factor
        self._in_order = loader.in_order
        context = loader.multiprocessing_context or multiprocessing.get_context()
        work = _Work(
            is_stream=self._dataset_kind == _DatasetKind.Iterable,
            dataset=self._dataset,
            auto_collation=self._auto_collation,
            collate_fn=self._collate_fn,
            drop_last=self._drop_last,
            base_seed=self._base_seed,
            init_fn=loader.worker_init_fn,
            num_workers=self._num_workers,
        )
        self._pool: list[_Worker] = []
        # Runs when this iterator is collected and, for one that never is, at exit.
        self._finalizer = weakref.finalize(self, _shut_down, self._pool, os.getpid())
        for i in range(self._num_workers):
            self._pool.append(_Worker(context, work, i))
        self._start_pass()

    @property
    def _workers(self) -> list:
        """The worker processes."""
        return [w.process for w in self._pool]

    def _reset(self, loader: DataLoader) -> None:
        """Begin a new pass: drop what is still under way, then start over."""
        super()._reset(loader)
        for w in self._pool:
            w.send(_ResumeIteration())
        for w in self._pool:
            while not isinstance(w.receive()[1], _ResumeIteration):
                pass
        self._start_pass()

    def _start_pass(self) -> None:
        self._oldest: deque[int] = deque()  # workers of the open tasks, oldest first
        self._exhausted = [False] * self._num_workers
        self._turn = itertools.cycle(range(self._num_workers))
        self._task_number = 0
        for _ in range(self._prefetch_factor * self._num_workers):
            self._send_task()

    def _send_task(self, worker_id: int | None = None) -> None:
        """Give one more task, to the next worker in turn or to the one named."""
        try:
            index = self._next_index()
        except StopIteration:
            return
        if worker_id is None:
            turns = itertools.islice(self._turn, self._num_workers)
            worker_id = next((i for i in turns if not self._exhausted[i]), None)
            if worker_id is None:
                return
        self._oldest.append(worker_id)
        self._pool[worker_id].send((self._task_number, index))
        self._task_number += 1

    def _next_worker(self) -> int:
        """The worker whose answer is due, after it has come."""
        limit = self._timeout if self._timeout > 0 else None
        if self._in_order:
            due = self._oldest[0]
            ready = self._pool[due].answers.poll(limit)
        else:
            open_pipes = {self._pool[i].answers: i for i in self._oldest}
            found = wait(list(open_pipes), limit)
            ready = bool(found)
            due = open_pipes[found[0]] if found else -1
        if not ready:
            raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds")
        self._oldest.remove(due)
        return due

    def _next_data(self) -> Any:
        while self._oldest:
            worker_id = self._next_worker()
            _, data = self._pool[worker_id].receive()
            if isinstance(data, _IterableDatasetStopIteration):
                self._exhausted[worker_id] = True
                self._send_task()
                continue
            self._send_task(None if self._in_order else worker_id)
            if isinstance(data, ExceptionWrapper):
                data.reraise()
            return data
        if not self._persistent_workers:
            self._shutdown_workers()
        raise StopIteration

    def _shutdown_workers(self) -> None:
        """End the workers; nothing happens the second time."""
        self._finalizer()
