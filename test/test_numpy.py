"""Tensors and NumPy arrays, buffers and DLPack. Expected texts are PyTorch's."""

from __future__ import annotations

import gc
import subprocess
import sys
import warnings

import pytest

import torch

np = pytest.importorskip("numpy")

PAIRS = [
    (np.bool_, torch.bool),
    (np.uint8, torch.uint8),
    (np.int8, torch.int8),
    (np.int16, torch.int16),
    (np.int32, torch.int32),
    (np.int64, torch.int64),
    (np.float16, torch.float16),
    (np.float32, torch.float32),
    (np.float64, torch.float64),
    (np.complex64, torch.complex64),
    (np.complex128, torch.complex128),
]


def test_import_torch_leaves_numpy_alone():
    code = "import torch, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("kind, dtype", PAIRS)
def test_round_trip_of_each_dtype(kind, dtype):
    array = np.array([[0, 1, 1]], dtype=kind)
    tensor = torch.from_numpy(array)
    assert tensor.dtype is dtype and tensor.numpy().dtype == array.dtype
    assert (tensor.numpy() == array).all()


def test_memory_is_shared_both_ways():
    array = np.zeros(3, dtype=np.float32)
    tensor = torch.from_numpy(array)
    array[0] = 1
    tensor[1] = 2
    assert tensor.tolist() == [1, 2, 0] and array.tolist() == [1, 2, 0]
    out = tensor.numpy()
    out[2] = 3
    assert array.tolist() == [1, 2, 3]


def test_memory_is_kept_alive():
    tensor = torch.from_numpy(np.arange(1000))
    array = torch.arange(1000).numpy()
    gc.collect()
    assert tensor.sum() == array.sum() == 499500


def test_strides_are_kept():
    array = np.arange(12).reshape(3, 4)
    assert torch.from_numpy(array.T).stride() == (1, 4)
    assert torch.arange(12).reshape(3, 4).T.numpy().strides == (8, 32)
    assert torch.from_numpy(np.zeros((2, 0))).shape == (2, 0)


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (lambda: [1], TypeError, "expected np.ndarray (got list)"),
        (
            lambda: np.array(["a"]),
            TypeError,
            "can't convert np.ndarray of type numpy.str_. The only supported types are: "
            "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, "
            "uint64, uint32, uint16, uint8, and bool.",
        ),
        (
            lambda: np.ones(3)[::-1],
            ValueError,
            "At least one stride in the given numpy array is negative, and tensors with "
            "negative strides are not currently supported. (You can probably work around "
            "this by making a copy of your array  with array.copy().) ",
        ),
        (
            lambda: np.ones(2, dtype=">f4"),
            ValueError,
            "given numpy array has byte order different from the native byte order. "
            "Conversion between byte orders is currently not supported.",
        ),
    ],
)
def test_array_that_cannot_be_shared(make, kind, text):
    with pytest.raises(kind) as error:
        torch.from_numpy(make())
    assert str(error.value) == text


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (
            lambda: torch.ones(2, requires_grad=True),
            RuntimeError,
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() "
            "instead.",
        ),
        (
            lambda: torch.ones(2, dtype=torch.bfloat16),
            TypeError,
            "Got unsupported ScalarType BFloat16",
        ),
        (
            lambda: torch.ones(2, device="meta"),
            TypeError,
            "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the "
            "tensor to host memory first.",
        ),
    ],
)
def test_tensor_that_cannot_be_shared(make, kind, text):
    with pytest.raises(kind) as error:
        make().numpy()
    assert str(error.value) == text


def test_force_makes_any_tensor_an_array():
    assert torch.ones(2, requires_grad=True).numpy(force=True).tolist() == [1, 1]


def test_asarray_and_scalars_of_numpy():
    assert np.asarray(torch.ones(2)).dtype == np.float32
    assert torch.tensor(np.float64(3)).dtype is torch.float64
    assert torch.tensor([np.float32(1), 2]).tolist() == [1, 2]
    assert torch.tensor(np.arange(3)).tolist() == [0, 1, 2]
    assert torch.ones(3)[np.int64(1)].item() == 1
    assert (torch.ones(2) * np.float64(2)).dtype is torch.float32


def test_as_tensor_shares_and_tensor_copies():
    array = np.zeros(2)
    shared, copied = torch.as_tensor(array), torch.tensor(array)
    array[0] = 1
    assert shared.tolist() == [1, 0] and copied.tolist() == [0, 0]


def test_read_only_array_warns():
    code = (
        "import warnings, numpy as np, torch\n"
        "a = np.ones(2); a.flags.writeable = False\n"
        "warnings.simplefilter('error')\n"
        "torch.from_numpy(a)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "The given NumPy array is not writable" in done.stderr


# ---------------------------------------------------------------- buffers


def test_frombuffer_shares_memory():
    raw = bytearray(8)
    tensor = torch.frombuffer(raw, dtype=torch.int32)
    raw[0] = 7
    assert tensor.tolist() == [7, 0]
    part = torch.frombuffer(raw, dtype=torch.uint8, count=2, offset=4)
    assert part.tolist() == [0, 0]


@pytest.mark.parametrize(
    "buffer, options, text",
    [
        (
            bytearray(3),
            {},
            "buffer length (3 bytes) after offset (0 bytes) must be a multiple of element "
            "size (4)",
        ),
        (b"", {}, "both buffer length (0) and count (-1) must not be 0"),
        (3, {}, "object does not implement Python buffer protocol."),
        (
            bytearray(8),
            {"count": 3},
            "requested buffer length (3 * 4 bytes) after offset (0 bytes) must not be "
            "greater than actual buffer length (8 bytes)",
        ),
        (
            bytearray(8),
            {"offset": 9},
            "offset (9 bytes) must be non-negative and no greater than buffer length (8 "
            "bytes) minus 1",
        ),
    ],
)
def test_bad_buffer(buffer, options, text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError) as error:
            torch.frombuffer(buffer, dtype=torch.float32, **options)
    assert str(error.value) == text


def test_asarray_aliases_or_refuses():
    x = torch.ones(2)
    assert torch.asarray(x) is x
    assert torch.asarray(x, copy=True) is not x
    assert torch.asarray([1, 2]).tolist() == [1, 2]
    with pytest.raises(ValueError) as error:
        torch.asarray([1], copy=False)
    assert str(error.value) == "can't alias arbitrary sequence into a tensor."
    with pytest.raises(ValueError) as error:
        torch.asarray(x, dtype=torch.int32, copy=False)
    assert str(error.value) == "can't alias tensor with dtype 'Float' into dtype 'Int'."


# ---------------------------------------------------------------- DLPack


def test_dlpack_shares_memory():
    x = torch.arange(3.0)
    y = torch.from_dlpack(x)
    y[0] = 5
    assert x.tolist() == [5, 1, 2]


def test_dlpack_with_numpy():
    array = np.zeros(2)
    torch.from_dlpack(array)[0] = 5
    assert array.tolist() == [5, 0]
    assert np.from_dlpack(torch.ones(2)).tolist() == [1, 1]


def test_dlpack_capsule_is_used_once():
    capsule = torch.utils.dlpack.to_dlpack(torch.ones(2))
    assert torch.utils.dlpack.from_dlpack(capsule).tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="from_dlpack received an invalid capsule"):
        torch.utils.dlpack.from_dlpack(capsule)
