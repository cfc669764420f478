"""Reads torch/_docs/*.md: `read_docs(root)` gives a DocBook.

One section per operator; the notation is in torch/_docs/README.md. What the
sections become is decided in docstrings.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from .model import CodegenError, Location

DOCS_DIR = Path("torch/_docs")
RULES = "rules"  # the file of shared texts
ARGUMENTS = "arguments"  # its section with descriptions of common arguments
_FIELD = re.compile(
    r":(?P<name>\w[\w ]*?)(?: \((?P<type>[^)]*)\))?:(?: +(?P<text>.*))?$"
)
_SECTIONS = ("Alias", "Dtype", "Gradient", "Like", "Raises", "Returns", "Shape",
             "Signature", "Source")  # fmt: skip


@dataclass(frozen=True)
class DocField:
    """`:dim: text`, `:data (array): text` or `:Raises IndexError: text`."""

    name: str
    text: str
    type: str = ""


@dataclass
class DocEntry:
    """One section of a file."""

    name: str
    where: Location
    summary: str = ""
    body: str = ""  # paragraphs between summary and fields
    fields: list[DocField] = field(default_factory=list)
    example: str = ""

    def one(self, name: str) -> str:
        """The text of a field that stands at most once."""
        return next((f.text for f in self.fields if f.name == name), "")

    def all(self, name: str) -> list[str]:
        return [f.text for f in self.fields if f.name == name]

    @property
    def raises(self) -> list[tuple[str, str]]:
        return [
            (f.name.partition(" ")[2], f.text)
            for f in self.fields
            if f.name.startswith("Raises ")
        ]

    @property
    def arguments(self) -> dict[str, DocField]:
        return {f.name: f for f in self.fields if not f.name[0].isupper()}


@dataclass
class DocBook:
    """All entries by name, and the texts they share."""

    entries: dict[str, DocEntry]
    rules: dict[str, DocEntry]

    def rules_of(self, entry: DocEntry, names: tuple[str, ...] = ()) -> list[DocEntry]:
        """What `:Like:` names, then `names`, as far as there are such rules."""
        wanted = entry.one("Like").split()
        for name in wanted:
            if name not in self.rules:
                raise CodegenError(entry.where, f"there is no rule '{name}'")
        return [self.rules[n] for n in (*wanted, *names) if n in self.rules]


def read_docs(root: Path) -> DocBook:
    """All files of torch/_docs below `root`."""
    book = DocBook({}, {})
    for path in sorted((root / DOCS_DIR).glob("*.md")):
        if path.stem == "README":
            continue
        target = book.rules if path.stem == RULES else book.entries
        for entry in parse_docs(path.read_text(), f"{DOCS_DIR}/{path.name}"):
            if entry.name in target:
                first = target[entry.name].where
                raise CodegenError(entry.where, f"{entry.name} also stands at {first}")
            target[entry.name] = entry
    return book


def parse_docs(text: str, path: str) -> list[DocEntry]:
    """The sections of one file, headings underlined with dashes."""
    lines = text.splitlines()
    starts = [
        i
        for i in range(len(lines) - 1)
        if lines[i] and re.fullmatch("-+", lines[i + 1]) and not lines[i][0].isspace()
    ]
    return [
        _parse_entry(lines[start:end], Location(path, start + 1))
        for start, end in zip(starts, [*starts[1:], len(lines)])
    ]


def _parse_entry(lines: list[str], where: Location) -> DocEntry:
    """Summary, paragraphs, fields and example, in this order."""
    entry = DocEntry(lines[0].strip(), where)
    prose: list[str] = []
    rows: list[str] = []
    example: list[str] = []
    for line in lines[2:]:
        if example or line.startswith(">>>"):
            example.append(line)
        elif rows or _FIELD.match(line):
            rows.append(line)
        else:
            prose.append(line)
    paragraphs = re.split(r"\n\s*\n", "\n".join(prose).strip("\n"), maxsplit=1)
    entry.summary = " ".join(paragraphs[0].split())
    entry.body = paragraphs[1].strip("\n") if len(paragraphs) > 1 else ""
    entry.fields = _parse_fields(rows, where)
    entry.example = "\n".join(example).strip()
    return entry


def _parse_fields(rows: list[str], where: Location) -> list[DocField]:
    fields: list[DocField] = []
    for row in filter(str.strip, rows):
        match = _FIELD.match(row)
        if match:
            name = match["name"]
            if name[0].isupper() and name.split()[0] not in _SECTIONS:
                raise CodegenError(where, f"there is no field '{name}'")
            fields.append(DocField(name, match["text"] or "", match["type"] or ""))
        elif row[0].isspace() and fields:
            last = fields[-1]
            fields[-1] = DocField(last.name, f"{last.text} {row.strip()}", last.type)
        else:
            raise CodegenError(where, f"expected a field or an indented line: {row}")
    return fields
