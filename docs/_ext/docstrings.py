"""Turns our docstrings into what Sphinx reads.

A docstring is plain English with Markdown's marks: `code`, $math$, a list of
`- points`, and sections (Args, Returns, Shape, Raises, Example). `to_rst`
rewrites one; `setup` does so for every object that autodoc visits.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

SECTION = re.compile(
    r"^(Args|Attributes|Returns|Yields|Shape|Dtype|Raises|Gradient|Source|Also"
    r"|In place):(?: +(.*))?$"
)
EXAMPLE = re.compile(r"^Examples?::?$")
# `name: text` or `first, second: text` in Args and Raises.
ITEM = re.compile(r"^([*\w., `\[\]]+?)(?: \(([^)]*)\))?: (.*)$")
# What is left as it is: roles, literals and math.
INLINE = re.compile(
    r"(?P<role>:[\w:]+:`[^`]*`)|``(?P<double>.+?)``|`(?P<code>[^`]+)`"
    r"|(?<![\w$])\$(?P<math>[^$\n]+)\$(?!\w)"
)


def inline(text: str) -> str:
    """One paragraph's marks; everything else is escaped."""
    parts, end = [], 0
    for match in INLINE.finditer(text):
        parts.append(_escape(text[end : match.start()]))
        parts.append(_mark(match))
        end = match.end()
    return "".join([*parts, _escape(text[end:])])


def _mark(match: re.Match[str]) -> str:
    if match["role"]:
        return match["role"] + "\\ "
    if match["math"]:
        return f":math:`{match['math']}`\\ "
    code = match["double"] or match["code"]
    # A full name becomes a link where it is documented.
    if re.fullmatch(r"torch\.[\w.]+", code):
        return f":py:obj:`{code}`\\ "
    return f"``{code.strip()}``\\ "


def _escape(text: str) -> str:
    text = re.sub(r"([\\*|<])", r"\\\1", text)
    return re.sub(r"_(?!\w)", r"\\_", text)


def paragraphs(lines: list[str]) -> list[str]:
    """Prose, lists of points, display math and indented code."""
    result: list[str] = []
    for block in _blocks(lines):
        first = block[0]
        if first.startswith("$$"):
            result += [".. math::", "", f"   {_formula(block)}", ""]
        elif first.startswith(">>>"):
            result += _code(block)
        elif first.startswith(("    ", "|", "+-")):
            result += ["::", "", *(f"   {line}" for line in block), ""]
        else:
            result += [*_prose(block), ""]
    return result


def _formula(block: list[str]) -> str:
    text = " ".join(block).strip("$ ")
    several = r"\\" in text and r"\begin" not in text
    return rf"\begin{{aligned}} {text} \end{{aligned}}" if several else text


def _blocks(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [b for b in blocks if b]


def _prose(block: list[str]) -> list[str]:
    """A paragraph, a list, or a paragraph that leads to a list."""
    result: list[str] = []
    points: list[list[str]] = [[]]
    for line in block:
        # A minus that a line break put first is no point.
        lead = points[-1][-1] if points[-1] else ":"
        if re.match(r"\s*- ", line) and (points[1:] or lead.endswith(":")):
            points.append([line.strip()[2:]])
        else:
            points[-1].append(line.strip())
    if points[0]:
        result.append(inline(" ".join(points[0])))
    if points[0] and points[1:]:
        result.append("")
    return result + [f"- {inline(' '.join(p))}" for p in points[1:]]


def _code(lines: list[str]) -> list[str]:
    return [".. code-block:: pycon", "", *(f"   {line}" for line in lines), ""]


def _items(lines: list[str]) -> list[str]:
    """Entries of Args or Raises, one point each."""
    entries: list[list[str]] = []
    for line in filter(str.strip, lines):
        match = None if line.startswith(" ") else ITEM.match(line)
        if match:
            kind = f" ({match[2]})" if match[2] else ""
            name = match[1].replace("`", "").replace("*", "\\*")
            entries.append([f"**{name}**{inline(kind)} --", match[3]])
        elif entries:
            entries[-1].append(line.strip())
        else:
            entries.append(["", line.strip()])
    return [f"- {head} {inline(' '.join(text))}".replace("-  ", "- ")
            for head, *text in entries]  # fmt: skip


def to_rst(lines: list[str]) -> list[str]:
    """The whole docstring."""
    lines = inspect.cleandoc("\n".join(lines)).splitlines()
    result: list[str] = []
    prose: list[str] = []
    i = 0
    while i < len(lines):
        section, example = SECTION.match(lines[i]), EXAMPLE.match(lines[i])
        if not section and not example:
            prose.append(lines[i])
            i += 1
            continue
        result += paragraphs(prose)
        prose = []
        if section and section[2]:
            body, i = _running(lines, i, section[2])
        else:
            body, i = _indented(lines, i + 1)
        if example:
            result += [".. rubric:: Example", "", *_example(body)]
        elif section:
            result += _field(section[1], body)
    return result + paragraphs(prose)


def _running(lines: list[str], start: int, first: str) -> tuple[list[str], int]:
    """`Source: text`, up to the next blank line."""
    end = start + 1
    while end < len(lines) and lines[end].strip():
        end += 1
    return [first, *(line.strip() for line in lines[start + 1 : end])], end


def _indented(lines: list[str], start: int) -> tuple[list[str], int]:
    """The lines of a section, without their indentation."""
    end = start
    while end < len(lines) and (not lines[end] or lines[end][0] == " "):
        end += 1
    text = inspect.cleandoc("\n" + "\n".join(lines[start:end]))
    return text.splitlines(), end


def _example(body: list[str]) -> list[str]:
    """Code, with sentences between where there are any."""
    result: list[str] = []
    for block in _blocks(body):
        result += _code(block) if block[0].startswith(">>>") else paragraphs(block)
    return result


def _field(name: str, body: list[str]) -> list[str]:
    inner = (
        _items(body) if name in ("Args", "Attributes", "Raises") else paragraphs(body)
    )
    return [f":{name}:", *(f"   {line}".rstrip() for line in inner), ""]


def process(
    app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    lines[:] = to_rst(lines)


def setup(app: Any) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True}
