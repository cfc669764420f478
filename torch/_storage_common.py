"""What both kinds of storage share: dtype names, conversions, printing.

Read ``torch/storage.py`` first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch.storage import TypedStorage, UntypedStorage

# dtype name -> the class name that stands for it in a checkpoint.
_CLASS_OF_DTYPE = {
    "float64": "DoubleStorage",
    "float32": "FloatStorage",
    "float16": "HalfStorage",
    "int64": "LongStorage",
    "int32": "IntStorage",
    "int16": "ShortStorage",
    "int8": "CharStorage",
    "uint8": "ByteStorage",
    "bool": "BoolStorage",
    "bfloat16": "BFloat16Storage",
    "complex128": "ComplexDoubleStorage",
    "complex64": "ComplexFloatStorage",
}


@functools.cache
def _dtype_to_storage_type_map() -> dict[torch.dtype, str]:
    return {getattr(torch, k): v for k, v in _CLASS_OF_DTYPE.items()}


def _storage_type_to_dtype_map() -> dict[str, torch.dtype]:
    return {v: k for k, v in _dtype_to_storage_type_map().items()}


def _get_dtype_from_pickle_storage_type(pickle_storage_type: str) -> torch.dtype:
    for name, class_name in _CLASS_OF_DTYPE.items():
        if class_name == pickle_storage_type:
            return getattr(torch, name)
    raise KeyError(f'pickle storage type "{pickle_storage_type}" is not recognized')


@functools.cache
def _new_dtypes() -> set[torch.dtype]:
    """Return the dtypes that have no storage class of their own."""
    names = (
        "float8_e5m2 float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz float8_e8m0fnu "
        "float4_e2m1fn_x2 bits8 bits16 bits1x8 bits2x4 bits4x2 complex32 "
        "uint16 uint32 uint64"
    )
    found = (getattr(torch, name, None) for name in names.split())
    return {dtype for dtype in found if dtype is not None}


def _over(untyped: UntypedStorage, dtype: torch.dtype) -> torch.Tensor:
    """Return a 1-d tensor of `dtype` over all of `untyped`."""
    count = untyped.nbytes() // dtype.itemsize
    tensor = torch.empty(0, dtype=dtype, device=untyped.device)
    return tensor.set_(untyped, 0, (count,), (1,))


def _get_device_from_module(module: str) -> str:
    last = module.rsplit(".", 1)[-1]
    return last if last in ("cuda", torch._C._get_privateuse1_backend_name()) else "cpu"


def _qualified_name(obj: Any) -> str:
    return f"{type(obj).__module__}.{type(obj).__name__}"


class _StorageConversions:
    """What both storage classes offer under the same name."""

    if TYPE_CHECKING:  # conversions and forwarded methods are set in loops

        def __getattr__(self, name: str) -> Any: ...

    __getitem__: Callable[..., Any]
    _device: Callable[[], torch.device]
    _size: Callable[[], int]

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(self._size())])

    def __repr__(self) -> str:
        return str(self)

    def _text(self, details: str) -> str:
        kind = _qualified_name(self)
        info = f"[{kind}({details}device={self._device()}) of size {self._size()}]"
        if self._device().type == "meta":
            return "...\n" + info
        return " " + "\n ".join(str(v) for v in self) + "\n" + info


def _conversion(name: str, dtype_name: str) -> Any:
    def convert(self: Any) -> TypedStorage:
        return self._to(getattr(torch, dtype_name))

    convert.__name__ = name
    convert.__doc__ = f"Return a copy of this storage as {dtype_name}."
    return convert


for _name, _dtype_name in {
    "double": "float64",
    "float": "float32",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "short": "int16",
    "char": "int8",
    "byte": "uint8",
    "bool": "bool",
    "bfloat16": "bfloat16",
    "complex_double": "complex128",
    "complex_float": "complex64",
}.items():
    setattr(_StorageConversions, _name, _conversion(_name, _dtype_name))
