"""Examples of derived forms, rewritten from the example of the function.

`torch.add(x, y, alpha=2)` becomes `x.add(y, alpha=2)` or, for another name,
`torch.other(x, y, alpha=2)`; what is printed stays. Of several calls the first is
taken, with the lines before it.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Callable


def as_method(example: str, path: str, name: str, position: int) -> str:
    """The call of `path` as one of the method `name` of its argument `position`."""

    def rewrite(source: str, call: ast.Call) -> str:
        this = call.args[position]
        rest = [*call.args[:position], *call.args[position + 1 :]]
        parts = [_slice(source, a) for a in rest]
        parts += [f"{k.arg}={_slice(source, k.value)}" for k in call.keywords]
        text = _slice(source, this)
        if not isinstance(this, (ast.Name, ast.Call)):
            text = f"({text})"
        return f"{text}.{name}({', '.join(parts)})"

    return _rewritten(example, path, rewrite)


def renamed(example: str, path: str, name: str) -> str:
    """The call of `path` as one of `name`."""

    def rewrite(source: str, call: ast.Call) -> str:
        return name + source[call.func.end_col_offset : call.end_col_offset]

    return _rewritten(example, path, rewrite)


def in_numbers(example: str) -> str:
    """Printed truth values as the integers that an in-place form holds."""

    def numbers(match: re.Match[str]) -> str:
        words = match[1].replace("True", "1").replace("False", "0").split(",")
        return f"tensor([{', '.join(word.strip() for word in words)}])"

    pattern = r"^tensor\(\[((?: *(?:True|False),?)+)\]\)$"
    return re.sub(pattern, numbers, example, flags=re.MULTILINE)


def _rewritten(example: str, path: str, rewrite: Callable[[str, ast.Call], str]) -> str:
    """Empty if nothing calls `path`."""
    lines: list[str] = []
    for part in doctest.DocTestParser().get_examples(example + "\n"):
        source = part.source.rstrip("\n")
        call = _call_of(source, path)
        if call:
            text = rewrite(source, call)
            source = source[: call.col_offset] + text + source[call.end_col_offset :]
        lines += [f">>> {source}", *part.want.splitlines()]
        if call:
            return "\n".join(lines)
    return ""


def _call_of(source: str, path: str) -> ast.Call | None:
    """The first call of `path` in one line of code."""
    if "\n" in source:
        return None
    calls = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call))
    return next((c for c in calls if _slice(source, c.func) == path), None)


def _slice(source: str, node: ast.expr) -> str:
    return source[node.col_offset : node.end_col_offset]
