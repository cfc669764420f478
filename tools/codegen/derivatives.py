"""Reads derivative formulas: what they save, and under which names.

`parse_derivative` is called by load.py; emit_autograd.py prints the result.
"""

from __future__ import annotations

import re

from .model import Derivative, Formula, Saved, SavedKind, Schema

# x.sizes() and so on: saved in place of the tensor.
PROPERTIES = (
    "sizes",
    "strides",
    "scalar_type",
    "options",
    "device",
    "layout",
    "dim",
    "numel",
    "storage_offset",
    "is_complex",
    "suggest_memory_format",
)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
# sizes_of(tensors), dtypes_of(tensors): the same for a list.
LIST_PROPERTIES = ("sizes_of", "dtypes_of")
# Names that are not members: `x` but neither `y.x`, `y->x` nor `ns::x`.
_NAME = re.compile(r"(?<![\w.])(?<!->)(?<!::)[A-Za-z_]\w*")


def parse_derivative(
    schema: Schema,
    backward: dict[str, str],
    node: tuple[str, str],
    non_differentiable: tuple[str, ...],
) -> Derivative:
    """`node` is its name and what it is shown as. ValueError for a key or name
    that the schema does not have."""
    for name in non_differentiable:
        if name not in schema.output_names:
            raise ValueError(f"'{name}' is not an output")
    formulas: list[Formula] = []
    saved: dict[str, Saved] = {}
    for key, text in backward.items():
        inputs = tuple(k.strip() for k in key.split(","))
        for name in inputs:
            argument = schema.argument(name)
            if argument is None or argument.type.base != "Tensor":
                raise ValueError(f"'{name}' is not a tensor argument")
            if any(name in f.inputs for f in formulas):
                raise ValueError(f"'{name}' has two formulas")
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"the formula of '{key}' is not an expression")
        text = " ".join(text.split())
        expression, found = _find_saved(schema, text)
        names = frozenset(_NAME.findall(_STRING.sub("", expression)))
        formulas.append(Formula(inputs, text, expression, names))
        saved.update({s.name: s for s in found})
    named = {name for f in formulas for name in f.inputs}
    order = [a.name for a in schema.arguments] + ["options", *schema.output_names]
    return Derivative(
        *node,
        tuple(formulas),
        tuple(sorted(saved.values(), key=lambda s: (order.index(s.source), s.name))),
        tuple(a.name for a in schema.arguments if a.name in named),
        non_differentiable,
    )


def _find_saved(schema: Schema, text: str) -> tuple[str, list[Saved]]:
    """The formula with x.sizes() replaced by x_sizes, and all that it saves."""
    saved: list[Saved] = []
    outputs = schema.output_names
    for i, name in enumerate(outputs):
        text = re.sub(rf"(?<![\w.])result{i}\b", name, text)
    tensors = [a.name for a in schema.arguments if a.type.base == "Tensor"]
    # An optional tensor may be undefined: it has no sizes to save.
    defined = [a.name for a in schema.arguments if str(a.type) != "Tensor?"]
    defined = [n for n in tensors if n in defined]

    def replace(match: re.Match[str]) -> str:
        # x.size(d) needs the sizes only, too.
        kept = Saved(SavedKind.PROPERTY, match["tensor"], match["property"] or "sizes")
        saved.append(kept)
        return kept.name if match["property"] else f"size_at({kept.name}, "

    pattern = (
        rf"(?<![\w.])(?P<tensor>{'|'.join([*defined, *outputs])})\."
        rf"(?:(?P<property>{'|'.join(PROPERTIES)})\(\)|size\()"
    )
    expression = re.sub(pattern, replace, text)
    pattern = (
        rf"(?<![\w.])(?P<property>{'|'.join(LIST_PROPERTIES)})"
        rf"\((?P<tensor>{'|'.join(tensors)})\)"
    )
    expression = re.sub(pattern, replace, expression)
    for name in dict.fromkeys(_NAME.findall(_STRING.sub("", expression))):
        argument = schema.argument(name)
        if name in tensors:
            saved.append(Saved(SavedKind.INPUT, name))
        elif argument is not None or (name == "options" and schema.has_options):
            saved.append(Saved(SavedKind.VALUE, name))
        elif name in outputs:
            saved.append(Saved(SavedKind.OUTPUT, name))
    return expression, saved
