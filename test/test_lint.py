"""tools/lint: what each check refuses, on small trees."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(
        ["git", *identity, *arguments], cwd=root, check=True, capture_output=True
    )


def lint(root: Path, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the tool, which looks at the tree that it stands in."""
    copy = root / "tools" / "lint" / tool
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tools" / "lint" / tool, copy)
    return subprocess.run(
        [sys.executable, str(copy), *arguments], capture_output=True, text=True
    )


# ----------------------------------------------------------------------- layers


@pytest.mark.parametrize(
    ("name", "included", "problem"),
    [
        ("c10/a.h", "aten/core/Tensor.h", "layer 0 includes aten/core/Tensor.h (1)"),
        ("aten/core/a.h", "aten/Parallel.h", "layer 1 includes aten/Parallel.h (2)"),
        ("aten/a.h", "autograd/Node.h", "layer 2 includes autograd/Node.h (4)"),
        (
            "autograd/a.h",
            "api/python/Tensor.h",
            "layer 4 includes api/python/Tensor.h (6)",
        ),
        (
            "aten/native/cpu/a.cpp",
            "aten/core/Tensor.h",
            "kernels see only aten/core/TensorBase.h",
        ),
    ],
)
def test_upward_include_fails(tmp_path, name, included, problem) -> None:
    write(tmp_path, {f"csrc/{name}": f'#include "{included}"\n'})
    done = lint(tmp_path, "check_layers.py")
    assert done.returncode == 1
    assert done.stdout == f"csrc/{name}: {problem}\n"


def test_downward_include_passes(tmp_path) -> None:
    write(tmp_path, {"csrc/autograd/a.h": '#include "aten/core/Tensor.h"\n'})
    assert lint(tmp_path, "check_layers.py").returncode == 0


def test_python_header_belongs_to_the_binding(tmp_path) -> None:
    write(tmp_path, {"csrc/autograd/a.h": "#include <Python.h>\n"})
    done = lint(tmp_path, "check_layers.py")
    assert done.returncode == 1
    assert done.stdout == "csrc/autograd/a.h: Python.h belongs to api/python\n"


# ------------------------------------------------------------------------ sizes


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "lines", "status", "said"),
    [
        ("a.cpp", 600, 0, ""),
        ("a.cpp", 601, 0, "warning: a.cpp: 601 lines (better under 600)\n"),
        ("a.cpp", 1001, 1, "error: a.cpp: 1001 lines (at most 1000)\n"),
        ("a.py", 1001, 1, "error: a.py: 1001 lines (at most 1000)\n"),
        ("a.yaml", 801, 1, "error: a.yaml: 801 lines (at most 800)\n"),
    ],
)
def test_long_file(repository, name, lines, status, said) -> None:
    write(repository, {name: "\n" * lines})
    git(repository, "add", name)
    done = lint(repository, "check_sizes.py")
    assert done.returncode == status
    assert done.stdout == said + ("" if status else "sizes: no file over its limit\n")


def test_docstrings_do_not_count(repository) -> None:
    write(repository, {"a.py": '"""' + "\n" * 1200 + '"""\n'})
    git(repository, "add", "a.py")
    assert lint(repository, "check_sizes.py").returncode == 0


@pytest.mark.parametrize(("lines", "warned"), [(60, False), (61, True)])
def test_long_function(repository, lines, warned) -> None:
    text = 'def f(\n    a,\n):\n    """One\n    two."""\n' + "    a += 1\n" * lines
    write(repository, {"a.py": text})
    git(repository, "add", "a.py")
    said = f"warning: a.py: f(): {lines} lines (better under 60)\n" if warned else ""
    assert lint(repository, "check_sizes.py").stdout.startswith(said or "sizes:")


# ----------------------------------------------------------------- clang-format


@pytest.mark.skipif(
    shutil.which("clang-format") is None, reason="clang-format is not installed"
)
def test_only_changed_lines_are_formatted(repository) -> None:
    ugly = "int  f( ){return 1;}\n"
    write(repository, {"csrc/old.cpp": ugly, "csrc/touched.cpp": ugly})
    shutil.copy(ROOT / ".clang-format", repository)
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Begin")
    git(repository, "switch", "-q", "-c", "topic")
    write(repository, {"csrc/touched.cpp": ugly + ugly, "csrc/new.cpp": ugly})
    git(repository, "commit", "-q", "-a", "-m", "Touch")
    done = lint(repository, "clang_format.py")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "csrc/touched.cpp: not as .clang-format says",
        "csrc/new.cpp: not as .clang-format says",
        "clang-format: 2 of 2 files differ",
    ]
    assert lint(repository, "clang_format.py", "--fix").returncode == 0
    neat = "int f() { return 1; }\n"
    assert (repository / "csrc/new.cpp").read_text() == neat
    assert (repository / "csrc/touched.cpp").read_text() == ugly + neat
    assert (repository / "csrc/old.cpp").read_text() == ugly
    assert lint(repository, "clang_format.py").returncode == 0
