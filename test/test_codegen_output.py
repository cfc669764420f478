"""What tools/codegen writes for small entries, and that it follows the schemas."""

from __future__ import annotations

import pytest

from codegen_cases import ADD, topic
from tools.codegen.cpp import enclosed
from tools.codegen.emit_autograd import (
    autograd_header,
    autograd_slot,
    autograd_source,
)
from tools.codegen.emit_native import cuda_source, native_header, native_source, slots
from tools.codegen.emit_ops import ops_header, tensor_methods
from tools.codegen.emit_register import register_source
from tools.codegen.model import Model


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


ONE_DEVICE = """
- func: pick(Tensor self, int dim, Tensor[] indices) -> Tensor
  dispatch: {bodies}
  one_device: {{method: wrapper_CUDA_pick, indices: index}}
"""


def test_one_device_is_checked_in_the_slot_that_all_devices_share() -> None:
    text = register_source(topic(ONE_DEVICE.format(bodies="pick")))
    assert (
        """\
constexpr const char* const pick_devices[] = {
    "wrapper_CUDA_pick", "self", "index"};
"""
        in text
    )
    assert text.count("native::one_device<") == 1
    assert "ATEN_KERNEL(pick_fn, native::pick), // CPU" in text


def test_one_device_is_checked_in_the_slot_of_libtorch_cuda() -> None:
    sample = topic(ONE_DEVICE.format(bodies="{CPU: pick, CUDA: pick_cuda}"))
    assert "(native::pick_cuda),\n          pick_devices>>());" in cuda_source(sample)
    assert "one_device<" not in register_source(sample)


def test_a_function_that_cuda_shares_is_exported() -> None:
    header = native_header(
        topic("""
- func: pick(Tensor self) -> Tensor
  dispatch: {CPU: pick, CUDA: pick}
- func: drop(Tensor self) -> Tensor
  dispatch: {CPU: drop, CUDA: drop_cuda}
""")
    )
    assert header.count("C10_API Tensor pick(const Tensor& self);") == 1
    assert "\nTensor drop(const Tensor& self);" in header


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
