"""The tutorials that need no compiler, followed in a copy of the Python files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tutorial import Reader, Step, steps

import torch

PACKAGE = Path(torch.__file__).parent
# Too large to copy: links to them serve as well.
LINKED = ("lib", "include", "licenses")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A root folder with its own torch/*.py and test/."""
    linked = shutil.ignore_patterns("__pycache__", "_C*.so", *LINKED)
    shutil.copytree(PACKAGE, tmp_path / "torch", ignore=linked)
    for path in [*PACKAGE.glob("_C*.so"), *(PACKAGE / name for name in LINKED)]:
        if path.exists():
            os.symlink(path, tmp_path / "torch" / path.name)
    (tmp_path / "test").mkdir()
    return tmp_path


class Fresh(Reader):
    """Python blocks run in one interpreter that sees the copy."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"})
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


@pytest.mark.parametrize("name", ["add_a_module.md", "add_an_optimizer.md"])
def test_following_the_tutorial(tree: Path, name: str) -> None:
    reader = Fresh(tree)
    for step in steps(name):
        reader.follow(step)
