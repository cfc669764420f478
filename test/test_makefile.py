"""The Makefile: CONTRIBUTING.md lists its targets; what is missing is said plainly."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None, reason="make is not installed"
)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_contributing_lists_the_targets() -> None:
    listed = re.findall(r"^([a-z-]+) ", make("help").stdout, re.M)
    table = re.findall(
        r"^\| `make ([a-z-]+)`", (ROOT / "CONTRIBUTING.md").read_text(), re.M
    )
    assert [t for t in listed if t != "help"] == table


def test_missing_script_is_named_before_a_build() -> None:
    done = make("have/tools/no_such.py")
    assert done.returncode != 0
    assert done.stdout == "make: tools/no_such.py is missing\n"


def test_bench_asks_for_pytorch() -> None:
    done = make("bench", "PYTORCH=")
    assert done.returncode != 0
    assert done.stdout == "make bench: set PYTORCH=python-with-pytorch\n"
