"""Every public operator of csrc/aten/ops has samples, or is named here."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from harness import OpTests

import torch

HERE = Path(__file__).parent
TOPICS = sorted((HERE.parents[1] / "csrc/aten/ops").glob("*.yaml"))

# Public operators without samples, and why.
ELSEWHERE = {
    "resize_": "changes its input's size: hand-written in test_copy.py",
    "resize_as_": "changes its input's size: hand-written in test_copy.py",
    "alias": "a view of the whole, reached through detach and pickling",
    "numpy_T": "the attribute T, sampled by that name",
    "matrix_H": "the attribute H, sampled by that name",
    "unique_dim": "what torch.unique(dim=) calls, sampled by that name",
    "log_sigmoid": "nn.functional.logsigmoid, sampled by that name",
}
INTERIOR = re.compile(r"^_|_backward(_data)?$|_forward$")


def sampled() -> set[str]:
    """Names of all samples, without `Tensor.` and the in-place `_`."""
    names = set()
    for path in HERE.glob("test_*.py"):
        module = importlib.import_module(path.stem)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, OpTests):
                for op in getattr(value, "ops", []):
                    names.update((op.name, *op.aliases))
    return {re.sub(r"^Tensor\.", "", name).rstrip("_") for name in names}


def public_name(entry: dict) -> str | None:
    """Where users find an operator, or None where they do not."""
    name = re.match(r"\w+", entry["func"]).group()
    module = entry.get("python_module")
    if module == "none" or INTERIOR.search(name):
        return None
    if module == "nn":
        found = hasattr(torch.nn.functional, name)
        return f"nn.functional.{name}" if found else None
    if module in ("special", "linalg"):
        return f"{module}.{name[len(module) + 1 :]}"
    return name


@pytest.fixture(scope="module")
def names() -> set[str]:
    return sampled()


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_every_public_operator_has_samples(path, names):
    yaml = pytest.importorskip("yaml")
    found = {public_name(entry) for entry in yaml.safe_load(path.read_text())}
    missing = {
        name
        for name in found - {None}
        if name.rstrip("_") not in names
        and f"nn.functional.{name.rstrip('_')}" not in names
        and name not in ELSEWHERE
    }
    assert not missing


@pytest.mark.parametrize("name", ELSEWHERE)
def test_an_exception_is_an_operator(name):
    assert any(f"func: {name}" in path.read_text() for path in TOPICS)
