"""The type stubs name all that the compiled module has, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import torch
from torch import _C

STUBS = Path(torch.__file__).parent / "_C"
MODULES = ["_VariableFunctions", "_nn", "_linalg", "_fft", "_special"]
# Names of types that the stubs give themselves.
ALIASES = {"_Number", "_T", "_bool", "_complex", "_float", "_int"}

pytestmark = pytest.mark.skipif(
    not (STUBS / "__init__.pyi").exists(), reason="no stubs beside this torch"
)


def names_in(body: list[ast.stmt]) -> set[str]:
    found = set()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Assign):
            found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.ImportFrom) and node.module == "torch._C":
            found |= {alias.name for alias in node.names if alias.asname == alias.name}
    return found - ALIASES - {"__all__"}


def stub(name: str) -> list[ast.stmt]:
    return ast.parse((STUBS / f"{name}.pyi").read_text()).body


def names_of(value: Any) -> set[str]:
    """Without what every object has."""
    return {n for n in dir(value) if not hasattr(object, n)} - {
        "__dict__",
        "__file__",
        "__loader__",
        "__name__",
        "__package__",
        "__spec__",
    }


@pytest.mark.parametrize("name", MODULES)
def test_functions(name: str) -> None:
    assert names_in(stub(name)) == names_of(getattr(_C, name))


def test_module() -> None:
    constants = names_in(stub("_constants"))
    others = {"_device", "_dtype", "_layout", "_memory_format", "_Scope"}
    assert (names_in(stub("__init__")) - others) | constants == names_of(_C)


def test_tensor() -> None:
    body = next(
        node.body
        for node in stub("__init__")
        if isinstance(node, ast.ClassDef) and node.name == "TensorBase"
    )
    assert names_in(body) - {"__init__", "__eq__", "__ne__"} - {
        n for n in names_in(body) if hasattr(object, n)
    } == names_of(_C.TensorBase)


def test_legacy_classes() -> None:
    made = {n for n in vars(torch) if n.endswith(("Storage", "Tensor"))}
    own = {"Tensor", "TypedStorage", "UntypedStorage"}
    assert names_in(stub("_legacy")) == made - own
