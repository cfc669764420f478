"""Helpers of the suites of torch.save and torch.load."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import torch

RECORDED = zipfile.ZipFile(Path(__file__).parent / "golden" / "checkpoints.zip")
# Files of these need weights_only=False or an allowed global.
UNSAFE = {"subclass"}
# Bare storages of bytes have no dtype in the stream format.
NO_LEGACY = {"untyped_storage"}


def saved(obj, **options) -> bytes:
    stream = io.BytesIO()
    torch.save(obj, stream, **options)
    return stream.getvalue()


def loaded(data: bytes, **options):
    return torch.load(io.BytesIO(data), **options)


def archive(*entries, compression=zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as z:
        for name, data in entries:
            z.writestr(name, data)
    return stream.getvalue()


def pickle_of(data: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read("archive/data.pkl")


def without_identity(data: bytes) -> bytes:
    """Blank what only identifies a file: 40 digits, and their checksum."""
    at = re.search(rb"\d{40}", data).start()
    crc = data[at + 44 : at + 48]  # behind the digits and the descriptor's signature
    return data.replace(data[at : at + 40], b"0" * 40).replace(crc, b"\0" * 4)
