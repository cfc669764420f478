"""torch.functional: functions whose arguments are sorted out in Python; DLPack."""

from __future__ import annotations

import numpy as np
import pytest

import torch


@pytest.mark.parametrize(
    "shapes, result",
    [
        (((2,), (3, 1), (1, 1, 1)), (1, 3, 2)),
        ((), ()),
        ((2, (3, 1)), (3, 2)),
        (((0,), (1,)), (0,)),
        (([2], torch.Size([1, 2])), (1, 2)),
    ],
)
def test_broadcast_shapes(shapes, result):
    assert torch.broadcast_shapes(*shapes) == torch.Size(result)


def test_broadcast_shapes_that_do_not_fit():
    with pytest.raises(RuntimeError) as error:
        torch.broadcast_shapes((2,), (3,))
    assert str(error.value) == (
        "Attempting to broadcast a dimension of length 3 at -1! Mismatching argument at "
        "index 1 had (3,); but expected shape should be broadcastable to [2]"
    )


def test_broadcast_tensors_are_views():
    x = torch.ones(3, 1)
    a, b = torch.broadcast_tensors(x, torch.ones(2))
    assert a.shape == b.shape == (3, 2) and a.data_ptr() == x.data_ptr()


@pytest.mark.parametrize("size, parts", [(2, [2, 2, 1]), ([2, 3], [2, 3]), (9, [5])])
def test_split(size, parts):
    assert [len(p) for p in torch.split(torch.arange(5), size)] == parts
    assert [len(p) for p in torch.arange(5).split(size)] == parts


def test_split_size_as_tensor():
    assert len(torch.arange(4).split(torch.tensor(2))) == 2


def test_split_sizes_must_add_up():
    with pytest.raises(
        RuntimeError, match="split_with_sizes expects split_sizes to sum "
    ):
        torch.split(torch.arange(5), [2, 2])


def test_meshgrid():
    x, y = torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
    assert x.tolist() == [[0] * 3, [1] * 3] and y.tolist() == [[0, 1, 2]] * 2
    x, y = torch.meshgrid([torch.arange(2), torch.arange(3)], indexing="xy")
    assert x.shape == (3, 2)


def test_unravel_index():
    rows, columns = torch.unravel_index(torch.tensor([4, 5]), (2, 3))
    assert rows.tolist() == [1, 1] and columns.tolist() == [1, 2]


@pytest.mark.parametrize(
    "indices, shape, kind, text",
    [
        ([4.0], (2, 3), TypeError, "expected 'indices' to be integer dtype, but got "),
        (
            [4],
            2.0,
            TypeError,
            "expected 'shape' to be int or sequence of ints, but got ",
        ),
        ([4], (-1,), ValueError, "'shape' cannot have negative values, but got (-1,)"),
    ],
)
def test_unravel_index_errors(indices, shape, kind, text):
    with pytest.raises(kind) as error:
        torch.unravel_index(torch.tensor(indices), shape)
    assert str(error.value).startswith(text)


@pytest.mark.parametrize(
    "p, dim, result",
    [("fro", None, 5.0), (2, None, 5.0), (1, None, 7.0), (float("inf"), None, 4.0)],
)
def test_norm(p, dim, result):
    x = torch.tensor([3.0, -4.0])
    assert torch.norm(x, p, dim).item() == result
    assert x.norm(p, dim).item() == result


def test_norm_along_a_dimension():
    x = torch.tensor([[3.0, 4.0], [6.0, 8.0]])
    assert torch.norm(x, dim=1).tolist() == [5, 10]
    assert x.norm(dim=1, keepdim=True).shape == (2, 1)


def test_norm_of_integers():
    with pytest.raises(RuntimeError) as error:
        torch.norm(torch.tensor([3, 4]))
    assert str(error.value) == (
        "linalg.vector_norm: Expected a floating point or complex tensor as input. Got Long"
    )


def test_einsum_needs_operands():
    with pytest.raises(
        ValueError, match=r"^einsum\(\): must specify the equation string"
    ):
        torch.einsum("i")


def test_tensordot_dims():
    with pytest.raises(
        RuntimeError, match="^tensordot expects dims >= 0, but got dims=-1"
    ):
        torch.tensordot(torch.ones(2, 3), torch.ones(3, 2), -1)


def test_cdist_mode():
    with pytest.raises(
        ValueError, match="^sideways is not a valid value for compute_mode"
    ):
        torch.cdist(torch.ones(1, 2), torch.ones(1, 2), compute_mode="sideways")


# ------------------------------------------------------------------ DLPack


def test_dlpack_from_numpy_shares_memory():
    array = np.zeros(3)
    torch.from_dlpack(array)[1] = 5
    assert array.tolist() == [0, 5, 0]


def test_dlpack_to_numpy_shares_memory():
    x = torch.zeros(3)
    np.from_dlpack(x)
    y = torch.from_dlpack(x)
    y[0] = 7
    assert x[0].item() == 7


@pytest.mark.parametrize(
    "dtype",
    [torch.uint8, torch.int16, torch.int64, torch.float16, torch.float64, torch.bool],
    ids=str,
)
def test_dlpack_keeps_dtype_and_strides(dtype):
    x = torch.ones(2, 3).to(dtype).t()
    y = torch.from_dlpack(x)
    assert y.dtype == dtype and y.stride() == x.stride() and y.equal(x)


def test_dlpack_capsule_is_used_once():
    capsule = torch.utils.dlpack.to_dlpack(torch.arange(3))
    assert torch.from_dlpack(capsule).tolist() == [0, 1, 2]
    with pytest.raises(RuntimeError, match="^from_dlpack received an invalid capsule."):
        torch.from_dlpack(capsule)


def test_dlpack_copy():
    x = torch.zeros(2)
    torch.from_dlpack(x, copy=True).fill_(1)
    assert x.tolist() == [0, 0]


def test_dlpack_device():
    assert torch.ones(1).__dlpack_device__() == (1, 0)


@pytest.mark.parametrize(
    "export, kind, text",
    [
        (
            lambda: torch.ones(1, requires_grad=True).__dlpack__(),
            BufferError,
            "Can't export tensors that require gradient, use tensor.detach()",
        ),
        (
            lambda: torch.ones(1).__dlpack__(stream="x"),
            TypeError,
            "stream must be ``int`` or ``none``",
        ),
        (
            lambda: torch.ones(1).__dlpack__(stream=3),
            AssertionError,
            "stream should be None on cpu.",
        ),
    ],
)
def test_dlpack_export_errors(export, kind, text):
    with pytest.raises(kind) as error:
        export()
    assert str(error.value) == text


# ------------------------------------------------------------------ Tensor methods


def test_contains():
    x = torch.tensor([1.0, 2.0])
    assert 2 in x and torch.tensor(1.0) in x and 3 not in x
    with pytest.raises(RuntimeError) as error:
        "a" in x
    assert str(error.value) == (
        "Tensor.__contains__ only supports Tensor or scalar, but you passed in a <class "
        "'str'>."
    )


def test_reversed():
    assert [int(v) for v in reversed(torch.arange(3))] == [2, 1, 0]


def test_dir_hides_the_cuda_interface():
    names = dir(torch.ones(1))
    assert "add" in names and "__cuda_array_interface__" not in names
    assert not hasattr(torch.ones(1), "__cuda_array_interface__")


def test_dim_order():
    x = torch.empty(2, 3, 5, 7)
    assert x.dim_order() == (0, 1, 2, 3)
    assert x.transpose(1, 2).dim_order() == (0, 2, 1, 3)
    with pytest.raises(RuntimeError, match="does not have unique dim order"):
        torch.empty(1, 2, 3).dim_order(ambiguity_check=True)
    with pytest.raises(
        TypeError, match="^The ambiguity_check argument must be a bool or"
    ):
        x.dim_order(ambiguity_check="x")


def test_numpy_protocol():
    x = torch.arange(3.0)
    assert np.asarray(x).tolist() == [0, 1, 2]
    assert np.asarray(x, dtype=np.int32).dtype == np.int32
    assert isinstance(np.sin(x), (torch.Tensor, np.ndarray))


def test_setstate_of_a_non_leaf():
    x = torch.ones(1, requires_grad=True) * 2
    with pytest.raises(RuntimeError) as error:
        x.__setstate__((True, None, None))
    assert str(error.value) == "__setstate__ can be only called on leaf Tensors"


def test_module_load():
    x = torch.ones(2)
    assert x.module_load(torch.zeros(2)).tolist() == [0, 0] and x.tolist() == [0, 0]
    other = torch.ones(2)
    assert x.module_load(other, assign=True).data_ptr() == other.data_ptr()
