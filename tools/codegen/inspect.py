"""`show`, `trace` and `check`: the generator's commands for readers."""

from __future__ import annotations

import re
from pathlib import Path

from .doc_entries import read_docs
from .docstrings import Docstrings
from .emit_autograd import autograd_slot
from .emit_native import slots
from .model import Kernel, Model, Operator
from .outputs import outputs

GENERATED = "build/generated"


def _find(model: Model, name: str) -> list[Operator]:
    found = model.named(name)
    if not found:
        print(f"no operator is called '{name}'")
    return found


def show(model: Model, root: Path, name: str) -> int:
    """Every passage of the generated files that comes from the entries."""
    found = _find(model, name)
    wheres = {f"// {op.entry.where}" for op in found}
    for path, text in outputs(model, root).items():
        passages = [p for p in _passages(text) if p.splitlines()[0].strip() in wheres]
        if passages:
            print(f"// ======== {GENERATED}/{path}\n")
            print("\n\n".join(passages) + "\n")
    return 0 if found else 1


def _passages(text: str) -> list[str]:
    """Runs of lines that start with a `// file.yaml:line` comment."""
    result: list[str] = []
    inside = False
    for line in text.splitlines():
        if re.match(r"\s*// csrc/aten/ops/\w+\.yaml:\d+$", line):
            result.append(line)
            inside = True
        elif inside and re.match(r"(} // namespace|extern const )", line):
            inside = False
        elif inside:
            result[-1] += "\n" + line
    return [r.rstrip() for r in result]


def trace(model: Model, root: Path, name: str) -> int:
    """The hops of a call on the CPU, each with file:line."""
    found = _find(model, name)
    if not found:
        return 1
    op = next((o for o in found if o.schema.full_name == name), found[0])
    texts = outputs(model, root)
    topic = op.entry.topic
    print(f"{op.entry.where}  {op.schema}")
    for text in _hops(op, topic):
        folder, pattern, what = text
        _print_hop(root, texts, folder, pattern, what, op)
    return 0


def _hops(op: Operator, topic: str) -> list[tuple[str, str, str]]:
    """(generated file or glob, pattern to find, description) of each hop."""
    hops = [
        (
            f"python/{topic}.cpp",
            rf"^PyObject\* \w+_{op.schema.name}\(",
            "Python binding",
        ),
        (f"ops/{topic}.h", rf"ops::{op.ident}\b", f"at::{op.cpp_name}"),
    ]
    wrapper = autograd_slot(op)
    if wrapper:
        hops.append(
            (f"autograd/{topic}.cpp", rf"\b{op.cpp_name}\(", f"{wrapper} (with grad)")
        )
    body = slots(op).get("CPU")
    if body:
        function = body.rpartition("::")[2]
        generated = isinstance(op.entry.body, Kernel) or body.count("::") > 1
        place = f"native/{topic}.cpp" if generated else "csrc/aten/native/**/*.cpp"
        # A definition starts at the margin.
        hops.append((place, rf"^[A-Za-z].*\b{function}\(", f"at::{body}"))
    if isinstance(op.entry.body, Kernel):
        stub = op.entry.body.stub
        # A macro such as POINTWISE_KERNEL registers by name, on one line or several.
        name = stub.removesuffix("_stub")
        listed = rf"^(\w+_KERNEL\w*\((.*, )?|\s+){name},"
        registered = rf"REGISTER_DISPATCH\({stub}|{listed}"
        hops.append(("csrc/aten/native/pointwise/*.h", registered, stub))
        hops.append(("csrc/aten/native/cpu/*.cpp", registered, stub))
    return hops


def _print_hop(
    root: Path, texts: dict[str, str], place: str, pattern: str, what: str, op: Operator
) -> None:
    if place in texts:
        # A binding serves several entries and is found by its name.
        after = "" if place.startswith("python/") else f"// {op.entry.where}"
        line = _line_of(texts[place], pattern, after)
        if line:
            print(f"{GENERATED}/{place}:{line}  {what}")
        return
    topic = op.entry.topic
    for path in sorted(
        root.glob(place), key=lambda p: (not p.stem.startswith(topic), p)
    ):
        line = _line_of(path.read_text(), pattern, "")
        if line:
            print(f"{path.relative_to(root)}:{line}  {what}")
            return


def _line_of(text: str, pattern: str, after: str) -> int | None:
    """The first match that stands after the comment of its entry."""
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if line.strip() == after] or [0]
    for start in starts:
        end = next(
            (i for i in range(start + 1, len(lines)) if not lines[i]), len(lines)
        )
        if not after:
            end = len(lines)
        for i in range(start, end):
            if re.search(pattern, lines[i]):
                return i + 1
    return None


def check(model: Model, root: Path) -> int:
    """Every public operator has its section in torch/_docs."""
    problems = Docstrings(model, read_docs(root), root).problems
    print("\n".join(problems) or f"{len(model.entries)} entries checked")
    return 1 if problems else 0
