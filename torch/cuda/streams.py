"""Streams, queues of work on a device, and events, marks in them."""

from __future__ import annotations

import ctypes
from typing import Any, TypeVar

import torch
from torch._utils import _get_device_index
from torch.cuda._runtime import _is_compiled, _lazy_init

__all__ = [
    "Event",
    "ExternalStream",
    "Stream",
    "StreamContext",
    "current_stream",
    "default_stream",
    "get_stream_from_external",
    "set_stream",
    "stream",
]

_S = TypeVar("_S", bound="Stream")


class Stream:
    """A queue of work on one device; streams run beside each other.

    Args:
        device: the device, the current one by default.
        priority: 0, or below it for work that goes first.

    Raises:
        RuntimeError: this build has no CUDA.

    Example::

        >>> if torch.cuda.is_available():
        ...     side = torch.cuda.Stream()
        ...     with torch.cuda.stream(side):
        ...         x = torch.ones(3, device="cuda")
        ...     torch.cuda.current_stream().wait_stream(side)
    """

    def __new__(cls, device: Any = None, priority: int = 0, **kwargs: Any) -> Stream:
        if "stream_id" in kwargs:
            return cls._known(kwargs["stream_id"], kwargs["device_index"])
        if not _is_compiled():
            raise RuntimeError("torch.cuda.Stream requires CUDA support")
        _lazy_init()
        index = _get_device_index(device, optional=True)
        return cls._known(*torch._C._cuda_streamFromPool(priority, index))

    @classmethod
    def _known(cls: type[_S], stream_id: int, device_index: int) -> _S:
        """Return the stream of an id, as compiled code names it."""
        self = object.__new__(cls)
        self.stream_id = stream_id
        self.device_index = device_index
        return self

    device_type = 1  # CUDA's number
    stream_id: int
    device_index: int

    @property
    def device(self) -> torch.device:
        """The device on which the stream runs."""
        return torch.device("cuda", self.device_index)

    @property
    def cuda_stream(self) -> int:
        """The runtime's handle as a number; 0 for the default stream."""
        return torch._C._cuda_streamHandle(self.stream_id, self.device_index) or 0

    @property
    def priority(self) -> int:
        """0, or below it for work that goes first."""
        return torch._C._cuda_streamPriority(self.stream_id, self.device_index)

    @staticmethod
    def priority_range() -> tuple[int, int]:
        """Return the lowest and the highest priority of the current device."""
        _lazy_init()
        return 0, torch._C._cuda_greatestPriority()

    def query(self) -> bool:
        """Say whether everything that was queued is done."""
        return torch._C._cuda_streamQuery(self.stream_id, self.device_index)

    def synchronize(self) -> None:
        """Wait until everything that was queued is done."""
        torch._C._cuda_streamSynchronize(self.stream_id, self.device_index)

    def record_event(self, event: Event | None = None) -> Event:
        """Mark the end of what is queued now.

        Args:
            event: the mark, a new one by default.

        Returns:
            The mark.
        """
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event: Event) -> None:
        """Let later work wait for a mark.

        Args:
            event: the mark.
        """
        event.wait(self)

    def wait_stream(self, stream: Stream) -> None:
        """Let later work wait for all that another stream has queued.

        Args:
            stream: the other stream.
        """
        self.wait_event(stream.record_event())

    @property
    def _as_parameter_(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self.cuda_stream)

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.cuda_stream

    def __eq__(self, o: object) -> bool:
        return isinstance(o, Stream) and (self.stream_id, self.device_index) == (
            o.stream_id,
            o.device_index,
        )

    def __hash__(self) -> int:
        return hash((self.stream_id, self.device_index))

    def __repr__(self) -> str:
        handle = f"{self.cuda_stream:#x}"
        return f"<torch.cuda.Stream device={self.device} cuda_stream={handle}>"


class ExternalStream(Stream):
    """A stream that another library made and keeps alive.

    Args:
        stream_ptr: the runtime's handle as a number.
        device: the device on which it was made, the current one by default.
    """

    def __new__(
        cls, stream_ptr: int, device: Any = None, **kwargs: Any
    ) -> ExternalStream:
        if not _is_compiled():
            raise RuntimeError("torch.cuda.Stream requires CUDA support")
        _lazy_init()
        index = _get_device_index(device, optional=True)
        return cls._known(*torch._C._cuda_streamExternal(stream_ptr, index))


class Event:
    """A mark in a stream: to wait for, to ask, and to take times between two.

    It is made by the runtime when it is first recorded.

    Args:
        enable_timing: whether `elapsed_time` will be asked.
        blocking: whether `synchronize` sleeps instead of spinning.
        interprocess: whether other processes may use it.
        external: whether a recorded graph leaves it out; accepted, without effect.

    Raises:
        RuntimeError: this build has no CUDA.

    Example::

        >>> if torch.cuda.is_available():
        ...     start = torch.cuda.Event(enable_timing=True)
        ...     end = torch.cuda.Event(enable_timing=True)
        ...     start.record()
        ...     y = torch.ones(1000, device="cuda") * 2
        ...     end.record()
        ...     end.synchronize()
        ...     milliseconds = start.elapsed_time(end)
    """

    def __init__(
        self,
        enable_timing: bool = False,
        blocking: bool = False,
        interprocess: bool = False,
        external: bool = False,
    ) -> None:
        self.cuda_event = 0
        self.device_index = -1
        if not _is_compiled():
            raise RuntimeError("Tried to instantiate dummy base class Event")
        self._flags = (enable_timing, blocking, interprocess)

    @property
    def device(self) -> torch.device | None:
        """Where it was recorded; None before."""
        if self.device_index < 0:
            return None
        return torch.device("cuda", self.device_index)

    def record(self, stream: Stream | None = None) -> None:
        """Mark the end of what is queued now.

        Args:
            stream: where, the current stream by default.

        Raises:
            RuntimeError: it was recorded on another device before.
        """
        stream = current_stream() if stream is None else stream
        if not self.cuda_event:
            self.device_index = stream.device_index
            self.cuda_event = torch._C._cuda_eventCreate(
                self.device_index, *self._flags
            )
        if self.device_index != stream.device_index:
            raise RuntimeError(
                f"Event device {self.device_index} does not match recording "
                f"stream's device {stream.device_index}."
            )
        torch._C._cuda_eventRecord(
            self.cuda_event, stream.stream_id, stream.device_index
        )

    def wait(self, stream: Stream | None = None) -> None:
        """Let later work of a stream wait for this mark.

        Args:
            stream: which, the current stream by default.
        """
        stream = current_stream() if stream is None else stream
        if self.cuda_event:
            torch._C._cuda_eventWait(
                self.cuda_event, stream.stream_id, stream.device_index
            )

    def query(self) -> bool:
        """Say whether the mark has been passed; True before it is recorded."""
        return not self.cuda_event or torch._C._cuda_eventQuery(self.cuda_event)

    def synchronize(self) -> None:
        """Wait until the mark has been passed."""
        if self.cuda_event:
            torch._C._cuda_eventSynchronize(self.cuda_event)

    def elapsed_time(self, end_event: Event) -> float:
        """Return the milliseconds from this mark to another.

        Args:
            end_event: the later mark.

        Raises:
            ValueError: one is not recorded, not passed, or takes no times.
        """
        if not (self._flags[0] and end_event._flags[0]):
            raise ValueError(
                "Both events must be created with argument 'enable_timing=True'."
            )
        if not (self.cuda_event and end_event.cuda_event):
            raise ValueError(
                "Both events must be recorded before calculating elapsed time."
            )
        if not (self.query() and end_event.query()):
            raise ValueError(
                "Both events must be completed before calculating elapsed time."
            )
        return torch._C._cuda_eventElapsed(self.cuda_event, end_event.cuda_event)

    def ipc_handle(self) -> bytes:
        """Return what another process opens the mark with; not built."""
        raise NotImplementedError("Event.ipc_handle is not built")

    @property
    def _as_parameter_(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self.cuda_event)

    def __del__(self) -> None:
        # A child process must leave its parent's marks alone.
        if self.cuda_event and not torch._C._cuda_isInBadFork():
            torch._C._cuda_eventDestroy(self.cuda_event, self.device_index)

    def __repr__(self) -> str:
        if not self.cuda_event:
            return "<torch.cuda.Event uninitialized>"
        return f"<torch.cuda.Event {self.cuda_event:#x}>"


# ------------------------------------------------------------- current streams


def current_stream(device: Any = None) -> Stream:
    """Return the stream on which this thread's work is queued.

    Args:
        device: the device, the current one by default.
    """
    _lazy_init()
    index = _get_device_index(device, optional=True)
    return Stream._known(*torch._C._cuda_getCurrentStream(index))


def default_stream(device: Any = None) -> Stream:
    """Return the stream that every device has from the beginning.

    Args:
        device: the device, the current one by default.
    """
    _lazy_init()
    return Stream._known(0, _get_device_index(device, optional=True))


def get_stream_from_external(data_ptr: int, device: Any = None) -> Stream:
    """Return the stream of a runtime handle that another library made.

    Args:
        data_ptr: the handle as a number.
        device: the device on which it was made, the current one by default.
    """
    _lazy_init()
    index = _get_device_index(device, optional=True)
    return Stream._known(*torch._C._cuda_streamExternal(data_ptr, index))


def set_stream(stream: Stream | None) -> None:
    """Queue this thread's work on a stream from now on.

    Args:
        stream: the stream; its device becomes the current one. None does nothing.
    """
    if stream is None:
        return
    torch.cuda.set_device(stream.device_index)
    torch._C._cuda_setStream(stream.stream_id, stream.device_index)


class StreamContext:
    """Queue the work of a ``with`` block on a stream.

    Args:
        stream: the stream; None does nothing.
    """

    def __init__(self, stream: Stream | None) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is None:
            return
        # The thread's stream on its own device, and on the stream's.
        self._before = [current_stream(self.stream.device), current_stream()]
        set_stream(self.stream)

    def __exit__(self, *exc: object) -> None:
        if self.stream is None:
            return
        for stream in self._before:
            set_stream(stream)


def stream(stream: Stream | None) -> StreamContext:
    """Return a context that queues work on a stream.

    Args:
        stream: the stream; None does nothing.

    Example::

        >>> with torch.cuda.stream(None):
        ...     pass
    """
    return StreamContext(stream)
