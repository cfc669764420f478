"""Emits python/<Topic>.cpp: METH_FASTCALL functions, methods and operators.

What is bound and in which order signatures are tried: python_signatures.py.
The C++ that the emitted code calls: csrc/api/python/ArgParser.h, Bindings.h.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from . import emit_docs, emit_pyi
from .cpp import (
    WIDTH,
    CppArgument,
    Signature,
    default_value,
    enclosed,
    file_text,
    function_head,
)
from .model import Argument, Entry, Form, Model, Operator, Topic, Type
from .python_signatures import (
    PythonArgument,
    PythonFunction,
    PythonSignature,
    is_bound,
    python_functions,
)

_TYPES = {
    "Tensor": "Tensor",
    "Scalar": "Scalar",
    "int": "Int",
    "float": "Double",
    "bool": "Bool",
    "str": "String",
    "ScalarType": "DType",
    "Layout": "Layout",
    "Device": "Device",
    "MemoryFormat": "MemoryFormat",
    "Generator": "Generator",
}
_ACCESSORS = {
    "Scalar": "scalar",
    "int": "integer",
    "float": "real",
    "bool": "boolean",
    "str": "string",
    "ScalarType": "dtype",
    "Layout": "layout",
    "Device": "device",
    "MemoryFormat": "memory_format",
}
_SHOWN_DEFAULTS = {
    "contiguous_format": "torch.contiguous_format",
    "preserve_format": "torch.preserve_format",
    "long": "torch.int64",
    "float": "torch.float32",
}
_OPERATORS = {
    "add": "Add", "sub": "Sub", "mul": "Mul", "truediv": "TrueDiv",
    "floordiv": "FloorDiv", "mod": "Mod", "pow": "Pow", "matmul": "MatMul",
    "and": "And", "or": "Or", "xor": "Xor", "lshift": "LShift",
    "rshift": "RShift", "lt": "Lt", "le": "Le", "eq": "Eq", "ne": "Ne",
    "gt": "Gt", "ge": "Ge", "neg": "Neg", "pos": "Pos", "abs": "Abs",
    "invert": "Invert",
}  # fmt: skip
_UNARY = {"neg", "pos", "abs", "invert"}
# A C++ call: the function and its arguments.
Call = tuple[str, list[str]]
_COMMUTATIVE = {"add", "mul", "and", "or", "xor"}


def list_outputs(model: Model) -> list[str]:
    stubs = emit_pyi.list_outputs(model)
    return [f"python/{t.name}.cpp" for t in model.topics] + [emit_docs.PATH, *stubs]


def outputs(model: Model, root: Path) -> dict[str, str]:
    functions = python_functions(model)
    files = {
        f"python/{t.name}.cpp": python_source(t, model, functions) for t in model.topics
    }
    files.update(emit_docs.outputs(model, root))
    files.update(emit_pyi.outputs(model, root))
    return files


def python_source(topic: Topic, model: Model, functions: list[PythonFunction]) -> str:
    own = [f for f in functions if f.topic == topic.name]
    slots = _Slots(topic, model, functions)
    needed = {s.op.entry.topic for f in own for s in f.signatures}
    needed |= {topic.name, *slots.topics}
    includes = "\n".join(
        [
            '#include "api/python/ArgParser.h"',
            '#include "api/python/Bindings.h"',
            '#include "api/python/Exceptions.h"',
            '#include "api/python/GeneratedSupport.h"',
            *(f'#include "generated/ops/{name}.h"' for name in sorted(needed)),
        ]
    )
    parts = [_function(f) for f in own] + slots.code + _tables(own)
    parts += slots.table()
    body = "\n\n".join(parts)
    return file_text(
        f"Python bindings of {topic.path}.",
        f"{includes}\n\nnamespace torch::python {{\nnamespace {{\n\n{body}\n\n"
        "} // namespace\n} // namespace torch::python\n",
    )


# ---------------------------------------------------------------- tables


def _params(f: PythonFunction, s: PythonSignature) -> str:
    rows = []
    for a in s.arguments:
        name = "input" if a.name == "self" and not f.is_method else a.name
        flags = " | ".join(
            flag
            for flag, on in (
                ("kOptional", a.optional),
                ("kNone", a.allows_none),
                ("kKeyword", a.keyword),
            )
            if on
        )
        parts = [f'"{name}"', f"ArgType::{_arg_type(a.type)}", flags or "0"]
        size = a.type.size if a.type.is_list and a.type.base != "Tensor" else None
        parts.append(_shown_default(a) if a.optional else "nullptr")
        parts.append(str(size or 0))
        for default in ("0", "nullptr", "0"):
            if parts[-1] == default:
                parts.pop()
            else:
                break
        row = "    {" + ", ".join(parts) + "}"
        if len(row) > 78:
            row = "    {" + parts[0] + ",\n     " + ", ".join(parts[1:]) + "}"
        rows.append(row)
    return ",\n".join(rows)


def _arg_type(t: Type) -> str:
    if not t.is_list:
        return _TYPES[t.base]
    if t.base == "Tensor":
        return "OptionalTensorList" if t.element_optional else "TensorList"
    return {"int": "IntList", "float": "DoubleList"}[t.base]


def _shown_default(a: PythonArgument) -> str:
    text = _SHOWN_DEFAULTS.get(a.default or "", a.default or "")
    return '"' + text.replace('"', "'").replace("'", "") + '"'


def _signature_ident(f: PythonFunction, i: int) -> str:
    return f"{f.ident}_{i}"


def _declare_tables(f: PythonFunction) -> str:
    lines, rows = [], []
    for i, s in enumerate(f.signatures):
        rows.append(_signature_row(f, s, i))
        if s.arguments:
            head = f"constexpr Param {_signature_ident(f, i)}[] = {{"
            lines.append(f"{head}\n{_params(f, s)}}};")
    joined = ",\n    ".join(rows)
    lines.append(f"constexpr Signature {f.ident}_signatures[] = {{\n    {joined}}};")
    numbers = ", true" if f.numbers_as_tensors else ""
    parts = [f'"{f.name}"', f"{f.ident}_signatures", f'"{f.owner}"{numbers}']
    lines.append(enclosed(f"constexpr Function {f.ident}_info", parts, ";"))
    return "\n".join(lines)


def _signature_row(f: PythonFunction, s: PythonSignature, i: int) -> str:
    if not s.arguments:
        return "Signature()"
    hidden = ", true" if s.hidden else ""
    return f"Signature({_signature_ident(f, i)}{hidden})"


def _tables(functions: list[PythonFunction]) -> list[str]:
    by_owner: dict[str, list[PythonFunction]] = {}
    for f in functions:
        by_owner.setdefault(f.owner, []).append(f)
    parts = []
    for i, (owner, group) in enumerate(by_owner.items()):
        rows = []
        for f in group:
            flags = (
                "METH_NOARGS" if f.takes_nothing else "METH_FASTCALL | METH_KEYWORDS"
            )
            row = f'    {{"{f.name}", as_method({f.ident}), {flags}, nullptr}}'
            rows.append(
                row if len(row) < WIDTH else row.replace(", METH", ",\n     METH")
            )
        table = ",\n".join(rows)
        parts.append(
            f"const PyMethodDef methods_{i}[] = {{\n{table}}};\n"
            f'const TopicBindings bind_methods_{i}("{owner}", methods_{i});'
        )
    return parts


# ---------------------------------------------------------------- functions


def _function(f: PythonFunction) -> str:
    where = "\n".join(
        f"// {s.op.schema.full_name}: {s.op.entry.where}" for s in f.signatures
    )
    if f.takes_nothing:
        return f"{where}\n{_noargs_method(f)}"
    most = max(len(s.arguments) for s in f.signatures)
    self_name, this = ("self", "self") if f.is_method else ("", "nullptr")
    head = function_head(
        "PyObject*",
        f.ident,
        [
            f"PyObject* {self_name}".strip(),
            "FastArgs args",
            "Py_ssize_t nargs",
            "PyObject* kwnames",
        ],
        " {",
    )
    lines = [where, _declare_tables(f), head, "  HANDLE_TH_ERRORS"]
    lines += _fast_path(f)
    lines += [
        enclosed(
            f"const ParsedArgs<{most}> p",
            [f"{f.ident}_info", this, "args", "nargs", "kwnames"],
            ";",
            2,
        ),
        "  if (C10_UNLIKELY(p.has_torch_function())) {",
        "    return p.call_torch_function();",
        "  }",
    ]
    for i, s in enumerate(f.signatures):
        last = i + 1 == len(f.signatures)
        indent = "  " if last else "    "
        body = _call_lines(f, s, indent)
        if last:
            lines += body
        else:
            lines += [f"  if (p.signature() == {i}) {{", *body, "  }"]
    lines += ["  END_HANDLE_TH_ERRORS", "}"]
    return "\n".join(lines)


def _noargs_method(f: PythonFunction) -> str:
    s = f.signatures[0]
    this = "unpack_mutable(self)" if s.op.form is Form.INPLACE else "unpack(self)"
    call = (f"at::{s.op.cpp_name}", [this])
    return "\n".join(
        [
            f"PyObject* {f.ident}(PyObject* self, PyObject*) {{",
            "  HANDLE_TH_ERRORS",
            "  if (C10_UNLIKELY(!is_plain(self)) && overridden(self)) {",
            f'    return call_override(self, "{f.name}");',
            "  }",
            *_return_lines(s, call, "  ", method=True),
            "  END_HANDLE_TH_ERRORS",
            "}",
        ]
    )


def _fast_path(f: PythonFunction) -> list[str]:
    """Exact tensors in the required places and nothing else."""
    s = f.signatures[0]
    required = [a for a in s.arguments if not a.optional]
    tensors = all(a.type.is_tensor and not a.type.optional for a in required)
    if not tensors or (not required and not f.is_method) or len(required) > 3:
        return []
    n = len(required)
    if s.has_options or any(_takes_tensors(o, n) for o in f.signatures[1:]):
        return []
    args = [f"unpack(args[{i}])" for i in range(n)]
    tests = [f"nargs == {n}", "!kwnames"]
    if f.is_method:
        args.insert(_self_position(s.op), "unpack(self)")
        tests.append("is_plain(self)")
    tests += [f"is_plain(args[{i}])" for i in range(n)]
    if s.op.form is Form.INPLACE:
        args[0] = args[0].replace("unpack", "unpack_mutable")
    call = (f"at::{s.op.cpp_name}", args)
    test = f"  if ({' && '.join(tests)}) {{"
    if len(test) > WIDTH:
        test = f"  if ({' && '.join(tests[:2])} &&\n      {' && '.join(tests[2:])}) {{"
    return [
        test,
        *_return_lines(s, call, "    ", f.is_method),
        "  }",
    ]


def _takes_tensors(s: PythonSignature, n: int) -> bool:
    """Whether a call with n tensors could mean this signature, too."""
    required = [a for a in s.arguments if not a.optional]
    return len(required) <= n and all(a.type.is_tensor for a in required)


def _call_lines(f: PythonFunction, s: PythonSignature, indent: str) -> list[str]:
    lines: list[str] = []
    if s.out:
        lines += _out_lines(f, s, indent)
    args = [
        _argument_expression(f, s, a, i) for i, a in enumerate(_cpp_arguments(s.op))
    ]
    if f.is_method:
        inplace = s.op.form is Form.INPLACE
        args[_self_position(s.op)] = (
            "unpack_mutable(self)" if inplace else "unpack(self)"
        )
    elif s.op.form is Form.INPLACE and s.arguments[0].type.is_tensor:
        lines.append(f"{indent}at::Tensor self = p.tensor(0);")
        args[0] = "self"
    call = (f"at::{s.op.cpp_name}", args)
    if s.has_options:
        tail = f"), p.boolean_or({s.index('requires_grad')}, false));"
        lines.append(_statement("return wrap_new(", call, tail, indent))
        return lines
    return lines + _return_lines(s, call, indent, f.is_method)


def _cpp_arguments(op: Operator) -> tuple[CppArgument, ...]:
    return Signature.of(op).arguments


def _self_position(op: Operator) -> int:
    return next(i for i, a in enumerate(_cpp_arguments(op)) if a.name == "self")


def _out_lines(f: PythonFunction, s: PythonSignature, indent: str) -> list[str]:
    out = s.out
    assert out is not None
    index = s.index("out")
    args = [
        _argument_expression(f, s, a, i)
        for i, a in enumerate(_cpp_arguments(out))
        if not a.schema.type.writes
    ]
    if f.is_method:
        args[0] = "unpack(self)"
    inner = indent + "  "
    count = len(out.schema.out_arguments)
    if count == 1:
        head = f"{inner}at::Tensor out = p.tensor({index});"
        outs = ["out"]
    else:
        head = f"{inner}auto out = p.out_list({index}, {count});"
        outs = [f"out[{i}]" for i in range(count)]
    call = (f"at::{out.cpp_name}", outs + args)
    return [
        f"{indent}if (p.has({index})) {{",
        head,
        *_return_lines(s, call, inner, method=False, out=True),
        f"{indent}}}",
    ]


def _return_lines(
    s: PythonSignature, call: Call, indent: str, method: bool, out: bool = False
) -> list[str]:
    op = s.op
    returns = op.schema.returns
    call = (_unlocked(op, call[0]), call[1])
    if not returns:
        return [_statement("", call, ");", indent), f"{indent}return new_none();"]
    if op.form is Form.INPLACE and method:
        return [_statement("", call, ");", indent), f"{indent}return new_ref(self);"]
    if len(returns) == 1:
        return [_statement("return wrap(", call, "));", indent)]
    wrapper = "wrap_outputs" if out else "wrap"
    names = [r.name for r in returns]
    plain = op.entry.python_module == "nn"  # torch.nn's helpers return plain tuples
    if plain or not all(names):
        tail = "), nullptr);" if out else "));"
        return [_statement(f"return {wrapper}(", call, tail, indent)]
    fields = ", ".join(f'"{n}"' for n in names)
    return [
        f"{indent}static PyTypeObject* const type =",
        f'{indent}    make_return_type("{op.schema.name}", {{{fields}}});',
        _statement(f"return {wrapper}(", call, "), type);", indent),
    ]


def _unlocked(op: Operator, function: str) -> str:
    """The name to call: views take no time worth giving up the interpreter for."""
    has_tensor = any(a.type.base == "Tensor" for a in op.schema.arguments)
    return f"UNLOCKED({function})" if has_tensor and not op.schema.is_view else function


def _statement(head: str, call: Call, tail: str, indent: str) -> str:
    """`head name(args) tail`; the last parenthesis of the call is in `tail`."""
    name, args = call
    return enclosed(f"{head}{name}", args, tail[1:], len(indent))


# ---------------------------------------------------------------- arguments


def _argument_expression(
    f: PythonFunction, s: PythonSignature, a: CppArgument, position: int
) -> str:
    if a.name == "options":
        return f"p.options({s.index('dtype')})"
    if f.is_method and a.name == "self":
        return "unpack(self)"
    i = s.index(a.name)
    argument = replace(a.schema, default=s.arguments[i].default)
    return _read(argument, i, f.numbers_as_tensors)


def _read(a: Argument, i: int, numbers: bool) -> str:
    t = a.type
    if t.is_tensor:
        return f"p.tensor_or_number({i})" if numbers else f"p.tensor({i})"
    if t.base == "Tensor":
        return f"p.tensor_list({i})"
    if t.base == "Generator":
        return f"p.generator({i})"
    if t.is_list:
        return _read_list(a, i)
    accessor = _ACCESSORS[t.base]
    if t.optional and a.default in (None, "None"):
        return f"p.optional_{accessor}({i})"
    if a.default is None:
        return f"p.{accessor}({i})"
    return f"p.{accessor}_or({i}, {_scoped(default_value(a))})"


def _read_list(a: Argument, i: int) -> str:
    name = "int_list" if a.type.base == "int" else "double_list"
    if a.type.optional:
        return f"p.optional_{name}({i})"
    if a.default is None or name == "double_list":
        return f"p.{name}({i})"
    if a.default.startswith("["):
        items = a.default[1:-1]
    else:
        items = ", ".join([a.default] * (a.type.size or 1))
    return f"p.int_list_or({i}, {{{items}}})"


def _scoped(text: str | None) -> str:
    """Default values name types of namespaces at and c10."""
    text = text or ""
    for prefix in ("MemoryFormat::", "Layout::", "ScalarType::"):
        if text.startswith(prefix):
            return f"c10::{text}"
    return text


# ---------------------------------------------------------------- operators


class _Slots:
    """The Python operators that a topic's entries name: `__add__`, ..."""

    def __init__(
        self, topic: Topic, model: Model, functions: list[PythonFunction]
    ) -> None:
        self.model = model
        self.by_name = {(f.owner, f.name): f for f in functions}
        self.topic = topic
        self.topics: set[str] = set()
        self.code: list[str] = []
        self.rows: list[str] = []
        for entry in filter(is_bound, topic.entries):
            for name in entry.python:
                self._add(entry, name)

    def table(self) -> list[str]:
        if not self.rows:
            return []
        rows = ",\n".join(f"    {r}" for r in self.rows)
        return [
            f"constexpr SlotEntry slots[] = {{\n{rows}}};\n"
            "const TopicBindings bind_slots(slots);"
        ]

    def _add(self, entry: Entry, name: str) -> None:
        word = name.strip("_")
        if word in _UNARY:
            self._unary(entry, name, word)
        elif word in _OPERATORS:
            self._binary(entry, name, word, "Forward", entry.schema.name)
        elif word[0] == "r" and word[1:] in _OPERATORS:
            self._binary(entry, name, word[1:], "Reflected", entry.schema.name)
        elif word[0] == "i" and word[1:] in _OPERATORS:
            self._binary(entry, name, word[1:], "Inplace", f"{entry.schema.name}_")

    def _unary(self, entry: Entry, name: str, word: str) -> None:
        ident = f"operator_{word}"
        self.code.append(
            "\n".join(
                [
                    f"// {name}: {entry.where}",
                    f"PyObject* {ident}(PyObject* self) {{",
                    "  HANDLE_TH_ERRORS",
                    "  if (C10_UNLIKELY(!is_plain(self)) && overridden(self)) {",
                    f'    return call_override(self, "{name}");',
                    "  }",
                    f"  return wrap(at::{entry.schema.name}(unpack(self)));",
                    "  END_HANDLE_TH_ERRORS",
                    "}",
                ]
            )
        )
        slot = f"Slot::{_OPERATORS[word]}"
        self.rows.append(f"{{{slot}, SlotKind::Unary, nullptr, {ident}}}")

    def _binary(
        self, entry: Entry, name: str, word: str, kind: str, function: str
    ) -> None:
        """self is the tensor operand; of a reflected operator the right one."""
        ident = f"operator_{name.strip('_')}"
        overloads = self._overloads(function)
        if function == "reciprocal":
            self._overloads("mul")  # its header is needed
        lines = [
            f"// {name}: {entry.where}",
            f"PyObject* {ident}(PyObject* self, PyObject* other) {{",
            "  HANDLE_TH_ERRORS",
            *self._plain_cases(kind, word, function, overloads),
            *self._general_case(kind, name, function, overloads),
            "  END_HANDLE_TH_ERRORS",
            "}",
        ]
        self.code.append("\n".join(lines))
        slot = f"Slot::{_OPERATORS[word]}"
        self.rows.append(f"{{{slot}, SlotKind::{kind}, {ident}, nullptr}}")

    def _overloads(self, function: str) -> set[tuple[str, ...]]:
        """Types of the first two arguments of each overload."""
        found = set()
        for op in self.model.operators:
            if op.cpp_name == function and op.form is not Form.OUT:
                types = tuple(a.type.base for a in op.schema.arguments[:2])
                found.add(types)
                self.topics.add(op.entry.topic)
        return found

    def _plain_cases(
        self, kind: str, word: str, function: str, overloads: set[tuple[str, ...]]
    ) -> list[str]:
        tensor, number = "unpack(self)", "unpack_scalar(other)"
        if kind == "Reflected":
            call = _reflected_call(function, word, ("Scalar", "Tensor") in overloads)
            return [
                "  if (is_plain(self) && is_number(other)) {",
                f"    return wrap({call});",
                "  }",
            ]
        inplace = kind == "Inplace"
        this = "unpack_mutable(self)" if inplace else tensor
        lines = []
        cases = [("is_plain(other)", "unpack(other)")]
        if ("Tensor", "Scalar") in overloads:
            cases.append(("is_number(other)", number))
        for test, other in cases:
            call = f"UNLOCKED(at::{function})({this}, {other})"
            lines.append(f"  if (is_plain(self) && {test}) {{")
            if inplace:
                lines += [f"    {call};", "    return new_ref(self);", "  }"]
            else:
                lines += [f"    return wrap({call});", "  }"]
        return lines

    def _general_case(
        self, kind: str, name: str, function: str, overloads: set[tuple[str, ...]]
    ) -> list[str]:
        """Through the argument parser: subclasses, NumPy scalars, errors."""
        method = self.by_name.get(("Tensor", function))
        own = method if method and method.topic == self.topic.name else None
        if own and kind != "Reflected":
            return [f"  return {own.ident}(self, &other, 1, nullptr);"]
        word = name.strip("_")[1:]
        swapped = kind == "Reflected" and not _keeps_order(function, word)
        function = "div" if function == "reciprocal" else function
        return [
            f'  return call_operator("{function}", "{name}", self, other, '
            f"{str(swapped).lower()});"
        ]


def _keeps_order(function: str, word: str) -> bool:
    """Whether f(self, other) is the reflected operator as well."""
    return function == "rsub" or word in _COMMUTATIVE


def _reflected_call(function: str, word: str, takes_number_first: bool) -> str:
    """`number <operator> tensor` in C++."""
    if function == "reciprocal":
        return "at::mul(at::reciprocal(unpack(self)), unpack_scalar(other))"
    if _keeps_order(function, word):
        return f"at::{function}(unpack(self), unpack_scalar(other))"
    number = "unpack_scalar" if takes_number_first else "number_tensor"
    return f"at::{function}({number}(other), unpack(self))"
