"""Storages: bytes, typed views of them, the legacy classes, and their errors."""

from __future__ import annotations

import copy
import pickle
import warnings

import pytest

import torch
from torch import TypedStorage, UntypedStorage

pytestmark = pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")


def typed(*values, dtype=torch.float32) -> TypedStorage:
    return torch.tensor(values, dtype=dtype).storage()


# ------------------------------------------------------------------ untyped


def test_text_of_untyped_storage():
    assert repr(UntypedStorage([1, 2])) == (
        " 1\n 2\n[torch.storage.UntypedStorage(device=cpu) of size 2]"
    )


def test_text_of_meta_storage():
    assert repr(UntypedStorage(3, device="meta")) == (
        "...\n[torch.storage.UntypedStorage(device=meta) of size 3]"
    )


def test_meta_storage_has_no_bytes():
    with pytest.raises(NotImplementedError) as error:
        UntypedStorage(3, device="meta")[0]
    assert str(error.value) == "Not available for 'meta' device type"


def test_items_and_slices():
    s = UntypedStorage([1, 2, 3, 4])
    s[0] = 9
    part = s[1:3]
    part[0] = 7
    assert s.tolist() == [9, 7, 3, 4] and list(part) == [7, 3]


def test_facts():
    s = UntypedStorage(4)
    assert s.size() == s.nbytes() == len(s) == 4 and s.element_size() == 1
    assert s.get_device() is None and not s.is_cuda and s.device.type == "cpu"
    assert s.untyped() is s and s.new().nbytes() == 0 and s.filename is None


def test_copies_do_not_share():
    s = UntypedStorage([1, 2])
    for other in (s.clone(), copy.copy(s), copy.deepcopy(s)):
        other.fill_(0)
    assert s.tolist() == [1, 2]


def test_deepcopy_keeps_identity():
    s = UntypedStorage([1])
    a, b = copy.deepcopy([s, s])
    a[0] = 5
    assert b.tolist() == [5]


def test_pickle():
    # What comes back has a dtype, as in PyTorch.
    s = pickle.loads(pickle.dumps(UntypedStorage([1, 2])[0:2].byte()))
    assert s.tolist() == [1, 2]


def test_to():
    s = UntypedStorage([1, 2])
    assert s.cpu() is s and s.to(device="cpu") is s
    assert s.to(device="meta").device.type == "meta"


def test_conversions():
    s = UntypedStorage([0, 2])
    assert s.double().tolist() == [0, 2] and s.double().dtype == torch.float64
    assert s.bool().tolist() == [False, True]


@pytest.mark.parametrize(
    "dtype, result",
    [
        (torch.uint8, [1, 2, 3, 4, 5, 6, 7, 8]),
        (torch.int16, [2, 1, 4, 3, 6, 5, 8, 7]),
        (torch.float32, [4, 3, 2, 1, 8, 7, 6, 5]),
        (torch.int64, [8, 7, 6, 5, 4, 3, 2, 1]),
        (torch.complex64, [4, 3, 2, 1, 8, 7, 6, 5]),
    ],
    ids=str,
)
def test_byteswap(dtype, result):
    s = UntypedStorage(list(range(1, 9)))
    s.byteswap(dtype)
    assert s.tolist() == result


@pytest.mark.parametrize(
    "options, text",
    [
        (
            {"byte_order": "odd"},
            "invalid byte_order 'odd' (expected 'big', 'little', or",
        ),
        (
            {"offset": 7},
            "offset must be non-negative and no greater than buffer length",
        ),
        (
            {"count": 7},
            "buffer has only 3 elements after offset 0, but specified a size",
        ),
        ({}, "buffer size (3) must be a multiple of element size (2)"),
    ],
)
def test_from_buffer_errors(options, text):
    options = {"byte_order": "little", "dtype": torch.int16, **options}
    with pytest.raises(ValueError) as error:
        UntypedStorage.from_buffer(b"\1\2\3", **options)
    assert str(error.value).startswith(text)


def test_from_file(tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(b"\1\2\3")
    private = UntypedStorage.from_file(str(path), False, 3)
    private[0] = 9
    assert path.read_bytes() == b"\1\2\3"
    shared = UntypedStorage.from_file(str(path), True, 5)
    shared[0] = 9
    del shared
    assert path.read_bytes() == b"\x09\2\3\0\0"


def test_from_file_that_is_too_short(tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(b"\1\2\3")
    with pytest.raises(RuntimeError, match="is smaller than the required mapping size"):
        UntypedStorage.from_file(str(path), False, 9)


# ------------------------------------------------------------------ typed


def test_text_of_typed_storage():
    assert str(typed(1, 2)) == (
        " 1.0\n 2.0\n[torch.storage.TypedStorage(dtype=torch.float32, device=cpu) of size "
        "2]"
    )


def test_typed_facts():
    s = typed(1, 2, dtype=torch.int16)
    assert s.size() == 2 and s.nbytes() == 4 and s.element_size() == 2
    assert (
        s.pickle_storage_type() == "ShortStorage" and s.type() == "torch.ShortStorage"
    )
    assert s.device.type == "cpu" and not s.is_cuda and s.get_device() is None
    assert (
        isinstance(s.untyped(), UntypedStorage)
        and s.data_ptr() == s.untyped().data_ptr()
    )


def test_typed_writes():
    s = typed(1, 2, 3)
    s[0] = 5
    s[1:3] = 7
    assert s.tolist() == [5, 7, 7] and s.fill_(2).tolist() == [2, 2, 2]
    assert s.copy_(typed(4, 5, 6)).tolist() == [4, 5, 6]
    s.resize_(2)
    assert s.size() == 2


def test_typed_copies():
    s = typed(1, 2)
    for other in (
        s.clone(),
        copy.copy(s),
        copy.deepcopy(s),
        pickle.loads(pickle.dumps(s)),
    ):
        assert other.tolist() == [1, 2] and other.dtype == torch.float32
        other.fill_(0)
    assert s.tolist() == [1, 2] and s.cpu().tolist() == [1, 2]


def test_typed_conversions():
    s = typed(0, 2)
    assert s.long().tolist() == [0, 2] and s.long().dtype == torch.int64
    assert s.float().data_ptr() != s.data_ptr()


@pytest.mark.parametrize(
    "call, kind, text",
    [
        (lambda s: s[0:1], RuntimeError, "slices are only supported in UntypedStorage"),
        (
            lambda s: s["a"],
            RuntimeError,
            "can't index a <class 'torch.storage.TypedStor",
        ),
        (lambda s: s[9], IndexError, "index 9 out of range for storage of size 2"),
        (
            lambda s: s.__setitem__(0, s),
            RuntimeError,
            "cannot set item with value type <class 'torch.storage.TypedStorage'>",
        ),
    ],
)
def test_typed_index_errors(call, kind, text):
    with pytest.raises(kind) as error:
        call(typed(1, 2))
    assert str(error.value).startswith(text)


def test_typed_constructors():
    assert TypedStorage(3, dtype=torch.int32).size() == 3
    assert TypedStorage([1, 2], dtype=torch.int32).tolist() == [1, 2]
    assert TypedStorage().dtype == torch.float32
    wrapped = TypedStorage(wrap_storage=UntypedStorage(8), dtype=torch.float64)
    assert wrapped.size() == 1


@pytest.mark.parametrize(
    "call, kind, ending",
    [
        (lambda u: TypedStorage(1, 2), RuntimeError, "Too many positional arguments"),
        (lambda u: TypedStorage({}), TypeError, "not recognized: <class 'dict'>"),
        (
            lambda u: TypedStorage(wrap_storage=u),
            RuntimeError,
            "'dtype' must be specified",
        ),
        (
            lambda u: TypedStorage(1, wrap_storage=u, dtype=torch.int),
            RuntimeError,
            "No positional arguments should be given when using 'wrap_storage'",
        ),
        (
            lambda u: TypedStorage(wrap_storage=u, dtype=3),
            TypeError,
            "Argument 'dtype' must be torch.dtype, not <class 'int'>",
        ),
        (
            lambda u: TypedStorage(wrap_storage=3, dtype=torch.int),
            TypeError,
            "Argument 'wrap_storage' must be UntypedStorage, but got <class 'int'>",
        ),
        (
            lambda u: TypedStorage(wrap_storage=u, dtype=torch.int, device="cpu"),
            RuntimeError,
            "Argument 'device' should not be specified when 'wrap_storage' is given",
        ),
    ],
)
def test_typed_constructor_errors(call, kind, ending):
    with pytest.raises(kind) as error:
        call(UntypedStorage(4))
    text = str(error.value)
    assert text.startswith(
        "TypedStorage.__init__ received an invalid combination of arg"
    )
    assert text.endswith(ending)


# ------------------------------------------------------------------ legacy classes


def test_legacy_class_makes_a_typed_storage():
    s = torch.FloatStorage([1, 2])
    assert type(s) is TypedStorage and isinstance(s, torch.FloatStorage)
    assert not isinstance(s, torch.LongStorage)
    assert not isinstance(UntypedStorage(1), torch.FloatStorage)
    assert torch.LongStorage(3).dtype == torch.int64
    assert torch.BoolStorage().size() == 0


def test_legacy_from_buffer():
    s = torch.IntStorage.from_buffer(b"\1\0\0\0", byte_order="little")
    assert s.tolist() == [1] and s.dtype == torch.int32


def test_legacy_from_file(tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(bytes(8))
    assert torch.FloatStorage.from_file(str(path), False, 2).tolist() == [0, 0]
    with pytest.raises(RuntimeError, match="can only be called on derived classes"):
        TypedStorage.from_file(str(path), False, 2)


@pytest.mark.parametrize(
    "call, kind, ending",
    [
        (
            lambda: torch.FloatStorage(1, 2),
            RuntimeError,
            "Too many positional arguments",
        ),
        (lambda: torch.FloatStorage({}), TypeError, "not recognized: <class 'dict'>"),
        (
            lambda: torch.FloatStorage(dtype=torch.int),
            RuntimeError,
            "Keyword argument 'dtype' cannot be specified",
        ),
        (
            lambda: torch.FloatStorage(wrap_storage=3),
            TypeError,
            "Argument 'wrap_storage' must be UntypedStorage, but got <class 'int'>",
        ),
    ],
)
def test_legacy_constructor_errors(call, kind, ending):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value).endswith(ending)


def test_is_storage():
    assert torch.is_storage(UntypedStorage(1)) and torch.is_storage(typed(1))
    assert not torch.is_storage(torch.ones(1))


def test_storage_type():
    assert torch.ones(1, dtype=torch.int64).storage_type() is torch.LongStorage


def test_deprecation_notice_can_repeat():
    torch.storage._set_always_warn_typed_storage_removal(True)
    try:
        for _ in range(2):
            with pytest.warns(UserWarning, match="^TypedStorage is deprecated"):
                torch.ones(1).storage()
    finally:
        torch.storage._set_always_warn_typed_storage_removal(False)
    assert not torch.storage._get_always_warn_typed_storage_removal()


# ------------------------------------------------------------------ torch._utils


def test_exception_wrapper_keeps_type_and_place():
    from torch._utils import ExceptionWrapper

    try:
        raise ValueError("first")
    except ValueError:
        wrapper = ExceptionWrapper(where="in worker 3")
    with pytest.raises(
        ValueError, match=r"^Caught ValueError in worker 3.\nOriginal Tr"
    ):
        wrapper.reraise()


def test_exception_wrapper_shows_key_errors_plainly():
    from torch._utils import ExceptionWrapper

    try:
        {}["x"]
    except KeyError:
        wrapper = ExceptionWrapper()
    with pytest.raises(KeyError) as error:
        wrapper.reraise()
    assert str(error.value).startswith("Caught KeyError in background.\nOriginal")


def test_exception_wrapper_of_an_exception_with_more_arguments():
    from torch._utils import ExceptionWrapper

    class Odd(Exception):
        def __init__(self, a, b):
            super().__init__(a, b)

    try:
        raise Odd(1, 2)
    except Odd:
        wrapper = ExceptionWrapper()
    with pytest.raises(RuntimeError, match="^Caught Odd in background."):
        wrapper.reraise()


def test_flat_buffers():
    from torch._utils import _flatten_dense_tensors, _unflatten_dense_tensors

    tensors = [torch.ones(2, 2), torch.arange(3.0)]
    flat = _flatten_dense_tensors(tensors)
    assert flat.tolist() == [1, 1, 1, 1, 0, 1, 2]
    again = _unflatten_dense_tensors(flat, tensors)
    assert all(a.equal(t) for a, t in zip(again, tensors))


def test_take_tensors_groups_by_size():
    from torch._utils import _take_tensors

    tensors = [torch.ones(2), torch.ones(2), torch.ones(2)]
    assert [len(g) for g in _take_tensors(tensors, 16)] == [2, 1]


def test_device_index():
    from torch._utils import _get_device_index

    assert _get_device_index(3) == 3 and _get_device_index("cuda:2") == 2
    assert _get_device_index("cpu", allow_cpu=True) == -1
    with pytest.raises(ValueError) as error:
        _get_device_index("cpu")
    assert str(error.value) == "Expected a non cpu device, but got: cpu"
    with pytest.raises(
        ValueError, match="^Expected a torch.device with a specified ind"
    ):
        _get_device_index("cuda")


def test_element_size():
    assert torch._utils._element_size(torch.float64) == 8
    with pytest.raises(
        RuntimeError, match="^expected torch.dtype, but got <class 'int'>"
    ):
        torch._utils._element_size(3)


def test_classproperty():
    from torch._utils import classproperty

    class Named:
        @classproperty
        def name(cls):
            return cls.__name__

    assert Named.name == Named().name == "Named"


def test_warnings_are_quiet_here():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.ones(1).untyped_storage()
