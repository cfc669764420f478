"""Composes docstrings: `Docstrings(model, read_docs(root), root).texts`.

An author writes what an operator does, once, in torch/_docs. Signatures, types,
defaults, other forms and gradients follow from the YAML entries here, and what
whole families share from torch/_docs/rules.rst. emit_docs.py writes the result.
"""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

from .doc_entries import ARGUMENTS, DocBook, DocEntry, DocField
from .model import Alias, CodegenError, Kernel, Model, Type
from .python_signatures import (
    PRIVATE,
    PythonArgument,
    PythonFunction,
    PythonSignature,
    python_functions,
)

WIDTH = 80
_TYPES = {
    "Scalar": "number",
    "ScalarType": "torch.dtype",
    "Layout": "torch.layout",
    "Device": "torch.device",
    "MemoryFormat": "torch.memory_format",
    "Generator": "torch.Generator",
}
_DEFAULTS = {
    "contiguous_format": "torch.contiguous_format",
    "preserve_format": "torch.preserve_format",
    "long": "torch.int64",
    "Mean": "1",
}
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
            return f"{f.owner.replace('_C._', '')}.{f.name[len(prefix):]}"
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
        base = f.name[:-1] if f.name.endswith("_") else f.name
        source = self.primary(f.name)
        if source is f or source is None:
            target = self.targets.get(f.name)
            source = self.primary(target if target else base)
        if source is None or source is f:
            self._miss(f)
            return _signatures(f)
        entry = self._entry_of(source.name)
        if not entry:
            return _signatures(f)  # the source is reported
        see = self._see(source)
        if f.name.endswith("_") and not source.name.endswith("_"):
            this = "this tensor" if f.is_method else "``input``"
            how = f"In place: {this} takes the result of {see} and is returned."
        elif f.is_method and not source.is_method:
            how = f"The method form of {see}, whose ``input`` is this tensor."
        else:
            how = f"Another name of {see}."
        return f"{_signatures(f)}\n\n{_fill(entry.summary)}\n\n{_fill(how)}"

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
        parts = [_signatures(f), *_prose(entry), self._arguments(f, entry, shared)]
        parts += _sections(entry, shared)
        parts += [_gradient(f, entry), self._other_forms(f), _example(entry)]
        self._complain(entry)
        return "\n\n".join(filter(None, parts))

    def _alias(self, f: PythonFunction, entry: DocEntry) -> str:
        source = self.primary(entry.one("Alias"))
        target = source and self.book.entries.get(source.name)
        if not source or not target:
            raise CodegenError(entry.where, f"'{entry.one('Alias')}' has no entry")
        how = f"Another name of {self._see(source)}."
        return f"{_signatures(f)}\n\n{_fill(target.summary)}\n\n{how}"

    def _see(self, f: PythonFunction) -> str:
        return f":{'meth' if f.is_method else 'func'}:`{self.path(f)}`"

    def _add_handwritten(self, entry: DocEntry) -> None:
        """A function, property or type of csrc/api/python."""
        owner, _, name = entry.name.rpartition(".")
        if owner not in ("", "Tensor", "TensorBase"):
            raise CodegenError(entry.where, f"no functions belong to '{owner}'")
        shared = self.book.rules_of(entry)
        lines = [t for e in (entry, *shared) for t in e.all("Signature")]
        fields = [a for e in (entry, *shared) for a in e.arguments.values()]
        arguments = [_item(a.name, a.type, a.text) for a in fields]
        signature = "\n".join(lines).replace("NAME", name)
        parts = [signature, *_prose(entry), _block("Args:", arguments)]
        parts += [*_sections(entry, shared), _example(entry)]
        self._complain(entry)
        self.texts[owner or "torch", name] = "\n\n".join(filter(None, parts))

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
        for name, found in _merged(f).items():
            texts = (s.arguments.get(name) for s in sources)
            text = next((t for t in texts if t), None)
            if text is None:
                problem = f"{entry.where}: argument '{name}' is not described"
                self.problems.append(problem)
                text = DocField(name, "")
            items.append(_item(name, text.type or _types(found), _described(found, text)))
        unknown = set(entry.arguments) - set(_merged(f))
        if unknown:
            names = ", ".join(sorted(unknown))
            raise CodegenError(entry.where, f"{entry.name} has no argument {names}")
        return _block("Args:", items)

    def _other_forms(self, f: PythonFunction) -> str:
        forms = []
        if not f.is_method:
            for name, note in ((f.name, ""), (f"{f.name}_", " (in place)")):
                method = self.functions.get(("Tensor", name))
                if method and self.path(method):
                    forms.append(f":meth:`torch.Tensor.{name}`{note}")
        words = (w for s in f.signatures for w in s.op.entry.python)
        symbols = {
            _SYMBOLS[_word(w)]: 0 for w in words if _word(w) in _SYMBOLS
        }
        forms += [f"``{s}``" for s in symbols]
        return _fill(f"Also: {', '.join(forms)}.") if forms else ""


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


# ---------------------------------------------------------------- signatures


def _signatures(f: PythonFunction) -> str:
    """One line per overload that says something new."""
    shown = [s for s in f.signatures if not s.hidden] or f.signatures
    names = [[a.name for a in s.arguments] for s in shown]
    lines = (
        _signature(f, s)
        for s, own in zip(shown, names)
        if [*own, "out"] not in names
    )
    return "\n".join(dict.fromkeys(lines))


def _signature(f: PythonFunction, s: PythonSignature) -> str:
    parts: list[str] = []
    for a in s.arguments:
        if a.keyword and "*" not in parts:
            parts.append("*")
        default = _default(a)
        parts.append(_argument_name(a) + (f"={default}" if default else ""))
    name = f.name
    if f.owner in _PREFIXES:
        name = name[len(_PREFIXES[f.owner]) :]
    return f"{name}({', '.join(parts)}) -> {_returned(s)}"


def _argument_name(a: PythonArgument) -> str:
    return "input" if a.name == "self" else a.name


def _default(a: PythonArgument) -> str:
    text = a.default or ""
    return _DEFAULTS.get(text, text)


def _returned(s: PythonSignature) -> str:
    returns = s.op.schema.returns
    if not returns:
        return "None"
    if len(returns) == 1:
        return _type(returns[0].type) if returns[0].type.base != "Scalar" else "number"
    return f"({', '.join(f'{_type(r.type)} {r.name}'.strip() for r in returns)})"


def _type(t: Type) -> str:
    word = _TYPES.get(t.base, t.base)
    if not t.is_list:
        return word
    if t.base == "Tensor":
        return "tuple of Tensor"
    return f"{word} or tuple of {word}" if t.size else f"tuple of {word}"


def _merged(f: PythonFunction) -> dict[str, list[PythonArgument]]:
    """The arguments of all overloads by name; keyword ones last."""
    merged: dict[str, list[PythonArgument]] = {}
    for keyword in (False, True):
        for s in f.signatures:
            for a in s.arguments:
                if a.keyword == keyword:
                    merged.setdefault(_argument_name(a), []).append(a)
    return merged


def _types(found: list[PythonArgument]) -> str:
    words = [w for a in found for w in _type(a.type).split(" or ")]
    text = " or ".join(dict.fromkeys(words))
    return f"{text}, optional" if all(a.optional for a in found) else text


def _described(found: list[PythonArgument], text: DocField) -> str:
    """The author's words and, where it says something, the default."""
    default = next((_default(a) for a in found if a.optional), "None")
    if default in ("None", "[]"):
        return text.text
    return f"{text.text.rstrip('.')}; default ``{default}``"


def _word(name: str) -> str:
    """`__radd__` and `__iadd__` are `+`, too."""
    word = name.strip("_")
    return word[1:] if word not in _SYMBOLS and word[1:] in _SYMBOLS else word


# ---------------------------------------------------------------- layout


def _fill(text: str, indent: str = "", first: str = "") -> str:
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first or indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sentence(text: str) -> str:
    return text if not text or text.endswith(".") else f"{text}."


def _item(name: str, kind: str, text: str) -> str:
    head = f"{name} ({kind})" if kind else name
    return _fill(f"{head}: {_sentence(text)}", indent=" " * 8, first=" " * 4)


def _block(title: str, items: list[str]) -> str:
    return "\n".join([title, *items]) if items else ""


def _prose(entry: DocEntry) -> list[str]:
    paragraphs = entry.body.split("\n\n")
    return [_fill(entry.summary), *(p if _is_laid_out(p) else _fill(p) for p in paragraphs)]


def _is_laid_out(paragraph: str) -> bool:
    """Lists and indented blocks keep their lines."""
    return any(line[:1] in " -" for line in paragraph.splitlines())


def _sections(entry: DocEntry, rules: list[DocEntry]) -> list[str]:
    """Returns, Shape, Dtype, Raises and Source: own text before shared."""
    parts = []
    for title in ("Returns", "Shape", "Dtype"):
        text = next((t for e in (entry, *rules) if (t := e.one(title))), "")
        text = _sentence(text[:1].upper() + text[1:])
        parts.append(_block(f"{title}:", [_fill(text, " " * 4)] if text else []))
    raises = dict.fromkeys(r for e in (entry, *rules) for r in e.raises)
    parts.append(_block("Raises:", [_item(kind, "", text) for kind, text in raises]))
    source = entry.one("Source")
    parts.append(_fill(f"Source: {source}") if source else "")
    return parts


def _gradient(f: PythonFunction, entry: DocEntry) -> str:
    """Which arguments get one: from the derivatives of the YAML entries."""
    text = entry.one("Gradient")
    entries = [s.op.entry for s in f.signatures]
    if not text:
        if any(e.is_composite for e in entries) or not _takes_tensors(f):
            return ""
        derivatives = [e.derivative for e in entries if e.derivative]
        names = {n: 0 for d in derivatives for n in d.inputs}
        shown = [f"``{'input' if n == 'self' else n}``" for n in names]
        text = f"with respect to {', '.join(shown)}." if shown else "none."
    return _fill(f"Gradient: {text}")


def _takes_tensors(f: PythonFunction) -> bool:
    arguments = (a for s in f.signatures for a in s.op.schema.arguments)
    return any(a.type.base == "Tensor" for a in arguments)


def _example(entry: DocEntry) -> str:
    if not entry.example:
        return ""
    return "Example::\n\n" + textwrap.indent(entry.example, " " * 4)
