"""The backward graph from Python: gradients, in-place writes, views, hooks.

Nothing here knows who implements torch: the same file passes under PyTorch.
"""

from __future__ import annotations

import gc
import weakref

import pytest

import torch
from torch.autograd import Function

TWICE = (
    "Trying to backward through the graph a second time (or directly access saved "
    "tensors after they have already been freed). Saved intermediate values of the "
    "graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if "
    "you need to access saved tensors after calling backward."
)
HINT = (
    " Hint: enable anomaly detection to find the operation that failed to compute its "
    "gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
NO_GRAD_ADVICE = (
    " Given that this use case is ambiguous and error-prone, it is forbidden. You can "
    "clarify your code by moving both the view and the inplace either both inside the "
    "no_grad block (if you don't want the inplace to be tracked) or both outside (if "
    "you want the inplace to be tracked)."
)
MULTI_OUTPUT_ADVICE = (
    " This view is the output of a function that returns multiple views. Such "
    "functions do not allow the output views to be modified inplace. You should "
    "replace the inplace operation by an out-of-place one."
)


def leaf(*values, dtype=torch.float32):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


def raises(text, kind=RuntimeError):
    """Expect an exception with exactly this text."""

    class Check:
        def __enter__(self):
            self.manager = pytest.raises(kind)
            self.info = self.manager.__enter__()

        def __exit__(self, *failure):
            caught = self.manager.__exit__(*failure)
            assert str(self.info.value) == text
            return caught

    return Check()


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


# ------------------------------------------------------------- saved tensors


def test_saved_input_written_in_place():
    c = torch.ones(2)
    y = leaf(1.0, 2.0) * c
    c.add_(1)
    with raises(
        "one of the variables needed for gradient computation has been modified by an "
        "inplace operation: [torch.FloatTensor [2]] is at version 1; expected version 0 "
        "instead." + HINT
    ):
        y.sum().backward()


def test_saved_result_written_in_place():
    y = leaf(1.0, 2.0).exp()
    y.mul_(2)
    with raises(
        "one of the variables needed for gradient computation has been modified by an "
        "inplace operation: [torch.FloatTensor [2]], which is output 0 of Exp, is at "
        "version 1; expected version 0 instead." + HINT
    ):
        y.sum().backward()


def test_saved_input_written_through_detach():
    c = torch.ones(2)
    y = leaf(1.0, 2.0) * c
    c.detach().add_(1)
    with pytest.raises(RuntimeError, match="is at version 1"):
        y.sum().backward()


def test_saved_input_written_through_data():
    c = torch.ones(1)
    x = leaf(1.0)
    y = x * c
    c.data.add_(1)
    y.backward()
    assert x.grad.tolist() == [2.0]


def test_write_to_a_view_of_data_is_not_seen():
    c = torch.ones(2)
    x = leaf(1.0, 1.0)
    y = x * c
    c.data[0] = 5.0
    y.sum().backward()
    assert c._version == 0
    assert x.grad.tolist() == [5.0, 1.0]


def test_saved_tensors_are_shown():
    x = leaf(2.0)
    y = x.exp()
    assert torch.equal(y.grad_fn._saved_result, y)
    assert y.grad_fn._saved_result.grad_fn is y.grad_fn
    y.backward()
    with raises(TWICE):
        y.grad_fn._saved_result


def test_saved_tensors_hooks():
    packed = []

    def pack(t):
        packed.append(t)
        return t * 1

    x = leaf(3.0)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t * 10):
        y = x * x
    y.backward()
    assert len(packed) == 2
    assert x.grad.tolist() == [60.0]


# ---------------------------------------------------------- in place, views


def test_leaf_is_not_written_in_place():
    x = leaf(1.0)
    with raises(
        "a leaf Variable that requires grad is being used in an in-place operation."
    ):
        x.add_(1)
    assert x.tolist() == [1.0]


def test_view_of_a_leaf_is_not_written_in_place():
    x = leaf(1.0, 2.0)
    with raises(
        "a view of a leaf Variable that requires grad is being used in an in-place "
        "operation."
    ):
        x[0].add_(1)
    assert x.tolist() == [1.0, 2.0]


def test_leaf_is_written_under_no_grad():
    x = leaf(1.0)
    with torch.no_grad():
        x.add_(1)
    assert x.tolist() == [2.0] and x.is_leaf


def test_write_to_a_view_reaches_the_base():
    x = leaf(1.0, 1.0)
    y = x * 1
    y[0].mul_(10)
    assert type(y.grad_fn).__name__ == "CopySlices"
    y.sum().backward()
    assert x.grad.tolist() == [10.0, 1.0]


def test_write_to_the_base_reaches_the_view():
    x = leaf(1.0, 1.0)
    y = x * 1
    v = y.view(2, 1)
    y.mul_(3)
    assert type(v.grad_fn).__name__ == "AsStridedBackward0"
    v.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_write_through_a_view_of_a_view():
    x = torch.ones(2, 2, requires_grad=True)
    y = x * 1
    y[0][1].mul_(5)
    y.sum().backward()
    assert x.grad.tolist() == [[1.0, 5.0], [1.0, 1.0]]


def test_assignment_by_index_is_recorded():
    w = leaf(2.0, 3.0)
    y = torch.zeros(2, 2)
    y[1] = w * w
    assert y.requires_grad
    y.sum().backward()
    assert w.grad.tolist() == [4.0, 6.0]


def test_in_place_factor_gets_its_gradient():
    x, w = leaf(3.0), leaf(5.0)
    y = x * 1
    y.mul_(w)
    y.backward()
    assert w.grad.tolist() == [3.0]
    assert x.grad.tolist() == [5.0]


def test_view_made_before_its_base_required_grad():
    base = torch.ones(2)
    v = base.view(2, 1)
    base.mul_(leaf(2.0, 2.0))
    assert v.requires_grad
    assert type(v.grad_fn).__name__ == "AsStridedBackward0"


@pytest.mark.parametrize(
    "split, name",
    [
        (lambda t: t.unbind(), "Unbind"),
        (lambda t: t.split(1), "Split"),
    ],
)
def test_one_of_several_views_is_not_written(split, name):
    parts = split(leaf(1.0, 2.0) * 1)
    with raises(
        f"Output 0 of {name} is a view and is being modified inplace."
        + MULTI_OUTPUT_ADVICE
    ):
        parts[0].mul_(2)


def test_view_made_under_no_grad_is_not_written():
    y = leaf(1.0, 2.0) * 1
    with torch.no_grad():
        v = y.view(2, 1)
    with raises(
        "A view was created in no_grad mode and is being modified inplace with grad "
        "mode enabled." + NO_GRAD_ADVICE
    ):
        v.mul_(2)


def test_view_made_under_no_grad_is_not_used_after_a_write():
    y = leaf(1.0, 2.0) * 1
    with torch.no_grad():
        v = y.view(2, 1)
    y.mul_(2)
    with raises(
        "A view was created in no_grad mode and its base or another view of its base "
        "has been modified inplace with grad mode enabled." + NO_GRAD_ADVICE
    ):
        v.grad_fn


def test_detach_in_place_of_a_view():
    v = (leaf(1.0, 2.0) * 1).view(2, 1)
    with pytest.raises(RuntimeError, match="Can't detach views in-place. Use detach()"):
        v.detach_()


def test_out_argument_does_not_record():
    x = leaf(1.0)
    with raises(
        "add(): functions with out=... arguments don't support automatic "
        "differentiation, but one of the arguments requires grad."
    ):
        torch.add(x, x, out=torch.empty(1))


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


# -------------------------------------------------------------------- hooks


def test_hooks_run_in_order():
    order = []
    y = leaf(1.0) * 2
    y.retain_grad()
    y.register_hook(lambda g: order.append("tensor") or g * 2)
    y.grad_fn.register_prehook(lambda g: order.append("pre"))
    y.grad_fn.register_hook(lambda gi, go: order.append("post"))
    y.backward()
    assert order == ["tensor", "pre", "post"]
    assert y.grad.tolist() == [2.0]


def test_hook_of_a_leaf_changes_its_gradient():
    x = leaf(1.0)
    handle = x.register_hook(lambda g: g * 10)
    (x * 2).backward()
    assert x.grad.tolist() == [20.0]
    handle.remove()
    x.grad = None
    (x * 2).backward()
    assert x.grad.tolist() == [2.0]


def test_hook_needs_a_tensor_that_requires_grad():
    with raises("cannot register a hook on a tensor that doesn't require gradient"):
        torch.ones(1).register_hook(lambda g: g)


def test_hook_that_changes_the_size():
    def grow(g):
        return torch.ones(5)

    x = leaf(1.0)
    x.register_hook(grow)
    with raises("hook 'grow' has changed the size of value"):
        x.backward()


def test_exception_in_a_hook_comes_through():
    def fail(g):
        raise ValueError("no")

    x = leaf(1.0)
    x.register_hook(fail)
    with raises("no", ValueError):
        (x * 2).backward()


def test_post_accumulate_grad_hook():
    seen = []
    x = leaf(1.0)
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.item()))
    (x * 2).backward()
    assert seen == [2.0]


def test_retain_grad_follows_an_in_place_write():
    y = leaf(1.0) * 2
    y.retain_grad()
    y.mul_(5)
    y.backward()
    assert y.grad.tolist() == [1.0]


def test_retain_grad_of_a_tensor_without_grad():
    with raises("can't retain_grad on Tensor that has requires_grad=False"):
        torch.ones(1).retain_grad()


def test_grad_of_an_input_applies_its_hooks():
    y = leaf(1.0) * 2
    y.register_hook(lambda g: g * 3)
    (g,) = torch.autograd.grad(y, [y])
    assert g.tolist() == [3.0]


def test_backward_inside_a_hook():
    inner = leaf(2.0)

    def hook(g):
        with torch.enable_grad():
            (inner * inner).backward()

    y = leaf(1.0) * 2
    y.register_hook(hook)
    y.backward()
    assert inner.grad.tolist() == [4.0]


# ---------------------------------------------------------- custom functions


class Product(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        return grad * b, grad * a


def test_function_backward():
    a, b = leaf(2.0), leaf(5.0)
    y = Product.apply(a, b)
    assert y.grad_fn.name() == "ProductBackward"
    y.backward()
    assert a.grad.tolist() == [5.0]
    assert b.grad.tolist() == [2.0]


def test_function_saved_tensors_are_freed():
    a, b = leaf(2.0), leaf(5.0)
    y = Product.apply(a, b)
    y.backward()
    with raises(TWICE):
        y.backward()


def returning(value):
    class Fixed(Function):
        @staticmethod
        def forward(ctx, a, b):
            return a * b

        @staticmethod
        def backward(ctx, grad):
            return value(grad)

    return Fixed.apply(torch.ones(2, 3, requires_grad=True), leaf(1.0))


@pytest.mark.parametrize(
    "value, text",
    [
        (
            lambda g: (g,),
            "function FixedBackward returned an incorrect number of gradients "
            "(expected 2, got 1)",
        ),
        (
            lambda g: (torch.ones(4), None),
            "Function FixedBackward returned an invalid gradient at index 0 - got [4] "
            "but expected shape compatible with [2, 3]",
        ),
        (
            lambda g: (torch.ones(2, 3, device="meta"), None),
            "Function FixedBackward returned an invalid gradient at index 0 - expected "
            "device cpu but got meta",
        ),
    ],
)
def test_function_returns_a_wrong_gradient(value, text):
    with raises(text):
        returning(value).sum().backward()


def test_function_context_is_freed_with_its_graph():
    class Marker:
        pass

    class Marked(Function):
        @staticmethod
        def forward(ctx, a):
            ctx.marker = Marker()
            alive.append(weakref.ref(ctx.marker))
            return a * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    alive = []
    y = Marked.apply(leaf(1.0))
    y.backward()
    assert alive[0]() is not None
    del y
    gc.collect()
    assert alive[0]() is None


def test_function_view_is_not_written():
    class Flat(Function):
        @staticmethod
        def forward(ctx, a):
            return a.view(-1)

        @staticmethod
        def backward(ctx, grad):
            return grad.view(1, 1)

    y = Flat.apply(torch.ones(1, 1, requires_grad=True) * 1)
    with pytest.raises(RuntimeError, match="created inside a custom Function"):
        y.mul_(2)


# ------------------------------------------------------------- anomaly mode


def test_anomaly_mode_finds_a_nan():
    x = leaf(0.0)
    with pytest.warns(UserWarning):
        with torch.autograd.detect_anomaly():
            with raises(
                "Function 'SqrtBackward0' returned nan values in its 0th output."
            ):
                (x.sqrt() * 0).backward()
