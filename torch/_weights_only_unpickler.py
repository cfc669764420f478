"""The unpickler behind ``torch.load(weights_only=True)``.

It interprets the small part of the pickle language that checkpoints need and resolves
names in a fixed table, so that a file can neither import nor call anything else. Entry
points: ``load``, ``Unpickler``, ``get_globals_in_pkl`` and the safe-globals set that
``torch.serialization`` publishes. Read ``docs/design/serialization.md`` first.
"""

from __future__ import annotations

import functools
import pickle
import re
import sys
import warnings
from _codecs import encode
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections import Counter, OrderedDict
from collections.abc import Iterable
from pickle import UnpicklingError, decode_long
from struct import unpack
from typing import Any, Callable, Union

import torch

# Never importable from a file, not even after add_safe_globals.
_BLOCKED_MODULES = ("sys", "os", "posix", "nt")

UNSAFE_ADVICE = (
    "In PyTorch 2.6, we changed the default value of the `weights_only` argument in "
    "`torch.load` from `False` to `True`. Re-running `torch.load` with `weights_only` "
    "set to `False` will likely succeed, but it can result in arbitrary code "
    "execution. Do it only if you got the file from a trusted source."
)

_SafeGlobal = Union[Callable, tuple]

# ------------------------------------------------------------------ allowed names

_marked_safe: set[_SafeGlobal] = set()


def _add_safe_globals(safe_globals: Iterable[_SafeGlobal]) -> None:
    _marked_safe.update(safe_globals)


def _get_safe_globals() -> list[_SafeGlobal]:
    return list(_marked_safe)


def _clear_safe_globals() -> None:
    _marked_safe.clear()


def _remove_safe_globals(safe_globals: Iterable[_SafeGlobal]) -> None:
    _marked_safe.difference_update(safe_globals)


class _safe_globals:
    """Allow some globals for the length of a ``with`` block."""

    def __init__(self, safe_globals: list[_SafeGlobal]) -> None:
        self.safe_globals = safe_globals

    def __enter__(self) -> None:
        _add_safe_globals(self.safe_globals)

    def __exit__(self, *exc: object) -> None:
        _remove_safe_globals(self.safe_globals)


def _get_user_allowed_globals() -> dict[str, Any]:
    allowed = {}
    for item in _marked_safe:
        if not isinstance(item, tuple):
            allowed[f"{item.__module__}.{item.__qualname__}"] = item
            continue
        if len(item) != 2:
            raise ValueError(
                "Expected tuple of length 2 (global, str of callable full path), but "
                f"got tuple of length: {len(item)}"
            )
        if type(item[1]) is not str:
            raise TypeError(
                "Expected second item in tuple to be str of callable full path, but "
                f"got: {type(item[1])}"
            )
        allowed[item[1]] = item[0]
    return allowed


_REBUILD_FUNCTIONS = (
    "_rebuild_parameter",
    "_rebuild_parameter_with_state",
    "_rebuild_qtensor",
    "_rebuild_tensor",
    "_rebuild_tensor_v2",
    "_rebuild_tensor_v3",
    "_rebuild_sparse_tensor",
    "_rebuild_meta_tensor_no_storage",
    "_rebuild_nested_tensor",
    "_rebuild_wrapper_subclass",
    "_rebuild_device_tensor_from_numpy",
    "_rebuild_device_tensor_from_cpu_tensor",
)
_TENSOR_CLASSES = "Double Float Half BFloat16 Long Int Short Char Byte Bool".split()


@functools.lru_cache(maxsize=1)
def _get_allowed_globals() -> dict[str, Any]:
    """Return path -> object for everything a checkpoint may name by default."""
    allowed: dict[str, Any] = {
        "collections.OrderedDict": OrderedDict,
        "collections.Counter": Counter,
        "_codecs.encode": encode,
        "builtins.bytearray": bytearray,
        "builtins.set": set,
        "builtins.complex": complex,
        "torch.Size": torch.Size,
        "torch.Tensor": torch.Tensor,
        "torch.device": torch.device,
        "torch.nn.parameter.Parameter": torch.nn.Parameter,
        "torch.serialization._get_layout": torch.serialization._get_layout,
        "torch._tensor._rebuild_from_type_v2": torch._tensor._rebuild_from_type_v2,
        "torch.storage.TypedStorage": torch.storage.TypedStorage,
        "torch.storage.UntypedStorage": torch.storage.UntypedStorage,
    }
    for name in _REBUILD_FUNCTIONS:
        allowed[f"torch._utils.{name}"] = getattr(torch._utils, name)
    for value in vars(torch).values():
        if isinstance(value, torch.dtype):
            allowed[str(value)] = value
    for storage_class in torch.storage._storage_type_to_dtype_map():
        marker = torch.serialization.StorageType(storage_class)
        allowed[f"torch.{storage_class}"] = marker
        allowed[f"torch.cuda.{storage_class}"] = marker
    for name in _TENSOR_CLASSES:
        tensor_class = getattr(torch, f"{name}Tensor", None)
        if tensor_class is not None:
            allowed[f"torch.{name}Tensor"] = tensor_class
    return allowed


def _is_allowed(obj: Any) -> bool:
    # By identity: comparing with == could run code of the object itself.
    return id(obj) in _default_ids() or any(
        obj is allowed for allowed in _get_user_allowed_globals().values()
    )


@functools.lru_cache(maxsize=1)
def _default_ids() -> frozenset[int]:
    return frozenset(map(id, _get_allowed_globals().values()))


def _find_global(module: str, name: str) -> Any:
    path = f"{module}.{name}"
    if module in _BLOCKED_MODULES:
        raise UnpicklingError(
            f"Trying to load unsupported GLOBAL {path} whose module {module} is "
            "blocked."
        )
    for table in (_get_allowed_globals(), _get_user_allowed_globals()):
        if path in table:
            return table[path]
    path = path.removeprefix("builtins.")
    raise UnpicklingError(
        f"Unsupported global: GLOBAL {path} was not an allowed global by default. "
        f"Please use `torch.serialization.add_safe_globals([{path}])` or the "
        f"`torch.serialization.safe_globals([{path}])` context manager to allowlist "
        "this global if you trust this class/function."
    )


def _read_global(readline: Callable[[], bytes]) -> tuple[str, str]:
    """Read module and name of a GLOBAL, with Python 2 names brought up to date."""
    module = readline()[:-1].decode("utf-8")
    name = readline()[:-1].decode("utf-8")
    if (module, name) in NAME_MAPPING:
        return NAME_MAPPING[module, name]
    return IMPORT_MAPPING.get(module, module), name


# ------------------------------------------------------------------ the machine


class Unpickler:
    """Interpret one pickle from `file`.

    Args:
        file: has ``read`` and ``readline``; is left behind the pickle.
        encoding: how Python 2 strings are decoded; ``"bytes"`` leaves them alone.

    Raises:
        pickle.UnpicklingError: an instruction or a name that is not allowed.
        EOFError: the file ends early.
    """

    def __init__(self, file: Any, *, encoding: str = "bytes") -> None:
        self.encoding = encoding
        self.readline = file.readline
        self.read = file.read
        self.memo: dict[int, Any] = {}
        self.proto = -1

    def load(self) -> Any:
        self.stack: list[Any] = []
        self.outer_stacks: list[list[Any]] = []
        read = self.read
        steps = _STEPS
        while True:
            code = read(1)
            if code == pickle.STOP:
                return self.stack.pop()
            step = steps.get(code)
            if step is None:
                if not code:
                    raise EOFError
                raise UnpicklingError(f"Unsupported operand {code[0]}")
            step(self)

    def persistent_load(self, pid: Any) -> Any:
        raise UnpicklingError("unsupported persistent id encountered")

    def pop_mark(self) -> list[Any]:
        items = self.stack
        self.stack = self.outer_stacks.pop()
        return items

    def number(self, layout: str, size: int) -> Any:
        return unpack(layout, self.read(size))[0]


_STEPS: dict[bytes, Callable[[Unpickler], None]] = {}


def _step(*codes: bytes) -> Callable[[Any], Any]:
    def register(function: Any) -> Any:
        for code in codes:
            _STEPS[code] = function
        return function

    return register


def _pushing(code: bytes, make: Callable[[Unpickler], Any]) -> None:
    _STEPS[code] = lambda machine: machine.stack.append(make(machine))


_pushing(pickle.NONE, lambda m: None)
_pushing(pickle.NEWTRUE, lambda m: True)
_pushing(pickle.NEWFALSE, lambda m: False)
_pushing(pickle.EMPTY_TUPLE, lambda m: ())
_pushing(pickle.EMPTY_LIST, lambda m: [])
_pushing(pickle.EMPTY_DICT, lambda m: {})
_pushing(pickle.EMPTY_SET, lambda m: set())
_pushing(pickle.BININT, lambda m: m.number("<i", 4))
_pushing(pickle.BININT1, lambda m: m.read(1)[0])
_pushing(pickle.BININT2, lambda m: m.number("<H", 2))
_pushing(pickle.BINFLOAT, lambda m: m.number(">d", 8))
_pushing(pickle.LONG1, lambda m: decode_long(m.read(m.read(1)[0])))
_pushing(pickle.GLOBAL, lambda m: _find_global(*_read_global(m.readline)))
_pushing(pickle.BINGET, lambda m: m.memo[m.read(1)[0]])
_pushing(pickle.LONG_BINGET, lambda m: m.memo[m.number("<I", 4)])


@_step(pickle.PROTO)
def _proto(m: Unpickler) -> None:
    m.proto = m.read(1)[0]
    if m.proto != 2:
        warnings.warn(
            f"Detected pickle protocol {m.proto} in the checkpoint, which was "
            "not the default pickle protocol used by `torch.load` (2). The "
            "weights_only Unpickler might not support all instructions implemented by "
            "this protocol, please file an issue for adding support if you encounter "
            "this.",
            stacklevel=4,
        )


@_step(pickle.BINUNICODE)
def _text(m: Unpickler) -> None:
    size = m.number("<I", 4)
    if size > sys.maxsize:
        raise UnpicklingError("String is too long")
    m.stack.append(str(m.read(size), "utf-8", "surrogatepass"))


@_step(pickle.SHORT_BINSTRING)
def _python2_text(m: Unpickler) -> None:
    data = m.read(m.read(1)[0])
    m.stack.append(data if m.encoding == "bytes" else data.decode(m.encoding, "strict"))


@_step(pickle.BINPUT)
def _remember(m: Unpickler) -> None:
    m.memo[m.read(1)[0]] = m.stack[-1]


@_step(pickle.LONG_BINPUT)
def _remember_far(m: Unpickler) -> None:
    m.memo[m.number("<I", 4)] = m.stack[-1]


@_step(pickle.MARK)
def _mark(m: Unpickler) -> None:
    m.outer_stacks.append(m.stack)
    m.stack = []


@_step(pickle.TUPLE)
def _tuple(m: Unpickler) -> None:
    items = m.pop_mark()
    m.stack.append(tuple(items))


def _tuple_of(count: int) -> Callable[[Unpickler], None]:
    def step(m: Unpickler) -> None:
        if len(m.stack) < count:
            raise IndexError("list index out of range")
        m.stack[-count:] = [tuple(m.stack[-count:])]

    return step


_STEPS[pickle.TUPLE1] = _tuple_of(1)
_STEPS[pickle.TUPLE2] = _tuple_of(2)
_STEPS[pickle.TUPLE3] = _tuple_of(3)


@_step(pickle.APPEND)
def _append(m: Unpickler) -> None:
    item = m.stack.pop()
    if type(m.stack[-1]) is not list:
        raise UnpicklingError(f"Can only append to lists, but got {type(m.stack[-1])}")
    m.stack[-1].append(item)


@_step(pickle.APPENDS)
def _appends(m: Unpickler) -> None:
    items = m.pop_mark()
    if type(m.stack[-1]) is not list:
        raise UnpicklingError(f"Can only extend lists, but got {type(m.stack[-1])}")
    m.stack[-1].extend(items)


def _mapping(m: Unpickler, instruction: str) -> Any:
    target = m.stack[-1]
    if type(target) not in (dict, OrderedDict, Counter):
        raise UnpicklingError(
            f"Can only {instruction} for dict, collections.OrderedDict, "
            f"collections.Counter, but got {type(target)}"
        )
    return target


@_step(pickle.SETITEM)
def _set_item(m: Unpickler) -> None:
    value = m.stack.pop()
    key = m.stack.pop()
    _mapping(m, "SETITEM")[key] = value


@_step(pickle.SETITEMS)
def _set_items(m: Unpickler) -> None:
    items = m.pop_mark()
    target = _mapping(m, "SETITEMS")
    for i in range(0, len(items), 2):
        target[items[i]] = items[i + 1]


@_step(pickle.BINPERSID)
def _persistent(m: Unpickler) -> None:
    pid = m.stack.pop()
    if type(pid) is not tuple and type(pid) is not int:
        raise UnpicklingError(
            f"persistent_load id must be tuple or int, but got {type(pid)}"
        )
    if type(pid) is tuple and pid and pid[0] not in ("storage", b"storage"):
        raise UnpicklingError(
            f"Only persistent_load of storage is allowed, but got {type(pid[0])}"
        )
    m.stack.append(m.persistent_load(pid))


@_step(pickle.NEWOBJ)
def _new_object(m: Unpickler) -> None:
    args = m.stack.pop()
    cls = m.stack.pop()
    if cls is torch.nn.Parameter:
        m.stack.append(torch.nn.Parameter(*args))
    elif _is_allowed(cls):
        m.stack.append(cls.__new__(cls, *args))
    else:
        raise UnpicklingError(
            "Can only create new object for nn.Parameter or classes allowlisted "
            f"via `add_safe_globals` but got {cls}"
        )


@_step(pickle.REDUCE)
def _reduce(m: Unpickler) -> None:
    args = m.stack.pop()
    function = m.stack[-1]
    if not _is_allowed(function):
        text = f"Trying to call reduce for unrecognized function {function}"
        if hasattr(function, "__self__"):
            text += f" which belongs to {function.__self__}"
        raise UnpicklingError(text)
    m.stack[-1] = function(*args)


@_step(pickle.BUILD)
def _build(m: Unpickler) -> None:
    state = m.stack.pop()
    target = m.stack[-1]
    kind = type(target)
    if kind is torch.Tensor:
        target.set_(*state)
    elif kind is torch.nn.Parameter:
        target.__setstate__(state)
    elif kind is OrderedDict:
        target.__dict__.update(state)
    elif _is_allowed(kind):
        _set_state(target, state)
    else:
        raise UnpicklingError(
            "Can only build Tensor, Parameter, OrderedDict or types allowlisted "
            f"via `add_safe_globals`, but got {kind}"
        )


def _set_state(target: Any, state: Any) -> None:
    """Do what pickle does for an instance: ``__setstate__``, else dict and slots."""
    if hasattr(target, "__setstate__"):
        target.__setstate__(state)
        return
    slots = None
    if isinstance(state, tuple) and len(state) == 2:
        state, slots = state
    if state:
        target.__dict__.update(state)
    for name, value in (slots or {}).items():
        setattr(target, name, value)


def load(file: Any, *, encoding: str = "ASCII") -> Any:
    """Interpret one pickle without tensors from `file`."""
    return Unpickler(file, encoding=encoding).load()


# ------------------------------------------------------------------ inspection

# How many bytes follow an instruction; those of variable length are handled below.
_FIXED_OPERANDS = {
    pickle.BININT: 4,
    pickle.BININT1: 1,
    pickle.BININT2: 2,
    pickle.BINFLOAT: 8,
    pickle.BINGET: 1,
    pickle.LONG_BINGET: 4,
    pickle.BINPUT: 1,
    pickle.LONG_BINPUT: 4,
    pickle.PROTO: 1,
}


def get_globals_in_pkl(file: Any) -> set[str]:
    """Return the dotted names that a pickle mentions, without running it."""
    found: set[str] = set()
    while True:
        code = file.read(1)
        if not code:
            raise EOFError
        if code == pickle.STOP:
            return found
        if code == pickle.GLOBAL:
            found.add(".".join(_read_global(file.readline)))
        elif code == pickle.BINUNICODE:
            file.read(unpack("<I", file.read(4))[0])
        elif code in (pickle.SHORT_BINSTRING, pickle.LONG1):
            file.read(file.read(1)[0])
        elif code in _STEPS:
            file.read(_FIXED_OPERANDS.get(code, 0))
        else:
            raise UnpicklingError(f"Unsupported operand {code[0]}")


# ------------------------------------------------------------------ the message


def explain_refusal(inner: str) -> str:
    """Frame the safe unpickler's complaint with what the user can do about it."""
    if re.search(r"(\S+) must be (\S+) to load", inner):
        return f"Weights only load failed. {inner}\n {UNSAFE_ADVICE}\n"
    if re.search(r"GLOBAL (\S+) was not an allowed global by default.", inner):
        text = (
            "Weights only load failed. This file can still be loaded, to do so you "
            "have two options, \033[1mdo those steps only if you trust the source of "
            f"the checkpoint\033[0m. \n\t(1) {UNSAFE_ADVICE}\n\t(2) Alternatively, to "
            "load with `weights_only=True` please check the recommended steps in the "
            f"following error message.\n\tWeightsUnpickler error: {inner}"
        )
    else:
        text = f"Weights only load failed. {UNSAFE_ADVICE}\n"
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
