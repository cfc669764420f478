"""Reads csrc/aten/ops/*.yaml into a Model: `load(root)`.

Every mistake raises CodegenError with file:line, taken from PyYAML's node
marks. The grammar is in csrc/aten/ops/README.md.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import yaml

from .derivatives import parse_derivative
from .model import (
    VARIANTS,
    Alias,
    CodegenError,
    Composite,
    Dispatch,
    Entry,
    Form,
    Kernel,
    Location,
    Model,
    OneDevice,
    Operator,
    Schema,
    Structured,
    Topic,
    inplace_schema,
    out_schema,
)
from .schema import parse_schema

OPS_DIR = Path("csrc/aten/ops")
BODIES = ("composite", "alias", "kernel", "structured", "dispatch")
KEYS = (
    "func",
    "variants",
    "python",
    "python_module",
    "out_overload",
    "inplace_overload",
    *BODIES,
    "one_device",
    "backward",
    "node",
    "shown_as",
    "non_differentiable",
    "backward_form",
)
DEVICES = ("CPU", "CUDA", "Meta", "PrivateUse1")
PYTHON_MODULES = ("", "nn", "linalg", "fft", "special", "none")


def load(root: Path) -> Model:
    """All topics under root/csrc/aten/ops."""
    topics = [
        load_topic(path, f"{OPS_DIR}/{path.name}")
        for path in sorted((root / OPS_DIR).glob("*.yaml"))
    ]
    model = Model(topics)
    seen: dict[str, Operator] = {}
    for op in model.operators:
        other = seen.setdefault(op.ident, op)
        if other is not op:
            raise CodegenError(
                op.entry.where,
                f"{op.schema.full_name} is already defined at {other.entry.where}",
            )
    return model


def load_topic(path: Path, shown: str) -> Topic:
    return parse_topic(path.read_text(), shown)


def parse_topic(text: str, shown: str) -> Topic:
    """`shown` is the path that errors and comments name."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CodegenError(Location(shown, line), str(error.problem)) from None
    entries: list[Entry] = []
    if root is not None:
        if not isinstance(root, yaml.SequenceNode):
            raise CodegenError(Location(shown, 1), "expected a list of entries")
        counts: dict[str, int] = {}
        for node in root.value:
            entries.append(_EntryReader(node, shown, counts).read())
    _mark_freeing_nodes(entries)
    _check_composites(entries)
    return Topic(Path(shown).stem, shown, entries)


def _mark_freeing_nodes(entries: list[Entry]) -> None:
    nodes = {e.derivative.node: e.derivative for e in entries if e.derivative}
    for e in entries:
        if e.derivative and not e.derivative.saves_tensors:
            shown = nodes.get(e.derivative.shown_as, e.derivative)
            frees = shown.saves_tensors
            e.derivative = dataclasses.replace(e.derivative, frees=frees)


def _check_composites(entries: list[Entry]) -> None:
    """A composite that shares a device's body would lose its derivative."""

    def of(e: Entry, function: str) -> tuple[str, ...]:
        return (function, *(str(a.type) for a in e.schema.arguments))

    kernels = {
        of(e, function): e.base.schema.full_name
        for e in entries
        if isinstance(e.body, (Dispatch, Structured))
        for function in e.body.bodies.values()
    }
    for e in entries:
        if isinstance(e.body, Composite):
            owner = kernels.get(of(e, e.body.function))
            if owner:
                message = f"'{e.body.function}' is a body of {owner}; 'alias' calls it"
                raise CodegenError(e.where, message)


class _EntryReader:
    """Reads one entry. `counts` numbers the nodes of a file: AddBackward<n>."""

    def __init__(self, node: yaml.Node, path: str, counts: dict[str, int]) -> None:
        self.path = path
        self.counts = counts
        self.where = self._location(node)
        self.lines: dict[str, Location] = {}
        self.values: dict[str, Any] = {}
        if not isinstance(node, yaml.MappingNode):
            raise CodegenError(self.where, "an entry is a mapping that has 'func'")
        for key, value in node.value:
            self._add(key, value)

    def _location(self, node: yaml.Node) -> Location:
        return Location(self.path, node.start_mark.line + 1)

    def _add(self, key: yaml.Node, value: yaml.Node) -> None:
        where = self._location(key)
        if key.value not in KEYS:
            raise CodegenError(where, f"unknown key '{key.value}'")
        if key.value in self.values:
            raise CodegenError(where, f"key '{key.value}' appears twice")
        self.lines[key.value] = where
        self.values[key.value] = self._plain(value)

    def _plain(self, node: yaml.Node) -> Any:
        """Strings, lists and mappings: numbers and booleans stay text."""
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(n) for n in node.value]
        result: dict[str, Any] = {}
        for key, value in node.value:
            if key.value in result:
                where = self._location(key)
                raise CodegenError(where, f"key '{key.value}' appears twice")
            result[key.value] = self._plain(value)
        return result

    def fail(self, message: str, key: str = "") -> CodegenError:
        return CodegenError(self.lines.get(key, self.where), message)

    def read(self) -> Entry:
        if "func" not in self.values:
            raise self.fail("an entry needs 'func'")
        try:
            schema = parse_schema(self.values["func"])
        except ValueError as error:
            raise self.fail(str(error), "func") from None
        entry = Entry(
            topic=Path(self.path).stem,
            where=self.where,
            schema=schema,
            variants=self._variants(),
            python=tuple(self._strings("python")),
            python_module=self._python_module(),
            body=self._body(),
            one_device=self._one_device(),
        )
        self._derive_forms(entry)
        self._check_body(entry)
        self._read_derivative(entry)
        return entry

    def _strings(self, key: str) -> list[str]:
        value = self.values.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.fail(f"'{key}' is a list of names", key)
        return value

    def _variants(self) -> tuple[str, ...]:
        variants = self._strings("variants") or ["function"]
        for v in variants:
            if v not in VARIANTS:
                known = ", ".join(VARIANTS)
                raise self.fail(f"unknown variant '{v}' (one of {known})", "variants")
        return tuple(variants)

    def _python_module(self) -> str:
        module = self.values.get("python_module", "")
        if module not in PYTHON_MODULES:
            raise self.fail(f"unknown python_module '{module}'", "python_module")
        return module

    # ---- bodies

    def _body(self) -> Composite | Alias | Kernel | Structured | Dispatch:
        given = [b for b in BODIES if b in self.values]
        if len(given) != 1:
            raise self.fail(f"an entry has exactly one of {', '.join(BODIES)}")
        kind = given[0]
        return getattr(self, f"_{kind}")(self.values[kind])

    def _mapping(self, value: Any, kind: str, allowed: tuple[str, ...]) -> dict:
        if not isinstance(value, dict):
            raise self.fail(f"'{kind}' is a mapping", kind)
        for key in value:
            if key not in allowed:
                raise self.fail(f"'{kind}' has no key '{key}'", kind)
        return value

    def _composite(self, value: Any) -> Composite:
        if isinstance(value, str):
            return Composite(value)
        value = self._mapping(value, "composite", ("all", "inplace", "out"))
        if "all" not in value:
            raise self.fail("'composite' needs 'all'", "composite")
        return Composite(value["all"], value.get("inplace"), value.get("out"))

    def _alias(self, value: Any) -> Alias:
        if not isinstance(value, str):
            raise self.fail("'alias' is the name of an operator", "alias")
        return Alias(value)

    def _kernel(self, value: Any) -> Kernel:
        value = self._mapping(value, "kernel", ("iterator", "stub", "check"))
        for key in ("iterator", "stub"):
            if key not in value:
                raise self.fail(f"'kernel' needs '{key}'", "kernel")
        if value["iterator"] not in Kernel.OPERANDS:
            raise self.fail(f"unknown iterator '{value['iterator']}'", "kernel")
        return Kernel(value["iterator"], value["stub"], value.get("check"))

    def _structured(self, value: Any) -> Structured:
        value = self._mapping(value, "structured", ("meta", *DEVICES))
        if "meta" not in value:
            raise self.fail("'structured' needs 'meta'", "structured")
        bodies = {k: v for k, v in value.items() if k != "meta"}
        if not bodies:
            raise self.fail("'structured' needs a body for a device", "structured")
        return Structured(value["meta"], bodies)

    def _dispatch(self, value: Any) -> Dispatch:
        if isinstance(value, str):
            value = {"all": value}
        keys = ("all", *DEVICES, "inplace", "out")
        value = self._mapping(value, "dispatch", keys)
        bodies = {k: v for k, v in value.items() if k not in ("inplace", "out")}
        if not bodies:
            raise self.fail("'dispatch' needs 'all' or a device", "dispatch")
        if "all" in bodies and len(bodies) > 1:
            raise self.fail("'all' stands alone in 'dispatch'", "dispatch")
        forms = {}
        for form in ("inplace", "out"):
            chosen = value.get(form, {})
            forms[form] = {"all": chosen} if isinstance(chosen, str) else chosen
        return Dispatch(bodies, forms["inplace"], forms["out"])

    def _one_device(self) -> OneDevice | None:
        value = self.values.get("one_device")
        if value is None:
            return None
        if not ({"structured", "dispatch"} & set(self.values)):
            raise self.fail("'one_device' is for bodies per device", "one_device")
        if isinstance(value, str):
            return OneDevice(value, {})
        if not isinstance(value, dict) or "method" not in value:
            raise self.fail("'one_device' names a method", "one_device")
        renamed = {k: v for k, v in value.items() if k != "method"}
        return OneDevice(value["method"], renamed)

    def _check_body(self, entry: Entry) -> None:
        s, body = entry.schema, entry.body
        if isinstance(body, Kernel):
            if [str(r.type) for r in s.returns] != ["Tensor"]:
                raise self.fail("a kernel entry returns one Tensor", "kernel")
            operands = s.arguments[: body.operands]
            if len(operands) < body.operands or any(
                a.type.base not in ("Tensor", "Scalar") for a in operands
            ):
                raise self.fail(
                    f"{body.iterator} takes {body.operands} tensors or numbers "
                    "from the front of the arguments",
                    "kernel",
                )
        elif isinstance(body, Structured):
            if entry.base.form is not Form.FUNCTIONAL:
                raise self.fail("a structured entry spells the functional form")
            if not s.returns or not all(r.type.is_tensor for r in s.returns):
                raise self.fail("a structured entry returns tensors", "structured")

    # ---- forms and derivative

    def _derive_forms(self, entry: Entry) -> None:
        s = entry.schema
        entry.operators.append(Operator(s, s.form, entry))
        for form, derive in (("inplace", self._inplace), ("out", self._out)):
            if form in entry.variants:
                if s.form is not Form.FUNCTIONAL:
                    text = f"'{form}' derives from a functional schema"
                    raise self.fail(text, "variants")
                entry.operators.append(Operator(derive(s), Form(form), entry))

    def _inplace(self, s: Schema) -> Schema:
        if not s.arguments or s.arguments[0].name != "self":
            raise self.fail("an in-place form needs 'self' first", "variants")
        if [r.type.base for r in s.returns] != ["Tensor"] or s.returns[0].type.is_list:
            raise self.fail("an in-place form returns one Tensor", "variants")
        return inplace_schema(s, self.values.get("inplace_overload"))

    def _out(self, s: Schema) -> Schema:
        if (
            s.is_view
            or not s.returns
            or any(r.type.base != "Tensor" for r in s.returns)
        ):
            raise self.fail(
                "an out form needs outputs that are new tensors", "variants"
            )
        return out_schema(s, self.values.get("out_overload"))

    def _read_derivative(self, entry: Entry) -> None:
        if "backward" not in self.values:
            for key in ("node", "shown_as", "non_differentiable", "backward_form"):
                if key in self.values:
                    raise self.fail(f"'{key}' without 'backward'", key)
            return
        if entry.is_composite:
            raise self.fail("a composite needs no 'backward'", "backward")
        value = self.values["backward"]
        if not isinstance(value, dict) or not value:
            raise self.fail("'backward' maps arguments to formulas", "backward")
        form = self.values.get("backward_form", "all")
        if form not in ("all", "inplace"):
            raise self.fail("'backward_form' is all or inplace", "backward_form")
        entry.inplace_derivative = form == "inplace"
        node = self._node_name(entry.schema)
        try:
            entry.derivative = parse_derivative(
                entry.schema,
                value,
                (node, self.values.get("shown_as", node)),
                tuple(self._strings("non_differentiable")),
            )
        except ValueError as error:
            raise self.fail(str(error), "backward") from None

    def _node_name(self, s: Schema) -> str:
        if "node" in self.values:
            return self.values["node"]
        words = [w for w in re.split("_+", s.name) if w]
        camel = "".join(w[0].upper() + w[1:] for w in words)
        number = self.counts.get(camel, 0)
        self.counts[camel] = number + 1
        return f"{camel}Backward{number}"
