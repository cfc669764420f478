"""torch.save and torch.load: PyTorch's files, byte for byte, and its refusals."""

from __future__ import annotations

import collections
import copy
import importlib.util
import io
import json
import os
import pickle
import re
import struct
import sys
import warnings
import zipfile

import pytest

import torch
from archives import (
    NO_LEGACY,
    RECORDED,
    UNSAFE,
    archive,
    loaded,
    saved,
    without_identity,
)
from checkpoint_cases import CASES, Subclass, described, model, ramp

# ------------------------------------------------------------------ the format


@pytest.mark.parametrize("name", CASES)
def test_save_writes_recorded_bytes(name):
    if name == "subclass" and sys.version_info < (3, 11):
        pytest.skip("this Python pickles an empty state otherwise")
    ours = without_identity(saved(CASES[name]()))
    assert ours == without_identity(RECORDED.read(f"{name}.pt"))


@pytest.mark.parametrize("name", CASES)
def test_load_reads_recorded_file(name):
    result = loaded(RECORDED.read(f"{name}.pt"), weights_only=name not in UNSAFE)
    assert described(result) == json.loads(RECORDED.read(f"{name}.json"))


@pytest.mark.parametrize("name", sorted(CASES.keys() - NO_LEGACY))
def test_load_reads_recorded_stream(name):
    result = loaded(RECORDED.read(f"{name}.legacy"), weights_only=name not in UNSAFE)
    assert described(result) == json.loads(RECORDED.read(f"{name}.json"))


@pytest.mark.parametrize("name", sorted(CASES.keys() - NO_LEGACY))
def test_legacy_round_trip(name):
    data = saved(CASES[name](), _use_new_zipfile_serialization=False)
    result = loaded(data, weights_only=name not in UNSAFE)
    assert described(result) == json.loads(RECORDED.read(f"{name}.json"))


def test_entries_are_aligned_to_64_bytes():
    data = saved([ramp(3), ramp(5)])
    for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
        name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
        assert (info.header_offset + 30 + name + extra) % 64 == 0


def test_zip_tools_accept_the_file():
    assert zipfile.ZipFile(io.BytesIO(saved(ramp(3)))).testzip() is None


def test_folder_is_named_after_the_file(tmp_path):
    torch.save(ramp(2), tmp_path / "a.b.pt")
    names = zipfile.ZipFile(tmp_path / "a.b.pt").namelist()
    assert all(name.startswith("a.b/") for name in names)


def test_views_share_memory_after_loading():
    x = ramp(3, 4)
    whole, row = loaded(saved([x, x[1]]))
    row.fill_(9)
    assert whole[1].tolist() == [9] * 4


def test_several_streams_in_one_file():
    stream = io.BytesIO()
    for value in (1.0, 2.0):
        torch.save(torch.tensor(value), stream, _use_new_zipfile_serialization=False)
    stream.seek(0)
    assert [torch.load(stream).item() for _ in range(2)] == [1.0, 2.0]


def test_archive_may_start_inside_a_file():
    stream = io.BytesIO()
    stream.write(b"12345")
    torch.save(ramp(2), stream)
    stream.seek(5)
    assert torch.load(stream).equal(ramp(2))


def test_compressed_archive_is_read():
    data = saved(ramp(3))
    z = zipfile.ZipFile(io.BytesIO(data))
    packed = archive(
        *((n, z.read(n)) for n in z.namelist()), compression=zipfile.ZIP_DEFLATED
    )
    assert loaded(packed).equal(ramp(3))


def test_minimal_archive_is_read():
    z = zipfile.ZipFile(io.BytesIO(saved(ramp(3))))
    data = archive(
        ("x/version", "3\n"),
        ("x/data.pkl", z.read("archive/data.pkl")),
        ("x/data/0", z.read("archive/data/0")),
    )
    assert loaded(data).equal(ramp(3))


def test_big_endian_file_is_swapped():
    z = zipfile.ZipFile(io.BytesIO(saved(torch.tensor([1, 2], dtype=torch.int16))))
    data = archive(
        ("x/version", "3\n"),
        ("x/data.pkl", z.read("archive/data.pkl")),
        ("x/byteorder", "big"),
        ("x/data/0", b"\0\1\0\2"),
    )
    assert loaded(data).tolist() == [1, 2]


def test_crc32_can_be_left_out():
    torch.serialization.set_crc32_options(False)
    try:
        data = saved(ramp(3))
    finally:
        torch.serialization.set_crc32_options(True)
    assert {i.CRC for i in zipfile.ZipFile(io.BytesIO(data)).infolist()} == {0}
    assert loaded(data).equal(ramp(3))


def test_skip_data_writes_no_bytes():
    with torch.serialization.skip_data():
        data = saved(ramp(3))
    assert zipfile.ZipFile(io.BytesIO(data)).getinfo("archive/data/0").file_size == 12
    assert struct.pack("<f", 0.25) not in data


# ------------------------------------------------------------------ places


def test_path_round_trip(tmp_path):
    path = tmp_path / "x.pt"
    torch.save({"x": ramp(2)}, path)
    assert torch.load(str(path))["x"].equal(ramp(2))


def test_mmap_reads_the_same(tmp_path):
    path = tmp_path / "x.pt"
    torch.save([ramp(100), ramp(3)], path)
    big, small = torch.load(path, mmap=True)
    assert big.equal(ramp(100)) and small.equal(ramp(3))


def test_mmap_is_private(tmp_path):
    path = tmp_path / "x.pt"
    torch.save(ramp(4), path)
    torch.load(path, mmap=True).fill_(7)
    assert torch.load(path).equal(ramp(4))


def test_mmap_outlives_the_file(tmp_path):
    path = tmp_path / "x.pt"
    torch.save(ramp(4), path)
    x = torch.load(path, mmap=True)
    path.unlink()
    assert x.equal(ramp(4))


def test_mmap_of_a_compressed_archive_reads_it(tmp_path):
    z = zipfile.ZipFile(io.BytesIO(saved(ramp(3))))
    entries = ((n, z.read(n)) for n in z.namelist())
    path = tmp_path / "x.pt"
    path.write_bytes(archive(*entries, compression=zipfile.ZIP_DEFLATED))
    assert torch.load(path, mmap=True).equal(ramp(3))


@pytest.mark.parametrize("where", ["meta", torch.device("meta"), {"cpu": "meta"}])
def test_map_location_meta(where):
    assert loaded(saved(ramp(2)), map_location=where).is_meta


def test_map_location_function_sees_storage_and_tag():
    seen = []
    loaded(saved(ramp(2)), map_location=lambda storage, tag: seen.append(tag))
    assert seen == ["cpu"]


def test_map_location_unknown_tag():
    with pytest.raises(RuntimeError) as error:
        loaded(saved(ramp(2)), map_location="weird")
    assert str(error.value) == (
        "don't know how to restore data location of torch.storage.UntypedStorage (tagged "
        "with weird)"
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="names a missing device")
def test_map_location_cuda_without_cuda():
    with pytest.raises(RuntimeError) as error:
        loaded(saved(ramp(2)), map_location="cuda:0")
    assert str(error.value) == (
        "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() "
        "is False. If you are running on a CPU-only machine, please use torch.load with "
        "map_location=torch.device('cpu') to map your storages to the CPU."
    )


# ------------------------------------------------------------------ safety


class Payload:
    def __reduce__(self):
        return (os.system, ("true",))


@pytest.mark.parametrize("new", [True, False])
def test_code_is_refused(new):
    data = saved(Payload(), _use_new_zipfile_serialization=new)
    with pytest.raises(pickle.UnpicklingError) as error:
        loaded(data)
    text = str(error.value)
    assert text.startswith("Weights only load failed. ")
    assert (
        "Trying to load unsupported GLOBAL posix.system whose module posix is blocked."
        in text
    )


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b


def test_unknown_class_is_refused_with_advice():
    with pytest.raises(pickle.UnpicklingError) as error:
        loaded(saved(Pair(1, 2)))
    text = str(error.value)
    path = f"{Pair.__module__}.Pair"
    assert text.startswith(
        "Weights only load failed. This file can still be loaded, to do so you have two "
        "options, \033[1mdo those steps only if you trust the source of the checkpoint"
    )
    assert (
        f"WeightsUnpickler error: Unsupported global: GLOBAL {path} was not an allowed "
        "global by default. Please use `torch.serialization.add_safe_globals("
        f"[{path}])` or the `torch.serialization.safe_globals([{path}])` context manager "
        "to allowlist this global if you trust this class/function." in text
    )
    assert text.endswith("https://pytorch.org/docs/stable/generated/torch.load.html.")


def test_safe_globals_allow_a_class():
    data = saved(Pair(1, ramp(2)))
    before = torch.serialization.get_safe_globals()
    with torch.serialization.safe_globals([Pair]):
        pair = loaded(data)
    assert pair.a == 1 and pair.b.equal(ramp(2))
    assert torch.serialization.get_safe_globals() == before
    with pytest.raises(pickle.UnpicklingError):
        loaded(data)


def test_add_safe_globals_under_another_name():
    data = saved(Pair(1, 2)).replace(b"Pair", b"Pear")
    torch.serialization.add_safe_globals([(Pair, f"{Pair.__module__}.Pear")])
    try:
        assert type(loaded(data)) is Pair
    finally:
        torch.serialization.clear_safe_globals()


def test_subclass_needs_permission():
    data = saved(ramp(2).as_subclass(Subclass))
    with pytest.raises(pickle.UnpicklingError, match="checkpoint_cases.Subclass"):
        loaded(data)
    with torch.serialization.safe_globals([Subclass]):
        assert type(loaded(data)) is Subclass


def test_unsafe_globals_are_named():
    data = io.BytesIO(saved([Pair(1, 2), ramp(2)]))
    names = torch.serialization.get_unsafe_globals_in_checkpoint(data)
    assert names == [f"{Pair.__module__}.Pair"]


@pytest.mark.parametrize(
    "instructions, text",
    [
        (b"\x80\x02\x95.", "Unsupported operand 149"),
        (b"\x80\x02]}K\x01a.", "Can only append to lists, but got <class 'dict'>"),
        (
            b"\x80\x02](K\x01K\x02u.",
            "Can only SETITEMS for dict, collections.OrderedDict",
        ),
        (b"\x80\x02K\x01)R.", "Trying to call reduce for unrecognized function 1"),
        (
            b"\x80\x02K\x01)\x81.",
            "Can only create new object for nn.Parameter or classes",
        ),
        (b"\x80\x02]}b.", "Can only build Tensor, Parameter, OrderedDict or types"),
        (b"\x80\x02X\x01\0\0\0aQ.", "persistent_load id must be tuple or int, but got"),
        (b"\x80\x02X\x01\0\0\0a\x85Q.", "Only persistent_load of storage is allowed"),
    ],
)
def test_instruction_is_refused(instructions, text):
    data = archive(("x/version", "3\n"), ("x/data.pkl", instructions))
    with pytest.raises(pickle.UnpicklingError, match=re.escape(text)):
        loaded(data)


def test_other_protocol_warns():
    with pytest.warns(
        UserWarning, match="Detected pickle protocol 3 in the checkpoint"
    ):
        loaded(saved([1], pickle_protocol=3))


def test_pickle_module_excludes_weights_only():
    with pytest.raises(RuntimeError, match="Can not safely load weights when explicit"):
        loaded(saved(1), weights_only=True, pickle_module=pickle)


def test_environment_forces_safe_loading(monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "1")
    with pytest.raises(pickle.UnpicklingError):
        loaded(saved(Pair(1, 2)), weights_only=False)


def test_environment_forces_unsafe_loading(monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "y")
    with pytest.warns(UserWarning, match="TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD detected"):
        assert loaded(saved(Pair(1, 2))).a == 1


def test_whole_module_loads_unsafely():
    net = loaded(saved(model()), weights_only=False)
    assert net[0].weight.equal(model()[0].weight)


# ------------------------------------------------------------------ pickle and copy


def test_pickle_round_trip():
    x = ramp(2, 3).t()
    y = pickle.loads(pickle.dumps(x))
    assert y.equal(x) and y.stride() == x.stride()


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_protocols(protocol):
    assert pickle.loads(pickle.dumps(ramp(3), protocol)).equal(ramp(3))


def test_pickle_keeps_sharing_within_one_tensor_only():
    x = ramp(3)
    a, b = pickle.loads(pickle.dumps([x, x]))
    assert a is b


def test_deepcopy_shares_memory_as_the_original():
    x = ramp(2, 2)
    whole, row = copy.deepcopy([x, x[0]])
    whole[0, 0] = 9
    assert row[0].item() == 9 and x[0, 0].item() == 0


def test_deepcopy_keeps_grad_and_attributes():
    x = ramp(2).requires_grad_()
    (x * 2).sum().backward()
    x.note = [1]
    y = copy.deepcopy(x)
    assert y.requires_grad and y.grad.equal(x.grad) and y.grad is not x.grad
    assert y.note == [1] and y.note is not x.note


def test_deepcopy_of_non_leaf_raises():
    with pytest.raises(
        RuntimeError, match="Only Tensors created explicitly by the user"
    ):
        copy.deepcopy(ramp(2).requires_grad_() * 2)


def test_copy_makes_a_new_tensor_over_the_same_memory():
    x = ramp(2)
    y = copy.copy(x)
    assert y is not x and y.data_ptr() == x.data_ptr()


def test_state_dict_round_trip():
    net = model()
    other = loaded(saved(net.state_dict()))
    assert type(other) is collections.OrderedDict
    assert other._metadata == net.state_dict()._metadata
    assert all(other[k].equal(v) for k, v in net.state_dict().items())


# ------------------------------------------------------------------ storages


def test_untyped_storage_bytes():
    s = torch.UntypedStorage([1, 2, 3])
    assert s.tolist() == [1, 2, 3] and len(s) == s.nbytes() == 3
    assert s.type() == "torch.storage.UntypedStorage"


def test_typed_storage_elements():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s = ramp(3).storage()
        s[0] = 5
        assert s.tolist() == [5.0, 0.25, 0.5] and len(s) == 3
        assert s.type() == "torch.FloatStorage"
        assert isinstance(s, torch.FloatStorage) and not isinstance(s, torch.IntStorage)


def test_typed_storage_warns_once():
    torch.storage._reset_warn_typed_storage_removal()
    with pytest.warns(UserWarning, match="^TypedStorage is deprecated"):
        ramp(1).storage()


def test_typed_storage_index_error():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(IndexError) as error:
            ramp(3).storage()[7]
    assert str(error.value) == "index 7 out of range for storage of size 3"


def test_storage_from_buffer_swaps_bytes():
    s = torch.UntypedStorage.from_buffer(
        b"\1\2\3\4", byte_order="big", dtype=torch.int16
    )
    assert s.tolist() == [2, 1, 4, 3]


def test_storage_from_missing_file():
    with pytest.raises(RuntimeError, match="unable to open file </nonexistent>"):
        torch.UntypedStorage.from_file("/nonexistent", False, 3)


def test_shared_memory_is_seen_by_forked_processes():
    x = torch.zeros(2).share_memory_()
    assert x.is_shared() and not torch.zeros(2).is_shared()
    child = os.fork()
    if child == 0:
        x.fill_(7)
        os._exit(0)
    os.waitpid(child, 0)
    assert x.tolist() == [7, 7]


@pytest.mark.skipif(
    importlib.util.find_spec("safetensors") is not None, reason="it is installed"
)
def test_safetensors_files_ask_for_their_library(tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"")
    with pytest.raises(RuntimeError) as raised:
        torch.load(str(path))
    assert str(raised.value) == (
        "Attempting to load a safetensors file but safetensors is not installed. "
        "Please install safetensors with: pip install safetensors"
    )
