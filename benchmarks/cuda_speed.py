"""Times of some CUDA operations, one line each: `name  microseconds us`.

    python benchmarks/cuda_speed.py

Runs unchanged under PyTorch and under us; tools/gpu_check.py pairs the two. Times
are taken with events around many calls, the best of five rounds.
"""

from __future__ import annotations

import time
from typing import Callable

import torch

ROUNDS = 5


def device_time(call: Callable[[], object], calls: int) -> float:
    """Microseconds of one call on the device."""
    for _ in range(3):
        call()
    best = float("inf")
    for _ in range(ROUNDS):
        start = torch.cuda.Event(enable_timing=True)
        end = torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(calls):
            call()
        end.record()
        end.synchronize()
        best = min(best, start.elapsed_time(end) * 1000 / calls)
    return best


def host_time(call: Callable[[], object], calls: int = 2000) -> float:
    """Microseconds that the host takes to queue one call."""
    best = float("inf")
    for _ in range(ROUNDS):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(calls):
            call()
        best = min(best, (time.perf_counter() - start) * 1e6 / calls)
        torch.cuda.synchronize()
    return best


def show(name: str, microseconds: float) -> None:
    print(f"{name:40} {microseconds:12.2f} us", flush=True)


def memory_bound() -> None:
    """Element-wise operators and reductions over 1 GiB."""
    n = 1 << 28
    a = torch.rand(n, device="cuda")
    b = torch.rand(n, device="cuda")
    out = torch.empty(n, device="cuda")
    show("copy 1 GiB", device_time(lambda: out.copy_(a), 10))
    show("add 1 GiB", device_time(lambda: torch.add(a, b, out=out), 10))
    show("exp 1 GiB", device_time(lambda: torch.exp(a, out=out), 10))
    show("sum 1 GiB", device_time(lambda: a.sum(), 10))
    show("max 1 GiB", device_time(lambda: a.max(), 10))
    rows = a.view(-1, 4096)
    show("sum of rows 1 GiB", device_time(lambda: rows.sum(1), 10))
    show("sum of columns 1 GiB", device_time(lambda: rows.sum(0), 10))
    show("softmax 1 GiB", device_time(lambda: torch.softmax(rows, 1), 5))


def products() -> None:
    for dtype in (torch.float32, torch.bfloat16):
        name = str(dtype)[6:]
        for n in (512, 4096):
            a = torch.rand(n, n, device="cuda").to(dtype)
            b = torch.rand(n, n, device="cuda").to(dtype)
            show(f"mm {name} {n}", device_time(lambda a=a, b=b: a @ b, 20))


def host_cost() -> None:
    a = torch.rand(16, device="cuda")
    b = torch.rand(16, device="cuda")
    show("host a + b", host_time(lambda: a + b))
    w = torch.rand(16, device="cuda", requires_grad=True)
    show("host a * w, recorded", host_time(lambda: a * w))


def training() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10)
    ).cuda()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    x = torch.rand(64, 784, device="cuda")
    y = torch.zeros(64, dtype=torch.long, device="cuda")

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    show("train an MLP, one step", device_time(step, 50))


def main() -> None:
    if not torch.cuda.is_available():
        raise SystemExit("cuda_speed: no CUDA device")
    for part in (memory_bound, products, host_cost, training):
        part()


if __name__ == "__main__":
    main()
