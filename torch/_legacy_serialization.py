"""The stream format of checkpoints from before 1.6.

Six parts follow each other: a magic number, a protocol number, a record of the writing
machine, the pickled object, the list of storage keys (each a pickle), and then per
storage its element count and raw bytes. ``pickle.dumps`` of a tensor still uses this
format. Entry points: ``legacy_save`` and ``legacy_load``, called by
``torch/serialization.py``.
"""

from __future__ import annotations

import inspect
import io
import struct
import sys
import tarfile
import warnings
from typing import Any

import torch
from torch import _weights_only_unpickler, serialization
from torch._storage_locations import (
    StorageReferences,
    _get_restore_location,
    location_tag,
)
from torch.storage import TypedStorage, UntypedStorage

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
_TYPE_SIZES = {"short": 2, "int": 4, "long": 4}


class _LegacyReferences(StorageReferences):
    """Persistent ids of the stream format: keys are addresses, classes bring source."""

    def __init__(self) -> None:
        super().__init__()
        self.dtypes: dict[str, torch.dtype] = {}
        self._described: set[type] = set()

    def describe(self, obj: Any) -> tuple | None:
        if isinstance(obj, type):
            return self._describe_class(obj)
        if type(obj) is not TypedStorage and type(obj) is not UntypedStorage:
            return None
        storage, dtype, kind, numel = self.unpack(obj)
        key = str(storage._cdata)
        location = location_tag(storage)
        self.storages.setdefault(key, storage)
        self.dtypes.setdefault(key, dtype)
        # The last field named a view in files from before 0.4.
        return ("storage", kind, key, location, numel, None)

    def _describe_class(self, cls: type) -> tuple | None:
        if cls in self._described or not issubclass(cls, torch.nn.Module):
            return None
        self._described.add(cls)
        try:
            source = "".join(inspect.getsourcelines(cls)[0])
            return ("module", cls, inspect.getsourcefile(cls), source)
        except Exception:
            warnings.warn(
                f"Couldn't retrieve source code for container of type {cls.__name__}. "
                "It won't be checked for correctness upon loading.",
                stacklevel=2,
            )
            return ("module", cls, None, None)


def legacy_save(obj: Any, f: Any, pickle_module: Any, pickle_protocol: int) -> None:
    """Write `obj` to the stream `f`."""
    machine = {
        "protocol_version": PROTOCOL_VERSION,
        "little_endian": sys.byteorder == "little",
        "type_sizes": _TYPE_SIZES,
    }
    for header in (MAGIC_NUMBER, PROTOCOL_VERSION, machine):
        pickle_module.dump(header, f, protocol=pickle_protocol)
    references = _LegacyReferences()
    f.write(
        serialization._pickled(obj, references.describe, pickle_module, pickle_protocol)
    )
    keys = sorted(references.storages)
    pickle_module.dump(keys, f, protocol=pickle_protocol)
    f.flush()
    for key in keys:
        storage = references.storages[key].cpu()
        count = storage.nbytes() // references.dtypes[key].itemsize
        f.write(struct.pack("<q", count))
        f.write(storage._share_buffer())


class _LegacyStorages:
    """Make empty storages while unpickling; ``fill`` reads their bytes afterwards."""

    def __init__(self, map_location: Any) -> None:
        self._restore = _get_restore_location(map_location)
        self._typed: dict[str, TypedStorage] = {}

    def resolve(self, reference: Any) -> Any:
        if not isinstance(reference, tuple):
            raise AssertionError(
                f"saved_id must be a tuple, got {type(reference).__name__}"
            )
        kind = serialization._maybe_decode_ascii(reference[0])
        if kind == "module":
            cls, source_file, source = reference[1:]
            if source_file and source:
                _warn_if_changed(cls, source)
            return cls
        if kind != "storage":
            raise RuntimeError(f"Unknown saved id type: {reference[0]}")
        storage_type, key, location, numel, view = reference[1:]
        dtype = storage_type.dtype
        if key not in self._typed:
            storage = UntypedStorage(numel * dtype.itemsize)
            location = serialization._maybe_decode_ascii(location)
            self._typed[key] = _typed(self._restore(storage, location), dtype)
        if view is None:
            return self._typed[key]
        view_key, offset, count = view
        if view_key not in self._typed:
            start, stop = offset * dtype.itemsize, (offset + count) * dtype.itemsize
            whole = self._typed[key]._untyped_storage
            self._typed[view_key] = _typed(whole[start:stop], dtype)
        return self._typed[view_key]

    def fill(self, key: str, f: Any) -> None:
        if key not in self._typed:
            raise AssertionError(
                f"storage key {key!r} not found in deserialized_objects"
            )
        typed = self._typed[key]
        storage, item = typed._untyped_storage, typed.dtype.itemsize
        (count,) = struct.unpack("<q", _read_exactly(f, 8))
        if count * item != storage.nbytes():
            raise RuntimeError(
                "storage has wrong byte size: expected "
                f"{count * item} got {storage.nbytes()}"
            )
        data = _read_exactly(f, storage.nbytes())
        if storage.device.type == "cpu":
            storage._share_buffer()[:] = data
            if sys.byteorder == "big":
                storage.byteswap(typed.dtype)
        elif storage.device.type != "meta":
            storage.copy_(UntypedStorage._from_buffer(data))


def _typed(storage: UntypedStorage, dtype: torch.dtype) -> TypedStorage:
    return TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)


def _read_exactly(f: Any, size: int) -> bytes:
    data = f.read(size)
    if len(data) < size:
        raise RuntimeError(
            f"unexpected EOF, expected {size - len(data)} more bytes. The file might "
            "be corrupted."
        )
    return data


def _warn_if_changed(cls: type, source: str) -> None:
    try:
        current = "".join(inspect.getsourcelines(cls)[0])
    except Exception:
        warnings.warn(
            f"Couldn't retrieve source code for container of type {cls.__name__}. It "
            "won't be checked for correctness upon loading.",
            stacklevel=4,
        )
        return
    if current != source:
        warnings.warn(
            f"source code of class '{torch.typename(cls)}' has changed. you can "
            "retrieve the original source code by accessing the object's source "
            "attribute or set `torch.nn.Module.dump_patches = True` and use the patch "
            "tool to revert the changes.",
            serialization.SourceChangeWarning,
            stacklevel=4,
        )


def _refuse_tar(f: Any, weights_only: bool) -> None:
    """Name the format from before 0.1.10, which is not read; `f` stays where it is."""
    if isinstance(f, io.BytesIO) or f.tell() != 0 or not hasattr(f, "fileno"):
        return
    try:
        tarfile.open(fileobj=f, mode="r:").close()
    except tarfile.TarError:
        f.seek(0)
        return
    if weights_only:
        raise RuntimeError(
            "Cannot use ``weights_only=True`` with files saved in the legacy .tar "
            "format. " + _weights_only_unpickler.UNSAFE_ADVICE
        )
    raise NotImplementedError("the .tar checkpoint format is not implemented")


def legacy_load(
    f: Any, map_location: Any, pickle_module: Any, **pickle_load_args: Any
) -> Any:
    """Read one object from the stream `f` and leave `f` behind it."""
    serialization._check_seekable(f)
    _refuse_tar(f, pickle_module is _weights_only_unpickler)
    magic = pickle_module.load(f, **pickle_load_args)
    if magic != MAGIC_NUMBER:
        raise RuntimeError("Invalid magic number; corrupt file?")
    version = pickle_module.load(f, **pickle_load_args)
    if version != PROTOCOL_VERSION:
        raise RuntimeError(f"Invalid protocol version: {version}")
    pickle_module.load(f, **pickle_load_args)  # the writing machine: of no consequence
    storages = _LegacyStorages(map_location)
    unpickler = serialization._unpickler_class(pickle_module)(f, **pickle_load_args)
    unpickler.persistent_load = storages.resolve
    result = unpickler.load()
    for key in pickle_module.load(f, **pickle_load_args):
        storages.fill(key, f)
    return result
