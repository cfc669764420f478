"""Operator schemas as Python objects: ``parse("ns::name.overload(Tensor x) ->
Tensor")``.

``torch.ops`` shows them as ``OpOverload._schema`` and uses them to choose an overload.
The dispatcher has its own parser; this one reads text that the dispatcher has accepted,
or that ``torch.library`` is about to hand to it. The grammar is in
``csrc/aten/ops/README.md``.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any, Callable, NamedTuple

import torch

_HEAD = re.compile(r"\s*(?:(?P<ns>\w+)::)?(?P<name>\w+)(?:\.(?P<overload>\w+))?\s*\(")
_ANNOTATION = re.compile(r"\(([^)]*)\)")
_JIT_NAMES = {
    "Scalar": "number",
    "ScalarType": "int",
    "Layout": "int",
    "MemoryFormat": "int",
    "SymInt": "int",
}


class AliasInfo(NamedTuple):
    """Says that an argument or result shares memory under the names `sets`."""

    sets: tuple[str, ...]
    is_write: bool


class SchemaType:
    """The type of an argument, such as ``Tensor?`` or ``int[2]``."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        """Return the type as error messages spell it, ``Optional[Tensor]``."""
        return _jit_name(self.text)

    __repr__ = __str__

    def accepts(self, value: Any) -> bool:
        """Say whether a Python value can be passed for this type."""
        return _accepts(self.text, value)


def _jit_name(text: str) -> str:
    if text.endswith("?"):
        return f"Optional[{_jit_name(text[:-1])}]"
    if text.endswith("]"):
        return f"List[{_jit_name(text[: text.rindex('[')])}]"
    return _JIT_NAMES.get(text, text)


def _is_number(value: Any, kinds: tuple) -> bool:
    if isinstance(value, torch.Tensor):
        return value.dim() == 0 and not value.requires_grad
    return isinstance(value, kinds)


_ACCEPTS: dict[str, Callable[[Any], bool]] = {
    "Tensor": lambda v: isinstance(v, torch.Tensor),
    "Scalar": lambda v: _is_number(v, (bool, int, float, complex)),
    "float": lambda v: _is_number(v, (int, float)),
    "complex": lambda v: _is_number(v, (int, float, complex)),
    "int": lambda v: _is_number(v, (int,)) and not isinstance(v, bool),
    "SymInt": lambda v: _is_number(v, (int,)) and not isinstance(v, bool),
    "bool": lambda v: isinstance(v, bool),
    "str": lambda v: isinstance(v, str),
    "ScalarType": lambda v: isinstance(v, (torch.dtype, int)),
    "Device": lambda v: isinstance(v, (torch.device, str)),
    "Layout": lambda v: isinstance(v, (torch.layout, int)),
    "MemoryFormat": lambda v: isinstance(v, (torch.memory_format, int)),
}


def _accepts(text: str, value: Any) -> bool:
    if text.endswith("?"):
        return value is None or _accepts(text[:-1], value)
    if text.endswith("]"):
        element, size = text[:-1].rsplit("[", 1)
        if isinstance(value, (list, tuple)):
            return all(_accepts(element, v) for v in value)
        return bool(size) and _accepts(element, value)  # int[2] takes one int for both
    return _ACCEPTS.get(text, lambda v: True)(value)


@dataclass(frozen=True)
class Argument:
    """An argument or result of a schema."""

    name: str
    type: SchemaType
    default_value: Any = None
    has_default: bool = False
    kwarg_only: bool = False
    alias_info: AliasInfo | None = None

    @property
    def is_out(self) -> bool:
        return self.kwarg_only and bool(self.alias_info and self.alias_info.is_write)

    def has_default_value(self) -> bool:
        return self.has_default


@dataclass(frozen=True)
class FunctionSchema:
    """Name, arguments and results of one operator overload."""

    name: str
    overload_name: str
    arguments: tuple[Argument, ...]
    returns: tuple[Argument, ...]
    text: str

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    @property
    def is_mutable(self) -> bool:
        return any(a.alias_info and a.alias_info.is_write for a in self.arguments)

    @property
    def is_view(self) -> bool:
        shared = (a.alias_info for a in self.arguments)
        return any(i and not i.is_write for i in shared) and not self.is_mutable

    def mismatch(self, args: tuple, kwargs: dict) -> str | None:
        """Say why a call does not fit, None if it does."""
        positional = [a for a in self.arguments if not a.kwarg_only]
        if len(args) > len(positional):
            return (
                f"{self.name}() expected at most {len(positional)} argument(s) but "
                f"received {len(args)} argument(s). Declaration: {self}"
            )
        given = {a.name: v for a, v in zip(positional, args)}
        for name in kwargs:
            if name in given:
                return (
                    f"Argument '{name}' specified both as positional and keyword "
                    f"argument. Schema: {self}"
                )
        given.update(kwargs)
        for place, argument in enumerate(self.arguments):
            if argument.name in given:
                value = given.pop(argument.name)
                if not argument.type.accepts(value):
                    return self._wrong_type(place, argument, value)
            elif not argument.has_default:
                return (
                    f"{self.name}() is missing value for argument '{argument.name}'. "
                    f"Declaration: {self}"
                )
        if given:
            return (
                f"Unknown keyword argument '{next(iter(given))}' for operator "
                f"'{self.name}'. Schema: {self}"
            )
        return None

    def _wrong_type(self, place: int, argument: Argument, value: Any) -> str:
        kind = type(value).__name__
        return (
            f"{self.name}() Expected a value of type '{argument.type}' for argument "
            f"'{argument.name}' but instead found type '{kind}'.\nPosition: {place}\n"
            f"Value: {value!r}\nDeclaration: {self}\nCast error details: Unable to "
            f"cast {value} to {argument.type}\n"
        )


def parse(text: str) -> FunctionSchema:
    """Read a schema.

    Args:
        text: such as ``"aten::add.Tensor(Tensor self, Tensor other) -> Tensor"``.

    Raises:
        ValueError: not a schema.
    """
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"not an operator schema: {text}")
    close = _closing(text, head.end() - 1)
    arrow, result = text[close + 1 :].strip()[:2], text[close + 1 :].strip()[2:].strip()
    if arrow != "->":
        raise ValueError(f"not an operator schema: {text}")
    arguments, kwarg_only = [], False
    for part in _split(text[head.end() : close]):
        if part == "*":
            kwarg_only = True
        else:
            arguments.append(_argument(part, kwarg_only))
    if result.startswith("("):
        result = result[1 : _closing(result, 0)]
    returns = [_argument(part, False) for part in _split(result)]
    namespace = head["ns"]
    name = f"{namespace}::{head['name']}" if namespace else head["name"]
    overload = head["overload"] or ""
    return FunctionSchema(
        name, overload, tuple(arguments), tuple(returns), text.strip()
    )


def _closing(text: str, opening: int) -> int:
    """Return where the bracket at `opening` is closed."""
    depth = 0
    for i in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise ValueError(f"not an operator schema: {text}")


def _split(text: str) -> list[str]:
    """Split at the commas that are outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for i, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _argument(text: str, kwarg_only: bool) -> Argument:
    declaration, equals, default = text.partition("=")
    alias = None
    annotation = _ANNOTATION.search(declaration)
    if annotation:
        names = annotation[1].split("->")[0]
        sets = tuple(n.strip(" !") for n in names.split("|"))
        alias = AliasInfo(sets, "!" in annotation[1])
        declaration = _ANNOTATION.sub("", declaration, count=1)
    kind, _, name = declaration.strip().partition(" ")
    return Argument(
        name.strip(),
        SchemaType(kind),
        _default(kind, default.strip()) if equals else None,
        bool(equals),
        kwarg_only,
        alias,
    )


def _default(kind: str, text: str) -> Any:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        # A named constant such as contiguous_format or Mean.
        return getattr(torch, text, text)
    size = re.search(r"\[(\d+)\]$", kind)
    if size and isinstance(value, (bool, int, float)):
        return [value] * int(size[1])  # int[2] padding=0 means a zero for both
    return value
