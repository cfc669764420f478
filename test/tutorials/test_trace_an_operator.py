"""docs/tutorials/trace_an_operator.md: what it runs, and every place it names."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tutorial import ROOT, TUTORIALS, Reader, steps

pytest.importorskip("yaml")

NAME = "trace_an_operator.md"
TEXT = (TUTORIALS / NAME).read_text()
# `function` (`file`)
PLACES = re.findall(r"`([\w:]+)`\s\(`([\w.]+/[\w/.]+)`\)", TEXT)


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    """build/generated as the generator writes it now."""
    sys.path.append(str(ROOT))
    from tools.codegen.load import load
    from tools.codegen.outputs import outputs

    return outputs(load(ROOT), ROOT)


def text_of(path: str, generated: dict[str, str]) -> str:
    below = path.partition("build/generated/")[2]
    return generated[below] if below else (ROOT / path).read_text()


def test_following_the_tutorial() -> None:
    reader = Reader(ROOT)
    for step in steps(NAME):
        if step.language == "yaml":
            entry = (ROOT / "csrc/aten/ops/BinaryOps.yaml").read_text()
            assert step.text in entry, str(step)
        else:
            reader.follow(step)


@pytest.mark.parametrize(("name", "path"), PLACES)
def test_named_function_is_defined_there(
    name: str, path: str, generated: dict[str, str]
) -> None:
    last = name.rpartition("::")[2]
    head = rf"(def |struct |class )\b{last}\b|\b{last}\b\([^;]*?\{{"
    assert re.search(head, text_of(path, generated), re.S)


def test_every_named_file_is_there(generated: dict[str, str]) -> None:
    paths = re.findall(r"`((?:csrc|torch|tools|build)/[\w/]+\.\w+)`", TEXT)
    assert len(paths) > 10
    for path in paths:
        assert text_of(path, generated)


def test_trace_prints_lines_that_hold_the_hop(generated: dict[str, str]) -> None:
    """The part before `(`, or the operator's name, stands in the line."""
    step = next(s for s in steps(NAME) if "trace" in s.text)
    printed = Reader(ROOT).run(step).splitlines()
    assert len(printed) == 6
    for line in printed:
        path, number, what = re.fullmatch(r"(\S+):(\d+)  (.*)", line).groups()
        holds = text_of(path, generated).splitlines()[int(number) - 1]
        name = what.partition("(")[0].split()[0].rpartition("::")[2]
        assert ("function_add" if what == "Python binding" else name) in holds


def test_tutorials_are_all_followed_by_a_test() -> None:
    tests = "\n".join(p.read_text() for p in Path(__file__).parent.glob("test_*.py"))
    missing = [p.name for p in TUTORIALS.glob("*.md") if p.name not in tests]
    assert missing == []
