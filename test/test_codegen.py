"""tools/codegen: what it reads, what it emits for small entries, its errors."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen_cases import ADD, ROOT, topic
from tools.codegen.cpp import Signature
from tools.codegen.emit_autograd import (
    autograd_header,
)
from tools.codegen.load import load
from tools.codegen.model import CodegenError, Schema
from tools.codegen.outputs import (
    list_outputs,
    outputs,
    remove_stale,
    write_if_changed,
)
from tools.codegen.schema import parse_schema


def error_of(text: str) -> str:
    with pytest.raises(CodegenError) as info:
        topic(text)
    return str(info.value)


# ---------------------------------------------------------------- schemas


@pytest.mark.parametrize(
    "text",
    [
        "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
        "add_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)",
        "split.Tensor(Tensor(a -> *) self, int split_size, int dim=0) -> Tensor(a)[]",
        "max.dim(Tensor self, int dim) -> (Tensor values, Tensor indices)",
        "index.Tensor(Tensor self, Tensor?[] indices) -> Tensor",
        "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False) -> Tensor",
        "div.Tensor_mode(Tensor self, *, str? rounding_mode=None) -> Tensor",
        "roll(Tensor self, int[1] shifts, int[1] dims=[]) -> Tensor",
        "_foreach_zero_(Tensor(a!)[] self) -> ()",
    ],
)
def test_schema_prints_as_it_was_read(text: str) -> None:
    assert str(parse_schema(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("add", "a schema starts with name(...) or name.overload(...)"),
        ("add(Tensor self", "unbalanced parentheses"),
        ("add(Tensor self)", "expected ') -> returns' after the arguments"),
        ("add(Tenso self) -> Tensor", "unknown type 'Tenso'"),
        ("add(Tensor) -> Tensor", "'Tensor' is not an argument"),
        ("add(Tensor a, Tensor a) -> Tensor", "argument 'a' appears twice"),
        (
            "add(int a=1, int b) -> Tensor",
            "argument 'b' without default follows 'a', which has one",
        ),
    ],
)
def test_schema_error(text: str, message: str) -> None:
    with pytest.raises(ValueError) as info:
        parse_schema(text)
    assert str(info.value) == message


def test_forms_are_derived() -> None:
    assert [str(op.schema) for op in topic(ADD).operators] == [
        "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
        "add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)",
        "add.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out)"
        " -> Tensor(a!)",
    ]


def test_out_form_of_a_factory_drops_the_options() -> None:
    (entry,) = topic("""
- func: zeros(int[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor
  variants: [function, out]
  dispatch: {all: zeros}
""").entries
    assert (
        str(entry.operators[1].schema)
        == "zeros.out(int[] size, *, Tensor(a!) out) -> Tensor(a!)"
    )
    assert Signature.of(entry.base).function_type == (
        "Tensor(IntArrayRef, const TensorOptions&)"
    )


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- [1", "1: expected ',' or ']', but got '<stream end>'"),
        ("func: x", "1: expected a list of entries"),
        ("- 3", "1: an entry is a mapping that has 'func'"),
        ("- variants: [function]", "1: an entry needs 'func'"),
        ("- func: f(Tenso x) -> Tensor", "1: unknown type 'Tenso'"),
        ("- func: f(Tensor x) -> Tensor\n  bacward: x", "2: unknown key 'bacward'"),
        (
            "- func: f(Tensor x) -> Tensor\n  func: g(Tensor x) -> Tensor",
            "2: key 'func' appears twice",
        ),
        (
            "- func: f(Tensor x) -> Tensor",
            "1: an entry has exactly one of composite, alias, kernel, structured, dispatch",
        ),
        (
            "\n- func: f(Tensor x) -> Tensor\n  variants: [fun]\n  composite: f",
            "3: unknown variant 'fun' (one of function, method, python_method,"
            " inplace, out, inplace_function)",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  variants: [inplace]\n  composite: f",
            "2: an in-place form needs 'self' first",
        ),
        (
            "- func: f(Tensor(a) x) -> Tensor(a)\n  variants: [out]\n  composite: f",
            "2: an out form needs outputs that are new tensors",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  composite: f\n  one_device: m",
            "3: 'one_device' is for bodies per device",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  dispatch: f\n  one_device: {x: y}",
            "3: 'one_device' names a method",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  composite: g\n"
            "- func: g(Tensor x) -> Tensor\n  dispatch: g",
            "1: 'g' is a body of g; 'alias' calls it",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  kernel: {iterator: unary, stub: s}",
            "2: unknown iterator 'unary'",
        ),
        (
            "- func: f(int x) -> Tensor\n  kernel: {iterator: unary_op, stub: s}",
            "2: unary_op takes 1 tensors or numbers from the front of the arguments",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  dispatch: {CPV: f}",
            "2: 'dispatch' has no key 'CPV'",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  composite: f\n  backward: {x: grad}",
            "3: a composite needs no 'backward'",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  dispatch: f\n  backward: {y: grad}",
            "3: 'y' is not a tensor argument",
        ),
        (
            "- func: f(Tensor x) -> Tensor\n  dispatch: f\n  node: FBackward",
            "3: 'node' without 'backward'",
        ),
    ],
)
def test_mistake_is_shown_with_file_and_line(text: str, message: str) -> None:
    assert error_of(text) == f"csrc/aten/ops/Sample.yaml:{message}"


def test_operator_defined_twice(tmp_path: Path) -> None:
    ops = tmp_path / "csrc/aten/ops"
    ops.mkdir(parents=True)
    (ops / "A.yaml").write_text(ADD)
    (ops / "B.yaml").write_text(ADD)
    with pytest.raises(CodegenError) as info:
        load(tmp_path)
    assert str(info.value) == (
        "csrc/aten/ops/B.yaml:2: add.Tensor is already defined at "
        "csrc/aten/ops/A.yaml:2"
    )


def test_nodes_of_one_name_must_agree() -> None:
    sample = topic("""
- func: f(Tensor self) -> Tensor
  dispatch: f
  backward: {self: grad}
- func: g(Tensor self) -> Tensor
  dispatch: g
  backward: {self: grad * 2}
  node: FBackward0
""")
    with pytest.raises(CodegenError, match="Sample.yaml:5: node FBackward0 differs"):
        autograd_header(sample)


# ---------------------------------------------------------------- agreement

# Operators and arguments that differ from PyTorch's on purpose.
OWN_OPERATORS = {
    "norm.ScalarOpt_dim_out": "the derived form; PyTorch calls it norm.out",
    "_max_pool2d_values": "values without indices, for inference",
    "_lstm_layer": "a whole sequence in one call",
    "_lstm_layer_backward": "its derivative",
}
OWN_ARGUMENTS = {
    "to.device": "device and dtype are optional, for to(dtype=...) in C++",
    "slice_backward": "start and end as slice has them",
    "range": "step has a default",
}


def recorded_schemas() -> dict[str, str]:
    path = ROOT / "test/golden/schemas.txt.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return {line.partition("(")[0]: line for line in lines}


def shape_of(schema: Schema) -> list[tuple[str, str, bool, bool]]:
    """What callers see: names, types, and what may be left out."""
    return [
        ("" if a.type.writes else a.name, str(a.type), a.kwarg_only, a.default is None)
        for a in schema.arguments
    ]


def test_schemas_agree_with_pytorch() -> None:
    recorded = recorded_schemas()
    wrong = []
    for op in load(ROOT).operators:
        name = op.schema.full_name
        if name in OWN_OPERATORS or name in OWN_ARGUMENTS:
            continue
        if name not in recorded:
            wrong.append(f"{op.entry.where}: PyTorch has no {name}")
        elif shape_of(parse_schema(recorded[name])) != shape_of(op.schema):
            wrong.append(f"{op.entry.where}: PyTorch has {recorded[name]}")
    assert wrong == []


# ---------------------------------------------------------------- files


def test_the_repository_generates_what_it_lists() -> None:
    model = load(ROOT)
    assert sorted(outputs(model, ROOT)) == sorted(list_outputs(model, "all"))


def test_unchanged_files_are_not_rewritten(tmp_path: Path) -> None:
    assert write_if_changed(tmp_path, {"ops/A.h": "x", "ops/B.h": "y"}) == 2
    assert write_if_changed(tmp_path, {"ops/A.h": "x", "ops/C.h": "z"}) == 1


def test_stale_files_are_removed(tmp_path: Path) -> None:
    write_if_changed(tmp_path, {"ops/A.h": "x", "ops/B.h": "y", "ops/C.h": "z"})
    remove_stale(tmp_path, {"ops/A.h": "x", "ops/C.h": "z"})
    assert sorted(p.name for p in (tmp_path / "ops").iterdir()) == ["A.h", "C.h"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.codegen", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_generated_stubs_leave_other_files_alone(tmp_path: Path) -> None:
    own = tmp_path / "autograd" / "__init__.py"
    own.parent.mkdir()
    own.write_text("")
    run("generate", "--kind", "stubs", "--out", str(tmp_path))
    assert own.exists()
    assert (tmp_path / "_C" / "__init__.pyi").exists()
    assert not (tmp_path / "ops").exists()


def test_show_prints_all_that_is_made_from_an_entry() -> None:
    result = run("show", "cat")
    assert result.returncode == 0
    for part in ("ops/Joining.h", "register/Joining.cpp", "CatBackward0::apply"):
        assert part in result.stdout


def test_trace_prints_the_hops_of_a_call() -> None:
    result = run("trace", "cat")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert "csrc/aten/ops/Joining.yaml" in lines[0]
    assert any("csrc/aten/native/Joining.cpp:" in line for line in lines)


def test_unknown_operator() -> None:
    result = run("show", "nosuch")
    assert result.returncode == 1
    assert result.stdout == "no operator is called 'nosuch'\n"


def test_mistake_ends_with_its_place_on_stderr(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "csrc/aten/ops", tmp_path / "csrc/aten/ops")
    (tmp_path / "csrc/aten/ops/Zzz.yaml").write_text("- func: f(Foo x) -> Tensor\n")
    result = run("--root", str(tmp_path), "list-outputs")
    assert result.returncode == 1
    assert result.stderr == "csrc/aten/ops/Zzz.yaml:1: unknown type 'Foo'\n"
