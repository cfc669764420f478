"""The tutorials that need no compiler, followed in a copy of the Python files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tutorial import FreshReader, steps

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


@pytest.mark.parametrize("name", ["add_a_module.md", "add_an_optimizer.md"])
def test_following_the_tutorial(tree: Path, name: str) -> None:
    reader = FreshReader(tree, tree)
    for step in steps(name):
        reader.follow(step)
