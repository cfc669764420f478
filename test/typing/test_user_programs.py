"""A user's program type-checks: mypy --strict over programs/, which also run.

Mistakes are found, too: wrong.py names the error of each line. What torch's own
sources say to mypy is the business of `make lint`.
"""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).parent / "programs"
RIGHT = sorted(p for p in PROGRAMS.glob("*.py") if p.name != "wrong.py")


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> list[str]:
    """The errors that mypy reports for all programs at once."""
    pytest.importorskip("mypy", reason="mypy is not installed")
    if not (ROOT / "torch" / "_C" / "__init__.pyi").exists():
        pytest.skip("torch/_C has no type stubs: make stubs")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--no-pretty",
    ]
    # As for an installed package: what is found inside torch is not the user's.
    command += ["--follow-imports=silent", "--hide-error-context"]
    command += ["--cache-dir", str(tmp_path_factory.mktemp("mypy")), str(PROGRAMS)]
    done = subprocess.run(
        command,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if ": error:" in line]


@pytest.mark.parametrize("program", RIGHT, ids=lambda p: p.stem)
def test_program_type_checks(reported: list[str], program: Path) -> None:
    assert [e for e in reported if f"{program.name}:" in e] == []


def test_mistakes_are_found(reported: list[str]) -> None:
    lines = (PROGRAMS / "wrong.py").read_text().splitlines()
    expected = {
        (number, line.rpartition("  # ")[2])
        for number, line in enumerate(lines, 1)
        if "  # " in line
    }
    pattern = re.compile(r"wrong\.py:(\d+): error: .*\[([a-z-]+)\]$")
    found = {(int(m[1]), m[2]) for m in map(pattern.search, reported) if m}
    assert found == expected


@pytest.mark.parametrize("program", RIGHT, ids=lambda p: p.stem)
def test_program_runs(program: Path) -> None:
    pytest.importorskip("torch._C", reason="torch is not built")
    runpy.run_path(str(program), run_name="__main__")
