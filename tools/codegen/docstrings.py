"""Composes docstrings: `Docstrings(model, read_docs(root), root).texts`.

An author writes what an operator does, once, in torch/_docs. Signatures, types,
defaults, other forms and gradients follow from the YAML entries here, and what
whole families share from torch/_docs/rules.md. emit_docs.py writes the result.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from .doc_entries import ARGUMENTS, DocBook, DocEntry, DocField
from .doc_examples import as_method, in_numbers, renamed
from .doc_layout import (
    arguments_of,
    block,
    described,
    fill,
    gradient,
    item,
    joined,
    line,
    prose,
    sections,
    signatures,
    types_of,
)
from .model import Alias, CodegenError, Kernel, Model
from .python_signatures import PRIVATE, PythonFunction, python_functions

_SYMBOLS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//",
    "mod": "%", "pow": "**", "matmul": "@", "and": "&", "or": "|", "xor": "^",
    "lshift": "<<", "rshift": ">>", "lt": "<", "le": "<=", "eq": "==",
    "ne": "!=", "gt": ">", "ge": ">=", "neg": "-x", "abs": "abs(x)",
    "invert": "~x",
}  # fmt: skip
# torch.linalg.diagonal is torch._C._linalg.linalg_diagonal.
_PREFIXES = {"torch._C._linalg": "linalg_", "torch._C._special": "special_"}


class Docstrings:
    """The docstring of everything that is bound: `texts[owner, name]`."""

    def __init__(self, model: Model, book: DocBook, root: Path) -> None:
        self.book = book
        self.functions = {(f.owner, f.name): f for f in python_functions(model)}
        self.python = _defined_in_python(root)
        self.nn_names = _names_of_nn(root)
        self.targets = {
            e.schema.name: e.body.target
            for e in model.entries
            if isinstance(e.body, Alias)
        }
        self.texts: dict[tuple[str, str], str] = {}
        self.problems: list[str] = []
        used = {self._add(f) for f in self.functions.values() if self.path(f)}
        for entry in book.entries.values():
            if entry.name not in used:
                self._add_handwritten(entry)

    # ------------------------------------------------------------ names

    def path(self, f: PythonFunction) -> str:
        """The public name; empty where Python code stands in its place."""
        if f.name.startswith("_") or f.name in self.python.get(f.owner, ()):
            return ""
        if f.is_method:
            return f"torch.Tensor.{f.name}"
        if f.owner == "torch._C._nn":
            name = self.nn_names.get(f.name)
            return f"torch.nn.functional.{name}" if name else ""
        if f.owner in _PREFIXES:
            prefix = _PREFIXES[f.owner]
            return f"{f.owner.replace('_C._', '')}.{f.name[len(prefix) :]}"
        return f"torch.{f.name}"

    def primary(self, name: str) -> PythonFunction | None:
        """The public form that carries the full text: a function if there is."""
        owners = ("torch", "torch._C._nn", *_PREFIXES, "Tensor")
        forms = (self.functions.get((owner, name)) for owner in owners)
        return next((f for f in forms if f and self.path(f)), None)

    # ------------------------------------------------------------ texts

    def _add(self, f: PythonFunction) -> str:
        """Compose the text of one function; returns the entry that it used."""
        own = f"Tensor.{f.name}" if f.is_method else f.name
        for name in (own, f.name):
            entry = self.book.entries.get(name)
            if entry and (name == own != f.name or self.primary(f.name) is f):
                self.texts[f.owner, f.name] = self._full(f, entry)
                return entry.name
        self.texts[f.owner, f.name] = self._derived(f)
        return ""

    def _derived(self, f: PythonFunction) -> str:
        """A method, an in-place form or an alias: the summary and where to look."""
        base = f.name.removesuffix("_")
        source = self.primary(f.name)
        if source is f or source is None:
            target = self.targets.get(f.name)
            source = self.primary(target or base)
        if source is None or source is f:
            self._miss(f)
            return self._signatures(f)
        entry = self._entry_of(source.name)
        if not entry:
            return self._signatures(f)  # the source is reported
        see = self._see(source)
        if f.name.endswith("_") and not source.name.endswith("_"):
            this = "this tensor" if f.is_method else "`input`"
            how = f"In place: {this} takes the result of {see} and is returned."
        elif f.is_method and not source.is_method:
            how = f"The method form of {see}, whose `input` is this tensor."
        else:
            how = f"Another name of {see}."
        parts = [self._signatures(f), fill(entry.summary), fill(how)]
        return joined(parts, self._derived_example(f, entry))

    def _derived_example(self, f: PythonFunction, entry: DocEntry) -> str:
        """The example of the entry, as a call of this form."""
        origin = self.primary(entry.name)
        if origin is None:
            return ""
        path = self.path(origin)
        if f.is_method:
            text = as_method(entry.example, path, f.name, _position_of_input(origin))
        else:
            text = renamed(entry.example, path, self.path(f))
        return in_numbers(text) if f.name.endswith("_") else text

    def _entry_of(self, name: str) -> DocEntry | None:
        """The entry of a function, through aliases and in-place names."""
        for _ in range(4):
            entry = self.book.entries.get(name)
            if entry and not entry.one("Alias"):
                return entry
            again = entry.one("Alias") if entry else self.targets.get(name)
            name = again or name.rstrip("_")
        return None

    def _miss(self, f: PythonFunction) -> None:
        where = f.signatures[0].op.entry.where
        self.problems.append(f"{where}: {self.path(f)} has no entry in torch/_docs")

    def _full(self, f: PythonFunction, entry: DocEntry) -> str:
        if entry.one("Signature"):
            raise CodegenError(entry.where, "the YAML file tells the signature")
        if entry.one("Alias"):
            return self._alias(f, entry)
        bodies = (s.op.entry.body for s in f.signatures)
        rules = tuple({b.iterator: 0 for b in bodies if isinstance(b, Kernel)})
        shared = self.book.rules_of(entry) or self.book.rules_of(entry, rules)
        parts = [self._signatures(f), *prose(entry), self._arguments(f, entry, shared)]
        parts += sections(entry, shared)
        parts += [gradient(f, entry), self._other_forms(f)]
        self._complain(entry)
        text = joined(parts)
        if f.is_method:
            text = text.replace("`input`", "this tensor")
        return joined([text], entry.example)

    def _alias(self, f: PythonFunction, entry: DocEntry) -> str:
        source = self.primary(entry.one("Alias"))
        target = source and self.book.entries.get(source.name)
        if not source or not target:
            raise CodegenError(entry.where, f"'{entry.one('Alias')}' has no entry")
        how = f"Another name of {self._see(source)}."
        parts = [self._signatures(f), fill(target.summary), how]
        return joined(parts, self._derived_example(f, target))

    def _see(self, f: PythonFunction) -> str:
        return f"`{self.path(f)}`"

    def _signatures(self, f: PythonFunction) -> str:
        return signatures(f, self.path(f).rpartition(".")[2])

    def _add_handwritten(self, entry: DocEntry) -> None:
        """A function, property or type of csrc/api/python."""
        owner, _, name = entry.name.rpartition(".")
        if owner not in ("", "Tensor", "TensorBase"):
            raise CodegenError(entry.where, f"no functions belong to '{owner}'")
        shared = self.book.rules_of(entry)
        lines = [t for e in (entry, *shared) for t in e.all("Signature")]
        fields = [a for e in (entry, *shared) for a in e.arguments.values()]
        arguments = [item(a.name, a.type, a.text) for a in fields]
        signature = "\n".join(lines).replace("NAME", name)
        parts = [signature, *prose(entry), block("Args:", arguments)]
        parts += sections(entry, shared)
        self._complain(entry)
        self.texts[owner or "torch", name] = joined(parts, entry.example)

    def _complain(self, entry: DocEntry) -> None:
        if not entry.summary.endswith("."):
            self.problems.append(f"{entry.where}: the summary is no sentence")
        if not entry.example:
            self.problems.append(f"{entry.where}: {entry.name} has no example")

    # ------------------------------------------------------------ sections

    def _arguments(
        self, f: PythonFunction, entry: DocEntry, rules: list[DocEntry]
    ) -> str:
        known = self.book.rules.get(ARGUMENTS)
        sources = [entry, *rules, *([known] if known else [])]
        items = []
        for name, found in arguments_of(f).items():
            texts = (s.arguments.get(name) for s in sources)
            text = next((t for t in texts if t), None)
            if text is None:
                problem = f"{entry.where}: argument '{name}' is not described"
                self.problems.append(problem)
                text = DocField(name, "")
            items.append(
                item(name, text.type or types_of(found), described(found, text))
            )
        unknown = set(entry.arguments) - set(arguments_of(f))
        if unknown:
            names = ", ".join(sorted(unknown))
            raise CodegenError(entry.where, f"{entry.name} has no argument {names}")
        return block("Args:", items)

    def _other_forms(self, f: PythonFunction) -> str:
        forms = []
        if not f.is_method:
            for name, note in ((f.name, ""), (f"{f.name}_", " (in place)")):
                method = self.functions.get(("Tensor", name))
                if method and self.path(method):
                    forms.append(f"`torch.Tensor.{name}`{note}")
        words = (w for s in f.signatures for w in s.op.entry.python)
        symbols = {_SYMBOLS[_word(w)]: 0 for w in words if _word(w) in _SYMBOLS}
        forms += [f"`{s}`" for s in symbols]
        return line("Also", ", ".join(forms)) if forms else ""


# ---------------------------------------------------------------- Python's part


def _defined_in_python(root: Path) -> dict[str, set[str]]:
    """Names whose public form is Python code, by owner."""
    package = root / "torch"
    names = {"torch": _defined(package / "functional.py")}
    names["torch"] |= _defined(package / "_predicates.py") | PRIVATE
    names["Tensor"] = _defined(package / "_tensor.py", "Tensor")
    return names


def _defined(path: Path, owner: str = "") -> set[str]:
    """Functions and variables of a module, or of a class in it."""
    if not path.exists():
        return set()
    body = ast.parse(path.read_text()).body
    if owner:
        classes = (n for n in body if isinstance(n, ast.ClassDef) and n.name == owner)
        body = next(classes).body
    targets = (t for n in body if isinstance(n, ast.Assign) for t in n.targets)
    names = {t.id for t in targets if isinstance(t, ast.Name)}
    return names | {n.name for n in body if isinstance(n, ast.FunctionDef)}


def _names_of_nn(root: Path) -> dict[str, str]:
    """Compiled functions that torch.nn.functional shows as they are."""
    path = root / "torch/nn/functional.py"
    text = path.read_text() if path.exists() else ""
    pattern = r"^(\w+) = torch\._C\._nn\.(\w+)$"
    return {m[2]: m[1] for m in re.finditer(pattern, text, re.MULTILINE)}


def _word(name: str) -> str:
    """`__radd__` and `__iadd__` are `+`, too."""
    word = name.strip("_")
    return word[1:] if word not in _SYMBOLS and word[1:] in _SYMBOLS else word


def _position_of_input(f: PythonFunction) -> int:
    """Where the tensor stands whose method it is: polygamma(n, input)."""
    names = ([a.name for a in s.arguments] for s in f.signatures)
    return next(n.index("self") for n in names if "self" in n)
