"""Starting CUDA: load the library, ask for the driver, run what waited for it.

Nothing here happens before a program first uses CUDA. Work that may come earlier, such
as a seed, is queued with ``_lazy_call`` and done at the start.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable
from typing import Any

import torch
from torch import version

_NOT_COMPILED = "Torch not compiled with CUDA enabled"
_LIBRARY = os.path.join(os.path.dirname(torch.__file__), "lib", "libtorch_cuda.so")

_initialized = False
_lock = threading.RLock()
_starting = threading.local()
# What is to be done at the start, with the place that asked for it.
_queue: list[tuple[Callable[[], Any], str | None, list[str]]] = []


class DeferredCudaCallError(Exception):
    """A call that waited for CUDA's start failed then."""


def _is_compiled() -> bool:
    """Say whether this build has a CUDA library."""
    return version.cuda is not None and os.path.exists(_LIBRARY)


def _load() -> bool:
    """Load the library; False where this build has none."""
    if not _is_compiled():
        return False
    if not torch._C._cuda_isLoaded():
        torch._C._cuda_loadLibrary(_LIBRARY)
    return True


def _is_in_bad_fork() -> bool:
    """Say whether this process was forked from one that used CUDA."""
    return torch._C._cuda_isInBadFork()


def is_initialized() -> bool:
    """Say whether CUDA has been started in this process.

    Example::

        >>> torch.cuda.is_initialized() and not torch.cuda.is_available()
        False
    """
    return _initialized and not _is_in_bad_fork()


def init() -> None:
    """Start CUDA now instead of at its first use.

    Raises:
        AssertionError: this build has no CUDA.
        RuntimeError: there is no driver or no device.
    """
    _lazy_init()


def _lazy_init() -> None:
    """Start CUDA, once."""
    global _initialized
    if is_initialized() or hasattr(_starting, "now"):
        return
    with _lock:
        if is_initialized():
            return
        if _is_in_bad_fork():
            raise RuntimeError(
                "Cannot re-initialize CUDA in forked subprocess. To use CUDA with "
                "multiprocessing, you must use the 'spawn' start method"
            )
        if not _load():
            raise AssertionError(_NOT_COMPILED)
        torch._C._cuda_init()
        _starting.now = True
        try:
            _run_queue()
        finally:
            del _starting.now
        _initialized = True


def _run_queue() -> None:
    while _queue:
        call, _, origin = _queue.pop(0)
        try:
            call()
        except Exception as error:
            raise DeferredCudaCallError(
                f"CUDA call failed lazily at initialization with error: {error}\n\n"
                f"CUDA call was originally invoked at:\n\n{''.join(origin)}"
            ) from error


def _lazy_call(call: Callable[[], Any], replaces: str | None = None) -> None:
    """Do `call` now if CUDA runs, else when it starts.

    Args:
        call: takes nothing; its result is dropped.
        replaces: a name; of the waiting calls of one name only the last is done.
    """
    with _lock:
        if is_initialized():
            call()
            return
        if replaces is not None:
            _queue[:] = [entry for entry in _queue if entry[1] != replaces]
        _queue.append((call, replaces, traceback.format_stack()))
