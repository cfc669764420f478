"""Storages: the flat memory under tensors.

``UntypedStorage`` is bytes and lives in compiled code (``torch._C.StorageBase``); this
file adds the methods that are not worth C++. ``TypedStorage`` (``_typed_storage.py``)
is a view of one with a dtype, kept for old programs and for the names that checkpoint
files carry. Read ``docs/design/serialization.md`` for the latter.
"""

from __future__ import annotations

import array
import io
import mmap
import os
import sys
import weakref
from typing import Any

import torch
from torch._storage_common import (
    _dtype_to_storage_type_map as _dtype_to_storage_type_map,
    _get_dtype_from_pickle_storage_type as _get_dtype_from_pickle_storage_type,
    _new_dtypes as _new_dtypes,
    _over as _over,
    _qualified_name as _qualified_name,
    _storage_type_to_dtype_map as _storage_type_to_dtype_map,
    _StorageConversions as _StorageConversions,
)

__all__ = ["TypedStorage", "UntypedStorage"]


def _load_from_bytes(b: bytes) -> Any:
    """Rebuild what ``pickle.dumps`` of a storage or tensor wrote."""
    return torch.load(io.BytesIO(b), weights_only=False)


# Where the memory of _new_shared lies; wrappers come and go, so they cannot tell.
_shared_addresses: set[int] = set()


class UntypedStorage(torch._C.StorageBase, _StorageConversions):
    """Hold the bytes that one or more tensors view.

    Args:
        size: number of bytes, or a sequence of byte values; 0 if left out.
        device: where the bytes live, the CPU by default.

    Example:
        >>> s = torch.UntypedStorage(4).fill_(7)
        >>> s.tolist()
        [7, 7, 7, 7]
    """

    _checkpoint_offset: int | None  # where its bytes are in a file that was not read

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

    def get_device(self) -> int | None:
        """Return the device index, None on the CPU."""
        return self.device.index

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
        target = (
            torch.device("cuda") if device is None else torch.device("cuda", device)
        )
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
        tensor: Any = _over(self, torch.uint8)
        return tensor.pin_memory().untyped_storage()

    def is_shared(self) -> bool:
        """Say whether other processes see writes; always so on CUDA."""
        return self.is_cuda or self.data_ptr() in _shared_addresses

    @classmethod
    def _new_shared(cls, nbytes: int) -> UntypedStorage:
        """Return memory that processes forked from now on share."""
        mapped = mmap.mmap(-1, max(nbytes, 1))
        storage = cls._from_external(memoryview(mapped)[:nbytes])
        _shared_addresses.add(storage.data_ptr())
        weakref.finalize(mapped, _shared_addresses.discard, storage.data_ptr())
        return storage

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
            byte_order: ``"native"``, ``"little"`` or ``"big"``: how `buffer` is laid
                out.
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
                f"invalid byte_order '{byte_order}' (expected 'big', 'little', or "
                "'native')"
            )
        if offset < 0 or offset > size:
            raise ValueError(
                # The two numbers stand the wrong way round in PyTorch's text as well.
                "offset must be non-negative and no greater than buffer length "
                f"({offset}) , but got {size}"
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
                        f"file <{filename}> size <{found}> is smaller than the "
                        f"required mapping size <{nbytes}>"
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


# Below the class, because a TypedStorage is a view of it.
from torch._typed_storage import (  # noqa: E402
    TypedStorage as TypedStorage,
    _get_always_warn_typed_storage_removal as _get_always_warn_typed_storage_removal,
    _LegacyStorage as _LegacyStorage,
    _make_legacy_classes as _make_legacy_classes,
    _reset_warn_typed_storage_removal as _reset_warn_typed_storage_removal,
    _retyped as _retyped,
    _set_always_warn_typed_storage_removal as _set_always_warn_typed_storage_removal,
    _warn_typed_storage_removal as _warn_typed_storage_removal,
)


def is_storage(obj: Any, /) -> bool:
    """Say whether `obj` is a storage.

    Args:
        obj: any object.

    Example:
        >>> torch.is_storage(torch.ones(1).untyped_storage())
        True
    """
    return type(obj) in torch._storage_classes
