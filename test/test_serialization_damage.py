"""torch.load and torch.save where something is wrong: damaged files, bad targets."""

from __future__ import annotations

import pickle
import warnings

import pytest

import torch
from archives import (
    archive,
    loaded,
    pickle_of,
    saved,
)
from checkpoint_cases import ramp

# ------------------------------------------------------------------ damage

CORRUPT = (
    " This is an internal miniz error. If you are seeing this error, there is a high "
    "likelihood that your checkpoint file is corrupted. This can happen if the checkpoint "
    "was not saved properly, was transferred incorrectly, or the file was modified after "
    "saving."
)
GOOD = saved({"a": torch.ones(3)})
PICKLE = pickle_of(GOOD)
VERSION = ("x/version", "3\n")
BAD_FILES = {
    "empty": (b"", EOFError, ""),
    "text": (b"hello", KeyError, "101"),
    "truncated": (
        GOOD[:200],
        RuntimeError,
        "PytorchStreamReader failed reading zip archive: failed finding central "
        "directory." + CORRUPT,
    ),
    "magic only": (
        b"PK\3\4",
        RuntimeError,
        "PytorchStreamReader failed reading zip archive: not a ZIP archive." + CORRUPT,
    ),
    "no storage": (
        archive(VERSION, ("x/data.pkl", PICKLE)),
        RuntimeError,
        "PytorchStreamReader failed locating file data/0: file not found." + CORRUPT,
    ),
    "no pickle": (
        archive(VERSION),
        RuntimeError,
        "PytorchStreamReader failed locating file data.pkl: file not found." + CORRUPT,
    ),
    "short storage": (
        archive(VERSION, ("x/data.pkl", PICKLE), ("x/data/0", b"12345678")),
        RuntimeError,
        "record size (8 bytes) does not match expected size (12 bytes = 12 elements * 1 "
        "bytes/element) for dtype Byte",
    ),
    "no folder": (
        archive(("version", "3\n"), ("x/data.pkl", PICKLE)),
        RuntimeError,
        "[enforce fail at inline_container.cc:180] . file in archive is not in a "
        "subdirectory: version",
    ),
    "no version": (
        archive(("x/data.pkl", PICKLE)),
        RuntimeError,
        'Expected hasRecord("version") to be true, but got false.  (Could this error '
        "message be improved?  If so, please report an enhancement request to PyTorch.)",
    ),
    "word as version": (
        archive(("x/version", "abc"), ("x/data.pkl", PICKLE)),
        RuntimeError,
        "[enforce fail at inline_container.cc:215] . Couldn't parse the version abc as "
        "Long Long.",
    ),
    "future version": (
        archive(("x/version", "11"), ("x/data.pkl", PICKLE)),
        RuntimeError,
        "[enforce fail at inline_container.cc:230] . Attempted to read a PyTorch file with "
        "version 11, but the maximum supported version for reading is 10. The version of "
        "your PyTorch installation may be too old, please upgrade PyTorch to latest "
        "version to mitigate this issue.",
    ),
    "odd byteorder": (
        archive(VERSION, ("x/data.pkl", PICKLE), ("x/byteorder", "odd")),
        ValueError,
        "Unknown endianness type: odd",
    ),
    "foreign pickle": (
        pickle.dumps(3, protocol=2),
        RuntimeError,
        "Invalid magic number; corrupt file?",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file(name):
    data, kind, text = BAD_FILES[name]
    with pytest.raises(kind) as error:
        loaded(data)
    assert str(error.value) == text


@pytest.mark.parametrize("cut", [3, 14])
def test_truncated_stream(cut):
    data = saved(torch.ones(3), _use_new_zipfile_serialization=False)
    missing = {3: 3, 14: 2}[cut]
    with pytest.raises(RuntimeError) as error:
        loaded(data[:-cut])
    assert str(error.value) == (
        f"unexpected EOF, expected {missing} more bytes. The file might be corrupted."
    )


def test_random_damage_never_crashes():
    # Any Python exception is fine; what matters is that the process survives.
    for at in range(0, len(GOOD), 7):
        for value in (0, 255):
            data = bytearray(GOOD)
            data[at] = value
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    loaded(bytes(data))
                except Exception:
                    pass


def test_geometry_outside_a_mapped_file_is_refused(tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(bytes(12))
    typed = torch.storage.TypedStorage(
        wrap_storage=torch.UntypedStorage.from_file(str(path), False, 12),
        dtype=torch.float32,
        _internal=True,
    )
    with pytest.raises(
        RuntimeError, match="^Trying to resize storage that is not resiz"
    ):
        torch._utils._rebuild_tensor(typed, 0, (4,), (1,))


# ------------------------------------------------------------------ writing errors


def test_missing_folder():
    with pytest.raises(
        RuntimeError, match="^Parent directory /nonexistent does not exist.$"
    ):
        torch.save(1, "/nonexistent/x.pt")


def test_file_name_without_stem(tmp_path):
    with pytest.raises(RuntimeError, match=r"invalid file name: .*/\.pt$"):
        torch.save(1, tmp_path / ".pt")


def test_not_a_file():
    with pytest.raises(AttributeError) as error:
        torch.save(1, 3)
    assert str(error.value) == (
        "expected 'f' to be string, path, or a file-like object with a 'write' attribute"
    )


def test_unpicklable_object_leaves_the_file_alone(tmp_path):
    path = tmp_path / "x.pt"
    torch.save(ramp(2), path)
    with pytest.raises((AttributeError, pickle.PicklingError)):
        torch.save(lambda: 1, path)
    assert torch.load(path).equal(ramp(2))


def test_one_memory_as_two_dtypes():
    x = torch.ones(4)
    with pytest.raises(RuntimeError) as error:
        saved([x, x.view(torch.int32)])
    assert str(error.value) == (
        "Cannot save multiple tensors or storages that view the same data as different "
        "types"
    )


def test_mmap_needs_a_path():
    with pytest.raises(ValueError) as error:
        loaded(GOOD, mmap=True)
    assert str(error.value) == "f must be a file path in order to use the mmap argument"


def test_mmap_refuses_streams(tmp_path):
    path = str(tmp_path / "x.pt")
    torch.save(ramp(2), path, _use_new_zipfile_serialization=False)
    with pytest.raises(RuntimeError) as error:
        torch.load(path, mmap=True)
    assert str(error.value) == (
        f"mmap can only be used with files saved with `torch.save({path}, "
        "_use_new_zipfile_serialization=True), please torch.save your checkpoint with this "
        "option in order to use mmap."
    )


def test_load_needs_a_seekable_file():
    class Pipe:
        def read(self, n=-1):
            return b""

    with pytest.raises(
        AttributeError, match="You can only torch.load from a file that is"
    ):
        torch.load(Pipe())
