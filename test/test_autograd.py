"""The backward graph from Python: gradients, leaves, inference mode, anomalies.

Nothing here knows who implements torch: the same file passes under PyTorch.
"""

from __future__ import annotations

import gc
import weakref

import pytest

import torch
from autograd_cases import (
    TWICE,
    leaf,
    raises,
)

# ---------------------------------------------------------------- gradients


def test_backward_accumulates_into_leaves():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (a * b + a).sum().backward()
    assert a.grad.tolist() == [4.0, 5.0]
    assert b.grad.tolist() == [1.0, 2.0]


def test_backward_twice_adds():
    x = leaf(1.0)
    (x * 2).sum().backward()
    (x * 3).sum().backward()
    assert x.grad.tolist() == [5.0]


def test_backward_of_a_vector_takes_a_gradient():
    x = leaf(1.0, 2.0)
    (x * x).backward(torch.tensor([1.0, 10.0]))
    assert x.grad.tolist() == [2.0, 40.0]


def test_backward_of_a_vector_needs_a_gradient():
    with raises("grad can be implicitly created only for scalar outputs"):
        (leaf(1.0, 2.0) * 2).backward()


def test_backward_checks_the_shape_of_the_gradient():
    with raises(
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and "
        "output[0] has a shape of torch.Size([2])."
    ):
        (leaf(1.0, 2.0) * 2).backward(torch.ones(3))


def test_backward_needs_a_root_that_requires_grad():
    with raises(
        "element 0 of tensors does not require grad and does not have a grad_fn"
    ):
        torch.ones(1).backward()


def test_backward_through_a_freed_graph():
    y = leaf(1.0).exp()
    y.backward()
    with raises(TWICE):
        y.backward()


def test_backward_of_a_freed_graph_without_saved_tensors():
    x = leaf(1.0)
    y = x + 1
    y.backward()
    y.backward()
    assert x.grad.tolist() == [2.0]


def test_retain_graph_keeps_saved_tensors():
    x = leaf(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [8.0]


def test_grad_returns_gradients():
    x = leaf(3.0)
    (g,) = torch.autograd.grad(x * x, [x])
    assert g.tolist() == [6.0]
    assert x.grad is None


def test_grad_of_an_unused_input():
    x, unused = leaf(1.0), leaf(1.0)
    with raises(
        "The differentiated Tensor at index 0 appears to not have been used in the "
        "graph. Set allow_unused=True if this is the desired behavior."
    ):
        torch.autograd.grad(x * 2, [unused])
    grads = torch.autograd.grad(x * 2, [x, unused], allow_unused=True)
    assert grads[1] is None
    zeros = torch.autograd.grad(x * 2, [unused], materialize_grads=True)
    assert zeros[0].tolist() == [0.0]


def test_grad_of_an_input_without_requires_grad():
    with raises("One of the differentiated Tensors does not require grad"):
        torch.autograd.grad(leaf(1.0) * 2, [torch.ones(1)])


def test_grad_of_the_output_itself():
    y = leaf(1.0) * 2
    (g,) = torch.autograd.grad(y, [y])
    assert g.tolist() == [1.0]


def test_backward_with_inputs_leaves_others_alone():
    a, b = leaf(1.0), leaf(1.0)
    (a * b).backward(inputs=[a])
    assert a.grad.tolist() == [1.0]
    assert b.grad is None


def test_backward_with_a_non_leaf_input_fills_its_grad():
    y = leaf(1.0) * 2
    (y * 3).backward(inputs=[y])
    assert y.grad.tolist() == [3.0]


def test_double_backward():
    x = leaf(3.0)
    (first,) = torch.autograd.grad(x**3, [x], create_graph=True)
    (second,) = torch.autograd.grad(first, [x])
    assert first.tolist() == [27.0]
    assert second.tolist() == [18.0]


def test_double_backward_through_a_saved_result():
    x = leaf(0.0)
    (first,) = torch.autograd.grad(x.exp(), [x], create_graph=True)
    (second,) = torch.autograd.grad(first, [x])
    assert second.tolist() == [1.0]


def test_gradient_is_reduced_to_a_broadcast_input():
    x, y = torch.ones(1, 3, requires_grad=True), torch.ones(4, 1, requires_grad=True)
    (x + y).sum().backward()
    assert x.grad.tolist() == [[4.0, 4.0, 4.0]]
    assert y.grad.tolist() == [[3.0]] * 4


def test_gradient_has_the_dtype_of_its_leaf():
    x = leaf(1.0)
    (x * torch.ones(1, dtype=torch.float64)).backward()
    assert x.grad.dtype == torch.float32


def test_gradients_of_two_leaves_do_not_share_memory():
    a, b = leaf(1.0), leaf(1.0)
    (a + b).backward(torch.ones(1))
    assert a.grad.data_ptr() != b.grad.data_ptr()


def test_create_graph_makes_grad_differentiable():
    x = leaf(2.0)
    (x * x).backward(create_graph=True)
    assert x.grad.requires_grad


@pytest.mark.parametrize("length", [200_000])
def test_long_chain_is_run_and_freed(length):
    x = leaf(1.0)
    y = x
    for _ in range(length):
        y = y + 1
    y.backward()
    assert x.grad.tolist() == [1.0]
    del y


# ------------------------------------------------------------- leaves, flags


def test_requires_grad_of_an_integer_tensor():
    with raises("only Tensors of floating point dtype can require gradients"):
        torch.ones(2, dtype=torch.int64).requires_grad_()


def test_requires_grad_of_a_non_leaf():
    with raises(
        "you can only change requires_grad flags of leaf variables. If you want to use "
        "a computed variable in a subgraph that doesn't require differentiation use "
        "var_no_grad = var.detach()."
    ):
        (leaf(1.0) * 2).requires_grad_(False)


def test_is_leaf_and_grad_fn():
    x = leaf(1.0)
    y = x * 2
    assert x.is_leaf and x.grad_fn is None
    assert not y.is_leaf and y.grad_fn.name() == "MulBackward0"
    assert torch.ones(1).is_leaf


def test_grad_fn_is_one_object():
    y = leaf(1.0) * 2
    assert y.grad_fn is y.grad_fn


def test_next_functions_lead_to_leaves():
    x = leaf(1.0)
    (function, number), *_ = (x * 2).grad_fn.next_functions
    assert type(function).__name__ == "AccumulateGrad"
    assert function.variable is x
    assert number == 0


def test_detach_shares_memory_but_no_history():
    x = leaf(1.0)
    d = x.detach()
    assert not d.requires_grad and d.is_leaf
    assert d.data_ptr() == x.data_ptr()
    assert not d._is_view()


def test_detach_in_place():
    y = leaf(1.0) * 2
    y.detach_()
    assert not y.requires_grad and y.grad_fn is None


def test_no_grad_and_enable_grad():
    x = leaf(1.0)
    with torch.no_grad():
        assert not (x * 2).requires_grad
        with torch.enable_grad():
            assert (x * 2).requires_grad


def test_unreferenced_graph_is_freed():
    x = leaf(1.0)
    y = x.exp()
    alive = weakref.ref(y)
    del y
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize(
    "value, text",
    [
        (
            lambda: torch.ones(3),
            "attempting to assign a gradient of size '[3]' to a tensor of size '[2]'. "
            "Please ensure that the gradient and the tensor are the same size",
        ),
        (
            lambda: torch.ones(2, device="meta"),
            "attempting to assign a gradient with device type 'meta' to a tensor with "
            "device type 'cpu'. Please ensure that the gradient and the tensor are on "
            "the same device",
        ),
    ],
)
def test_assigning_a_grad_that_does_not_fit(value, text):
    x = leaf(1.0, 2.0)
    with raises(text):
        x.grad = value()
    assert x.grad is None


# ---------------------------------------------------------------- inference


def test_inference_tensor_is_not_saved():
    with torch.inference_mode():
        i = torch.ones(1)
    with raises(
        "Inference tensors cannot be saved for backward. Please do not use Tensors "
        "created in inference mode in computation tracked by autograd. To work around "
        "this, you can make a clone to get a normal tensor and use it in autograd, or "
        "use `torch.no_grad()` instead of `torch.inference_mode()`."
    ):
        leaf(1.0) * i


def test_inference_tensor_has_no_version():
    with torch.inference_mode():
        i = torch.ones(1)
    with raises("Inference tensors do not track version counter."):
        i._version


def test_inference_tensor_is_not_written_outside():
    with torch.inference_mode():
        i = torch.ones(1)
    with raises(
        "Inplace update to inference tensor outside InferenceMode is not allowed.You "
        "can make a clone to get a normal tensor before doing inplace update.See "
        "https://github.com/pytorch/rfcs/pull/17 for more details."
    ):
        i.add_(1)


def test_inference_tensor_does_not_come_to_require_grad():
    with torch.inference_mode():
        i = torch.ones(1)
    with raises(
        "Setting requires_grad=True on inference tensor outside InferenceMode is not "
        "allowed."
    ):
        i.requires_grad_()


# ------------------------------------------------------------- anomaly mode


def test_anomaly_mode_finds_a_nan():
    x = leaf(0.0)
    with pytest.warns(UserWarning):
        with torch.autograd.detect_anomaly():
            with raises(
                "Function 'SqrtBackward0' returned nan values in its 0th output."
            ):
                (x.sqrt() * 0).backward()
