"""Warn about long files and fail on very long ones.

    python tools/lint/check_sizes.py

Limits: C++ 600 lines and 1,000, Python 600 without docstrings and 1,000, operator
definitions 800. A Python function warns above 60 lines of body.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# suffixes -> (warn above, fail above)
LIMITS = {
    (".h", ".cpp", ".cu", ".cuh"): (600, 1000),
    (".py",): (600, 1000),
    (".yaml",): (800, 800),
}
FUNCTION_LIMIT = 60


def docstring_lines(tree: ast.AST) -> int:
    """Lines taken by the docstrings of a module."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    total = 0
    for node in ast.walk(tree):
        if isinstance(node, owners) and ast.get_docstring(node, clean=False):
            first = node.body[0]
            total += (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def length(path: Path) -> int:
    """Lines that count."""
    text = path.read_text()
    lines = text.count("\n")
    return lines - docstring_lines(ast.parse(text)) if path.suffix == ".py" else lines


def long_functions(text: str) -> list[str]:
    """What to say of functions with a long body; signature and docstring are free."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        body = node.body[1:] if ast.get_docstring(node, clean=False) else node.body
        count = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
        if count > FUNCTION_LIMIT:
            found.append(
                f"{node.name}(): {count} lines (better under {FUNCTION_LIMIT})"
            )
    return found


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    failed = False
    for name in listed.stdout.splitlines():
        path = ROOT / name
        limits = next((v for k, v in LIMITS.items() if path.suffix in k), None)
        if limits is None or not path.is_file() or name.startswith("third_party/"):
            continue
        count = length(path)
        if count > limits[1]:
            failed = True
            print(f"error: {name}: {count} lines (at most {limits[1]})")
        elif count > limits[0]:
            print(f"warning: {name}: {count} lines (better under {limits[0]})")
        for problem in long_functions(path.read_text()) if path.suffix == ".py" else ():
            print(f"warning: {name}: {problem}")
    if not failed:
        print("sizes: no file over its limit")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
