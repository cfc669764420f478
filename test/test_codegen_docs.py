"""tools/codegen/docstrings.py: sections in, docstrings out, its errors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))
pytest.importorskip("yaml")

from tools.codegen.doc_entries import DocBook, DocField, parse_docs, read_docs
from tools.codegen.doc_examples import as_method, in_numbers, renamed
from tools.codegen.docstrings import Docstrings
from tools.codegen.emit_docs import source
from tools.codegen.load import parse_topic
from tools.codegen.model import CodegenError, Model

SCALE = """
- func: scale(Tensor self, Scalar factor=2, *, bool deep=False) -> Tensor
  variants: [function, method, inplace, out]
  dispatch: scale
  backward: {self: grad * factor}
"""
SECTION = """Things.

scale
-----
Multiply by a factor.

`out = input * factor`

:factor: the factor
:deep (flag): how
:Raises ValueError: never, and
    not here either
:Shape: any

>>> 1 + 1
2
"""
RULES = """
arguments
---------
:input: the tensor
:out: the result

unary_op
--------
:Shape: kept.
"""


def compose(yaml: str, section: str, root: Path = Path("/nowhere")) -> Docstrings:
    book = DocBook(
        {e.name: e for e in parse_docs(section, "torch/_docs/Sample.md")},
        {e.name: e for e in parse_docs(RULES, "torch/_docs/rules.md")},
    )
    model = Model([parse_topic(yaml, "csrc/aten/ops/Sample.yaml")])
    return Docstrings(model, book, root)


def test_section_is_parsed() -> None:
    (entry,) = parse_docs(SECTION, "a.md")
    assert str(entry.where) == "a.md:3"
    assert entry.summary == "Multiply by a factor."
    assert entry.body == "`out = input * factor`"
    assert entry.fields[1] == DocField("deep", "how", "flag")
    assert entry.raises == [("ValueError", "never, and not here either")]
    assert entry.example == ">>> 1 + 1\n2"


def test_function_has_the_full_text() -> None:
    made = compose(SCALE, SECTION)
    assert made.problems == []
    assert made.texts["torch", "scale"] == (
        """\
scale(input, factor=2, *, deep=False, out=None) -> Tensor

Multiply by a factor.

`out = input * factor`

Args:
    input (Tensor): the tensor.
    factor (number, optional): the factor; default `2`.
    deep (flag): how; default `False`.
    out (Tensor, optional): the result.

Shape: any.

Raises:
    ValueError: never, and not here either.

Gradient: with respect to `input`.

Also: `torch.Tensor.scale`, `torch.Tensor.scale_` (in place).

Example:
    >>> 1 + 1
    2"""
    )


def test_other_forms_are_derived() -> None:
    texts = compose(SCALE, SECTION).texts
    assert texts["Tensor", "scale"] == (
        "scale(factor=2, *, deep=False) -> Tensor\n\nMultiply by a factor.\n\n"
        "The method form of `torch.scale`, whose `input` is this tensor."
    )
    assert texts["Tensor", "scale_"].endswith(
        "In place: this tensor takes the result of `torch.scale` and is returned."
    )


def test_alias_refers_to_its_target() -> None:
    alias = "- func: grow(Tensor self) -> Tensor\n  alias: scale\n"
    text = compose(SCALE + alias, SECTION).texts["torch", "grow"]
    assert text.endswith("Multiply by a factor.\n\nAnother name of `torch.scale`.")


def test_rule_of_the_iterator_is_added() -> None:
    twice = (
        "- func: twice(Tensor self) -> Tensor\n"
        "  kernel: {iterator: unary_op, stub: twice_stub}\n"
    )
    made = compose(twice, "twice\n-----\nDouble it.\n\n>>> 1\n1\n")
    assert "\n\nShape: kept.\n\n" in made.texts["torch", "twice"]


EXAMPLE = """\
>>> x = 1
>>> torch.f(2, -x, k=3) + 1
7
>>> torch.f(5, 6)
8"""


def test_example_becomes_a_call_of_the_method() -> None:
    first = ">>> x = 1\n>>> (2).g(-x, k=3) + 1\n7"
    assert as_method(EXAMPLE, "torch.f", "g", 0) == first
    assert as_method(EXAMPLE, "torch.f", "g", 1).splitlines()[1] == (
        ">>> (-x).g(2, k=3) + 1"
    )


def test_example_becomes_a_call_of_another_name() -> None:
    assert renamed(EXAMPLE, "torch.f", "h").splitlines()[1] == ">>> h(2, -x, k=3) + 1"
    assert renamed(EXAMPLE, "torch.other", "h") == ""


def test_inplace_form_shows_numbers_for_truth() -> None:
    printed = ">>> x.lt_(True)\ntensor([ True, False])"
    assert in_numbers(printed) == ">>> x.lt_(True)\ntensor([1, 0])"


def test_missing_parts_are_problems() -> None:
    section = SECTION.replace(":factor: the factor\n", "").split(">>>")[0]
    assert compose(SCALE, section).problems == [
        "torch/_docs/Sample.md:3: argument 'factor' is not described",
        "torch/_docs/Sample.md:3: scale has no example",
    ]
    missing = "csrc/aten/ops/Sample.yaml:2: torch.scale has no entry in torch/_docs"
    assert compose(SCALE, "").problems[0] == missing


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (":factor:", ":faktor:", "scale has no argument faktor"),
        (":Shape:", ":Shapes:", "there is no field 'Shapes'"),
        (":Shape:", ":Like: nothing\n:Shape:", "there is no rule 'nothing'"),
        (":Shape:", ":Signature:", "the YAML file tells the signature"),
        (":Shape: any", ":Shape: any\nmore", "expected a field or an indented line"),
        (":Shape: any", ":Alias: other", "'other' has no entry"),
        ("scale\n-----", "module.scale\n------", "no functions belong to 'module'"),
    ],
)
def test_mistakes_name_their_place(old: str, new: str, message: str) -> None:
    with pytest.raises(CodegenError) as error:
        compose(SCALE, SECTION.replace(old, new))
    assert str(error.value).startswith(f"torch/_docs/Sample.md:3: {message}")


def test_names_stand_once(tmp_path: Path) -> None:
    folder = tmp_path / "torch/_docs"
    folder.mkdir(parents=True)
    for name in ("A.md", "B.md"):
        (folder / name).write_text(SECTION)
    with pytest.raises(CodegenError, match=r"B\.md:3: scale also stands at .*A\.md:3"):
        read_docs(tmp_path)


def test_python_functions_need_no_section(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/functional.py").write_text("def scale(): ...\n")
    (tmp_path / "torch/_tensor.py").write_text(
        "class Tensor:\n    scale = 1\n    scale_ = 2\n"
    )
    made = compose(SCALE, "", tmp_path)
    assert (made.texts, made.problems) == ({}, [])


def test_table_is_sorted_by_owner_and_name() -> None:
    text = source({("torch", "b"): "B", ("torch", "a"): "A", ("Tensor", "c"): "C"})
    rows = [line for line in text.splitlines() if 'R"doc(' in line]
    assert rows == [
        '    {"Tensor", "c", R"doc(C)doc"},',
        '    {"torch", "a", R"doc(A)doc"},',
        '    {"torch", "b", R"doc(B)doc"}};',
    ]
