"""What was built: compiler, libraries, vector instructions, threads."""

from __future__ import annotations

import os

import torch
from torch import _C

__all__ = ["parallel_info", "show"]


def show() -> str:
    """Return what this build consists of, one line each.

    Example:
        >>> print(torch.__config__.show().splitlines()[0])
        PyTorch built with:
    """
    return _C._show_config()


def parallel_info() -> str:
    """Return how work is spread over threads."""
    lines = [
        "ATen/Parallel:",
        f"\tat::get_num_threads() : {torch.get_num_threads()}",
        f"std::thread::hardware_concurrency() : {os.cpu_count()}",
        "Environment variables:",
    ]
    lines += [
        f"\t{name} : {os.environ.get(name, '[not set]')}"
        for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
    ]
    return "\n".join(lines) + "\nATen parallel backend: OpenMP\n"
