"""Pieces of a docstring: signatures, the items of Args, sections, examples.

docstrings.py puts them together. The marks are those of hand-written
docstrings: `code`, sections that start with their name, indented continuations.
"""

from __future__ import annotations

import textwrap

from .doc_entries import DocEntry, DocField
from .model import Type
from .python_signatures import PythonArgument, PythonFunction, PythonSignature

WIDTH = 80
_TYPES = {
    "Scalar": "number",
    "ScalarType": "torch.dtype",
    "Layout": "torch.layout",
    "Device": "torch.device",
    "MemoryFormat": "torch.memory_format",
    "Generator": "torch.Generator",
}
# Arguments that make an overload of their own without changing its meaning.
_EXTRA = {"out", "generator"}
_DEFAULTS = {
    "contiguous_format": "torch.contiguous_format",
    "preserve_format": "torch.preserve_format",
    "long": "torch.int64",
}

# ---------------------------------------------------------------- signatures


def signatures(f: PythonFunction, name: str) -> str:
    """One line per overload that says more than its neighbours."""
    shown = [s for s in f.signatures if not s.hidden] or f.signatures
    names = [{a.name for a in s.arguments} for s in shown]
    lines = (
        _signature(s, name)
        for s, own in zip(shown, names)
        if not any(own < other <= own | _EXTRA for other in names)
    )
    return "\n".join(dict.fromkeys(lines))


def _signature(s: PythonSignature, name: str) -> str:
    positional = [a for a in s.arguments if not a.keyword]
    parts: list[str] = []
    for a in s.arguments:
        if a.keyword and parts.count("*") == 0:
            parts.append("*")
        default = _default(a)
        # zeros(2, 3) as well as zeros((2, 3))
        many = positional == [a] and a.type.base == "int" and str(a.type) == "int[]"
        star = "*" if many else ""
        parts.append(star + _argument_name(a) + (f"={default}" if default else ""))
    if parts and parts[0].startswith("*") and "*" in parts[1:]:
        parts.remove("*")  # *size says it already
    return f"{name}({', '.join(parts)}) -> {_returned(s)}"


def _argument_name(a: PythonArgument) -> str:
    return "input" if a.name == "self" else a.name


def _default(a: PythonArgument) -> str:
    text = a.default or ("None" if a.type.base == "Generator" else "")
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


def arguments_of(f: PythonFunction) -> dict[str, list[PythonArgument]]:
    """The arguments of all overloads by name; keyword ones last."""
    merged: dict[str, list[PythonArgument]] = {}
    for keyword in (False, True):
        for s in f.signatures:
            for a in s.arguments:
                if a.keyword == keyword:
                    merged.setdefault(_argument_name(a), []).append(a)
    return merged


def types_of(found: list[PythonArgument]) -> str:
    words = [w for a in found for w in _type(a.type).split(" or ")]
    text = " or ".join(dict.fromkeys(words))
    return f"{text}, optional" if all(a.optional for a in found) else text


def described(found: list[PythonArgument], text: DocField) -> str:
    """The author's words and, where it says something, the default."""
    default = next((_default(a) for a in found if a.optional), "None")
    if default in ("None", "[]"):
        return text.text
    return f"{text.text.rstrip('.')}; default `{default}`"


# ---------------------------------------------------------------- layout


def fill(text: str, indent: str = "", first: str = "") -> str:
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


def item(name: str, kind: str, text: str) -> str:
    head = f"{name} ({kind})" if kind else name
    return fill(f"{head}: {_sentence(text)}", indent=" " * 8, first=" " * 4)


def block(title: str, items: list[str]) -> str:
    return "\n".join([title, *items]) if items else ""


def prose(entry: DocEntry) -> list[str]:
    paragraphs = entry.body.split("\n\n")
    return [
        fill(entry.summary),
        *(p if _is_laid_out(p) else fill(p) for p in paragraphs),
    ]


def _is_laid_out(paragraph: str) -> bool:
    """Lists, indented blocks and formulas keep their lines."""
    is_formula = paragraph.strip("`") == paragraph[1:-1] and paragraph.count("`") == 2
    return is_formula or any(line[:1] in " -" for line in paragraph.splitlines())


def line(title: str, text: str) -> str:
    """`Shape: any.`, continued with an indentation."""
    return fill(f"{title}: {_sentence(text)}", indent=" " * 4, first=" ").lstrip()


def sections(entry: DocEntry, rules: list[DocEntry]) -> list[str]:
    """Returns, Shape, Dtype, Raises and Source: own text before shared."""
    parts = []
    for title in ("Returns", "Shape", "Dtype"):
        text = next((t for e in (entry, *rules) if (t := e.one(title))), "")
        parts.append(line(title, text) if text else "")
    raises = dict.fromkeys(r for e in (entry, *rules) for r in e.raises)
    parts.append(block("Raises:", [item(kind, "", text) for kind, text in raises]))
    source = entry.one("Source")
    parts.append(line("Source", source) if source else "")
    return parts


def gradient(f: PythonFunction, entry: DocEntry) -> str:
    """Which arguments get one: from the derivatives of the YAML entries."""
    text = entry.one("Gradient")
    entries = [s.op.entry for s in f.signatures]
    if not text:
        if any(e.is_composite for e in entries) or not _takes_tensors(f):
            return ""
        derivatives = [
            e.derivative for e in entries if e.derivative and not e.inplace_derivative
        ]
        names = {n: 0 for d in derivatives for n in d.inputs}
        shown = [f"`{'input' if n == 'self' else n}`" for n in names]
        text = f"with respect to {', '.join(shown)}." if shown else "none."
    return line("Gradient", text)


def _takes_tensors(f: PythonFunction) -> bool:
    arguments = (a for s in f.signatures for a in s.op.schema.arguments)
    return any(a.type.base == "Tensor" for a in arguments)


def joined(parts: list[str], example: str = "") -> str:
    """Paragraphs, and the example at the end."""
    if example:
        parts = [*parts, "Example:\n" + textwrap.indent(example, " " * 4)]
    return "\n\n".join(filter(None, parts))
