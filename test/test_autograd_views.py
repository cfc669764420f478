"""The backward graph and what it saves: in-place writes, views, saved tensors.

Nothing here knows who implements torch: the same file passes under PyTorch.
"""

from __future__ import annotations

import pytest

import torch
from autograd_cases import (
    HINT,
    MULTI_OUTPUT_ADVICE,
    NO_GRAD_ADVICE,
    TWICE,
    leaf,
    raises,
)

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
