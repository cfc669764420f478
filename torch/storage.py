"""Storages: the flat memory under tensors.

``UntypedStorage`` is bytes and lives in compiled code (``torch._C.StorageBase``); this file adds
the methods that are not worth C++. ``TypedStorage`` and the legacy classes (``FloatStorage``
...) are views of an untyped storage with a dtype, kept for old programs and for the names that
checkpoint files carry. Read ``docs/design/serialization.md`` for the latter.
"""

from __future__ import annotations

import array
import collections.abc
import functools
import io
import mmap
import os
import sys
import warnings
from typing import Any, Iterator

import torch

__all__ = ["TypedStorage", "UntypedStorage"]

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


def _load_from_bytes(b: bytes) -> Any:
    """Rebuild what ``pickle.dumps`` of a storage or tensor wrote."""
    return torch.load(io.BytesIO(b), weights_only=False)


@functools.lru_cache(maxsize=None)
def _dtype_to_storage_type_map() -> dict[torch.dtype, str]:
    return {getattr(torch, k): v for k, v in _CLASS_OF_DTYPE.items()}


def _storage_type_to_dtype_map() -> dict[str, torch.dtype]:
    return {v: k for k, v in _dtype_to_storage_type_map().items()}


def _get_dtype_from_pickle_storage_type(pickle_storage_type: str) -> torch.dtype:
    for name, class_name in _CLASS_OF_DTYPE.items():
        if class_name == pickle_storage_type:
            return getattr(torch, name)
    raise KeyError(f'pickle storage type "{pickle_storage_type}" is not recognized')


@functools.lru_cache(maxsize=None)
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


class UntypedStorage(torch._C.StorageBase, _StorageConversions):
    """Hold the bytes that one or more tensors view.

    Args:
        size: number of bytes, or a sequence of byte values; 0 if left out.
        device: where the bytes live, the CPU by default.

    Example::

        >>> s = torch.UntypedStorage(4).fill_(7)
        >>> s.tolist()
        [7, 7, 7, 7]
    """

    def __getitem__(self, index: int | slice) -> Any:
        if self.device.type == "meta":
            raise NotImplementedError("Not available for 'meta' device type")
        return super().__getitem__(index)

    def _size(self) -> int:
        return self.nbytes()

    def _device(self) -> torch.device:
        return self.device

    def size(self) -> int:
        """Return the number of bytes."""
        return self.nbytes()

    def element_size(self) -> int:
        """Return 1: an element is a byte."""
        return 1

    def get_device(self) -> int:
        """Return the device index, -1 on the CPU."""
        index = self.device.index
        return -1 if index is None else index

    @property
    def is_cuda(self) -> bool:
        return self.device.type == "cuda"

    def untyped(self) -> UntypedStorage:
        """Return self."""
        return self

    def new(self) -> UntypedStorage:
        """Return an empty storage of the same class."""
        return type(self)()

    def clone(self) -> UntypedStorage:
        """Return a copy on the same device."""
        return type(self)(self.nbytes(), device=self.device).copy_(self)

    def tolist(self) -> list[int]:
        """Return the bytes as integers."""
        if self.device.type == "cpu":
            return list(self._share_buffer())
        return list(self)

    def cpu(self) -> UntypedStorage:
        """Return self if on the CPU, else a copy there."""
        return self.to(device="cpu")

    def cuda(self, device: Any = None, non_blocking: bool = False) -> UntypedStorage:
        """Return self if on that CUDA device, else a copy there."""
        target = torch.device("cuda") if device is None else torch.device("cuda", device)
        return self.to(device=target, non_blocking=non_blocking)

    def to(self, *, device: Any, non_blocking: bool = False) -> UntypedStorage:
        """Return self if already on `device`, else a copy there.

        Args:
            device: the wished device.
            non_blocking: let the copy run beside the host where the device can.
        """
        device = torch.device(device)
        if device == self.device:
            return self
        copy = UntypedStorage(self.nbytes(), device=device)
        return copy if device.type == "meta" else copy.copy_(self, non_blocking)

    def type(self, dtype: str | None = None, non_blocking: bool = False) -> Any:
        """Return the name of this class; conversion to a named class is not offered."""
        if dtype is None:
            return _qualified_name(self)
        raise NotImplementedError("UntypedStorage.type(dtype) is not implemented")

    def _to(self, dtype: torch.dtype) -> TypedStorage:
        return _retyped(_over(self, torch.uint8), dtype)

    def byteswap(self, dtype: torch.dtype) -> None:
        """Reverse the bytes of every element, read as `dtype`, in place.

        Args:
            dtype: complex numbers swap their two halves apart.
        """
        width = dtype.itemsize // 2 if dtype.is_complex else dtype.itemsize
        code = {2: "H", 4: "I", 8: "Q"}.get(width)
        if code is None:
            return
        view = self._share_buffer()
        words = array.array(code)
        words.frombytes(view[: len(view) // width * width])
        words.byteswap()
        swapped = words.tobytes()
        view[: len(swapped)] = swapped

    def is_pinned(self, device: Any = "cuda") -> bool:
        """Say whether the bytes are page-locked for copies to `device`."""
        return _over(self, torch.uint8).is_pinned()

    def pin_memory(self, device: Any = "cuda") -> UntypedStorage:
        """Return a page-locked copy, or self if it is already."""
        if self.device.type != "cpu":
            raise TypeError(f"cannot pin '{self.type()}' only CPU memory can be pinned")
        return _over(self, torch.uint8).pin_memory().untyped_storage()

    @property
    def filename(self) -> str | None:
        """Name of the mapped file, or None."""
        return getattr(self, "_filename", None)

    @classmethod
    def from_buffer(
        cls,
        buffer: Any,
        byte_order: str = "native",
        count: int = -1,
        offset: int = 0,
        *,
        dtype: torch.dtype | None = None,
    ) -> UntypedStorage:
        """Copy elements out of a bytes-like object.

        Args:
            buffer: any object with the buffer protocol.
            byte_order: ``"native"``, ``"little"`` or ``"big"``: how `buffer` is laid out.
            count: number of elements, -1 for all that fit.
            offset: first byte to read.
            dtype: element type, uint8 by default.

        Raises:
            ValueError: `offset` or `count` reach outside the buffer.
        """
        dtype = torch.uint8 if dtype is None else dtype
        view = memoryview(buffer).cast("B")
        size, item = len(view), dtype.itemsize
        if byte_order not in ("native", "little", "big"):
            raise ValueError(
                f"invalid byte_order '{byte_order}' (expected 'big', 'little', or 'native')"
            )
        if offset < 0 or offset > size:
            raise ValueError(
                # The two numbers stand the wrong way round in PyTorch's text as well.
                f"offset must be non-negative and no greater than buffer length ({offset}) "
                f", but got {size}"
            )
        if count < 0:
            if (size - offset) % item:
                raise ValueError(
                    f"buffer size ({size}) must be a multiple of element size ({item})"
                )
            count = (size - offset) // item
        if offset + count * item > size:
            raise ValueError(
                f"buffer has only {size - offset} elements after offset "
                f"{offset}, but specified a size of {count}"
            )
        storage = cls._from_buffer(view[offset : offset + count * item])
        if byte_order not in ("native", sys.byteorder):
            storage.byteswap(dtype)
        return storage

    @classmethod
    def from_file(
        cls, filename: Any, shared: bool = False, nbytes: int = 0
    ) -> UntypedStorage:
        """Map a file into memory.

        Args:
            filename: path of the file; created or lengthened if `shared`.
            shared: whether writes reach the file.
            nbytes: how many bytes to map.

        Raises:
            RuntimeError: the file is missing, or shorter than `nbytes` and not shared.
        """
        filename = os.fspath(filename)
        mode = os.O_RDWR | os.O_CREAT if shared else os.O_RDONLY
        try:
            handle = os.open(filename, mode, 0o600)
        except OSError as error:
            raise RuntimeError(
                f"unable to open file <{filename}> in "
                f"{'read-write' if shared else 'read-only'} mode: "
                f"{error.strerror} ({error.errno})"
            ) from None
        try:
            found = os.fstat(handle).st_size
            if found < nbytes:
                if not shared:
                    raise RuntimeError(
                        f"file <{filename}> size <{found}> is smaller than the required "
                        f"mapping size <{nbytes}>"
                    )
                os.ftruncate(handle, nbytes)
            if nbytes == 0:
                return cls(0)
            flags = mmap.MAP_SHARED if shared else mmap.MAP_PRIVATE
            mapped = mmap.mmap(handle, nbytes, flags=flags)
        finally:
            os.close(handle)
        storage = cls._from_external(memoryview(mapped))
        storage._filename = filename
        return storage

    def __str__(self) -> str:
        return self._text("")

    __repr__ = __str__

    def __copy__(self) -> UntypedStorage:
        return self.clone()

    def __deepcopy__(self, memo: dict) -> UntypedStorage:
        seen = memo.setdefault("torch", {})
        if self._cdata not in seen:
            seen[self._cdata] = self.clone()
        return seen[self._cdata]

    def __reduce__(self) -> tuple:
        stream = io.BytesIO()
        torch.save(self, stream, _use_new_zipfile_serialization=False)
        return (_load_from_bytes, (stream.getvalue(),))

    def __sizeof__(self) -> int:
        return super().__sizeof__() + self.nbytes()


# ------------------------------------------------------------------ typed

_REMOVAL_NOTICE = (
    "TypedStorage is deprecated. It will be removed in the future and "
    "UntypedStorage will be the only storage class. This should only matter "
    "to you if you are using storages directly.  To access UntypedStorage "
    "directly, use tensor.untyped_storage() instead of tensor.storage()"
)
_notice = {"always": False, "given": False}


def _warn_typed_storage_removal(stacklevel: int = 2) -> None:
    if _notice["always"] or not _notice["given"]:
        _notice["given"] = True
        warnings.warn(_REMOVAL_NOTICE, UserWarning, stacklevel=stacklevel + 1)


def _reset_warn_typed_storage_removal() -> None:
    _notice["given"] = False


def _get_always_warn_typed_storage_removal() -> bool:
    return _notice["always"]


def _set_always_warn_typed_storage_removal(always_warn: bool) -> None:
    _notice["always"] = always_warn


def _retyped(tensor: torch.Tensor, dtype: torch.dtype) -> TypedStorage:
    """Return a storage of its own with the elements of `tensor` as `dtype`."""
    if not isinstance(dtype, torch.dtype):
        raise TypeError(f"Argument 'dtype' must be torch.dtype, not {type(dtype)}")
    converted = tensor.to(dtype)
    if converted.data_ptr() == tensor.data_ptr():
        converted = converted.clone()
    return converted._typed_storage()


_INIT_FORMS = (
    "TypedStorage.__init__ received an invalid combination of arguments. Expected one of:\n"
    " * (*, torch.device device, torch.dtype dtype)\n"
    " * (int size, *, torch.device device, torch.dtype dtype)\n"
    " * (Sequence data, *, torch.device device, torch.dtype dtype)\n"
    " * (*, UntypedStorage wrap_storage, torch.dtype dtype)\n"
)
_NEW_FORMS = (
    "{}.__new__ received an invalid combination of arguments. Expected one of:\n"
    " * no arguments\n * (int size)\n * (Sequence data)\n"
    " * (*, UntypedStorage wrap_storage)\n"
)
_NO_POSITIONAL = "No positional arguments should be given when using 'wrap_storage'"


def _is_size_or_data(value: Any) -> bool:
    return isinstance(value, (int, collections.abc.Sequence)) or (
        hasattr(value, "__index__") and not isinstance(value, torch.Tensor)
    )


class TypedStorage(_StorageConversions):
    """View an untyped storage as elements of one dtype. Deprecated, as in PyTorch.

    Args:
        size: number of elements, or a sequence of their values.
        wrap_storage: an existing storage to view instead.
        dtype: element type, the default dtype if left out.
        device: where to allocate.

    Raises:
        RuntimeError: contradictory arguments.
        TypeError: an argument of the wrong kind.
    """

    is_sparse = False
    _fake_device = None
    dtype: torch.dtype

    def __new__(
        cls,
        *args: Any,
        wrap_storage: Any = None,
        dtype: Any = None,
        device: Any = None,
        _internal: bool = False,
    ) -> TypedStorage:
        if not _internal:
            _warn_typed_storage_removal()
        if cls is TypedStorage:
            return super().__new__(cls)
        return _new_legacy(cls, args, wrap_storage, dtype, device)

    def __init__(
        self,
        *args: Any,
        device: Any = None,
        dtype: Any = None,
        wrap_storage: Any = None,
        _internal: bool = False,
    ) -> None:
        if wrap_storage is not None:
            _check_wrap(args, device, dtype, wrap_storage)
            self.dtype = dtype
            self._untyped_storage = wrap_storage
            return
        if len(args) > 1:
            raise RuntimeError(_INIT_FORMS + "Too many positional arguments")
        if args and not _is_size_or_data(args[0]):
            raise TypeError(
                _INIT_FORMS + f"Argument type not recognized: {type(args[0])}"
            )
        self.dtype = torch.get_default_dtype() if dtype is None else dtype
        device = torch.device("cpu" if device is None else device)
        if args and isinstance(args[0], collections.abc.Sequence):
            filled = torch.tensor(args[0], dtype=self.dtype, device=device)
            self._untyped_storage = filled.untyped_storage()
        else:
            nbytes = int(args[0]) * self.dtype.itemsize if args else 0
            self._untyped_storage = UntypedStorage(nbytes, device=device)

    # Internal accessors: the same as the public ones, without the warning.
    def _size(self) -> int:
        return self._untyped_storage.nbytes() // self.dtype.itemsize

    def _nbytes(self) -> int:
        return self._untyped_storage.nbytes()

    def _element_size(self) -> int:
        return self.dtype.itemsize

    def _data_ptr(self) -> int:
        return self._untyped_storage.data_ptr()

    def _device(self) -> torch.device:
        return self._untyped_storage.device

    def _tensor(self) -> torch.Tensor:
        return _over(self._untyped_storage, self.dtype)

    def _wrap(self, untyped: UntypedStorage) -> TypedStorage:
        return TypedStorage(wrap_storage=untyped, dtype=self.dtype, _internal=True)

    def _deepcopy(self, memo: dict) -> TypedStorage:
        return self._wrap(self._untyped_storage.__deepcopy__(memo))

    def _pickle_storage_type(self) -> str:
        name = _dtype_to_storage_type_map().get(self.dtype)
        if name is None:
            raise KeyError(f"dtype {self.dtype} is not recognized")
        return name

    def _to(self, dtype: torch.dtype) -> TypedStorage:
        return _retyped(self._tensor(), dtype)

    def _get_legacy_storage_class(self) -> Any:
        name = _dtype_to_storage_type_map().get(self.dtype)
        kind = self._device().type
        home = torch if kind == "cpu" else getattr(torch, kind, None)
        return getattr(home, name, None) if name else None

    @property
    def _dtype(self) -> torch.dtype:
        return self.dtype

    @property
    def _cdata(self) -> int:
        return self._untyped_storage._cdata

    @property
    def device(self) -> torch.device:
        _warn_typed_storage_removal()
        return self._device()

    @property
    def is_cuda(self) -> bool:
        _warn_typed_storage_removal()
        return self._device().type == "cuda"

    @property
    def filename(self) -> str | None:
        """Name of the mapped file, or None."""
        return self._untyped_storage.filename

    def untyped(self) -> UntypedStorage:
        """Return the storage below."""
        _warn_typed_storage_removal()
        return self._untyped_storage

    def type(self, dtype: str | None = None, non_blocking: bool = False) -> Any:
        """Return the legacy class name, such as ``torch.FloatStorage``."""
        _warn_typed_storage_removal()
        if dtype is not None:
            return self._untyped_storage.type(dtype, non_blocking)
        legacy = self._get_legacy_storage_class()
        if legacy is None:
            return _qualified_name(self)
        return f"{legacy.__module__}.{legacy.__name__}"

    def __len__(self) -> int:
        _warn_typed_storage_removal()
        return self._size()

    def __getitem__(self, index: int) -> Any:
        _warn_typed_storage_removal()
        if self._device().type == "meta":
            raise NotImplementedError("Not available for 'meta' device type")
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        self._check_index(index, int)
        size = self._size()
        if not -size <= index < size:
            raise IndexError(f"index {index} out of range for storage of size {size}")
        return self._tensor()[index].item()

    def __setitem__(self, index: int | slice, value: Any) -> None:
        _warn_typed_storage_removal()
        self._check_index(index, (int, slice))
        if isinstance(value, (TypedStorage, UntypedStorage)):
            raise RuntimeError(f"cannot set item with value type {type(value)}")
        self._tensor()[index] = value

    def _check_index(self, index: Any, kinds: Any) -> None:
        if not isinstance(index, kinds):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")

    def __str__(self) -> str:
        _warn_typed_storage_removal()
        return self._text(f"dtype={self.dtype}, ")

    def fill_(self, value: Any) -> TypedStorage:
        """Set every element to `value`."""
        _warn_typed_storage_removal()
        self._tensor().fill_(value)
        return self

    def copy_(self, source: Any, non_blocking: bool = False) -> TypedStorage:
        """Copy the bytes of another storage of the same size."""
        _warn_typed_storage_removal()
        untyped = getattr(source, "_untyped_storage", source)
        self._untyped_storage.copy_(untyped, non_blocking)
        return self

    def resize_(self, size: int) -> None:
        """Change the number of elements."""
        _warn_typed_storage_removal()
        self._untyped_storage.resize_(size * self.dtype.itemsize)

    def tolist(self) -> list[Any]:
        """Return the elements as Python numbers."""
        _warn_typed_storage_removal()
        return self._tensor().tolist()

    def to(self, *, device: Any, non_blocking: bool = False) -> TypedStorage:
        """Return a storage of the same dtype on `device`."""
        _warn_typed_storage_removal()
        moved = self._untyped_storage.to(device=device, non_blocking=non_blocking)
        return self._wrap(moved)

    def cuda(self, device: Any = None, non_blocking: bool = False) -> TypedStorage:
        """Return a storage of the same dtype on a CUDA device."""
        _warn_typed_storage_removal()
        return self._wrap(self._untyped_storage.cuda(device, non_blocking))

    def __deepcopy__(self, memo: dict) -> TypedStorage:
        _warn_typed_storage_removal()
        return self._deepcopy(memo)

    def __copy__(self) -> TypedStorage:
        _warn_typed_storage_removal()
        return self._wrap(self._untyped_storage.clone())

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self._nbytes()

    def __reduce__(self) -> tuple:
        stream = io.BytesIO()
        torch.save(self, stream, _use_new_zipfile_serialization=False)
        return (_load_from_bytes, (stream.getvalue(),))

    @classmethod
    def from_buffer(cls, *args: Any, **kwargs: Any) -> TypedStorage:
        """Copy elements out of a bytes-like object; see UntypedStorage.from_buffer."""
        _warn_typed_storage_removal()
        if cls is TypedStorage:
            dtype = kwargs.pop("dtype", None) or torch.get_default_dtype()
            device = torch.device(kwargs.pop("device", None) or "cpu")
            if device.type != "cpu":
                raise RuntimeError(
                    f"TypedStorage.from_buffer: Not available for device {device.type}"
                )
        else:
            dtype = cls.dtype
            for name in ("dtype", "device"):
                if kwargs.get(name) is not None:
                    raise RuntimeError(
                        f"from_buffer: '{name}' can only be specified in "
                        "UntypedStorage.from_buffer and TypedStorage.from_buffer"
                    )
        untyped = UntypedStorage.from_buffer(*args, dtype=dtype, **kwargs)
        return TypedStorage(wrap_storage=untyped, dtype=dtype, _internal=True)

    @classmethod
    def from_file(cls, filename: Any, shared: bool, size: int) -> TypedStorage:
        """Map `size` elements of a file; only for the legacy classes."""
        _warn_typed_storage_removal()
        if cls is TypedStorage:
            raise RuntimeError("from_file can only be called on derived classes")
        nbytes = size * cls.dtype.itemsize
        return cls(wrap_storage=UntypedStorage.from_file(filename, shared, nbytes))


def _forward(name: str, wrap: bool) -> Any:
    def method(self: TypedStorage, *args: Any) -> Any:
        _warn_typed_storage_removal()
        result = getattr(self._untyped_storage, name)(*args)
        return self._wrap(result) if wrap else result

    method.__name__ = name
    method.__doc__ = f"Forward to UntypedStorage.{name}."
    return method


for _name in ("nbytes", "data_ptr", "resizable", "get_device", "is_pinned"):
    setattr(TypedStorage, _name, _forward(_name, wrap=False))
for _name in ("cpu", "clone", "pin_memory"):
    setattr(TypedStorage, _name, _forward(_name, wrap=True))


def _public(name: str, private: str) -> Any:
    def method(self: TypedStorage) -> Any:
        _warn_typed_storage_removal()
        return getattr(self, private)()

    method.__name__ = name
    return method


for _name in ("size", "element_size", "pickle_storage_type"):
    setattr(TypedStorage, _name, _public(_name, f"_{_name}"))


def _check_wrap(args: tuple, device: Any, dtype: Any, wrap_storage: Any) -> None:
    if args:
        raise RuntimeError(_INIT_FORMS + _NO_POSITIONAL)
    if dtype is None:
        raise RuntimeError(_INIT_FORMS + "Argument 'dtype' must be specified")
    if not isinstance(dtype, torch.dtype):
        raise TypeError(
            _INIT_FORMS + f"Argument 'dtype' must be torch.dtype, not {type(dtype)}"
        )
    if device is not None:
        raise RuntimeError(
            _INIT_FORMS
            + "Argument 'device' should not be specified when 'wrap_storage' is given"
        )
    if not isinstance(wrap_storage, UntypedStorage):
        raise TypeError(
            _INIT_FORMS + "Argument 'wrap_storage' must be UntypedStorage, but got "
            f"{type(wrap_storage)}"
        )


# ------------------------------------------------------------------ legacy


class _LegacyStorageMeta(type):
    """Make ``isinstance(typed, FloatStorage)`` ask for dtype and device."""

    dtype: torch.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        if type(instance) is not TypedStorage:
            return False
        device = _get_device_from_module(cls.__module__)
        return device == instance._device().type and cls.dtype == instance.dtype


class _LegacyStorage(TypedStorage, metaclass=_LegacyStorageMeta):
    """Base of ``FloatStorage`` and its kin; calling one makes a TypedStorage."""


def _new_legacy(
    cls: Any, args: tuple, wrap_storage: Any, dtype: Any, device: Any
) -> TypedStorage:
    if cls is _LegacyStorage:
        raise RuntimeError("Only child classes of _LegacyStorage can be instantiated")
    forms = _NEW_FORMS.format(cls)
    for name, value in (("device", device), ("dtype", dtype)):
        if value is not None:
            raise RuntimeError(forms + f"Keyword argument '{name}' cannot be specified")
    home = _get_device_from_module(cls.__module__)
    if wrap_storage is None:
        if len(args) > 1:
            raise RuntimeError(forms + "Too many positional arguments")
        if args and not _is_size_or_data(args[0]):
            raise TypeError(forms + f"Argument type not recognized: {type(args[0])}")
        return TypedStorage(*args, dtype=cls.dtype, device=home, _internal=True)
    if args:
        raise RuntimeError(forms + _NO_POSITIONAL)
    if not isinstance(wrap_storage, UntypedStorage):
        raise TypeError(
            forms + "Argument 'wrap_storage' must be UntypedStorage, but got "
            f"{type(wrap_storage)}"
        )
    if wrap_storage.device.type != home:
        raise RuntimeError(
            forms + f"Device of 'wrap_storage' must be {home}, but got "
            f"{wrap_storage.device.type}"
        )
    return TypedStorage(wrap_storage=wrap_storage, dtype=cls.dtype, _internal=True)


def _make_legacy_classes(module: str) -> dict[str, type]:
    """Return the storage classes that live in `module` (``torch``, ``torch.cuda``)."""
    return {
        name: _LegacyStorageMeta(
            name,
            (_LegacyStorage,),
            {"__module__": module, "dtype": dtype, "_dtype": dtype},
        )
        for dtype, name in _dtype_to_storage_type_map().items()
    }


def is_storage(obj: Any, /) -> bool:
    """Say whether `obj` is a storage.

    Args:
        obj: any object.

    Example::

        >>> torch.is_storage(torch.ones(1).untyped_storage())
        True
    """
    return type(obj) in torch._storage_classes

