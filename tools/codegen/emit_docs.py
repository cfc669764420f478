"""Emits python/Docstrings.cpp: all docstrings in one sorted table.

They stand apart from the bindings so that a changed sentence recompiles one
small file. csrc/api/python/Bindings.cpp looks them up.
"""

from __future__ import annotations

from pathlib import Path

from .cpp import file_text
from .doc_entries import read_docs
from .docstrings import Docstrings
from .model import Model

PATH = "python/Docstrings.cpp"


def outputs(model: Model, root: Path) -> dict[str, str]:
    return {PATH: source(Docstrings(model, read_docs(root), root).texts)}


def source(texts: dict[tuple[str, str], str]) -> str:
    rows = ",\n".join(
        f'    {{"{owner}", "{name}", R"doc({text})doc"}}'
        for (owner, name), text in sorted(texts.items())
    )
    table = f"const Docstring docstrings[] = {{\n{rows}}};" if rows else ""
    begin, end = ("docstrings", "std::end(docstrings)") if rows else ("nullptr",) * 2
    return file_text(
        "Docstrings: torch/_docs/*.md, completed from csrc/aten/ops/*.yaml.",
        '#include <iterator>\n\n#include "api/python/Bindings.h"\n\n'
        f"namespace torch::python {{\nnamespace {{\n\n{table}\n\n"
        "} // namespace\n\n"
        f"Docstrings all_docstrings() {{ return {{{begin}, {end}}}; }}\n\n"
        "} // namespace torch::python\n",
    )
