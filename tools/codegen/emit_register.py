"""Emits register/<Topic>.cpp: operator tables, their information, the bodies
of Tensor's methods; and register/Index.cpp, the list of all operators."""

from __future__ import annotations

from .cpp import WIDTH, Signature, enclosed, file_text, namespace, packed
from .emit_autograd import autograd_slot
from .emit_native import one_device, one_device_names, slots
from .emit_ops import method_body, methods_of
from .model import Model, Operator, Topic

# The order of c10::DispatchKey.
KEYS = ("CPU", "CUDA", "PrivateUse1", "Meta", "Python", "Autograd")


def register_source(topic: Topic) -> str:
    tables = "\n\n".join(_table(op) for op in topic.operators)
    index = ",\n    ".join(f"&{op.ident}" for op in topic.operators)
    listed = (
        f"extern const ArrayRef<Operator*> {topic.name}_operators;\n"
        f"Operator* const {topic.name}_list[] = {{\n    {index}}};\n"
        f"const ArrayRef<Operator*> {topic.name}_operators({topic.name}_list);"
    )
    methods = "\n\n".join(method_body(op) for op in methods_of(topic))
    parts = [one_device_names(topic), tables, listed]
    text = (
        '#include "aten/core/Boxing.h"\n'
        '#include "aten/native/OneDevice.h"\n'
        f'#include "generated/autograd/{topic.name}.h"\n'
        f'#include "generated/native/{topic.name}.h"\n'
        f'#include "generated/ops/{topic.name}.h"\n\n'
        + namespace("at::ops", "\n\n".join(filter(None, parts)))
    )
    if methods:
        text += "\n" + namespace("at", methods)
    return file_text(f"Tables and methods of {topic.path}.", text)


def _table(op: Operator) -> str:
    sig = Signature.of(op)
    kind = f"{op.ident}_fn"
    functions = dict(slots(op))
    if op.entry.one_device and "CUDA" in functions:
        functions["CUDA"] = f"({one_device(op, functions['CUDA'])})"
    wrapper = autograd_slot(op)
    if wrapper:
        functions["Autograd"] = wrapper
    keys = [k for k in KEYS if k in functions]
    rows = [
        _kernel(kind, functions[k], k) if k in functions else f"        nullptr, // {k}"
        for k in KEYS[: KEYS.index(keys[-1]) + 1 if keys else 0]
    ]
    filled = packed([f"DispatchKey::{k}" for k in keys], 8)
    schema = _quoted(str(op.schema))
    lines = [
        f"// {op.entry.where}",
        enclosed(f"using {kind} = {sig.returns}", sig.types, ";"),
        f"const OperatorInfo {op.ident}_info = {{",
        f'    "aten::{op.schema.name}",',
        f'    "{op.schema.overload}",',
        f"    {schema},",
        f"    &call_boxed<{kind}>,",
        f"    ATEN_BOXED_FALLBACK({op.ident}, {kind}),",
        f"    &typeid({kind}),",
        f'    "{op.entry.where}"}};',
        f"Operator {op.ident} = {{",
        "    {",
        *rows,
        "    },",
        f"    DispatchKeySet{{\n        {filled}}},",
        f"    &{op.ident}_info}};",
    ]
    return "\n".join(lines)


def _kernel(kind: str, function: str, key: str) -> str:
    line = f"        ATEN_KERNEL({kind}, {function}), // {key}"
    if len(line) <= WIDTH:
        return line
    return f"        // {key}\n" + enclosed("ATEN_KERNEL", [kind, function], ",", 8)


def _quoted(text: str) -> str:
    """A C++ string, broken at blanks to fit the page."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    pieces, line = [], ""
    for word in escaped.split(" "):
        if line and len(line) + len(word) > 68:
            pieces.append(line)
            line = ""
        line += word + " "
    pieces.append(line[:-1])
    return "\n    ".join(f'"{p}"' for p in pieces)


def index_source(model: Model) -> str:
    names = [t.name for t in model.topics if t.operators]
    externs = "\n".join(
        f"extern const ArrayRef<Operator*> {n}_operators;" for n in names
    )
    calls = "\n".join(
        f"  all.insert(all.end(), {n}_operators.begin(), {n}_operators.end());"
        for n in names
    )
    body = namespace(
        "at::ops",
        f"{externs}\n\nstd::vector<Operator*> generated_operators() {{\n"
        f"  std::vector<Operator*> all;\n{calls}\n  return all;\n}}",
    )
    text = f'#include "aten/core/OperatorRegistry.h"\n\n{body}'
    return file_text("Every operator of csrc/aten/ops.", text)
