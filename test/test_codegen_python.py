"""What tools/codegen binds to Python for small entries."""

from __future__ import annotations

import ast

from codegen_cases import ROOT
from tools.codegen.emit_pyi import outputs as stub_outputs
from tools.codegen.emit_python import python_source
from tools.codegen.load import parse_topic
from tools.codegen.model import Model
from tools.codegen.python_signatures import python_functions

ADD = """
- func: add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
  variants: [function, method, inplace, out]
  python: [__add__, __radd__, __iadd__]
  composite: add
- func: add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor
  variants: [function, method, inplace]
  composite: add
"""
MAX = """
- func: max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)
  variants: [function, method, out]
  composite: max
- func: max(Tensor self) -> Tensor
  variants: [function, method]
  composite: max
- func: max.other(Tensor self, Tensor other) -> Tensor
  variants: [function, method]
  composite: max
"""
ZEROS = """
- func: zeros(int[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor
  variants: [function, out]
  composite: zeros
"""
HIDDEN = """
- func: inner(Tensor self) -> Tensor
  python_module: none
  composite: inner
- func: inner_backward(Tensor self) -> Tensor
  composite: inner_backward
"""


def model_of(text: str) -> Model:
    return Model([parse_topic(text, "csrc/aten/ops/Small.yaml")])


def functions_of(text: str) -> dict:
    return {(f.owner, f.name): f for f in python_functions(model_of(text))}


def source_of(text: str) -> str:
    model = model_of(text)
    return python_source(model.topics[0], model, python_functions(model))


def test_forms_become_functions_and_methods():
    assert set(functions_of(ADD)) == {
        ("torch", "add"),
        ("Tensor", "add"),
        ("Tensor", "add_"),
    }


def test_python_method_is_bound_as_a_method_is():
    assert functions_of(ADD.replace("method", "python_method")).keys() == (
        functions_of(ADD).keys()
    )


def test_tensor_overload_is_tried_before_number():
    names = [
        s.op.schema.full_name for s in functions_of(ADD)["torch", "add"].signatures
    ]
    assert names == ["add.Tensor", "add.Scalar"]


def test_overloads_are_in_the_order_of_error_texts():
    names = [
        s.op.schema.full_name for s in functions_of(MAX)["torch", "max"].signatures
    ]
    assert names == ["max", "max.other", "max.dim"]


def test_out_is_an_argument_of_the_function_only():
    functions = functions_of(ADD)
    tensor = functions["torch", "add"].signatures[0]
    assert [a.name for a in tensor.arguments] == ["self", "other", "alpha", "out"]
    method = functions["Tensor", "add"].signatures[0]
    assert [a.name for a in method.arguments] == ["other", "alpha"]


def test_factory_takes_requires_grad_after_its_options():
    only = functions_of(ZEROS)["torch", "zeros"].signatures[0]
    assert [a.name for a in only.arguments] == [
        "size",
        "out",
        "dtype",
        "layout",
        "device",
        "pin_memory",
        "requires_grad",
    ]


def test_private_entries_are_not_bound():
    assert functions_of(HIDDEN) == {}


def test_two_tensors_skip_the_parser():
    text = source_of(ADD)
    assert "return wrap(UNLOCKED(at::add)(unpack(args[0]), unpack(args[1])));" in text


def test_operators_are_registered():
    text = source_of(ADD)
    assert "{Slot::Add, SlotKind::Forward, operator_add, nullptr}" in text
    assert "{Slot::Add, SlotKind::Inplace, operator_iadd, nullptr}" in text


def test_several_outputs_become_a_named_tuple():
    text = source_of(MAX)
    assert 'make_return_type("max", {"values", "indices"});' in text


def test_emitted_lines_fit():
    assert max(map(len, source_of(ADD + MAX[1:] + ZEROS[1:]).splitlines())) <= 80


def test_stubs_are_python():
    for text in stub_outputs(model_of(ADD + ZEROS[1:]), ROOT).values():
        ast.parse(text)


def test_default_reduction_is_none() -> None:
    """As PyTorch's parser takes it; torch.nn.functional names its own."""
    entry = """
- func: my_loss(Tensor self, Tensor target, int reduction=1) -> Tensor
  composite: my_loss
"""
    assert "p.integer_or(2, 0)" in source_of(entry)
