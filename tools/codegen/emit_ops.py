"""Emits ops/<Topic>.h, the functions of namespace at, Functions.h, which has them
all, and TensorMethods.inc."""

from __future__ import annotations

from .cpp import (
    Signature,
    at_order,
    dispatch_keys,
    enclosed,
    file_text,
    function_head,
    namespace,
    packed,
)
from .model import Form, Model, Operator, Topic


def ops_header(topic: Topic) -> str:
    tables = "\n".join(f"extern C10_API Operator {op.ident};" for op in topic.operators)
    functions = "\n\n".join(at_function(op, topic) for op in topic.operators)
    body = (
        "\n"
        '#include "aten/core/Keys.h"\n'
        '#include "aten/core/Operator.h"\n'
        '#include "aten/core/Tensor.h"\n\n'
        + namespace("at::ops", tables)
        + "\n"
        + namespace("at", functions)
    )
    return file_text(f"Operators of {topic.path}.", body, header=True)


def functions_header(model: Model) -> str:
    """All of them, for extensions; nothing of ours includes it."""
    lines = "\n".join(f'#include "generated/ops/{t.name}.h"' for t in model.topics)
    return file_text("Every operator of csrc/aten/ops.", f"\n{lines}\n", header=True)


def at_function(op: Operator, topic: Topic) -> str:
    """The inline function at::<name>: unite the keys, call the table."""
    sig = Signature.of(op)
    namesakes = [_at_signature(o) for o in topic.operators if o.cpp_name == op.cpp_name]
    declared = _at_signature(op).distinct_from(namesakes).declare(defaults=True)
    head = function_head(f"inline {sig.returns}", op.cpp_name, declared, " {")
    return f"// {op.entry.where}\n{head}\n{table_call(op, sig)}\n}}"


def _at_signature(op: Operator) -> Signature:
    """The arguments in the order of at::<name>."""
    sig = Signature.of(op)
    order = at_order(op)
    arguments = sorted(sig.arguments, key=lambda a: order.index(a.name))
    return Signature(tuple(arguments), sig.returns)


def table_call(op: Operator, sig: Signature, this: str | None = None) -> str:
    """`return ops::<ident>.call<...>(keys, arguments);`"""
    names = ["*this" if n == this else n for n in sig.names]
    if this and op.form is Form.INPLACE:
        names[0] = "const_cast<Tensor&>(*this)"
    keys = dispatch_keys(sig, this)
    types = [sig.returns, *sig.types]
    back = "" if sig.returns == "void" else "return "
    head = f"  {back}ops::{op.ident}.call<{', '.join(types)}>"
    if len(head) > 79:
        head = f"  {back}ops::{op.ident}.call<\n      {packed(types, 6)}>"
    return enclosed(head.lstrip(), [keys, *names], ";", 2)


def method_signature(op: Operator) -> Signature:
    """The signature without `self`."""
    sig = Signature.of(op)
    return Signature(tuple(a for a in sig.arguments if a.name != "self"), sig.returns)


def methods_of(topic: Topic) -> list[Operator]:
    return [op for op in topic.operators if op.is_cpp_method]


def tensor_methods(model: Model) -> str:
    """Declarations of the methods, included inside class Tensor."""
    lines = []
    for topic in model.topics:
        for op in methods_of(topic):
            sig = method_signature(op)
            namesakes = [
                method_signature(o)
                for o in methods_of(topic)
                if o.cpp_name == op.cpp_name
            ]
            declared = sig.distinct_from(namesakes).declare(defaults=True)
            lines.append(
                function_head(sig.returns, op.cpp_name, declared, " const;", 2)
            )
    return file_text("Methods of class Tensor.", "\n".join(lines))


def method_body(op: Operator) -> str:
    sig = method_signature(op)
    name = f"Tensor::{op.cpp_name}"
    head = function_head(sig.returns, name, sig.declare(), " const {")
    return (
        f"// {op.entry.where}\n{head}\n{table_call(op, Signature.of(op), 'self')}\n}}"
    )
