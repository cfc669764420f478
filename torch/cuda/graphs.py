"""CUDA graphs: the names exist, recording is not built."""

from __future__ import annotations

from typing import Any

from torch.cuda._runtime import _is_compiled

__all__ = [
    "CUDAGraph",
    "graph",
    "graph_pool_handle",
    "is_current_stream_capturing",
    "make_graphed_callables",
]


def _refuse(name: str) -> None:
    if not _is_compiled():
        raise RuntimeError(f"Tried to instantiate dummy base class {name}")
    raise NotImplementedError(f"CUDA graphs ({name}) are not built")


class CUDAGraph:
    """A recorded piece of work on a stream; not built.

    Raises:
        NotImplementedError: always, with CUDA.
        RuntimeError: always, without it.
    """

    def __init__(self, keep_graph: bool = False) -> None:
        _refuse("CUDAGraph")


class graph:
    """Record a ``with`` block into a `CUDAGraph`; not built.

    Args:
        cuda_graph: the graph.
        pool: memory to share.
        stream: where to record.
        capture_error_mode: what other threads may do.
    """

    def __init__(
        self,
        cuda_graph: CUDAGraph,
        pool: Any = None,
        stream: Any = None,
        capture_error_mode: str = "global",
    ) -> None:
        _refuse("CUDAGraph")


def graph_pool_handle() -> Any:
    """Return a name for memory that graphs share; not built."""
    _refuse("_graph_pool_handle")


def is_current_stream_capturing() -> bool:
    """Say whether the current stream records a graph: never."""
    if not _is_compiled():
        _refuse("_cuda_isCurrentStreamCapturing")
    return False


def make_graphed_callables(
    callables: Any,
    sample_args: Any,
    num_warmup_iters: int = 3,
    allow_unused_input: bool = False,
    pool: Any = None,
) -> Any:
    """Replace modules or functions by recorded ones; not built.

    Args:
        callables: one or a tuple.
        sample_args: arguments for each.
        num_warmup_iters: runs before recording.
        allow_unused_input: accept arguments without gradient.
        pool: memory to share.
    """
    _refuse("CUDAGraph")
