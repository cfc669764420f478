"""x[index] and x[index] = value. Expected values and texts are PyTorch's."""

from __future__ import annotations

import pytest

import torch


@pytest.fixture
def x():
    return torch.arange(24.0).reshape(2, 3, 4)


MASK = [[True, False, True], [False, True, False]]


@pytest.mark.parametrize(
    "index, shape",
    [
        (0, (3, 4)),
        (-1, (3, 4)),
        (slice(0, 1), (1, 3, 4)),
        (slice(5, 1), (0, 3, 4)),
        (None, (1, 2, 3, 4)),
        (Ellipsis, (2, 3, 4)),
        ((), (2, 3, 4)),
        ((0, 1, 2), ()),
        ((Ellipsis, 0), (2, 3)),
        ((None, Ellipsis, None), (1, 2, 3, 4, 1)),
        ((slice(None), 1), (2, 4)),
        ((Ellipsis, slice(None, None, 2)), (2, 3, 2)),
        (True, (1, 2, 3, 4)),
        (False, (0, 2, 3, 4)),
        ((0, True), (1, 3, 4)),
        ([0, 1], (2, 3, 4)),
        ([], (0, 3, 4)),
        ([True, False], (1, 3, 4)),
        (range(2), (2, 3, 4)),
        ((slice(None), [0, 1], [1, 2]), (2, 2)),
        (([0], slice(None), [1]), (1, 3)),
        ((Ellipsis, [0, 1]), (2, 3, 2)),
        ((MASK,), (3, 4)),
        ((Ellipsis, Ellipsis), (2, 3, 4)),
    ],
)
def test_shape_of_an_index(x, index, shape):
    assert x[index].shape == shape


def test_mask_followed_by_other_indices(x):
    mask = torch.tensor(MASK)
    assert x[mask, 1].tolist() == [1.0, 9.0, 17.0]
    assert x[mask, :2].shape == (3, 2)
    assert x[mask, torch.tensor([0, 1, 2])].tolist() == [0.0, 9.0, 18.0]


def test_zero_dim_tensor_is_an_integer(x):
    assert x[torch.tensor(1)].tolist() == x[1].tolist()
    assert x[torch.tensor(1) :].shape == (1, 3, 4)
    assert x[torch.tensor(True)].shape == (1, 2, 3, 4)


@pytest.mark.parametrize(
    "index, stride",
    [
        (None, (24, 12, 4, 1)),
        ((slice(None), None), (12, 12, 4, 1)),
        ((Ellipsis, None), (12, 4, 1, 1)),
        (slice(0, 2, 2), (24, 4, 1)),
    ],
)
def test_stride_of_a_view(x, index, stride):
    view = x[index]
    assert view.stride() == stride
    assert view.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()


@pytest.mark.parametrize(
    "index, kind, text",
    [
        (5, IndexError, "index 5 is out of bounds for dimension 0 with size 2"),
        (-3, IndexError, "index -3 is out of bounds for dimension 0 with size 2"),
        (
            (slice(None), 7),
            IndexError,
            "index 7 is out of bounds for dimension 1 with size 3",
        ),
        ((0, 0, 0, 0), IndexError, "too many indices for tensor of dimension 3"),
        (slice(5, 1, -1), ValueError, "step must be greater than zero"),
        (slice(0, 1, 0), ValueError, "slice step cannot be zero"),
        (
            1.5,
            IndexError,
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte "
            "Variables are valid indices (got float)",
        ),
        (
            torch.tensor([1.5]),
            IndexError,
            "tensors used as indices must be long, int, byte or bool tensors",
        ),
        (
            torch.tensor([5]),
            IndexError,
            "index 5 is out of bounds for dimension 0 with size 2",
        ),
        (
            torch.tensor([True, False, True]),
            IndexError,
            "The shape of the mask [3] at index 0 does not match the shape of the indexed "
            "tensor [2, 3, 4] at index 0",
        ),
        (
            slice(1.0, None),
            TypeError,
            "slice indices must be integers or None or have an __index__ method",
        ),
    ],
)
def test_bad_index(x, index, kind, text):
    with pytest.raises(kind) as error:
        x[index]
    assert str(error.value) == text


def test_index_of_a_scalar():
    with pytest.raises(IndexError) as error:
        torch.tensor(1)[0]
    assert str(error.value) == (
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
        "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number"
    )
    assert torch.tensor(1)[...].item() == 1
    assert torch.tensor(1)[None].shape == (1,)


def test_length_and_iteration():
    x = torch.arange(6).reshape(3, 2)
    assert len(x) == 3
    assert [row.tolist() for row in x] == [[0, 1], [2, 3], [4, 5]]
    with pytest.raises(TypeError) as error:
        len(torch.tensor(1))
    assert str(error.value) == "len() of a 0-d tensor"
    with pytest.raises(TypeError) as error:
        iter(torch.tensor(1))
    assert str(error.value) == "iteration over a 0-d tensor"


@pytest.mark.parametrize(
    "index, name",
    [
        (0, "SelectBackward0"),
        (slice(0, 1), "SliceBackward0"),
        (slice(None), "SliceBackward0"),
        (None, "UnsqueezeBackward0"),
        (Ellipsis, "AliasBackward0"),
        ((slice(None),), "AliasBackward0"),
        ((slice(None), 0), "SelectBackward0"),
        (([0, 1],), "IndexBackward0"),
    ],
)
def test_grad_fn_of_an_index(index, name):
    y = torch.ones(2, 3, requires_grad=True) * 1
    assert y[index].grad_fn.name() == name


def test_gradient_of_an_index():
    x = torch.arange(4.0, requires_grad=True)
    (x[1:] * x[[0, 0, 3]]).sum().backward()
    assert x.grad.tolist() == [3.0, 0.0, 0.0, 3.0 + 3.0]


# ---------------------------------------------------------------- assignment


def test_assignments_follow_each_other():
    a = torch.zeros(3, 3)
    a[True] = 1
    assert a.tolist() == [[1, 1, 1]] * 3
    a[False] = 2
    assert a.tolist() == [[1, 1, 1]] * 3
    a[...] = 3
    a[None] = 4
    a[:, 0] = torch.tensor([1.0, 2, 3])
    assert a.tolist() == [[1, 4, 4], [2, 4, 4], [3, 4, 4]]
    a[a > 3] = 0
    a[[0, 1], [0, 1]] = torch.tensor([7.0, 8])
    assert a.tolist() == [[7, 0, 0], [2, 8, 0], [3, 0, 0]]
    a[torch.tensor(0)] = 9
    a[0, torch.tensor([True, False, True])] = 5.0
    assert a.tolist() == [[5, 9, 5], [2, 8, 0], [3, 0, 0]]
    a[1:] += 1
    assert a.tolist() == [[5, 9, 5], [3, 9, 1], [4, 1, 1]]


def test_leading_ones_of_a_value_are_dropped(x):
    x[0] = torch.ones(1, 1, 3, 4)
    assert x[0].sum() == 12


@pytest.mark.parametrize(
    "index, value, kind, text",
    [
        ((0, 0), "a", TypeError, "can't assign a str to a torch.FloatTensor"),
        (0, [1, 2], TypeError, "can't assign a list to a torch.FloatTensor"),
        (0, None, TypeError, "can't assign a NoneType to a torch.FloatTensor"),
        (
            [0, 1],
            torch.ones(2, 3, 4, dtype=torch.float64),
            RuntimeError,
            "Index put requires the source and destination dtypes match, got Float for "
            "the destination and Double for the source.",
        ),
        (
            0,
            torch.ones(5),
            RuntimeError,
            "The expanded size of the tensor (4) must match the existing size (5) at "
            "non-singleton dimension 1.  Target sizes: [3, 4].  Tensor sizes: [5]",
        ),
    ],
)
def test_bad_assignment_changes_nothing(x, index, value, kind, text):
    before = x.clone()
    with pytest.raises(kind) as error:
        x[index] = value
    assert str(error.value) == text
    assert x.equal(before)


def test_items_cannot_be_deleted(x):
    with pytest.raises(TypeError) as error:
        del x[0]
    assert str(error.value) == "Tensor does not support deleting items"


def test_assignment_is_recorded():
    w = torch.zeros(3, requires_grad=True) * 1
    v = torch.ones((), requires_grad=True)
    w[0] = v
    assert w.grad_fn.name().endswith("CopySlices")
    (w * torch.tensor([2.0, 3.0, 4.0])).sum().backward()
    assert v.grad.item() == 2.0


def test_assignment_to_a_leaf_is_refused():
    leaf = torch.zeros(3, requires_grad=True)
    with pytest.raises(RuntimeError) as error:
        leaf[0] = 1
    text = (
        "a view of a leaf Variable that requires grad is being used in an in-place "
        "operation."
    )
    assert str(error.value) == text
    assert leaf.tolist() == [0, 0, 0]
