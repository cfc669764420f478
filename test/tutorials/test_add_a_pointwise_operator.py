"""docs/tutorials/add_a_pointwise_operator.md, followed in a copy of the tree."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tutorial import ROOT, Reader, Step, steps

pytest.importorskip("yaml")

# What an edit of one operator may cost on a machine with two cores.
BUILD_SECONDS = 60
CORES = 2
STEPS = steps("add_a_pointwise_operator.md")
# What git does not keep: below the root, and below torch/.
BUILT = {
    ROOT: shutil.ignore_patterns(".git", ".venv", "build"),
    ROOT / "torch": shutil.ignore_patterns("lib", "_C*", "include", "version.py"),
}


def not_copied(folder: str, names: list[str]) -> set[str]:
    """Tell copytree what to leave out."""
    ignore = BUILT.get(Path(folder))
    return set(ignore(folder, names)) if ignore else set()


def build(root: Path) -> None:
    """Build and install in place, as `make develop` does."""
    configure = ["cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCUDA=0"]
    for command in (
        [*configure, f"-DPython_EXECUTABLE={sys.executable}"],
        ["cmake", "--build", "build"],
        ["cmake", "--install", "build", "--prefix", "."],
    ):
        step = Step("first build", 0, "bash", " ".join(command), "")
        Reader(root).run(step)


class Timed(Reader):
    """Measures builds: wall clock, and what they would take on two idle cores."""

    def run(self, step: Step) -> str:
        wall, used = time.monotonic(), _child_seconds()
        printed = super().run(step)
        if "cmake --build" in step.text:
            self.wall = time.monotonic() - wall
            self.busy = (_child_seconds() - used) / CORES
        return printed

    def _python(self, step: Step) -> str:
        # This process has another torch loaded: a fresh one reads the copy's.
        return subprocess.run(
            [sys.executable, "-c", step.text],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout


def _child_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree without what was built."""
    root = tmp_path / "pocket-torch"
    shutil.copytree(ROOT, root, ignore=not_copied)
    return root


def generated(root: Path) -> dict[str, str]:
    """What the generator writes for that tree."""
    out = root / "build" / "generated"
    command = f"python -m tools.codegen generate --out {out}"
    Reader(root).run(Step("generator", 0, "bash", command, ""))
    files = (p for p in out.rglob("*") if p.is_file())
    return {str(p.relative_to(out)): p.read_text() for p in files}


def test_edits_change_the_topic_alone(copy: Path) -> None:
    """What the build's time rests on: no header that others include."""
    reader, before = Reader(copy), generated(copy)
    for step in STEPS:
        assert step.is_edit or step.language in ("bash", "python", "text"), str(step)
        if step.is_edit or "tools.codegen" in step.text:
            reader.follow(step)
    after = generated(copy)
    changed = {name for name in after if after[name] != before.get(name)}
    topic = {n for n in changed if Path(n).stem == "Activation"}
    assert {"ops/Activation.h", "autograd/Activation.cpp"} < topic
    # Stubs are not compiled; docstrings are one file of text.
    assert {Path(n).name for n in changed - topic if not n.endswith(".pyi")} <= {
        "Docstrings.cpp"
    }


@pytest.mark.slow
def test_following_the_tutorial(copy: Path) -> None:
    """The first build may come from ccache; the reader's own does not."""
    build(copy)
    reader = Timed(copy, {"CCACHE_DISABLE": "1", "PYTHONPATH": str(copy)})
    for step in STEPS:
        reader.follow(step)
    print(f"build: {reader.wall:.0f} s, {reader.busy:.0f} s of two idle cores")
    assert reader.busy < BUILD_SECONDS
