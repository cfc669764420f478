"""Reads a tutorial and does what its reader would do.

`steps(path)` splits docs/tutorials/*.md into its fenced blocks; `Reader` edits
files, runs commands and compares output. What a block is for stands in the
sentence before it:

    At the end of `FILE`:              append the block
    In `FILE`, before `TEXT`:          insert it before the line that has TEXT
    Write `FILE`:                      a new file

Other blocks: bash is run, python is run (blocks of one tutorial share their
names), and text after one of them is what it prints.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
APPEND = re.compile(r"At the end of `([^`]+)`:$")
INSERT = re.compile(r"In `([^`]+)`, before `([^`]+)`:$")
WRITE = re.compile(r"Write `([^`]+)`:$")


@dataclass
class Step:
    """One fenced block, and the last line of prose before it."""

    tutorial: str
    line: int
    language: str
    text: str
    intro: str

    def __str__(self) -> str:
        return f"{self.tutorial}:{self.line}"

    @property
    def is_edit(self) -> bool:
        return any(p.search(self.intro) for p in (APPEND, INSERT, WRITE))


def steps(name: str) -> list[Step]:
    """The blocks of docs/tutorials/<name>, in order."""
    text = (TUTORIALS / name).read_text()
    found, end = [], 0
    for match in FENCE.finditer(text):
        prose = text[end : match.start()].strip().splitlines()
        line = text.count("\n", 0, match.start()) + 1
        intro = prose[-1] if prose else ""
        found.append(Step(name, line, match[1], match[2], intro))
        end = match.end()
    return found


def stable(text: str) -> str:
    """Without what differs from tree to tree: line numbers and addresses."""
    text = re.sub(r"(\w\.\w+):\d+", r"\1:N", text.rstrip())
    return re.sub(r"0x[0-9a-f.]+", "0x...", text)


class Reader:
    """Follows a tutorial in the folder `root`."""

    def __init__(self, root: Path, environment: dict[str, str] | None = None) -> None:
        self.root = root
        self.environment = {**os.environ, **(environment or {})}
        self.names: dict[str, object] = {"__name__": "__main__"}
        self.printed = ""

    def follow(self, step: Step) -> None:
        """Do what the block says; raise where it does not work."""
        edited = self._edit(step)
        if edited:
            return
        if step.language == "bash":
            self.printed = self.run(step)
        elif step.language == "python":
            self.printed = self._python(step)
        elif step.language == "text":
            assert stable(self.printed) == stable(step.text), str(step)
        else:
            pytest.fail(f"{step}: nobody can follow a {step.language} block here")

    def _edit(self, step: Step) -> bool:
        if match := APPEND.search(step.intro):
            path = self.root / match[1]
            path.write_text(path.read_text() + step.text)
        elif match := INSERT.search(step.intro):
            path = self.root / match[1]
            lines = path.read_text().splitlines(keepends=True)
            at = next((i for i, line in enumerate(lines) if match[2] in line), None)
            assert at is not None, f"{step}: {match[1]} has no line {match[2]!r}"
            lines.insert(at, step.text)
            path.write_text("".join(lines))
        elif match := WRITE.search(step.intro):
            path = self.root / match[1]
            assert not path.exists(), f"{step}: {match[1]} is already there"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text)
        else:
            return False
        return True

    def run(self, step: Step) -> str:
        """Run commands with `python` and its tools being this interpreter's."""
        tools = f"{Path(sys.executable).parent}{os.pathsep}{self.environment['PATH']}"
        done = subprocess.run(
            ["bash", "-ec", step.text],
            cwd=self.root,
            env={**self.environment, "PATH": tools},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, f"{step}\n{done.stdout}"
        return done.stdout

    def _python(self, step: Step) -> str:
        # Lines of a traceback are those of the tutorial.
        code = compile(
            "\n" * step.line + step.text, str(TUTORIALS / step.tutorial), "exec"
        )
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, self.names)
        return out.getvalue()


class FreshReader(Reader):
    """Python blocks run in interpreters of their own, in `root`, with the torch
    of the folder `package`."""

    def __init__(self, root: Path, package: Path) -> None:
        super().__init__(root, {"PYTHONPATH": str(package), "OMP_NUM_THREADS": "1"})
        self.before = ""

    def _python(self, step: Step) -> str:
        """Run all blocks so far; return what this one adds."""
        mark = "print('-' * 8)\n"
        done = subprocess.run(
            [sys.executable, "-c", f"{self.before}{mark}{step.text}"],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{step}\n{done.stderr}"
        self.before += step.text
        return done.stdout.rpartition("-" * 8 + "\n")[2]
