"""Parser of the schema language: `parse_schema("add.Tensor(Tensor self) -> Tensor")`.

A schema that breaks the grammar raises ValueError; load.py adds file:line.
"""

from __future__ import annotations

import re

from .model import Argument, Return, Schema, Type

_BASES = {
    "Tensor",
    "Scalar",
    "int",
    "float",
    "bool",
    "str",
    "ScalarType",
    "Layout",
    "Device",
    "MemoryFormat",
    "Generator",
}
# SymInt is int here: there are no symbolic shapes.
_SYNONYMS = {"SymInt": "int"}
_HEAD = re.compile(r"\s*(?P<name>\w+)(?:\.(?P<overload>\w+))?\s*\(")
_TYPE = re.compile(
    r"(?P<base>\w+)(?:\((?P<alias>\w+!?(?: -> \*)?)\))?(?P<rest>(?:\?|\[\d*\])*)$"
)


def parse_schema(text: str) -> Schema:
    head = _HEAD.match(text)
    if not head:
        raise ValueError("a schema starts with name(...) or name.overload(...)")
    close = _matching(text, head.end() - 1)
    arrow, _, returns = text[close + 1 :].partition("->")
    if arrow.strip() or not returns.strip():
        raise ValueError("expected ') -> returns' after the arguments")
    return Schema(
        head["name"],
        head["overload"] or "",
        _parse_arguments(text[head.end() : close]),
        _parse_returns(returns.strip()),
    )


def parse_type(text: str) -> Type:
    match = _TYPE.match(text)
    if not match:
        raise ValueError(f"'{text}' is not a type")
    base = _SYNONYMS.get(match["base"], match["base"])
    if base not in _BASES:
        raise ValueError(f"unknown type '{base}'")
    rest = match["rest"]
    suffix = re.fullmatch(r"(\?)?(?:\[(\d*)\](\?)?)?", rest)
    if not suffix:
        raise ValueError(f"'{text}' is not a type")
    inner, size, outer = suffix.groups()
    is_list = size is not None
    return Type(
        base,
        is_list=is_list,
        size=int(size) if size else None,
        optional=bool(outer) if is_list else bool(inner),
        element_optional=is_list and bool(inner),
        alias=match["alias"] or "",
    )


def _parse_arguments(text: str) -> tuple[Argument, ...]:
    arguments: list[Argument] = []
    kwarg_only = False
    for part in split_commas(text):
        if part == "*":
            kwarg_only = True
            continue
        declaration, equals, default = part.partition("=")
        # The type may contain blanks: Tensor(a -> *) self.
        type_text, blank, name = declaration.strip().rpartition(" ")
        if not blank or not name.isidentifier():
            raise ValueError(f"'{part}' is not an argument")
        if any(a.name == name for a in arguments):
            raise ValueError(f"argument '{name}' appears twice")
        arguments.append(
            Argument(
                name,
                parse_type(type_text.strip()),
                default.strip() if equals else None,
                kwarg_only,
            )
        )
    _check_defaults(arguments)
    return tuple(arguments)


def _check_defaults(arguments: list[Argument]) -> None:
    seen = ""
    for a in arguments:
        if a.kwarg_only:
            return
        if a.default is not None:
            seen = a.name
        elif seen:
            raise ValueError(
                f"argument '{a.name}' without default follows '{seen}', which has one"
            )


def _parse_returns(text: str) -> tuple[Return, ...]:
    if text.startswith("("):
        if _matching(text, 0) != len(text) - 1:
            raise ValueError(f"'{text}' is not a list of returns")
        parts = split_commas(text[1:-1])
    else:
        parts = [text]
    returns = []
    for part in parts:
        type_text, blank, name = part.rpartition(" ")
        if not blank or not name.isidentifier():
            type_text, name = part, ""
        returns.append(Return(parse_type(type_text), name))
    return tuple(returns)


def _matching(text: str, start: int) -> int:
    depth = 0
    for i in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise ValueError("unbalanced parentheses")


def split_commas(text: str) -> list[str]:
    """Splits at the commas that are in no bracket and no quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for i, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    parts.append(text[start:].strip())
    return [p for p in parts if p] if parts != [""] else []
