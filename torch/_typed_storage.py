"""``TypedStorage`` and the legacy classes ``FloatStorage``, ``LongStorage``, ...

All of it is deprecated and warns once, but old programs use it and checkpoint files
name it. Read ``torch/storage.py`` first; public names are imported from there.
"""

from __future__ import annotations

import collections.abc
import io
import warnings
from typing import Any

import torch
from torch._storage_common import (
    _dtype_to_storage_type_map,
    _get_device_from_module,
    _over,
    _qualified_name,
    _StorageConversions,
)
from torch.storage import UntypedStorage

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
    "TypedStorage.__init__ received an invalid combination of arguments. Expected one "
    "of:\n * (*, torch.device device, torch.dtype dtype)\n"
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

    # Checkpoint files and error texts name the public module.
    __module__ = "torch.storage"

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
            raise RuntimeError(
                "slices are only supported in UntypedStorage.__getitem__"
            )
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
        return (torch.storage._load_from_bytes, (stream.getvalue(),))

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
    method.__doc__ = f"Return the storage's {name.replace('_', ' ')}."
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
            {
                "__doc__": f"Deprecated: a typed storage of {dtype}.",
                "__module__": module,
                "dtype": dtype,
                "_dtype": dtype,
            },
        )
        for dtype, name in _dtype_to_storage_type_map().items()
    }
