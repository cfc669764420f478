"""``torch.save`` and ``torch.load``.

A checkpoint is a pickle in which storages are replaced by references, next to the storages'
raw bytes. ``_save`` and ``_load`` do that for the ZIP format; the container itself is
``_checkpoint_archive.py``, the stream format from before 1.6 ``_legacy_serialization.py``, and
``_weights_only_unpickler.py`` the interpreter that makes loading safe. Read
``docs/design/serialization.md`` first.
"""

from __future__ import annotations

import contextlib
import copyreg
import functools
import io
import os
import pickle
import re
import sys
import threading
import warnings
from enum import Enum
from typing import Any, Callable, Iterator

import torch
from torch import _weights_only_unpickler
from torch._checkpoint_archive import ArchiveReader, ArchiveWriter, archive_name
from torch.storage import (
    TypedStorage,
    UntypedStorage,
    _get_dtype_from_pickle_storage_type,
)
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
_UNSAFE_ADVICE = (
    "In PyTorch 2.6, we changed the default value of the `weights_only` argument in "
    "`torch.load` from `False` to `True`. Re-running `torch.load` with `weights_only` set to "
    "`False` will likely succeed, but it can result in arbitrary code execution. Do it only "
    "if you got the file from a trusted source."
)


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
    """Return the byte order assumed for files without one, None if never set."""
    return config.load.endianness


def set_default_load_endianness(endianness: LoadEndianness | None) -> None:
    """Choose the byte order assumed for files without one.

    Args:
        endianness: a LoadEndianness, or None for little endian.

    Raises:
        TypeError: anything else.
    """
    if not isinstance(endianness, LoadEndianness) and endianness is not None:
        raise TypeError("Invalid argument type in function set_default_load_endianness")
    config.load.endianness = endianness


def get_crc32_options() -> bool:
    """Say whether ``torch.save`` computes checksums."""
    return config.save.compute_crc32


def set_crc32_options(compute_crc32: bool) -> None:
    """Choose whether ``torch.save`` computes checksums.

    Args:
        compute_crc32: False writes zeros, which ``torch.load`` accepts but zip tools do not.
    """
    config.save.compute_crc32 = compute_crc32


def get_default_mmap_options() -> int | None:
    """Return the flag with which ``torch.load(mmap=True)`` maps files."""
    return config.load.mmap_flags


class set_default_mmap_options:
    """Choose how ``torch.load(mmap=True)`` maps files, for good or for a ``with`` block.

    Args:
        flags: ``mmap.MAP_PRIVATE`` keeps writes in memory, ``mmap.MAP_SHARED`` writes them
            to the file.

    Raises:
        ValueError: any other flag.
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
    """Make ``torch.save`` leave the storages' bytes out, and ``torch.load`` not read them.

    Args:
        materialize_fake_tensors: accepted for PyTorch's sake; there are no fake tensors.
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
    """Forget every global allowed by :func:`add_safe_globals`."""
    _weights_only_unpickler._clear_safe_globals()


def get_safe_globals() -> list[Any]:
    """Return the globals allowed by :func:`add_safe_globals`."""
    return _weights_only_unpickler._get_safe_globals()


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Allow classes and functions in files loaded with ``weights_only=True``.

    Args:
        safe_globals: the classes and functions, or pairs of one with the dotted path under
            which files name it.

    Example::

        >>> class Pair(tuple): ...
        >>> torch.serialization.add_safe_globals([Pair])
        >>> torch.serialization.clear_safe_globals()
    """
    _weights_only_unpickler._add_safe_globals(safe_globals)


class safe_globals(_weights_only_unpickler._safe_globals):
    """Allow classes and functions, as :func:`add_safe_globals`, in a ``with`` block."""


def get_unsafe_globals_in_checkpoint(f: Any) -> list[str]:
    """Name what a checkpoint needs beyond the globals that are allowed.

    Args:
        f: path or file object of a checkpoint in the ZIP format. Nothing in it is run.

    Raises:
        ValueError: not such a checkpoint.
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


# ------------------------------------------------------------------ locations

# (priority, storage -> tag or None, (storage, tag) -> storage or None), by priority
_package_registry: list[tuple[int, Callable, Callable]] = []


def register_package(
    priority: int,
    tagger: Callable[[Any], str | None],
    deserializer: Callable[[Any, str], Any],
) -> None:
    """Teach save and load about a kind of device.

    Args:
        priority: lower ones are asked first; CPU has 10, CUDA 20.
        tagger: names the location of a storage, or returns None if it is not its own.
        deserializer: moves a CPU storage to the location named, or returns None.
    """
    _package_registry.append((priority, tagger, deserializer))
    _package_registry.sort(key=lambda entry: entry[0])


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


def _cpu_tag(storage: Any) -> str | None:
    return "cpu" if storage.device.type == "cpu" else None


def _cpu_deserialize(storage: Any, location: str) -> Any:
    return storage if location == "cpu" else None


def _meta_tag(storage: Any) -> str | None:
    return "meta" if storage.device.type == "meta" else None


def _meta_deserialize(storage: Any, location: str) -> Any:
    if location != "meta":
        return None
    return UntypedStorage(storage.nbytes(), device="meta")


def _backend_name(backend: str) -> str:
    if backend == "privateuse1":
        return torch._C._get_privateuse1_backend_name()
    return backend


def _backend_tag(backend: str, storage: Any) -> str | None:
    device = storage.device
    if device.type != _backend_name(backend):
        return None
    return device.type if device.index is None else f"{device.type}:{device.index}"


def _deserialize(backend: str, storage: Any, location: str) -> Any:
    backend = _backend_name(backend)
    if location != backend and not re.match(f"{backend}(:|[0-9]+)", location):
        return None
    return storage.to(device=_validate_device(location, backend))


def _validate_device(location: str, backend: str) -> torch.device:
    """Return the device that `location` names if this machine has it."""
    advice = (
        "If you are running on a CPU-only machine, please use torch.load with "
        "map_location=torch.device('cpu') to map your storages to the CPU."
    )
    module = getattr(torch, backend, None)
    if module is None:
        raise RuntimeError(
            f"The {backend.upper()} device module is not registered. {advice}"
        )
    if hasattr(module, "is_available") and not module.is_available():
        raise RuntimeError(
            f"Attempting to deserialize object on a {backend.upper()} device but "
            f"torch.{backend}.is_available() is False. {advice}"
        )
    device = torch.device(location)
    if device.index is None:
        device = torch.device(backend, module.current_device())
    count = module.device_count()
    if device.index >= count:
        raise RuntimeError(
            f"Attempting to deserialize object on {backend.upper()} device "
            f"{device.index} but torch.{backend}.device_count() is {count}. Please use "
            "torch.load with map_location to map your storages to an existing device."
        )
    return device


register_package(10, _cpu_tag, _cpu_deserialize)
register_package(22, _meta_tag, _meta_deserialize)
for _priority, _backend in ((20, "cuda"), (23, "privateuse1")):
    register_package(
        _priority,
        functools.partial(_backend_tag, _backend),
        functools.partial(_deserialize, _backend),
    )


def location_tag(storage: Any) -> str:
    """Return the text that stands for a storage's device in a checkpoint.

    Args:
        storage: the storage.

    Raises:
        RuntimeError: no registered package knows its device.
    """
    for _, tagger, _ in _package_registry:
        location = tagger(storage)
        if location:
            return location
    raise RuntimeError(
        "don't know how to determine data location of " + torch.typename(storage)
    )


def default_restore_location(storage: Any, location: str) -> Any:
    """Move a storage that was just read to where `location` says.

    Args:
        storage: the storage, on the CPU.
        location: the tag it was saved with.

    Raises:
        RuntimeError: no registered package knows the tag.
    """
    for _, _, deserializer in _package_registry:
        result = deserializer(storage, location)
        if result is not None:
            return result
    raise RuntimeError(
        "don't know how to restore data location of "
        f"{torch.typename(storage)} (tagged with {location})"
    )


def _get_restore_location(map_location: Any) -> Callable[[Any, str], Any]:
    """Turn the four kinds of ``map_location`` into one function of storage and tag."""
    if map_location is None:
        return default_restore_location
    if isinstance(map_location, dict):
        return lambda storage, location: default_restore_location(
            storage, map_location.get(location, location)
        )
    if isinstance(map_location, torch.device):
        map_location = str(map_location)
    if isinstance(map_location, (str, bytes)):
        return lambda storage, location: default_restore_location(storage, map_location)

    def restore(storage: Any, location: str) -> Any:
        result = map_location(storage, location)
        return default_restore_location(storage, location) if result is None else result

    return restore


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


class _StorageReferences:
    """Number the storages met while pickling; its ``describe`` is the persistent id."""

    def __init__(self) -> None:
        self.storages: dict[str, UntypedStorage] = {}
        self._keys: dict[int, str] = {}
        self._dtypes: dict[int, torch.dtype] = {}

    def describe(self, obj: Any) -> tuple | None:
        """Return the reference to `obj` if it is a storage."""
        if type(obj) is not TypedStorage and type(obj) is not UntypedStorage:
            return None
        storage, dtype, kind, numel = self.unpack(obj)
        key = self._keys.setdefault(storage._cdata, str(len(self._keys)))
        location = location_tag(storage)
        self.storages[key] = storage
        return ("storage", kind, key, location, numel)

    def unpack(self, obj: Any) -> tuple[UntypedStorage, torch.dtype, type, int]:
        """Return bytes, dtype, class and length; refuse one memory under two dtypes."""
        if type(obj) is TypedStorage:
            storage, dtype = obj._untyped_storage, obj.dtype
            kind, numel = getattr(torch, obj._pickle_storage_type()), obj._size()
        else:
            storage, dtype = obj, torch.uint8
            kind, numel = UntypedStorage, obj.nbytes()
        address = storage.data_ptr() if storage.device.type != "meta" else 0
        if address and self._dtypes.setdefault(address, dtype) != dtype:
            raise RuntimeError(
                "Cannot save multiple tensors or storages that view the same data as "
                "different types"
            )
        return storage, dtype, kind, numel


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
            "[enforce fail at inline_container.cc:747] . open file failed with strerror: "
            f"{error.strerror}"
        ) from None


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

    Tensors that share memory share it again after loading. The object is pickled before the
    file is opened, so an object that cannot be saved leaves an existing file as it was.

    Args:
        obj: anything that pickles; for a model its ``state_dict()`` is the lasting choice.
        f: a path, or a file object with ``write`` and ``flush``.
        pickle_module: the module that pickles everything but the storages.
        pickle_protocol: its protocol; safe loading needs 2.

    Raises:
        RuntimeError: the path cannot be written, or one memory is seen as two dtypes.

    Example::

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
    references = _StorageReferences()
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
    """Read an object that :func:`save` wrote.

    By default only tensors, plain containers, numbers and text are accepted, and no code in
    the file is run. ``weights_only=False`` runs whatever the file says.

    Args:
        f: a path, or a file object with ``read``, ``readline``, ``seek`` and ``tell``.
        map_location: where storages go: a device, a dict from saved to wished tags, or a
            function of storage and tag that returns the moved storage or None.
        pickle_module: the module that unpickles; only with ``weights_only=False``.
        weights_only: whether to accept data alone; True unless `pickle_module` is given.
        mmap: map the file instead of reading it; `f` must be a path.
        **pickle_load_args: for the unpickler, such as ``encoding``.

    Raises:
        pickle.UnpicklingError: the file holds something that is not plainly data.
        RuntimeError: the file is damaged, or its device is missing here.

    Example::

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
        raise pickle.UnpicklingError(_weights_only_message(str(error))) from None


def _decide_weights_only(weights_only: bool | None, pickle_module: Any) -> bool:
    names = ("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD")
    yes, no = (os.getenv(n, "0").lower() in ("1", "y", "yes", "true") for n in names)
    if yes and no:
        raise RuntimeError(
            f"Only one of `{names[0]}` or `{names[1]}` should be set, but both were set."
        )
    if yes:
        return True
    if weights_only is not None:
        return weights_only
    if no:
        warnings.warn(
            f"Environment variable {names[1]} detected, since the`weights_only` argument "
            "was not explicitly passed to `torch.load`, forcing weights_only=False.",
            UserWarning,
            stacklevel=3,
        )
        return False
    return pickle_module is None


def _weights_only_message(inner: str) -> str:
    """Frame the safe unpickler's complaint with what the user can do about it."""
    if re.search(r"(\S+) must be (\S+) to load", inner):
        return f"Weights only load failed. {inner}\n {_UNSAFE_ADVICE}\n"
    if re.search(r"GLOBAL (\S+) was not an allowed global by default.", inner):
        text = (
            "Weights only load failed. This file can still be loaded, to do so you have "
            "two options, \033[1mdo those steps only if you trust the source of the "
            f"checkpoint\033[0m. \n\t(1) {_UNSAFE_ADVICE}\n\t(2) Alternatively, to load "
            "with `weights_only=True` please check the recommended steps in the following "
            f"error message.\n\tWeightsUnpickler error: {inner}"
        )
    else:
        text = f"Weights only load failed. {_UNSAFE_ADVICE}\n"
        if not re.search(r"whose module (\S+) is blocked", inner):
            text += (
                "Please file an issue with the following so that we can make "
                "`weights_only=True` compatible with your use case: WeightsUnpickler "
                "error: "
            )
        text += "\n\n" + inner
    return (
        f"{text}\n\nCheck the documentation of torch.load to learn more about types "
        "accepted by default with weights_only "
        "https://pytorch.org/docs/stable/generated/torch.load.html."
    )


def _load_safetensors(path: str, map_location: Any) -> Any:
    try:
        from safetensors.torch import load_file
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
            f"`torch.save({name}_use_new_zipfile_serialization=True), please torch.save "
            "your checkpoint with this option in order to use mmap."
        )
    return legacy_load(stream, map_location, module, **load_args)


def _load_torchscript(stream: Any, map_location: Any, module: Any) -> Any:
    warnings.warn(
        "'torch.load' received a zip file that looks like a TorchScript archive "
        "dispatching to 'torch.jit.load' (call 'torch.jit.load' directly to silence this "
        "warning)",
        UserWarning,
        stacklevel=4,
    )
    if module is _weights_only_unpickler:
        raise RuntimeError(
            "Cannot use ``weights_only=True`` with TorchScript archives passed to "
            f"``torch.load``. {_UNSAFE_ADVICE}"
        )
    return torch.jit.load(stream, map_location=map_location)


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
        if self._mapped is not None:
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
