"""``torch.save`` and ``torch.load``.

A checkpoint is a pickle in which storages are replaced by references, next to the
storages' raw bytes. ``_save`` and ``_load`` do that for the ZIP format; the container
itself is ``_checkpoint_archive.py``, the stream format from before 1.6
``_legacy_serialization.py``, and ``_weights_only_unpickler.py`` the interpreter that
makes loading safe. Read ``docs/design/serialization.md`` first.
"""

from __future__ import annotations

import contextlib
import copyreg
import functools
import io
import os
import pickle
import sys
import threading
import warnings
from collections.abc import Iterator
from enum import Enum
from typing import Any

import torch
from torch import _weights_only_unpickler
from torch._checkpoint_archive import ArchiveReader, ArchiveWriter, archive_name
from torch._storage_common import _get_dtype_from_pickle_storage_type
from torch._storage_locations import (
    StorageReferences,
    _get_restore_location,
    default_restore_location,
    location_tag,
    register_package,
)
from torch._weights_only_unpickler import UNSAFE_ADVICE, explain_refusal
from torch.storage import TypedStorage, UntypedStorage
from torch.utils.serialization import config

__all__ = [
    "LoadEndianness",
    "SourceChangeWarning",
    "add_safe_globals",
    "check_module_version_greater_or_equal",
    "clear_safe_globals",
    "default_restore_location",
    "get_crc32_options",
    "get_default_load_endianness",
    "get_default_mmap_options",
    "get_safe_globals",
    "get_unsafe_globals_in_checkpoint",
    "load",
    "location_tag",
    "register_package",
    "safe_globals",
    "save",
    "set_crc32_options",
    "set_default_load_endianness",
    "set_default_mmap_options",
    "skip_data",
]

DEFAULT_PROTOCOL = 2


class SourceChangeWarning(Warning):
    """A class was saved with other source code than it has now."""


class LoadEndianness(Enum):
    """Byte order assumed for files that do not name theirs."""

    NATIVE = 1
    LITTLE = 2
    BIG = 3


class _SerializationLocal(threading.local):
    """What nested calls of one thread need to know about the running save or load."""

    def __init__(self) -> None:
        self.map_location: Any = None
        self.skip_data = False
        self.materialize_fake_tensors = False


_serialization_tls = _SerializationLocal()

# ------------------------------------------------------------------ options


def get_default_load_endianness() -> LoadEndianness | None:
    """Return the byte order assumed for files without one, None if never set.

    Example:
        >>> torch.serialization.get_default_load_endianness()
    """
    return config.load.endianness


def set_default_load_endianness(endianness: LoadEndianness | None) -> None:
    """Choose the byte order assumed for files without one.

    Args:
        endianness: a LoadEndianness, or None for little endian.

    Raises:
        TypeError: anything else.

    Example:
        >>> from torch.serialization import LoadEndianness
        >>> torch.serialization.set_default_load_endianness(LoadEndianness.LITTLE)
        >>> torch.serialization.get_default_load_endianness()
        <LoadEndianness.LITTLE: 2>
        >>> torch.serialization.set_default_load_endianness(None)
    """
    if not isinstance(endianness, LoadEndianness) and endianness is not None:
        raise TypeError("Invalid argument type in function set_default_load_endianness")
    config.load.endianness = endianness


def get_crc32_options() -> bool:
    """Say whether ``torch.save`` computes checksums.

    Example:
        >>> torch.serialization.get_crc32_options()
        True
    """
    return config.save.compute_crc32


def set_crc32_options(compute_crc32: bool) -> None:
    """Choose whether ``torch.save`` computes checksums.

    Args:
        compute_crc32: False writes zeros, which ``torch.load`` accepts but zip tools do
            not.

    Example:
        >>> torch.serialization.set_crc32_options(False)
        >>> torch.serialization.get_crc32_options()
        False
        >>> torch.serialization.set_crc32_options(True)
    """
    config.save.compute_crc32 = compute_crc32


def get_default_mmap_options() -> int | None:
    """Return the flag with which ``torch.load(mmap=True)`` maps files.

    Example:
        >>> import mmap
        >>> torch.serialization.get_default_mmap_options() == mmap.MAP_PRIVATE
        True
    """
    return config.load.mmap_flags


class set_default_mmap_options:
    """Choose how ``torch.load(mmap=True)`` maps files, for good or for a ``with``
    block.

    Args:
        flags: ``mmap.MAP_PRIVATE`` keeps writes in memory, ``mmap.MAP_SHARED`` writes
            them to the file.

    Raises:
        ValueError: any other flag.

    Example:
        >>> import mmap
        >>> with torch.serialization.set_default_mmap_options(mmap.MAP_SHARED):
        ...     torch.serialization.get_default_mmap_options() == mmap.MAP_SHARED
        True
    """

    def __init__(self, flags: int) -> None:
        import mmap

        if flags not in (mmap.MAP_PRIVATE, mmap.MAP_SHARED):
            raise ValueError(
                "Invalid argument in function set_default_mmap_options, "
                f"expected mmap.MAP_PRIVATE or mmap.MAP_SHARED, but got {flags}"
            )
        self.prev = config.load.mmap_flags
        config.load.mmap_flags = flags

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        config.load.mmap_flags = self.prev


class skip_data:
    """Make ``torch.save`` leave the storages' bytes out, and ``torch.load`` not read
    them.

    Args:
        materialize_fake_tensors: accepted for PyTorch's sake; there are no fake
            tensors.

    Example:
        >>> import io
        >>> buffer = io.BytesIO()
        >>> with torch.serialization.skip_data():
        ...     torch.save(torch.ones(2), buffer)
        >>> place = buffer.seek(0)
        >>> torch.load(buffer).shape
        torch.Size([2])
    """

    def __init__(self, materialize_fake_tensors: bool = False) -> None:
        self.materialize_fake_tensors = materialize_fake_tensors

    def __enter__(self) -> None:
        self._before = _serialization_tls.skip_data
        _serialization_tls.skip_data = True

    def __exit__(self, *exc: object) -> None:
        _serialization_tls.skip_data = self._before


# ------------------------------------------------------------------ safe globals


def clear_safe_globals() -> None:
    """Forget every global allowed by `add_safe_globals`.

    Example:
        >>> torch.serialization.clear_safe_globals()
    """
    _weights_only_unpickler._clear_safe_globals()


def get_safe_globals() -> list[Any]:
    """Return the globals allowed by `add_safe_globals`.

    Example:
        >>> type(torch.serialization.get_safe_globals())
        <class 'list'>
    """
    return _weights_only_unpickler._get_safe_globals()


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Allow classes and functions in files loaded with ``weights_only=True``.

    Args:
        safe_globals: the classes and functions, or pairs of one with the dotted path
            under which files name it.

    Example:
        >>> class Pair(tuple): ...
        >>> torch.serialization.add_safe_globals([Pair])
        >>> torch.serialization.clear_safe_globals()
    """
    _weights_only_unpickler._add_safe_globals(safe_globals)


class safe_globals(_weights_only_unpickler._safe_globals):
    """Allow classes and functions, as `add_safe_globals`, in a ``with`` block.

    Example:
        >>> import fractions
        >>> with torch.serialization.safe_globals([fractions.Fraction]):
        ...     fractions.Fraction in torch.serialization.get_safe_globals()
        True
    """


def get_unsafe_globals_in_checkpoint(f: Any) -> list[str]:
    """Name what a checkpoint needs beyond the globals that are allowed.

    Args:
        f: path or file object of a checkpoint in the ZIP format. Nothing in it is run.

    Raises:
        ValueError: not such a checkpoint.

    Example:
        >>> import fractions, io
        >>> buffer = io.BytesIO()
        >>> torch.save(fractions.Fraction(1, 2), buffer)
        >>> place = buffer.seek(0)
        >>> torch.serialization.get_unsafe_globals_in_checkpoint(buffer)
        ['fractions.Fraction']
    """
    allowed = {
        *_weights_only_unpickler._get_allowed_globals(),
        *_weights_only_unpickler._get_user_allowed_globals(),
    }
    with _opened(f, "rb") as stream:
        if not _is_zipfile(stream):
            raise ValueError("Expected input to be a checkpoint returned by torch.save")
        archive = ArchiveReader(stream)
        if archive.has_record("constants.pkl"):
            raise ValueError(
                "Expected input to be a checkpoint returned by torch.save but got a "
                "torchscript checkpoint"
            )
        data = io.BytesIO(archive.get_record("data.pkl"))
    return list(_weights_only_unpickler.get_globals_in_pkl(data) - allowed)


# ------------------------------------------------------------------ pickled pieces


class StorageType:
    """Stand for a storage class while a file is read: all that counts is the dtype."""

    def __init__(self, name: str) -> None:
        self.dtype = self._dtype = _get_dtype_from_pickle_storage_type(name)

    def __str__(self) -> str:
        return f"StorageType(dtype={self.dtype})"


@functools.lru_cache(maxsize=1)
def _layouts() -> dict[str, torch.layout]:
    return {str(v): v for v in vars(torch).values() if isinstance(v, torch.layout)}


def _get_layout(name: str) -> torch.layout:
    """Return the layout called, say, ``torch.strided``."""
    return _layouts()[name]


copyreg.pickle(torch.layout, lambda layout: (_get_layout, (str(layout),)))


def _maybe_decode_ascii(text: bytes | str) -> str:
    return text.decode("ascii") if isinstance(text, bytes) else text


# ------------------------------------------------------------------ files


@contextlib.contextmanager
def _opened(f: Any, mode: str) -> Iterator[Any]:
    """Open a path, or pass a file object through and flush it after writing."""
    if isinstance(f, (str, os.PathLike)):
        with open(f, mode) as stream:
            yield stream
        return
    if "r" in mode:
        _check_seekable(f)
    yield f
    if "w" in mode:
        f.flush()


def _check_seekable(f: Any) -> None:
    try:
        f.seek(f.tell())
    except (io.UnsupportedOperation, AttributeError) as error:
        text = str(error)
        if "seek" not in text and "tell" not in text:
            raise
        raise type(error)(
            f"{text}. You can only torch.load from a file that is seekable. Please "
            "pre-load the data into a buffer like io.BytesIO and try to load from it "
            "instead."
        ) from None


def _is_zipfile(f: Any) -> bool:
    """Say whether an archive starts where `f` stands; `f` stays there."""
    start = f.tell()
    magic = f.read(4)
    f.seek(start)
    return magic == b"PK\3\4"


def _open_for_writing(path: str) -> Any:
    """Open a file as PyTorch's writer does, with its complaints."""
    parent = os.path.dirname(path)
    if parent and not os.path.isdir(parent):
        raise RuntimeError(f"Parent directory {parent} does not exist.")
    try:
        return open(path, "wb")
    except OSError as error:
        raise RuntimeError(
            "[enforce fail at inline_container.cc:747] . open file failed with "
            f"strerror: {error.strerror}"
        ) from None


def check_module_version_greater_or_equal(
    module: Any, req_version_tuple: tuple, error_if_malformed: bool = True
) -> bool:
    """Compare a module's ``__version__`` with a tuple of numbers.

    Args:
        module: the module asked.
        req_version_tuple: its first numbers must not be lower than these.
        error_if_malformed: raise, instead of warning, if the version is not numeric.
    """
    try:
        numbers = [
            type(wished)(found)
            for wished, found in zip(req_version_tuple, module.__version__.split("."))
        ]
        return tuple(numbers) >= req_version_tuple
    except Exception as error:
        text = (
            f"'{module.__name__}' module version string is malformed "
            f"'{module.__version__}' and cannot be compared with tuple "
            f"{str(req_version_tuple)}"
        )
        if error_if_malformed:
            raise RuntimeError(text) from error
        warnings.warn(
            text + ", but continuing assuming that requirement is met", stacklevel=2
        )
        return True


def _check_dill_version(pickle_module: Any) -> None:
    if getattr(pickle_module, "__name__", None) != "dill":
        return
    if not check_module_version_greater_or_equal(pickle_module, (0, 3, 1), False):
        raise ValueError(
            "'torch' supports dill >= 0.3.1, but you have dill "
            f"{pickle_module.__version__}. Please upgrade dill or switch to 'pickle'"
        )


# ------------------------------------------------------------------ save


def save(
    obj: object,
    f: Any,
    pickle_module: Any = pickle,
    pickle_protocol: int = DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write an object with all its tensors to a file.

    Tensors that share memory share it again after loading. The object is pickled before
    the file is opened, so an object that cannot be saved leaves an existing file as it
    was.

    Args:
        obj: anything that pickles; for a model its ``state_dict()`` is the lasting
            choice.
        f: a path, or a file object with ``write`` and ``flush``.
        pickle_module: the module that pickles everything but the storages.
        pickle_protocol: its protocol; safe loading needs 2.

    Raises:
        RuntimeError: the path cannot be written, or one memory is seen as two dtypes.

    Example:
        >>> buffer = io.BytesIO()
        >>> torch.save({"weight": torch.ones(2)}, buffer)
    """
    _check_dill_version(pickle_module)
    is_path = isinstance(f, (str, os.PathLike))
    if not is_path and not hasattr(f, "write"):
        raise AttributeError(
            "expected 'f' to be string, path, or a file-like object with a 'write' "
            "attribute"
        )
    if not _use_new_zipfile_serialization:
        from torch._legacy_serialization import legacy_save

        if _serialization_tls.skip_data:
            raise RuntimeError(
                "Cannot use skip_data=True with _use_new_zipfile_serialization=False"
            )
        with _opened(f, "wb") as stream:
            legacy_save(obj, stream, pickle_module, pickle_protocol)
        return
    if not is_path and not callable(f.write):
        raise TypeError(
            f"Buffer of {str(type(f)).strip('<>')} has no callable attribute 'write'"
        )
    folder = "archive"
    if is_path:
        f = os.fspath(f)
        folder = archive_name(f) if f.isascii() else folder
    references = StorageReferences()
    data = _pickled(obj, references.describe, pickle_module, pickle_protocol)
    stream = _open_for_writing(f) if is_path else f
    try:
        _write_archive(stream, folder, data, references, not _disable_byteorder_record)
        stream.flush()
    finally:
        if is_path:
            stream.close()


def _pickled(obj: Any, reference: Any, pickle_module: Any, protocol: int) -> bytes:
    stream = io.BytesIO()

    class Pickler(pickle_module.Pickler):
        def persistent_id(self, obj: Any) -> Any:
            return reference(obj)

    Pickler(stream, protocol=protocol).dump(obj)
    return stream.getvalue()


def _write_archive(
    stream: Any, folder: str, data: bytes, references: Any, byteorder: bool
) -> None:
    alignment = config.save.storage_alignment
    archive = ArchiveWriter(stream, folder, alignment, config.save.compute_crc32)
    archive.write_record("data.pkl", data)
    archive.write_record(".format_version", b"1")
    archive.write_record(".storage_alignment", str(alignment).encode())
    if byteorder:
        archive.write_record("byteorder", sys.byteorder.encode())
    for key, storage in references.storages.items():
        if _serialization_tls.skip_data:
            archive.write_record(f"data/{key}", bytes(storage.nbytes()))
        else:
            archive.write_record(f"data/{key}", storage.cpu()._share_buffer())
    archive.close()


# ------------------------------------------------------------------ load


def load(
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read an object that `save` wrote.

    By default only tensors, plain containers, numbers and text are accepted, and no
    code in the file is run. ``weights_only=False`` runs whatever the file says.

    Args:
        f: a path, or a file object with ``read``, ``readline``, ``seek`` and ``tell``.
        map_location: where storages go: a device, a dict from saved to wished tags, or
            a function of storage and tag that returns the moved storage or None.
        pickle_module: the module that unpickles; only with ``weights_only=False``.
        weights_only: whether to accept data alone; True unless `pickle_module` is
            given.
        mmap: map the file instead of reading it; `f` must be a path.
        **pickle_load_args: for the unpickler, such as ``encoding``.

    Raises:
        pickle.UnpicklingError: the file holds something that is not plainly data.
        RuntimeError: the file is damaged, or its device is missing here.

    Example:
        >>> buffer = io.BytesIO()
        >>> torch.save([torch.ones(2)], buffer)
        >>> _ = buffer.seek(0)
        >>> torch.load(buffer)
        [tensor([1., 1.])]
    """
    weights_only = _decide_weights_only(weights_only, pickle_module)
    if weights_only and pickle_module is not None:
        raise RuntimeError(
            "Can not safely load weights when explicit pickle_module is specified"
        )
    if weights_only and pickle_load_args:
        warnings.warn(
            "pickle_load_args only works if `weights_only=False`.", stacklevel=2
        )
    mmap = config.load.mmap if mmap is None else mmap
    _check_dill_version(pickle_module)
    pickle_load_args.setdefault("encoding", "utf-8")
    if isinstance(f, (str, os.PathLike)) and os.fspath(f).endswith(".safetensors"):
        return _load_safetensors(os.fspath(f), map_location)
    module = _weights_only_unpickler if weights_only else pickle_module or pickle
    try:
        with _opened(f, "rb") as stream:
            read = _load_archive if _is_zipfile(stream) else _load_legacy
            return read(stream, f, map_location, module, mmap, pickle_load_args)
    except pickle.UnpicklingError as error:
        if not weights_only:
            raise
        raise pickle.UnpicklingError(explain_refusal(str(error))) from None


def _decide_weights_only(weights_only: bool | None, pickle_module: Any) -> bool:
    names = ("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD")
    yes, no = (os.getenv(n, "0").lower() in ("1", "y", "yes", "true") for n in names)
    if yes and no:
        raise RuntimeError(
            f"Only one of `{names[0]}` or `{names[1]}` should be set, but both were "
            "set."
        )
    if yes:
        return True
    if weights_only is not None:
        return weights_only
    if no:
        warnings.warn(
            f"Environment variable {names[1]} detected, since the`weights_only` "
            "argument was not explicitly passed to `torch.load`, forcing "
            "weights_only=False.",
            UserWarning,
            stacklevel=3,
        )
        return False
    return pickle_module is None


def _load_safetensors(path: str, map_location: Any) -> Any:
    try:
        from safetensors.torch import load_file  # type: ignore[import-not-found]
    except ImportError as error:
        raise RuntimeError(
            "Attempting to load a safetensors file but safetensors is not installed. "
            "Please install safetensors with: pip install safetensors"
        ) from error
    if map_location is None:
        return load_file(path, device="cpu")
    if not isinstance(map_location, (str, bytes, torch.device)):
        kind = "dict" if isinstance(map_location, dict) else "callable"
        raise RuntimeError(
            f"Loading safetensors file with {kind} map_location is not supported. "
            "Use a device string or torch.device instead."
        )
    return load_file(path, device=str(map_location))


def _load_archive(
    stream: Any, f: Any, map_location: Any, module: Any, mmap: bool, load_args: dict
) -> Any:
    archive = ArchiveReader(stream)
    if archive.has_record("constants.pkl"):
        return _load_torchscript(stream, map_location, module)
    mapped = None
    if mmap:
        if not isinstance(f, (str, os.PathLike)):
            raise ValueError("f must be a file path in order to use the mmap argument")
        mapped = _map_file(f)
    return _load(archive, map_location, module, mapped, **load_args)


def _load_legacy(
    stream: Any, f: Any, map_location: Any, module: Any, mmap: bool, load_args: dict
) -> Any:
    from torch._legacy_serialization import legacy_load

    if mmap:
        name = f"{f}, " if isinstance(f, str) else ""
        raise RuntimeError(
            "mmap can only be used with files saved with "
            f"`torch.save({name}_use_new_zipfile_serialization=True), please "
            "torch.save your checkpoint with this option in order to use mmap."
        )
    return legacy_load(stream, map_location, module, **load_args)


def _load_torchscript(stream: Any, map_location: Any, module: Any) -> Any:
    warnings.warn(
        "'torch.load' received a zip file that looks like a TorchScript archive "
        "dispatching to 'torch.jit.load' (call 'torch.jit.load' directly to silence "
        "this warning)",
        UserWarning,
        stacklevel=4,
    )
    if module is _weights_only_unpickler:
        raise RuntimeError(
            "Cannot use ``weights_only=True`` with TorchScript archives passed to "
            f"``torch.load``. {UNSAFE_ADVICE}"
        )
    scripts: Any = torch
    return scripts.jit.load(stream, map_location=map_location)


def _map_file(f: Any) -> UntypedStorage:
    import mmap

    shared = config.load.mmap_flags == mmap.MAP_SHARED
    return UntypedStorage.from_file(f, shared, os.path.getsize(f))


def _file_byte_order(archive: ArchiveReader) -> str:
    if archive.has_record("byteorder"):
        order = archive.get_record("byteorder").decode()
        if order not in ("little", "big"):
            raise ValueError("Unknown endianness type: " + order)
        return order
    orders = {LoadEndianness.BIG: "big", LoadEndianness.NATIVE: sys.byteorder}
    return orders.get(config.load.endianness, "little")


class _StorageLoader:
    """Read storages on demand; its ``resolve`` answers the persistent ids of a file."""

    def __init__(
        self, archive: ArchiveReader, map_location: Any, mapped: UntypedStorage | None
    ) -> None:
        self._archive = archive
        self._mapped = mapped
        self._restore = _get_restore_location(map_location)
        device = map_location if isinstance(map_location, (str, torch.device)) else ""
        self._meta = str(device).split(":")[0] == "meta"
        self._swap = _file_byte_order(archive) != sys.byteorder
        self._loaded: dict[str, TypedStorage] = {}

    def resolve(self, reference: Any) -> TypedStorage:
        if not isinstance(reference, tuple):
            raise AssertionError(
                f"saved_id must be a tuple, got {type(reference).__name__}"
            )
        kind = _maybe_decode_ascii(reference[0])
        if kind != "storage":
            raise AssertionError(
                "Unknown typename for persistent_load, expected 'storage' but got "
                f"'{kind}'"
            )
        storage_type, key, location, numel = reference[1:]
        if key in self._loaded:
            return self._loaded[key]
        dtype = torch.uint8 if storage_type is UntypedStorage else storage_type.dtype
        storage = self._read(f"data/{key}", numel * dtype.itemsize)
        if not self._meta:
            if self._swap:
                storage.byteswap(dtype)
            storage = self._restore(storage, _maybe_decode_ascii(location))
        typed = TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)
        if storage.data_ptr() != 0:
            self._loaded[key] = typed
        return typed

    def _read(self, name: str, nbytes: int) -> UntypedStorage:
        if self._meta:
            storage = UntypedStorage(nbytes, device="meta")
            storage._checkpoint_offset = self._archive.record_offset(name)
            return storage
        if _serialization_tls.skip_data:
            return UntypedStorage(nbytes)
        found = self._archive.record_size(name)
        if found != nbytes:
            raise RuntimeError(
                f"record size ({found} bytes) does not match expected size ({nbytes} "
                f"bytes = {nbytes} elements * 1 bytes/element) for dtype Byte"
            )
        if self._mapped is not None and self._archive.is_stored(name):
            start = self._archive.record_offset(name)
            return self._mapped[start : start + nbytes]
        storage = UntypedStorage(nbytes)
        if nbytes:
            self._archive.read_into(name, storage._share_buffer())
        return storage


def _load(
    archive: ArchiveReader,
    map_location: Any,
    pickle_module: Any,
    mapped: UntypedStorage | None,
    **pickle_load_args: Any,
) -> Any:
    loader = _StorageLoader(archive, map_location, mapped)
    data = io.BytesIO(archive.get_record("data.pkl"))
    unpickler = _unpickler_class(pickle_module)(data, **pickle_load_args)
    unpickler.persistent_load = loader.resolve
    _serialization_tls.map_location = map_location
    try:
        return unpickler.load()
    finally:
        _serialization_tls.map_location = None


def _unpickler_class(pickle_module: Any) -> Any:
    """Return the module's Unpickler, taught to see storage classes as dtype markers."""
    if pickle_module is _weights_only_unpickler:
        return pickle_module.Unpickler

    class Unpickler(pickle_module.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if isinstance(name, str) and "Storage" in name:
                try:
                    return StorageType(name)
                except KeyError:
                    pass
            module = "torch._tensor" if module == "torch.tensor" else module
            return super().find_class(module, name)

    return Unpickler
