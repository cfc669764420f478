"""``torch.ops``: every operator of the dispatcher under
``torch.ops.<namespace>.<name>``.

``torch.ops.aten.add`` is an ``OpOverloadPacket``, ``torch.ops.aten.add.Tensor`` one
``OpOverload``. Names are looked up in the dispatcher when they are first asked for;
calls go through the boxed adapters and are therefore slower than ``torch.add``.
"""

from __future__ import annotations

import importlib
import os
import types
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import _C
from torch._function_schema import FunctionSchema, parse

__all__ = ["OpOverload", "OpOverloadPacket"]


class OpOverload:
    """One overload of an operator; call it with the arguments of its schema."""

    def __init__(self, packet: OpOverloadPacket, overload: str) -> None:
        self._packet = packet
        self._overload = overload
        self._overloadname = overload or "default"
        self._qualified_op_name = packet._qualified_op_name
        self._name = packet._qualified_op_name + (f".{overload}" if overload else "")
        self.__name__ = f"{packet.__name__}.{self._overloadname}"
        self.__qualname__ = self._name
        self.__module__ = packet.__module__
        self.__doc__ = packet.__doc__
        self._lazy_schema: FunctionSchema | None = None

    @property
    def _schema(self) -> FunctionSchema:
        if self._lazy_schema is None:
            text = _C._dispatch_schema(self._qualified_op_name, self._overload)
            self._lazy_schema = parse(text)
        return self._lazy_schema

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return _C._dispatch_call(self._qualified_op_name, self._overload, args, kwargs)

    def name(self) -> str:
        """Return the qualified name, such as ``aten::add.Tensor``."""
        return self._name

    @property
    def namespace(self) -> str:
        return self._qualified_op_name.split("::")[0]

    @property
    def overloadpacket(self) -> OpOverloadPacket:
        return self._packet

    @property
    def op(self) -> Any:
        return self.__call__

    @property
    def is_view(self) -> bool:
        return self._schema.is_view

    def has_kernel_for_dispatch_key(self, k: Any) -> bool:
        """Say whether a kernel is registered.

        Args:
            k: the dispatch key, such as ``"CPU"``.
        """
        key = getattr(k, "name", k)
        return _C._dispatch_has_kernel(self._name, key)

    def has_kernel_for_any_dispatch_key(self, ks: Iterable[Any]) -> bool:
        """Say whether a kernel is registered for one of the dispatch keys `ks`."""
        return any(self.has_kernel_for_dispatch_key(k) for k in ks)

    def __str__(self) -> str:
        return f"{self._qualified_op_name.replace('::', '.')}.{self._overloadname}"

    def __repr__(self) -> str:
        op = self._qualified_op_name.replace("::", ".")
        return f"<OpOverload(op='{op}', overload='{self._overloadname}')>"

    def __deepcopy__(self, memo: Any) -> OpOverload:
        return self


class OpOverloadPacket:
    """All overloads of an operator; a call picks the first that fits its arguments."""

    def __init__(self, namespace: str, name: str, overloads: list[str]) -> None:
        self._qualified_op_name = f"{namespace}::{name}"
        self.__name__ = name
        self.__qualname__ = name
        self.__module__ = f"torch._ops.{namespace}"
        self._overload_names = overloads

    def __getattr__(self, name: str) -> OpOverload:
        overload = "" if name == "default" else name
        if name.startswith("__") or overload not in self._overload_names:
            raise AttributeError(
                f"The underlying op of '{self}' has no overload name '{name}'"
            )
        found = OpOverload(self, overload)
        setattr(self, name, found)
        return found

    def overloads(self) -> list[str]:
        """Return the overload names; the one without name is ``default``."""
        return [name or "default" for name in self._overload_names]

    def op_overloads(self) -> list[OpOverload]:
        """Return the overloads themselves."""
        return [getattr(self, name) for name in self.overloads()]

    @property
    def op(self) -> Any:
        return self.__call__

    @property
    def _schemas(self) -> dict[str, FunctionSchema]:
        return {
            n: self.__getattr__(n or "default")._schema for n in self._overload_names
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self.overloads())

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        names = self.overloads()
        if len(names) == 1:
            return getattr(self, names[0])(*args, **kwargs)
        complaints = []
        for name in names:
            overload = getattr(self, name)
            complaint = overload._schema.mismatch(args, kwargs)
            if complaint is None:
                return overload(*args, **kwargs)
            complaints.append(complaint)
        raise RuntimeError(
            "Overloaded torch operator invoked from Python failed to match any "
            "schema:\n" + "\n".join(complaints)
        )

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self.overloads()]

    def __str__(self) -> str:
        return self._qualified_op_name.replace("::", ".")

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='{self}')>"

    def __deepcopy__(self, memo: Any) -> OpOverloadPacket:
        return self


class _OpNamespace(types.ModuleType):
    """The operators of one namespace."""

    def __init__(self, name: str) -> None:
        super().__init__(f"torch.ops.{name}")
        self.name = name
        self.__file__ = "torch.ops"
        self._dir: list[str] = []

    def __getattr__(self, name: str) -> OpOverloadPacket:
        overloads: list[str] = []
        if not name.startswith("__"):
            overloads = _C._dispatch_find_schemas(f"{self.name}::{name}")
        if not overloads:
            raise AttributeError(
                f"'_OpNamespace' '{self.name}' object has no attribute '{name}'"
            )
        packet = OpOverloadPacket(self.name, name, overloads)
        setattr(self, name, packet)
        self._dir.append(name)
        return packet

    def __iter__(self) -> Iterator[str]:
        return iter(self._dir)

    def _forget(self, name: str) -> None:
        """Look `name` up anew: its overloads have changed."""
        self.__dict__.pop(name, None)


class _Ops(types.ModuleType):
    """The module ``torch.ops``."""

    __file__ = "_ops.py"

    def __init__(self) -> None:
        super().__init__("torch.ops")
        self.loaded_libraries: set[str] = set()

    def __getattr__(self, name: str) -> _OpNamespace:
        if name.startswith("__"):
            raise AttributeError(name)
        namespace = _OpNamespace(name)
        setattr(self, name, namespace)
        return namespace

    def import_module(self, module: str) -> None:
        """Import a Python module that registers operators.

        Args:
            module: its dotted name.
        """
        importlib.import_module(module)

    def load_library(self, path: Any) -> None:
        """Load a shared library that registers operators.

        Args:
            path: the library's path.

        Raises:
            OSError: it cannot be loaded.
        """
        import ctypes

        path = os.path.realpath(path)
        try:
            ctypes.CDLL(path)
        except OSError as error:
            raise OSError(f"Could not load this library: {path}") from error
        self.loaded_libraries.add(path)


ops = _Ops()


def _refresh(namespace: str, name: str) -> None:
    """Make ``torch.ops`` see a change of an operator's overloads."""
    spaces = torch.ops.__dict__
    if namespace in spaces:
        spaces[namespace]._forget(name)
