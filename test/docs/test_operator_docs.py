"""torch/_docs: every public name has a docstring, every example runs.

The examples are those of the composed texts, which the built package has to show.
"""

from __future__ import annotations

import doctest
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import torch
import torch.nn.functional as F

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))
pytest.importorskip("yaml")

from tools.codegen.doc_entries import read_docs
from tools.codegen.docstrings import Docstrings
from tools.codegen.load import load

TEXTS = Docstrings(load(ROOT), read_docs(ROOT), ROOT)
PLACES: dict[str, Any] = {
    "torch": torch,
    "torch.Tensor": torch.Tensor,
    "torch.linalg": torch.linalg,
    "torch.special": torch.special,
    "torch.nn.functional": F,
}
# dtypes, constants, flags and imported helpers are no subjects of docstrings.
CONSTANTS = (torch.dtype, torch.layout, torch.memory_format, bool, float, int, str)


def public_names() -> Iterator[tuple[str, Any]]:
    for place, owner in PLACES.items():
        for name in dir(owner):
            if name.startswith("_"):
                continue
            value = getattr(owner, name, None)
            imported = getattr(value, "__module__", "") in ("typing", "__future__")
            if value is None or isinstance(value, (*CONSTANTS, ModuleType)) or imported:
                continue
            yield f"{place}.{name}", value


@pytest.mark.parametrize(
    ("owner", "name"), TEXTS.texts, ids=lambda part: part.rpartition(".")[2]
)
@pytest.mark.filterwarnings("ignore")
def test_example_runs(owner: str, name: str) -> None:
    torch.manual_seed(0)
    text, names = TEXTS.texts[owner, name], {"torch": torch}
    test = doctest.DocTestParser().get_doctest(text + "\n", names, name, owner, 0)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.attempted > 0
    assert result.failed == 0, "".join(report)


def test_every_operator_and_argument_is_described() -> None:
    assert TEXTS.problems == []


@pytest.mark.parametrize("place", PLACES)
def test_public_names_have_docstrings(place: str) -> None:
    missing = [
        name
        for name, value in public_names()
        if name.rpartition(".")[0] == place and not value.__doc__
    ]
    assert missing == []


def test_compiled_functions_show_their_signature() -> None:
    """The first line is a call of the name, which Sphinx and editors read."""
    kinds = (type(torch.add), type(torch.Tensor.add))
    wrong = [
        name
        for name, value in public_names()
        if isinstance(value, kinds)
        and not value.__doc__.startswith(f"{name.rpartition('.')[2]}(")
    ]
    assert wrong == []


def test_built_docstrings_are_those_of_the_sources() -> None:
    owners = {"torch": torch._C._VariableFunctions, "Tensor": torch._C.TensorBase}
    for (owner, name), text in TEXTS.texts.items():
        home = owners.get(owner) or getattr(torch._C, owner.rpartition(".")[2])
        found = getattr(home, name, None) or getattr(torch._C, name)
        assert found.__doc__ == text, f"{owner}.{name}: build again"


def test_method_refers_to_its_function() -> None:
    text = torch.Tensor.add.__doc__
    assert text.startswith("add(other, *, alpha=1) -> Tensor\n\nAdd ")
    assert "method form of `torch.add`" in text


def test_inplace_form_refers_to_its_function() -> None:
    assert "In place: this tensor takes the result of `torch.add`" in (
        torch.Tensor.add_.__doc__
    )


def test_function_names_its_gradient_and_its_other_forms() -> None:
    text = torch.add.__doc__
    assert "Gradient: with respect to `input`, `other`.\n" in text
    assert "Also: `torch.Tensor.add`, `torch.Tensor.add_` (in place), `+`.\n" in text
