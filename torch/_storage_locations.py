"""How checkpoints refer to storages: by number, and by tags such as ``cuda:0``.

Packages of extension devices add theirs with ``register_package``. The public names are
those of ``torch.serialization``.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Callable

import torch
from torch.storage import TypedStorage, UntypedStorage

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

    Example:
        >>> torch.serialization.location_tag(torch.ones(1).untyped_storage())
        'cpu'
    """
    tags = (tagger(storage) for _, tagger, _ in _package_registry)
    tag = next(filter(None, tags), None)
    if tag is None:
        kind = torch.typename(storage)
        raise RuntimeError(f"don't know how to determine data location of {kind}")
    return tag


def default_restore_location(storage: Any, location: str) -> Any:
    """Move a storage that was just read to where `location` says.

    Args:
        storage: the storage, on the CPU.
        location: the tag it was saved with.

    Raises:
        RuntimeError: no registered package knows the tag.

    Example:
        >>> storage = torch.ones(1).untyped_storage()
        >>> torch.serialization.default_restore_location(storage, "cpu").device
        device(type='cpu')
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
        target: Any = map_location
        return lambda storage, location: default_restore_location(storage, target)

    def restore(storage: Any, location: str) -> Any:
        result = map_location(storage, location)
        return default_restore_location(storage, location) if result is None else result

    return restore


# ------------------------------------------------------------------ references


class StorageReferences:
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
