"""Emits native/<Topic>.h (declarations of the hand-written bodies) and
native/<Topic>.cpp, cuda/<Topic>.cpp: the shells around them.

A shell is what an operator's slot holds when the body needs company: an
iterator for a stub, outputs for a structured body, a version bump for a
written argument. `slots(op)` says which function serves which key.
"""

from __future__ import annotations

from .cpp import (
    Signature,
    at_order,
    enclosed,
    file_text,
    function_head,
    namespace,
    packed,
    statement,
)
from .model import (
    Alias,
    Composite,
    Dispatch,
    Entry,
    Form,
    Kernel,
    Operator,
    Structured,
    Topic,
)

ALL_BACKENDS = ("CPU", "CUDA", "PrivateUse1", "Meta")
# Stubs serve these; Meta's shell computes nothing.
STUB_BACKENDS = ("CPU", "CUDA", "Meta")


# ---------------------------------------------------------------- slots


def slots(op: Operator) -> dict[str, str]:
    """Dispatch key -> the function below at:: that its slot holds. CUDA slots
    that libtorch_cuda fills are left out."""
    body = op.entry.body
    if isinstance(body, Kernel):
        return dict.fromkeys(STUB_BACKENDS, f"native::{op.cpp_name}")
    if isinstance(body, Structured):
        keys = {k: f"native::{k.lower()}::{op.cpp_name}" for k in body.bodies}
        keys.setdefault("Meta", f"native::meta::{op.cpp_name}")
        keys.pop("CUDA", None)
        return keys
    if isinstance(body, (Composite, Alias)):
        shell = f"native::derived::{op.cpp_name}"
        return dict.fromkeys(ALL_BACKENDS, _direct(op) or shell)
    bodies = _bodies(op)
    if "all" in bodies:
        name = f"native::{bodies['all']}"
        if op.form is not Form.FUNCTIONAL:
            name = f"native::derived::{op.cpp_name}"
        return dict.fromkeys(ALL_BACKENDS, name)
    keys = {}
    for device, function in bodies.items():
        plain = op.form is Form.FUNCTIONAL
        name = function if plain else f"{device.lower()}::{op.cpp_name}"
        keys[device] = f"native::{name}"
    keys.pop("CUDA", None)
    return keys


def cuda_slot(op: Operator) -> str | None:
    """The function that libtorch_cuda.so puts into the CUDA slot."""
    body = op.entry.body
    if isinstance(body, Structured) and "CUDA" in body.bodies:
        return f"native::cuda::{op.cpp_name}"
    if isinstance(body, Dispatch) and "CUDA" in _bodies(op):
        if op.form is Form.FUNCTIONAL:
            return f"native::{_bodies(op)['CUDA']}"
        return f"native::cuda::{op.cpp_name}"
    return None


def one_device(op: Operator, slot: str) -> str:
    """`slot` after a check of the tensors' devices, where the entry asks for it."""
    kind = Signature.of(op).function_type.replace("(", " (*)(", 1)
    function = f"static_cast<{kind}>({slot})"
    if not op.entry.one_device:
        return function
    return f"native::one_device<\n          {function},\n          {op.ident}_devices>"


def one_device_names(topic: Topic) -> str:
    """What the checks of one_device() say: method, tensors in their order."""
    lines = []
    for op in topic.operators:
        check = op.entry.one_device
        if check:
            names = [
                check.renamed.get(a.name, a.name)
                for a in Signature.of(op).arguments
                if "Tensor" in a.type and "Options" not in a.type
            ]
            quoted = [f'"{n}"' for n in (check.method, *names)]
            head = f"constexpr const char* const {op.ident}_devices[]"
            lines.append(f"{head} = {{\n    {packed(quoted, 4)}}};")
    return "\n".join(lines)


def _direct(op: Operator) -> str | None:
    """The composite body that needs no shell."""
    body = op.entry.body
    if isinstance(body, Alias):
        return None
    assert isinstance(body, Composite)
    if op is op.entry.base:
        return f"native::{body.function}"
    named = body.inplace if op.form is Form.INPLACE else body.out
    return f"native::{named}" if named else None


def _bodies(op: Operator) -> dict[str, str]:
    """Device -> function of a dispatch entry; for a derived form without a
    function of its own, that of the functional form."""
    body = op.entry.body
    assert isinstance(body, Dispatch)
    return _own_bodies(op) or body.bodies


def _own_bodies(op: Operator) -> dict[str, str]:
    body = op.entry.body
    assert isinstance(body, Dispatch)
    if op is op.entry.base:
        return body.bodies
    return body.inplace if op.form is Form.INPLACE else body.out


# ---------------------------------------------------------------- declarations


def native_header(topic: Topic) -> str:
    seen: dict[str, None] = {}
    for entry in topic.entries:
        for text in _declarations(entry):
            seen.setdefault(text)
    shells = [_declare_shell(op, fn) for op in topic.operators for fn in _shells(op)]
    body = (
        "\n"
        '#include "aten/OutputSpec.h"\n'
        '#include "aten/core/Tensor.h"\n\n'
        + namespace("at::native", "\n".join([*seen, *dict.fromkeys(shells)]))
    )
    return file_text(f"Bodies of {topic.path}.", body, header=True)


def _declarations(entry: Entry) -> list[str]:
    body = entry.body
    if isinstance(body, Kernel):
        if not body.check:
            return []
        sig = Signature.of(entry.base)
        return [function_head("void", body.check, sig.declare(), ";")]
    if isinstance(body, Structured):
        return _structured_declarations(entry, body)
    result = []
    for op in entry.operators:
        if entry.is_composite:
            direct = _direct(op)
            names = {direct.split("::")[1]: ""} if direct else {}
        else:
            names = _exports(_own_bodies(op))
        sig = Signature.of(op)
        result += [
            export + function_head(sig.returns, name, sig.declare(), ";")
            for name, export in names.items()
        ]
    return result


def _exports(bodies: dict[str, str]) -> dict[str, str]:
    """Function -> "C10_API " where CUDA shares it: libtorch_cuda calls libtorch's."""
    own = {f for device, f in bodies.items() if device != "CUDA"}
    shared = own & {bodies.get("CUDA")}
    return {f: "C10_API " if f in shared else "" for f in bodies.values()}


def _structured_declarations(entry: Entry, body: Structured) -> list[str]:
    sig = Signature.of(entry.base)
    n = len(entry.schema.returns)
    spec = "OutputSpec"
    if n > 1:
        spec = f"std::tuple<{', '.join([spec] * n)}>"
    outs = [f"const Tensor& {name}" for name in _out_names(entry)]
    # libtorch_cuda's shell asks libtorch for the shape.
    export = "C10_API " if "CUDA" in body.bodies else ""
    return [
        export + function_head(spec, body.meta, sig.declare(), ";"),
        *(
            export + function_head("void", f, sig.declare() + outs, ";")
            for f, export in _exports(body.bodies).items()
        ),
    ]


def _out_names(entry: Entry) -> list[str]:
    """Names of the outputs that do not hide an argument."""
    names = [r.name or "out" for r in entry.schema.returns]
    if len(names) > 1:
        names = [r.name or f"out{i}" for i, r in enumerate(entry.schema.returns)]
    taken = {a.name for a in entry.schema.arguments}
    return [f"{n}_out" if n in taken else n for n in names]


def _shells(op: Operator) -> list[str]:
    """Qualified names (below at::native) of the shells of `op`."""
    held = [*slots(op).values(), cuda_slot(op) or ""]
    names = [h[len("native::") :] for h in dict.fromkeys(held) if h]
    if isinstance(op.entry.body, Kernel):
        return names
    return [n for n in names if "::" in n]


def _declare_shell(op: Operator, name: str) -> str:
    sig = Signature.of(op)
    if "::" not in name:
        return function_head(sig.returns, name, sig.declare(), ";")
    space, _, short = name.partition("::")
    head = function_head(sig.returns, short, sig.declare(), ";")
    return f"namespace {space} {{\n{head}\n}}"


# ---------------------------------------------------------------- shells


def native_source(topic: Topic) -> str:
    has_stubs = any(isinstance(e.body, Kernel) for e in topic.entries)
    includes = [f'#include "generated/native/{topic.name}.h"', ""]
    if has_stubs:
        includes.append('#include "aten/TensorIterator.h"')
        # The stubs; the topic writes it by hand.
        includes.append(f'#include "aten/native/{topic.name}.h"')
    includes.append('#include "aten/native/DerivedForms.h"')
    if any(isinstance(e.body, Alias) for e in topic.entries):
        includes.append(f'#include "generated/ops/{topic.name}.h"')
    text = "\n".join(includes) + "\n\n"
    for space in ("", "derived", "cpu", "meta", "privateuse1"):
        text += _shell_namespace(topic, space)
    return file_text(f"Shells of {topic.path}.", text)


def cuda_source(topic: Topic) -> str | None:
    """Shells and registration of the bodies that CUDA has for itself."""
    held = [(op, cuda_slot(op)) for op in topic.operators]
    if not any(slot for _, slot in held):
        return None
    lines = [
        f"  ops::{op.ident}.set_kernel(\n      DispatchKey::CUDA, "
        f"native::guarded<\n          {one_device(op, slot)}>());"
        for op, slot in held
        if slot
    ]
    text = (
        f'#include "generated/native/{topic.name}.h"\n'
        f'#include "generated/ops/{topic.name}.h"\n\n'
        '#include "aten/native/DerivedForms.h"\n'
        '#include "aten/native/cuda/Guarded.h"\n\n'
        + _shell_namespace(topic, "cuda")
        + "namespace at {\nnamespace {\n\n"
        + one_device_names(topic)
        + "\n\nconst bool registered = [] {\n"
        + "\n".join(lines)
        + "\n  return true;\n}();\n\n} // namespace\n} // namespace at\n"
    )
    return file_text(f"CUDA slots of {topic.path}.", text)


def _shell_namespace(topic: Topic, space: str) -> str:
    parts = []
    for op in topic.operators:
        for name in _shells(op):
            if name.rpartition("::")[0] == space:
                parts.append(_shell(op, space))
    if not parts:
        return ""
    full = f"at::native::{space}" if space else "at::native"
    return namespace(full, "\n\n".join(parts)) + "\n"


def _shell(op: Operator, space: str) -> str:
    body = op.entry.body
    if isinstance(body, Kernel):
        lines = _kernel_shell(op, body)
    elif isinstance(body, Structured):
        lines = _structured_shell(op, body, space)
    else:
        lines = _derived_shell(op, space)
    sig = Signature.of(op)
    head = function_head(sig.returns, op.cpp_name, sig.declare(), " {")
    return "\n".join([f"// {op.entry.where}", head, *lines, "}"])


def _kernel_shell(op: Operator, kernel: Kernel) -> list[str]:
    base = Signature.of(op.entry.base)
    operands = base.names[: kernel.operands]
    output = {Form.FUNCTIONAL: "{}", Form.INPLACE: "self", Form.OUT: "out"}[op.form]
    lines = []
    if kernel.check:
        lines.append(statement(kernel.check, base.names))
    lines.append(
        statement(f"auto iter = TensorIterator::{kernel.iterator}", [output, *operands])
    )
    rest = base.names[kernel.operands :]
    lines.append(statement(kernel.stub, ["iter.device_type()", "iter", *rest]))
    if op.form is Form.FUNCTIONAL:
        return [*lines, "  return Tensor(iter.output());"]
    return [*lines, _bump(output), f"  return {output};"]


def _bump(name: str) -> str:
    return f"  {name}.unsafe_impl()->bump_version();"


def _structured_shell(op: Operator, body: Structured, space: str) -> list[str]:
    base = Signature.of(op.entry.base)
    names = _out_names(op.entry)
    specs = ["spec"]
    if len(names) > 1:
        specs = [f"std::get<{i}>(specs)" for i in range(len(names))]
    spec = "spec" if len(names) == 1 else "specs"
    lines = [statement(f"const auto {spec} = native::{body.meta}", base.names)]
    if op.form is Form.OUT:
        names = [a.name for a in op.schema.out_arguments]
        lines += [f"  resize_output({n}, {s});" for n, s in zip(names, specs)]
    else:
        lines += [f"  Tensor {n} = allocate_output({s});" for n, s in zip(names, specs)]
    device = next((d for d in body.bodies if d.lower() == space), None)
    if device:
        function = f"native::{body.bodies[device]}"
        lines.append(statement(function, [*base.names, *names]))
    if op.form is Form.INPLACE:
        return [*lines, f"  return copy_to_self(self, {names[0]});"]
    if op.form is Form.OUT:
        lines += [_bump(n) for n in names]
    return [*lines, _return(names, op)]


def _return(names: list[str], op: Operator) -> str:
    if len(names) == 1:
        return f"  return {names[0]};"
    returns = Signature.of(op).returns
    if op.form is Form.OUT:
        return enclosed(f"return {returns}", names, ";", 2)
    moved = [f"std::move({n})" for n in names]
    return enclosed("return std::make_tuple", moved, ";", 2)


def _derived_shell(op: Operator, space: str) -> list[str]:
    """Around a body named for this form: bump. Else: compute, then copy."""
    body = op.entry.body
    if isinstance(body, Composite):
        return _copying_shell(op, body.function)
    if isinstance(body, Alias):
        call = f"at::{body.function(op.form)}"
        return [enclosed(f"return {call}", at_order(op), ";", 2)]
    bodies = _bodies(op)
    function = bodies.get("all") or next(
        f for d, f in bodies.items() if d.lower() == space
    )
    if not _own_bodies(op):
        return _copying_shell(op, function)
    sig = Signature.of(op)
    written = [a for a in op.schema.arguments if a.type.writes]
    lines = [statement(f"native::{function}", sig.names)]
    for a in written:
        if a.type.is_list:
            lines += [
                f"  for (const Tensor& t : {a.name}) {{",
                "  " + _bump("t"),
                "  }",
            ]
        else:
            lines.append(_bump(a.name))
    if sig.returns != "void":
        names = [a.name for a in written[: len(op.schema.returns)]]
        lines.append(_return(names, op))
    return lines


def _copying_shell(op: Operator, function: str) -> list[str]:
    base = Signature.of(op.entry.base)
    outs = [a.name for a in op.schema.out_arguments]
    names = base.names
    if "options" in names:
        # The out form takes dtype and device from its output.
        names = [f"{outs[0]}.options()" if n == "options" else n for n in names]
    call = f"native::{function}"
    if op.form is Form.INPLACE:
        value = enclosed(call, names, "")
        return [enclosed("return copy_to_self", ["self", value], ";", 2)]
    value = enclosed(call, names, "")
    name = f'"{op.schema.name}"'
    if len(outs) == 1:
        return [enclosed("return copy_to_out", [name, outs[0], value], ";", 2)]
    tied = f"std::tie({', '.join(outs)})"
    return [enclosed("return copy_to_outs", [name, tied, value], ";", 2)]
