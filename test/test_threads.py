"""Python threads beside operators: large ones run without the interpreter's lock."""

from __future__ import annotations

import threading
import time

import torch


def ticks_during(work) -> int:
    """How often another thread ran in the middle half of work()."""
    ticks: list[float] = []
    stop = threading.Event()

    def tick() -> None:
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    work()
    end = time.perf_counter()
    stop.set()
    thread.join()
    quarter = (end - start) / 4
    return sum(start + quarter < t < end - quarter for t in ticks)


def test_a_thread_runs_while_a_large_operator_does():
    x = torch.ones(700, 700, dtype=torch.int64)  # no library multiplies integers
    assert ticks_during(lambda: torch.mm(x, x)) > 0


def test_a_thread_runs_while_backward_does():
    x = torch.ones(1500, 1500, dtype=torch.float64, requires_grad=True)
    y = (x @ x).sum()
    assert ticks_during(y.backward) > 0


def test_threads_give_each_its_own_answer():
    def work(i: int) -> None:
        x = torch.full((200, 200), float(i), requires_grad=True)
        for _ in range(20):
            (x * x).sum().backward()
        results[i] = x.grad[0, 0].item()

    results: dict[int, float] = {}
    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {i: 40.0 * i for i in range(6)}


def test_an_error_of_an_unlocked_operator_arrives():
    x = torch.ones(300, 300)
    for _ in range(3):
        try:
            torch.mm(x, torch.ones(299, 300))
        except RuntimeError as error:
            assert "mat1 and mat2 shapes cannot be multiplied" in str(error)
        else:
            raise AssertionError("no error")
