"""Schema types in C++, signatures, and layout of code to 80 columns.

`Signature.of(op)` gives an operator's C++ arguments and return type; the
emit_*.py modules print with `function_head`, `call` and `block`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .model import OPTION_NAMES, Argument, Form, Operator, Schema, Type
from .schema import split_commas

WIDTH = 80

_VALUES = {
    "int": "int64_t",
    "float": "double",
    "bool": "bool",
    "str": "std::string_view",
    "ScalarType": "ScalarType",
    "Layout": "Layout",
    "Device": "Device",
    "MemoryFormat": "MemoryFormat",
}
# Default values that schemas spell as words.
_WORDS = {
    "True": "true",
    "False": "false",
    "Mean": "1",
    "contiguous_format": "MemoryFormat::Contiguous",
    "preserve_format": "MemoryFormat::Preserve",
    "strided": "Layout::Strided",
    "inf": "std::numeric_limits<double>::infinity()",
    "long": "ScalarType::Long",
    "float": "ScalarType::Float",
    "cpu": "c10::kCPU",
}


@dataclass(frozen=True)
class CppArgument:
    type: str
    name: str
    default: str | None
    schema: Argument

    def declare(self, defaults: bool = False) -> str:
        text = f"{self.type} {self.name}"
        return f"{text} = {self.default}" if defaults and self.default else text


@dataclass(frozen=True)
class Signature:
    """C++ arguments in the order of the schema, outputs last."""

    arguments: tuple[CppArgument, ...]
    returns: str

    @staticmethod
    def of(op: Operator) -> Signature:
        return Signature.of_schema(op.schema, op.form)

    @staticmethod
    def of_schema(s: Schema, form: Form) -> Signature:
        return Signature(_arguments(s), _return_type(s, form))

    @property
    def types(self) -> list[str]:
        return [a.type for a in self.arguments]

    @property
    def names(self) -> list[str]:
        return [a.name for a in self.arguments]

    @property
    def function_type(self) -> str:
        return f"{self.returns}({', '.join(self.types)})"

    def distinct_from(self, others: list[Signature]) -> Signature:
        """Without the default that would let a call mean one of `others`:
        all(self) and all(self, dim=None) cannot stand side by side in C++."""
        arguments = list(self.arguments)
        for other in others:
            n = len(other.arguments)
            if self.types[:n] == other.types and n < len(arguments):
                arguments[n] = replace(arguments[n], default=None)
        return Signature(tuple(arguments), self.returns)

    def declare(self, defaults: bool = False) -> list[str]:
        """Declarations; C++ wants defaults at the end, without a gap."""
        result: list[str] = []
        for a in reversed(self.arguments):
            defaults = defaults and a.default is not None
            result.insert(0, a.declare(defaults))
        return result


def argument_type(t: Type) -> str:
    """The C++ type of an argument; written tensors are Tensor&."""
    if t.base == "Tensor":
        if t.is_list:
            return "TensorList"
        return "Tensor&" if t.writes else "const Tensor&"
    if t.base == "Generator":
        return "const Generator&"
    if t.is_list:
        if t.base == "bool" and t.size:
            text = f"std::array<bool, {t.size}>"
        elif t.base == "int":
            return "OptionalIntArrayRef" if t.optional else "IntArrayRef"
        else:
            text = f"ArrayRef<{_VALUES.get(t.base, t.base)}>"
        return f"std::optional<{text}>" if t.optional else text
    if t.base == "Scalar":
        return "const std::optional<Scalar>&" if t.optional else "const Scalar&"
    value = _VALUES[t.base]
    return f"std::optional<{value}>" if t.optional else value


def value_type(t: Type) -> str:
    """A type that owns its value: what a node or a result holds."""
    if t.is_tensor:
        return "Tensor"
    if t.is_tensor_list:
        return "std::vector<Tensor>"
    text = argument_type(t).replace("const ", "").replace("&", "")
    text = text.replace("std::string_view", "std::string")
    text = text.replace("OptionalIntArrayRef", "std::optional<std::vector<int64_t>>")
    text = text.replace("IntArrayRef", "std::vector<int64_t>")
    return re.sub(r"\bArrayRef<", "std::vector<", text)


def default_value(a: Argument) -> str | None:
    text = a.default
    if text is None:
        return None
    if text == "None":
        unset = "std::nullopt"
        return "{}" if a.type.base in ("Tensor", "Generator") else unset
    if text.startswith("["):
        return "{" + text[1:-1] + "}"
    if a.type.base == "str":
        return '"' + text[1:-1] + '"'
    return _WORDS.get(text, text)


def _arguments(s: Schema) -> tuple[CppArgument, ...]:
    result: list[CppArgument] = []
    for a in s.arguments:
        if s.has_options and a.name in OPTION_NAMES:
            if a.name == OPTION_NAMES[0]:
                result.append(_options(s, a))
            continue
        default = default_value(a)
        result.append(CppArgument(argument_type(a.type), a.name, default, a))
    return tuple(result)


def _options(s: Schema, dtype: Argument) -> CppArgument:
    default = None
    if dtype.default is not None:
        word = default_value(dtype)
        default = "{}" if dtype.default == "None" else f"TensorOptions({word})"
    return CppArgument("const TensorOptions&", "options", default, dtype)


def _return_type(s: Schema, form: Form) -> str:
    if form is Form.OUT or (form is Form.INPLACE and s.returns):
        if len(s.returns) == 1:
            return "Tensor&"
        return f"std::tuple<{', '.join('Tensor&' for _ in s.returns)}>"
    types = [value_type(r.type) for r in s.returns]
    if not types:
        return "void"
    return types[0] if len(types) == 1 else f"std::tuple<{', '.join(types)}>"


def dispatch_keys(sig: Signature, this: str | None = None) -> str:
    """The expression for the key set of a call; `this` names a method's own
    tensor ("" for its members)."""
    parts = []
    for a in sig.arguments:
        t = a.schema.type
        if t.base != "Tensor":
            continue
        if t.is_list or t.optional:
            parts.append(f"keys_of({a.name})")
        elif a.name == this:
            parts.append("key_set()")
        else:
            parts.append(f"{a.name}.key_set()")
    if parts:
        return " | ".join(parts)
    if any(a.name == "options" for a in sig.arguments):
        return "backend_key(options.device().type())"
    device = next((a for a in sig.arguments if a.type == "Device"), None)
    if device:
        return f"backend_key({device.name}.type())"
    return "DispatchKey::CPU"


def at_order(op: Operator) -> list[str]:
    """The arguments of at::<function>: outputs first, as in PyTorch."""
    outs = [a.name for a in op.schema.out_arguments]
    return sorted(Signature.of(op).names, key=lambda name: name not in outs)


# ---------------------------------------------------------------- layout


def enclosed(head: str, items: list[str], tail: str, indent: int = 0) -> str:
    """`head(items)tail` on one line, on two, or one item a line."""
    pad = " " * indent
    line = f"{pad}{head}({', '.join(items)}){tail}"
    if len(line) <= WIDTH or not items:
        return line
    inner = pad + "    "
    line = f"{inner}{', '.join(items)}){tail}"
    if len(line) <= WIDTH:
        return f"{pad}{head}(\n{line}"
    body = f",\n{inner}".join(items)
    return f"{pad}{head}(\n{inner}{body}){tail}"


def function_head(
    returns: str, name: str, sig_args: list[str], tail: str, indent: int = 0
) -> str:
    return enclosed(f"{returns} {name}", sig_args, tail, indent)


def statement(head: str, items: list[str], indent: int = 2) -> str:
    """A call that ends with a semicolon."""
    return enclosed(head, items, ";", indent)


def packed(items: list[str], indent: int) -> str:
    """Items joined by commas, as many to a line as fit."""
    lines, pad = [""], " " * indent
    for i, item in enumerate(items):
        item += "," if i + 1 < len(items) else ""
        if lines[-1] and indent + len(lines[-1]) + 1 + len(item) > WIDTH - 2:
            lines.append("")
        lines[-1] += f" {item}" if lines[-1] else item
    return f"\n{pad}".join(lines)


def assignment(left: str, expression: str, indent: int) -> str:
    """`left = expression;`, broken after `=` or inside a call."""
    pad = " " * indent
    line = f"{pad}{left} = {expression};"
    if len(line) <= WIDTH:
        return line
    line = f"{pad}{left} =\n{pad}    {expression};"
    if len(line.splitlines()[-1]) <= WIDTH:
        return line
    call = re.fullmatch(r"([\w:.]+)\((.*)\)", expression)
    if call and _balanced(call[2]):
        return enclosed(f"{left} = {call[1]}", split_commas(call[2]), ";", indent)
    return line


def _balanced(text: str) -> bool:
    depth = 0
    for c in text:
        depth += {"(": 1, ")": -1}.get(c, 0)
        if depth < 0:
            return False
    return depth == 0


def namespace(name: str, body: str) -> str:
    return f"namespace {name} {{\n\n{body.strip()}\n\n}} // namespace {name}\n"


def file_text(purpose: str, body: str, header: bool = False) -> str:
    """A generated file: where it comes from, then its contents."""
    once = "#pragma once\n\n" if header else ""
    text = f"// {purpose}\n// Generated by tools/codegen: edit the YAML file instead.\n"
    body = body.strip("\n")
    return f"{text}{once}{body}\n" if once else f"{text}\n{body}\n"
