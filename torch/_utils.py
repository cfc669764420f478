"""Small helpers shared by the package.

First the functions that checkpoint files name (``_rebuild_tensor_v2`` ...: their names
and argument orders are part of the file format), then exceptions carried between
processes, flat buffers, and device indices.
"""

from __future__ import annotations

import copyreg
import importlib
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import torch

# ------------------------------------------------------------------ rebuilding


def _rebuild_tensor(
    storage: Any, storage_offset: int, size: Sequence[int], stride: Sequence[int]
) -> torch.Tensor:
    """Return a tensor over part of a TypedStorage."""
    untyped = storage._untyped_storage
    tensor = torch.empty((0,), dtype=storage.dtype, device=untyped.device)
    return tensor.set_(untyped, storage_offset, size, stride)


def _rebuild_tensor_v2(
    storage: Any,
    storage_offset: int,
    size: Sequence[int],
    stride: Sequence[int],
    requires_grad: bool,
    backward_hooks: Any,
    metadata: dict[str, bool] | None = None,
) -> torch.Tensor:
    tensor = _rebuild_tensor(storage, storage_offset, size, stride)
    return _finish(tensor, requires_grad, backward_hooks, metadata)


def _rebuild_tensor_v3(
    storage: Any,
    storage_offset: int,
    size: Sequence[int],
    stride: Sequence[int],
    requires_grad: bool,
    backward_hooks: Any,
    dtype: torch.dtype,
    metadata: dict[str, bool] | None = None,
) -> torch.Tensor:
    untyped = storage._untyped_storage
    tensor = torch.empty((0,), dtype=dtype, device=untyped.device)
    tensor.set_(untyped, storage_offset, size, stride)
    return _finish(tensor, requires_grad, backward_hooks, metadata)


def _finish(
    tensor: torch.Tensor,
    requires_grad: bool,
    backward_hooks: Any,
    metadata: dict[str, bool] | None,
) -> torch.Tensor:
    if requires_grad:
        tensor.requires_grad = requires_grad
    if metadata:
        set_tensor_metadata(tensor, metadata)
    # Files since 1.0 carry no hooks; only older ones need the assignment.
    if backward_hooks:
        tensor._backward_hooks = backward_hooks
    return tensor


def get_tensor_metadata(tensor: torch.Tensor) -> dict[str, bool]:
    """Return the lazy bits that are set: ``conj`` and ``neg``."""
    bits = {"conj": tensor.is_conj(), "neg": tensor.is_neg()}
    return {name: value for name, value in bits.items() if value}


def set_tensor_metadata(tensor: torch.Tensor, metadata: dict[str, bool]) -> None:
    """Set the lazy bits named in `metadata`."""
    if not isinstance(metadata, dict):
        raise AssertionError(f"expected dict, got {type(metadata).__name__}")
    torch._C._set_conj(tensor, metadata.get("conj", False))
    torch._C._set_neg(tensor, metadata.get("neg", False))


def _rebuild_parameter(
    data: torch.Tensor, requires_grad: bool, backward_hooks: Any
) -> torch.nn.Parameter:
    param = torch.nn.Parameter(data, requires_grad)
    if backward_hooks:
        param._backward_hooks = backward_hooks
    return param


def _rebuild_parameter_with_state(
    data: torch.Tensor, requires_grad: bool, backward_hooks: Any, state: Any
) -> torch.nn.Parameter:
    param = _rebuild_parameter(data, requires_grad, backward_hooks)
    return _set_obj_state(param, state)


def _rebuild_meta_tensor_no_storage(
    dtype: torch.dtype, size: Sequence[int], stride: Sequence[int], requires_grad: bool
) -> torch.Tensor:
    return torch.empty_strided(
        size, stride, dtype=dtype, device="meta", requires_grad=requires_grad
    )


def _rebuild_device_tensor_from_cpu_tensor(
    data: torch.Tensor, dtype: torch.dtype, device: Any, requires_grad: bool
) -> torch.Tensor:
    device = _restored_device(device)
    return data.to(dtype).to(device).detach().requires_grad_(requires_grad)


def _rebuild_device_tensor_from_numpy(
    data: Any, dtype: torch.dtype, device: Any, requires_grad: bool
) -> torch.Tensor:
    tensor = torch.from_numpy(data)
    return _rebuild_device_tensor_from_cpu_tensor(tensor, dtype, device, requires_grad)


def _restored_device(device: Any) -> Any:
    """Apply the running load's ``map_location``, where it is a plain device."""
    wished = torch.serialization._serialization_tls.map_location
    if isinstance(wished, dict):
        return wished.get(device, device)
    return wished if isinstance(wished, (str, torch.device)) else device


def _no_rebuild(name: str, what: str) -> Any:
    def rebuild(*args: Any) -> Any:
        raise NotImplementedError(f"loading {what} tensors is not implemented")

    rebuild.__name__ = rebuild.__qualname__ = name
    return rebuild


_rebuild_sparse_tensor = _no_rebuild("_rebuild_sparse_tensor", "sparse")
_rebuild_qtensor = _no_rebuild("_rebuild_qtensor", "quantized")
_rebuild_nested_tensor = _no_rebuild("_rebuild_nested_tensor", "nested")
_rebuild_wrapper_subclass = _no_rebuild("_rebuild_wrapper_subclass", "wrapper subclass")


def _slot_names(obj: Any) -> list[str]:
    """Return the names in `__slots__` of the object's class and its bases."""
    return copyreg._slotnames(type(obj))  # type: ignore[attr-defined]


def _get_obj_state(obj: Any) -> Any:
    """Return what pickle would save of a tensor's Python side: dict, slots or None."""
    getstate = getattr(obj, "__getstate__", None)
    if getstate is not None:
        return getstate()
    # Before Python 3.11 objects have no __getstate__ of their own.
    slots = {
        name: getattr(obj, name) for name in _slot_names(obj) if hasattr(obj, name)
    }
    return (obj.__dict__, slots) if slots else obj.__dict__


def _set_obj_state(obj: Any, state: Any) -> Any:
    """Give `obj` the state that `_get_obj_state` returned."""
    if isinstance(state, tuple):
        if len(state) != 2:
            raise RuntimeError(f"Invalid serialized state: {state}")
        parts: tuple = state
    else:
        parts = (state,)
    for part in parts:
        for name, value in (part or {}).items():
            setattr(obj, name, value)
    return obj


def _import_dotted_name(name: str) -> Any:
    module, *attributes = name.split(".")
    found = importlib.import_module(module)
    for attribute in attributes:
        found = getattr(found, attribute)
    return found


def _element_size(dtype: torch.dtype) -> int:
    """Return the bytes that one element takes."""
    if not isinstance(dtype, torch.dtype):
        raise RuntimeError(f"expected torch.dtype, but got {type(dtype)}")
    return dtype.itemsize


# ------------------------------------------------------------------ exceptions


class KeyErrorMessage(str):
    """Text that KeyError shows as it is instead of quoting it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return self


class ExceptionWrapper:
    """Carry an exception, as text, from a worker to the process that asked.

    Args:
        exc_info: what ``sys.exc_info()`` returned, by default its current value.
        where: where it happened, for the message.
    """

    def __init__(self, exc_info: Any = None, where: str = "in background") -> None:
        # Only text is kept: a traceback would keep its frames alive.
        kind, value, trace = sys.exc_info() if exc_info is None else exc_info
        self.exc_type = kind
        self.exc_msg = "".join(traceback.format_exception(kind, value, trace))
        self.where = where

    def reraise(self) -> None:
        """Raise an exception of the same type with the worker's traceback as text."""
        kind: Any = self.exc_type
        text = f"Caught {kind.__name__} {self.where}.\nOriginal {self.exc_msg}"
        if kind is KeyError:
            text = KeyErrorMessage(text)
        elif getattr(kind, "message", None):
            raise kind(message=text)
        try:
            error = kind(text)
        except Exception:
            # Its constructor wants other arguments.
            raise RuntimeError(text) from None
        raise error


# ------------------------------------------------------------------ flat buffers


def _flatten_dense_tensors(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the elements of all tensors as one 1-d tensor."""
    return torch.cat([t.contiguous().view(-1) for t in tensors])


def _unflatten_dense_tensors(
    flat: torch.Tensor, tensors: Sequence[torch.Tensor]
) -> tuple[torch.Tensor, ...]:
    """Return views of `flat` shaped as `tensors`, the inverse of flattening them."""
    parts, start = [], 0
    for tensor in tensors:
        part = flat.narrow(0, start, tensor.numel())
        parts.append(part.view(tensor.shape))
        start += tensor.numel()
    return tuple(parts)


def _take_tensors(
    tensors: Sequence[torch.Tensor], size_limit: int
) -> Iterator[list[torch.Tensor]]:
    """Group tensors of one type into lists of at least `size_limit` bytes."""
    open_groups: dict[str, list[Any]] = {}
    for tensor in tensors:
        group = open_groups.setdefault(tensor.type(), [[], 0])
        nbytes = tensor.numel() * tensor.element_size()
        if group[1] + nbytes > size_limit and group[1] > 0:
            yield group[0]
            group[:] = [[], 0]
        group[0].append(tensor)
        group[1] += nbytes
    for members, _ in open_groups.values():
        if members:
            yield members


# ------------------------------------------------------------------ devices


def _get_device_index(
    device: Any, optional: bool = False, allow_cpu: bool = False
) -> int:
    """Return the index of a device given as number, text or ``torch.device``.

    Args:
        device: what names the device; None asks for the current one.
        optional: whether None and a device without index are allowed.
        allow_cpu: whether the CPU is, with index -1.

    Raises:
        ValueError: no index can be told.
    """
    given = device
    if isinstance(device, str):
        device = torch.device(device)
    index = device if isinstance(device, int) else None
    if isinstance(device, torch.device):
        if device.type == "cpu":
            if not allow_cpu:
                raise ValueError(f"Expected a non cpu device, but got: {device}")
            return -1
        index = device.index
    if index is not None:
        return index
    if not optional:
        raise ValueError(
            "Expected a torch.device with a specified index "
            f"or an integer, but got:{given}"
        )
    return torch.cuda.current_device()


class _ClassPropertyDescriptor:
    """A property that is read on the class."""

    def __init__(self, fget: Any) -> None:
        self.fget = fget

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        owner = type(instance) if owner is None else owner
        return self.fget.__get__(instance, owner)()


def classproperty(func: Any) -> _ClassPropertyDescriptor:
    """Decorate a method into a property of the class."""
    if not isinstance(func, (classmethod, staticmethod)):
        func = classmethod(func)
    return _ClassPropertyDescriptor(func)
