"""Emits autograd/<Topic>.h and .cpp: nodes of the backward graph and the
recording wrappers that hold operators' Autograd slots.

`autograd_slot(op)` names the wrapper of an operator, None where there is none.
Runtime: csrc/autograd/GeneratedCodeSupport.h.
"""

from __future__ import annotations

import re

from .cpp import (
    Signature,
    assignment,
    at_order,
    enclosed,
    file_text,
    function_head,
    namespace,
    statement,
    value_type,
)
from .model import (
    CodegenError,
    Derivative,
    Dispatch,
    Entry,
    Form,
    Formula,
    Model,
    Operator,
    Saved,
    SavedKind,
    Schema,
    Topic,
    Type,
)

SPACE = "torch::autograd::recording"

_PROPERTY_TYPES = {
    "sizes": "at::DimVector",
    "strides": "at::DimVector",
    "scalar_type": "ScalarType",
    "options": "at::TensorOptions",
    "device": "at::Device",
    "layout": "at::Layout",
    "dim": "int64_t",
    "numel": "int64_t",
    "storage_offset": "int64_t",
    "is_complex": "bool",
    "suggest_memory_format": "at::MemoryFormat",
    "sizes_of": "std::vector<std::vector<int64_t>>",
    "dtypes_of": "std::vector<ScalarType>",
}
# What SavedVisitor can show (see Node.h); the rest has no Python form.
_VISIBLE = re.compile(
    r"(bool|int64_t|double|Scalar|ScalarType|std::string"
    r"|at::DimVector|std::vector<double>)$"
)


def autograd_slot(op: Operator) -> str | None:
    if op.entry.is_composite:
        return None
    derivative = None if op.entry.inplace_derivative else op.entry.derivative
    if op.form is Form.FUNCTIONAL and derivative is None:
        # Its body may call at:: functions, which must not record.
        tensors_in = any(a.type.base == "Tensor" for a in op.schema.arguments)
        tensors_out = any(r.type.base == "Tensor" for r in op.schema.returns)
        if not (isinstance(op.entry.body, Dispatch) and tensors_in and tensors_out):
            return None
    return f"{SPACE}::{op.cpp_name}"


# ---------------------------------------------------------------- nodes


def autograd_header(topic: Topic) -> str:
    nodes = "\n\n".join(_node_struct(e) for e in _entries_with_node(topic))
    wrappers = "\n".join(
        function_head(sig.returns, op.cpp_name, sig.declare(), ";")
        for op in topic.operators
        for sig in [Signature.of(op)]
        if autograd_slot(op)
    )
    text = (
        '\n#include "autograd/FormulaSupport.h"\n'
        '#include "autograd/GeneratedCodeSupport.h"\n\n'
    )
    if nodes:
        text += namespace("torch::autograd", nodes) + "\n"
    if wrappers:
        text += namespace(SPACE, f"{_using()}\n{wrappers}")
    return file_text(f"Derivatives of {topic.path}.", text, header=True)


def _using() -> str:
    return "using namespace at; // the types of operator signatures\n"


def _entries_with_node(topic: Topic) -> list[Entry]:
    """Entries that define a node: a node of that name is emitted once."""
    first: dict[str, Entry] = {}
    for entry in topic.entries:
        d = entry.derivative
        if d is None:
            continue
        other = first.setdefault(d.node, entry)
        same = other.derivative
        assert same is not None
        if (d.formulas, d.saved) != (same.formulas, same.saved):
            raise CodegenError(
                entry.where,
                f"node {d.node} differs from the one at {other.where}",
            )
    return list(first.values())


def _derivative(entry: Entry) -> Derivative:
    assert entry.derivative is not None
    return entry.derivative


def _field_type(s: Schema, saved: Saved) -> str:
    argument = s.argument(saved.source)
    if saved.is_tensor:
        is_list = argument is not None and argument.type.is_list
        if argument is None:
            is_list = s.returns[s.output_names.index(saved.source)].type.is_list
        return "std::vector<SavedVariable>" if is_list else "SavedVariable"
    if saved.kind is SavedKind.PROPERTY:
        return _PROPERTY_TYPES[saved.attribute]
    if argument is None:
        return "at::TensorOptions"
    return _owner_type(argument.type)


def _owner_type(t: Type) -> str:
    """What a node keeps of an argument; short lists stay inside the node."""
    return value_type(t).replace("std::vector<int64_t>", "at::DimVector")


def _node_struct(entry: Entry) -> str:
    d = _derivative(entry)
    lines = [
        f"// {entry.where}",
        f"struct {d.node} : Node {{",
        "  variable_list apply(variable_list&& grads) override;",
        f'  std::string name() const override {{ return "{d.shown_as}"; }}',
    ]
    if d.saves_tensors:
        lines.append("  void release_variables() override;")
    if d.frees:
        lines.append("  void release_variables() override { released = true; }")
    if _shown(entry):
        lines.append("  void visit_saved(SavedVisitor& visitor) const override;")
    if d.saved:
        lines.append("")
    for saved in d.saved:
        lines.append(f"  {_field_type(entry.schema, saved)} {saved.field}{{}};")
    for name in _lists(entry):
        lines.append(f"  size_t {name}_size = 0;")
    if d.frees:
        lines.append("  bool released = false;")
    return "\n".join([*lines, "};"])


def _lists(entry: Entry) -> list[str]:
    """Differentiable list arguments: each takes a run of edges."""
    s = entry.schema
    return [n for n in _derivative(entry).inputs if s.is_list(n)]


def _positions(entry: Entry) -> dict[str, tuple[str, str]]:
    """Differentiable argument -> (first edge, one past its last)."""
    result: dict[str, tuple[str, str]] = {}
    fixed, runs = 0, list[str]()
    for name in _derivative(entry).inputs:
        begin = " + ".join([*runs, str(fixed)] if fixed or not runs else runs)
        if entry.schema.is_list(name):
            runs.append(f"{name}_size")
        else:
            fixed += 1
        end = " + ".join([*runs, str(fixed)] if fixed or not runs else runs)
        result[name] = (begin, end)
    return result


def _node_bodies(entry: Entry) -> str:
    d = _derivative(entry)
    parts = [_apply(entry)]
    if d.saves_tensors:
        parts.append(_release(entry))
    if _shown(entry):
        parts.append(_visit(entry))
    return "\n\n".join(parts)


def _apply(entry: Entry) -> str:
    d = _derivative(entry)
    positions = _positions(entry)
    total = positions[d.inputs[-1]][1]
    lines = [
        f"// {entry.where}",
        f"variable_list {d.node}::apply(variable_list&& grads) {{",
        f"  variable_list grad_inputs({total});",
    ]
    if d.frees:
        lines.append("  if (released) {\n    throw_backward_twice();\n  }")
    if any("grads" in f.names for f in d.formulas):
        lines.append("  if (!any_defined(grads)) {\n    return grad_inputs;\n  }")
        if d.uses_grad:
            lines.append("  const Tensor& grad = grads[0];")
    else:
        lines.append("  const Tensor& grad = grads[0];")
        lines.append("  if (!grad.defined()) {\n    return grad_inputs;\n  }")
    for s in d.saved:
        if not s.is_tensor:
            continue
        if _field_type(entry.schema, s) == "SavedVariable":
            lines.append(f"  const Tensor {s.name} = {s.field}.unpack(*this);")
        else:
            unpack = f"unpack_list({s.field}, *this)"
            lines.append(f"  const std::vector<Tensor> {s.name} = {unpack};")
    for formula in d.formulas:
        lines += _compute(entry, formula, positions)
    return "\n".join([*lines, "  return grad_inputs;", "}"])


def _needed(entry: Entry, name: str, positions: dict[str, tuple[str, str]]) -> str:
    begin, end = positions[name]
    if entry.schema.is_list(name):
        return f"should_compute_any({begin}, {end})"
    return f"should_compute_output({begin})"


def _compute(
    entry: Entry, formula: Formula, positions: dict[str, tuple[str, str]]
) -> list[str]:
    tests = [_needed(entry, n, positions) for n in formula.inputs]

    def store(name: str, value: str, pad: str) -> str:
        begin = positions[name][0]
        if entry.schema.is_list(name):
            return statement("copy_range", ["grad_inputs", begin, value], len(pad))
        return assignment(f"grad_inputs[{begin}]", value, len(pad))

    if len(formula.inputs) == 1:
        name = formula.inputs[0]
        head = f"  if ({tests[0]}) {{ // {name}"
        return [head, store(name, formula.expression, "    "), "  }"]
    lines = [f"  if ({' || '.join(tests)}) {{"]
    if formula.uses_mask:
        mask = f"const std::array<bool, {len(tests)}> grad_input_mask"
        lines.append(f"    {mask}{{\n        " + ",\n        ".join(tests) + "};")
    lines.append(assignment("auto grads_of", formula.expression, 4))
    for i, (name, test) in enumerate(zip(formula.inputs, tests)):
        value = f"std::move(std::get<{i}>(grads_of))"
        lines += [f"    if ({test}) {{", store(name, value, "      "), "    }"]
    return [*lines, "  }"]


def _release(entry: Entry) -> str:
    d = _derivative(entry)
    lines = [f"void {d.node}::release_variables() {{"]
    for s in d.saved:
        if not s.is_tensor:
            continue
        if _field_type(entry.schema, s) == "SavedVariable":
            lines.append(f"  {s.field}.reset_data();")
        else:
            lines.append(f"  for (SavedVariable& saved : {s.field}) {{")
            lines.append("    saved.reset_data();\n  }")
    return "\n".join([*lines, "}"])


def _shown(entry: Entry) -> list[tuple[Saved, bool]]:
    """What SavedVisitor can show, and whether it is optional."""
    shown = []
    for s in _derivative(entry).saved:
        kind = _field_type(entry.schema, s)
        inner = re.sub(r"^std::optional<(.*)>$", r"\1", kind)
        if s.is_tensor or _VISIBLE.match(inner):
            shown.append((s, inner != kind))
    return shown


def _shown_name(s: Saved) -> str:
    """The x of `grad_fn._saved_x`: PyTorch's sizes are symbolic."""
    if s.attribute in ("sizes", "strides", "numel", "storage_offset"):
        return f"{s.source}_sym_{s.attribute}"
    return s.name


def _visit(entry: Entry) -> str:
    node = _derivative(entry).node
    lines = [f"void {node}::visit_saved(SavedVisitor& visitor) const {{"]
    for s, is_optional in _shown(entry):
        name = f'"{_shown_name(s)}"'
        if is_optional:
            lines.append(f"  if ({s.field}) {{")
            lines.append(f"    visitor.visit({name}, *{s.field});")
            lines.append(f"  }} else {{\n    visitor.visit_none({name});\n  }}")
        else:
            lines.append(f"  visitor.visit({name}, {s.field});")
    return "\n".join([*lines, "}"])


# ---------------------------------------------------------------- wrappers


def autograd_source(topic: Topic, model: Model) -> str:
    nodes = "\n\n".join(_node_bodies(e) for e in _entries_with_node(topic))
    wrappers = "\n\n".join(_wrapper(op) for op in topic.operators if autograd_slot(op))
    functions = f"autograd/functions/{topic.name}.h"
    includes = "\n".join(
        f'#include "generated/ops/{name}.h"' for name in _topics_used(topic, model)
    )
    text = (
        f'#include "generated/autograd/{topic.name}.h"\n\n'
        '#include "autograd/functions/Formulas.h"\n'
        f'#if __has_include("{functions}")\n#include "{functions}"\n#endif\n'
        f"{includes}\n\n"
    )
    if nodes:
        text += namespace("torch::autograd", nodes) + "\n"
    if wrappers:
        text += namespace(SPACE, wrappers)
    return file_text(f"Derivatives of {topic.path}.", text)


def _topics_used(topic: Topic, model: Model) -> list[str]:
    """Topics whose at:: functions the formulas of `topic` call."""
    called: set[str] = set()
    for entry in topic.entries:
        if entry.derivative:
            for f in entry.derivative.formulas:
                called |= set(re.findall(r"(?<![.\w])(\w+)\(", f.expression))
    names = {topic.name}
    for op in model.operators:
        if op.cpp_name in called:
            names.add(op.entry.topic)
    return sorted(names)


def _wrapper(op: Operator) -> str:
    sig = Signature.of(op)
    head = function_head(sig.returns, op.cpp_name, sig.declare(), " {")
    if op.form is Form.OUT:
        lines = _out_lines(op)
    elif op.form is Form.INPLACE:
        lines = _inplace_lines(op, sig)
    else:
        lines = _functional_lines(op, sig)
    return "\n".join([f"// {op.entry.where}", head, *lines, "}"])


def _below(op: Operator, sig: Signature, result: str = "") -> list[str]:
    """The call to the backend."""
    call = statement(f"{result}at::{op.cpp_name}", sig.names, 4)
    return ["  {", "    AutoDispatchBelowAutograd below;", call, "  }"]


def _out_lines(op: Operator) -> list[str]:
    outs = [a.name for a in op.schema.out_arguments]
    checked = [a.name for a in op.schema.arguments if a.type.base == "Tensor"]
    if op.entry.derivative is None or op.entry.inplace_derivative:
        checked = outs
    return [
        enclosed("if (compute_requires_grad", checked, ") {", 2),
        f'    throw_error_out_requires_grad("{op.schema.name}");\n  }}',
        "  AutoDispatchBelowAutograd below;",
        statement(f"return at::{op.cpp_name}", at_order(op)),
    ]


def _inplace_lines(op: Operator, sig: Signature) -> list[str]:
    lines = []
    written = [a for a in op.schema.arguments if a.type.writes]
    for a in written:
        if a.type.is_list:
            lines.append(f"  for (const Tensor& t : {a.name}) {{")
            lines.append("    check_inplace(t);\n  }")
        else:
            lines.append(f"  check_inplace({a.name});")
    d = op.entry.derivative
    if d:
        lines += _make_node(op.entry, d)
        lines += _save(op, (SavedKind.INPUT, SavedKind.VALUE, SavedKind.PROPERTY))
    lines += _below(op, sig)
    if d:
        inner = ["    rebase_history(self, node);"]
        for s in d.saved:
            if s.kind is SavedKind.OUTPUT:
                inner.append(f"    node->{s.field} = SavedVariable(self, true);")
        lines += _if_node(inner)
    if sig.returns != "void":
        lines.append(f"  return {written[0].name};")
    return lines


def _functional_lines(op: Operator, sig: Signature) -> list[str]:
    d = op.entry.derivative
    if d is None:
        return [
            "  AutoDispatchBelowAutograd below;",
            statement(f"return at::{op.cpp_name}", sig.names),
        ]
    lines = _make_node(op.entry, d)
    lines += _save(op, (SavedKind.INPUT, SavedKind.VALUE, SavedKind.PROPERTY))
    lines.append(f"  {sig.returns} result;")
    lines += _below(op, sig, "result = ")
    inner = []
    s = op.schema
    for i, (r, name) in enumerate(zip(s.returns, s.output_names)):
        if r.type.base == "Tensor" and name not in d.non_differentiable:
            setter = "set_view_history" if r.type.is_view else "set_history"
            inner.append(f"    {setter}({_result(s, i)}, node);")
    for saved in d.saved:
        if saved.kind is SavedKind.OUTPUT:
            inner.append(_save_output(op, d, saved))
    return [*lines, *_if_node(inner), "  return result;"]


def _if_node(lines: list[str]) -> list[str]:
    """The last use of `node` gives it away."""
    last = lines[-1].replace(", node);", ", std::move(node));")
    return ["  if (node) {", *lines[:-1], last, "  }"]


def _result(s: Schema, i: int) -> str:
    return "result" if len(s.returns) == 1 else f"std::get<{i}>(result)"


def _save_output(op: Operator, d: Derivative, saved: Saved) -> str:
    i = op.schema.output_names.index(saved.source)
    # One without gradient has no history to keep out of the cycle.
    is_output = "false" if saved.source in d.non_differentiable else "true"
    function = "SavedVariable"
    if op.schema.returns[i].type.is_list:
        function = "save_list"
    value = f"{function}({_result(op.schema, i)}, {is_output})"
    return f"    node->{saved.field} = {value};"


def _make_node(entry: Entry, d: Derivative) -> list[str]:
    return [statement(f"auto node = make_node<{d.node}>", list(d.inputs))]


def _save(op: Operator, kinds: tuple[SavedKind, ...]) -> list[str]:
    """`if (node) { node->alpha = alpha; ... }`"""
    d = _derivative(op.entry)
    lines = []
    for s in d.saved:
        if s.kind not in kinds:
            continue
        line = f"    node->{s.field} = {_saved_value(op, s)};"
        guard = _guard(op.entry, d, s)
        if guard:
            line = f"    if ({guard}) {{\n  {line}\n    }}"
        lines.append(line)
    for name in _lists(op.entry):
        lines.append(f"    node->{name}_size = {name}.size();")
    return ["  if (node) {", *lines, "  }"] if lines else []


def _saved_value(op: Operator, s: Saved) -> str:
    argument = op.schema.argument(s.source)
    if s.kind is SavedKind.PROPERTY:
        if s.attribute.endswith("_of"):
            return f"{s.attribute}({s.source})"
        value = f"{s.source}.{s.attribute}()"
        is_list = _PROPERTY_TYPES[s.attribute] == "at::DimVector"
        return f"at::DimVector({value})" if is_list else value
    if s.kind is SavedKind.VALUE:
        return _owned(s.source, argument.type) if argument else s.source
    assert argument is not None
    if argument.type.is_list:
        return f"save_list({s.source})"
    # The memory of a written argument is about to change.
    value = f"{s.source}.clone()" if argument.type.writes else s.source
    return f"SavedVariable({value}, false)"


def _owned(name: str, t: Type) -> str:
    """A value that outlives the call, from an argument that may borrow."""
    owner = _owner_type(t)
    if owner == "at::DimVector":
        return f"at::DimVector({name})"
    if owner.startswith("std::vector"):
        return f"{name}.vec()"
    if owner.startswith(("std::optional<std::vector", "std::optional<at::Dim")):
        return f"to_owned({name})"
    if owner == "std::string":
        return f"std::string({name})"
    return name


def _guard(entry: Entry, d: Derivative, s: Saved) -> str | None:
    """A tensor that one formula of several uses is saved only when that
    gradient is wanted."""
    users = [f for f in d.formulas if s.name in f.names]
    if not s.is_tensor or len(d.formulas) < 2 or len(users) != 1:
        return None
    if len(users[0].inputs) != 1 or _lists(entry):
        return None
    position = _positions(entry)[users[0].inputs[0]][0]
    return f"node->should_compute_output({position})"
