"""tools/codegen: what it reads, what it emits for small entries, its errors."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
pytest.importorskip("yaml")

from tools.codegen.cpp import Signature, enclosed
from tools.codegen.emit_autograd import (
    autograd_header,
    autograd_slot,
    autograd_source,
)
from tools.codegen.emit_native import cuda_source, native_header, native_source, slots
from tools.codegen.emit_ops import ops_header, tensor_methods
from tools.codegen.emit_register import register_source
from tools.codegen.load import load, parse_topic
from tools.codegen.model import CodegenError, Model, Schema, Topic
from tools.codegen.outputs import (
    list_outputs,
    outputs,
    remove_stale,
    write_if_changed,
)
from tools.codegen.schema import parse_schema

ADD = """
- func: add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
  variants: [function, method, inplace, out]
  kernel: {iterator: binary_op, stub: add_stub, check: alpha_check}
  backward: {self: grad, other: grad * alpha}
"""


def topic(text: str) -> Topic:
    return parse_topic(text, "csrc/aten/ops/Sample.yaml")


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


# ---------------------------------------------------------------- output


def test_at_function() -> None:
    assert """\
// csrc/aten/ops/Sample.yaml:2
inline Tensor add(
    const Tensor& self, const Tensor& other, const Scalar& alpha = 1) {
  return ops::add_Tensor.call<
      Tensor, const Tensor&, const Tensor&, const Scalar&>(
      self.key_set() | other.key_set(), self, other, alpha);
}
""" in ops_header(topic(ADD))


def test_out_function_takes_its_outputs_first() -> None:
    header = ops_header(topic(ADD))
    assert "    const Scalar& alpha = 1) {\n  return ops::add_out.call<" in header
    assert "inline Tensor& add_out(\n    Tensor& out,\n" in header


def test_methods() -> None:
    text = tensor_methods(Model([topic(ADD)]))
    assert "  Tensor add(const Tensor& other, const Scalar& alpha = 1) const;" in text
    assert "  Tensor& add_(const Tensor& other, const Scalar& alpha = 1) const;" in text


def test_python_method_leaves_class_tensor_alone() -> None:
    model = Model([topic(ADD.replace("method", "python_method"))])
    assert "add" not in tensor_methods(model)
    assert "Tensor::add" not in register_source(model.topics[0])


def test_default_that_would_be_ambiguous_is_left_out() -> None:
    header = ops_header(
        topic("""
- func: all(Tensor self) -> Tensor
  composite: all
- func: all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor
  composite: all
""")
    )
    assert "const Tensor& self, OptionalIntArrayRef dim, bool keepdim = false" in header


def test_kernel_shells() -> None:
    text = native_source(topic(ADD))
    assert (
        """\
Tensor add(const Tensor& self, const Tensor& other, const Scalar& alpha) {
  alpha_check(self, other, alpha);
  auto iter = TensorIterator::binary_op({}, self, other);
  add_stub(iter.device_type(), iter, alpha);
  return Tensor(iter.output());
}
"""
        in text
    )
    assert (
        """\
  auto iter = TensorIterator::binary_op(self, self, other);
  add_stub(iter.device_type(), iter, alpha);
  self.unsafe_impl()->bump_version();
  return self;
}
"""
        in text
    )


SOFTMAX = """
- func: _softmax(Tensor self, int dim, bool half_to_float) -> Tensor
  variants: [function, out]
  structured: {meta: softmax_meta, CPU: softmax_cpu, CUDA: softmax_cuda}
  backward: {self: "_softmax_backward_data(grad, result, dim, self.scalar_type())"}
"""


def test_structured_shells() -> None:
    sample = topic(SOFTMAX)
    text = native_source(sample)
    assert (
        """\
Tensor _softmax(const Tensor& self, int64_t dim, bool half_to_float) {
  const auto spec = native::softmax_meta(self, dim, half_to_float);
  Tensor out = allocate_output(spec);
  native::softmax_cpu(self, dim, half_to_float, out);
  return out;
}
"""
        in text
    )
    assert "resize_output(out, spec);" in text
    header = native_header(sample)
    assert "OutputSpec softmax_meta(" in header
    assert slots(sample.operators[0]) == {
        "CPU": "native::cpu::_softmax",
        "Meta": "native::meta::_softmax",
    }
    assert "native::softmax_cuda(self, dim, half_to_float, out);" in cuda_source(sample)


def test_dispatch_in_place_form_computes_and_copies() -> None:
    text = native_source(
        topic("""
- func: cumsum(Tensor self, int dim) -> Tensor
  variants: [function, inplace, out]
  dispatch: {CPU: cumsum_cpu}
""")
    )
    assert "return copy_to_self(self, native::cumsum_cpu(self, dim));" in text
    assert 'return copy_to_out("cumsum", out, native::cumsum_cpu(self, dim));' in text


def test_composite_fills_every_backend_and_no_autograd() -> None:
    (op,) = topic("""
- func: kron(Tensor self, Tensor other) -> Tensor
  composite: kron
""").operators
    assert slots(op) == dict.fromkeys(
        ("CPU", "CUDA", "PrivateUse1", "Meta"), "native::kron"
    )
    assert autograd_slot(op) is None


def test_alias_calls_the_operator_it_names() -> None:
    text = native_source(
        topic("""
- func: subtract.Tensor(Tensor self, Tensor other) -> Tensor
  variants: [function, inplace, out]
  alias: sub
""")
    )
    assert "return at::sub(self, other);" in text
    assert "return at::sub_(self, other);" in text
    assert "return at::sub_out(out, self, other);" in text


def test_node_is_shown_as_another() -> None:
    header = autograd_header(
        topic("""
- func: add.Scalar(Tensor self, Scalar other) -> Tensor
  kernel: {iterator: binary_op, stub: add_stub}
  backward: {self: grad}
  node: AddBackward1
  shown_as: AddBackward0
""")
    )
    assert "struct AddBackward1 : Node {" in header
    assert 'return "AddBackward0";' in header


def test_node_frees_like_the_one_it_is_shown_as() -> None:
    text = autograd_text("""
- func: mul.Tensor(Tensor self, Tensor other) -> Tensor
  kernel: {iterator: binary_op, stub: mul_stub}
  backward: {self: grad * other, other: grad * self}
- func: mul.Scalar(Tensor self, Scalar other) -> Tensor
  kernel: {iterator: binary_op, stub: mul_stub}
  backward: {self: grad * other}
  shown_as: MulBackward0
""")
    assert text.count("if (released) {\n    throw_backward_twice();") == 1


def test_register_table() -> None:
    text = register_source(topic(ADD))
    assert (
        """\
Operator add_Tensor = {
    {
        ATEN_KERNEL(add_Tensor_fn, native::add), // CPU
        ATEN_KERNEL(add_Tensor_fn, native::add), // CUDA
        nullptr, // PrivateUse1
        ATEN_KERNEL(add_Tensor_fn, native::add), // Meta
        nullptr, // Python
        ATEN_KERNEL(add_Tensor_fn, torch::autograd::recording::add), // Autograd
    },
"""
        in text
    )


def autograd_text(text: str) -> str:
    sample = topic(text)
    return autograd_source(sample, Model([sample]))


def test_node() -> None:
    text = autograd_text(ADD)
    assert (
        """\
variable_list AddBackward0::apply(variable_list&& grads) {
  variable_list grad_inputs(2);
  const Tensor& grad = grads[0];
  if (!grad.defined()) {
    return grad_inputs;
  }
  if (should_compute_output(0)) { // self
    grad_inputs[0] = grad;
  }
  if (should_compute_output(1)) { // other
    grad_inputs[1] = grad * alpha;
  }
  return grad_inputs;
}
"""
        in text
    )


def test_recording_wrapper() -> None:
    assert """\
Tensor add(const Tensor& self, const Tensor& other, const Scalar& alpha) {
  auto node = make_node<AddBackward0>(self, other);
  if (node) {
    node->alpha = alpha;
  }
  Tensor result;
  {
    AutoDispatchBelowAutograd below;
    result = at::add(self, other, alpha);
  }
  if (node) {
    set_history(result, std::move(node));
  }
  return result;
}
""" in autograd_text(ADD)


def test_in_place_wrapper_saves_a_copy_of_self() -> None:
    text = autograd_text("""
- func: mul.Tensor(Tensor self, Tensor other) -> Tensor
  variants: [inplace]
  kernel: {iterator: binary_op, stub: mul_stub}
  backward: {self: grad * other, other: grad * self}
""")
    assert (
        """\
Tensor& mul_(Tensor& self, const Tensor& other) {
  check_inplace(self);
  auto node = make_node<MulBackward0>(self, other);
  if (node) {
    if (node->should_compute_output(1)) {
      node->self_ = SavedVariable(self.clone(), false);
    }
    if (node->should_compute_output(0)) {
      node->other_ = SavedVariable(other, false);
    }
  }
"""
        in text
    )
    assert "    rebase_history(self, std::move(node));" in text


def test_out_wrapper_refuses_gradients() -> None:
    assert """\
  if (compute_requires_grad(self, other, out)) {
    throw_error_out_requires_grad("add");
  }
""" in autograd_text(ADD)


def test_properties_are_saved_instead_of_the_tensor() -> None:
    sample = topic("""
- func: f(Tensor self, int dim, Tensor? w=None) -> Tensor
  dispatch: f
  backward: {self: "g(grad, self.sizes(), self.size(dim), w.sizes())"}
""")
    assert [s.field for s in sample.entries[0].derivative.saved] == [
        "self_sizes",
        "dim",
        "w_",
    ]
    assert "g(grad, self_sizes, size_at(self_sizes, dim), w.sizes())" in (
        autograd_source(sample, Model([sample]))
    )


def test_output_is_saved_after_its_history_is_set() -> None:
    text = autograd_text(SOFTMAX)
    saved = text.index("node->result_ = SavedVariable(result, true);")
    assert text.index("set_history(result, node);") < saved
    # Its own in-place form would find self overwritten; result is not saved
    # before the call.
    assert text.index("result = at::_softmax") < saved


def test_view_and_views() -> None:
    text = autograd_text("""
- func: t(Tensor(a) self) -> Tensor(a)
  dispatch: t
  backward: {self: grad.t()}
- func: split(Tensor(a -> *) self, int n) -> Tensor(a)[]
  dispatch: split
  backward: {self: "split_backward(grads, n)"}
""")
    assert text.count("set_view_history(result, std::move(node));") == 2
    assert "if (!any_defined(grads)) {" in text


def test_list_argument_takes_a_run_of_edges() -> None:
    text = autograd_text("""
- func: f(Tensor a, Tensor[] tensors, Tensor b) -> Tensor
  dispatch: f
  backward: {a: grad, tensors: "split_up(grad, sizes_of(tensors))", b: grad}
""")
    assert "variable_list grad_inputs(tensors_size + 2);" in text
    assert "if (should_compute_any(1, tensors_size + 1)) { // tensors" in text
    assert "copy_range(grad_inputs, 1, split_up(grad, tensors_sizes_of));" in text
    assert "grad_inputs[tensors_size + 1] = grad;" in text
    assert "node->tensors_size = tensors.size();" in text


def test_tuple_formula_uses_the_mask() -> None:
    text = autograd_text("""
- func: linear(Tensor self, Tensor weight) -> Tensor
  dispatch: linear
  backward: {"self, weight": "linear_backward(grad, self, weight, grad_input_mask)"}
""")
    assert "if (should_compute_output(0) || should_compute_output(1)) {" in text
    assert "const std::array<bool, 2> grad_input_mask{" in text
    assert "grad_inputs[1] = std::move(std::get<1>(grads_of));" in text


def test_output_without_gradient_gets_no_history() -> None:
    text = autograd_text("""
- func: max.dim(Tensor self, int dim) -> (Tensor values, Tensor indices)
  dispatch: max
  non_differentiable: [indices]
  backward: {self: "pick(grad, dim, indices)"}
""")
    assert "set_history(std::get<0>(result), node);" in text
    assert "set_history(std::get<1>(result), node);" not in text
    assert "node->indices_ = SavedVariable(std::get<1>(result), false);" in text


def test_operator_without_derivative_checks_in_place_writes_only() -> None:
    text = autograd_text("""
- func: sign(Tensor self) -> Tensor
  variants: [function, inplace]
  kernel: {iterator: unary_op, stub: sign_stub}
""")
    assert "check_inplace(self);" in text
    assert "make_node" not in text
    assert "Tensor sign(" not in text


def test_dispatch_body_without_derivative_does_not_record() -> None:
    text = autograd_text("""
- func: nonzero(Tensor self) -> Tensor
  dispatch: nonzero
""")
    assert (
        """\
Tensor nonzero(const Tensor& self) {
  AutoDispatchBelowAutograd below;
  return at::nonzero(self);
}
"""
        in text
    )


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["a", "b"], "function(a, b);"),
        (["a" * 40, "b" * 32], f"function(\n    {'a' * 40}, {'b' * 32});"),
        (["a" * 40, "b" * 40], f"function(\n    {'a' * 40},\n    {'b' * 40});"),
    ],
)
def test_calls_are_broken_at_80_columns(items: list[str], expected: str) -> None:
    assert enclosed("function", items, ";") == expected


# ---------------------------------------------------------------- agreement

# Operators and arguments that differ from PyTorch's on purpose.
OWN_OPERATORS = {
    "norm.ScalarOpt_dim_out": "the derived form; PyTorch calls it norm.out",
    "_max_pool2d_values": "values without indices, for inference",
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
