"""The ZIP container of checkpoint files: ``ArchiveWriter`` and ``ArchiveReader``.

The writer lays entries out exactly as PyTorch's does (stored, payloads aligned, sizes
after the data), so that its files are byte-identical and can be memory-mapped. The
reader takes any well-formed ZIP file, trusts nothing in it, and raises PyTorch's
errors. What the entries mean is the business of ``torch/serialization.py``; the layout
is in ``docs/design/serialization.md``.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import Any, NamedTuple, NoReturn

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_END64 = struct.Struct("<IQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<IIQI")
_LOCAL_MAGIC, _CENTRAL_MAGIC = 0x04034B50, 0x02014B50
_END_MAGIC, _END64_MAGIC, _LOCATOR64_MAGIC = 0x06054B50, 0x06064B50, 0x07064B50
_DESCRIPTOR_MAGIC = 0x08074B50

_BIG = 0xFFFFFFFF  # a 32-bit field with this value points to its ZIP64 twin
_UTF8, _DESCRIPTOR_FOLLOWS = 0x0800, 0x0008
_STORED, _DEFLATED = 0, 8

_MIN_VERSION, _MAX_VERSION = 1, 10
_FILE_VERSION = b"3\n"

_CORRUPT_HINT = (
    " This is an internal miniz error. If you are seeing this error, there is a high "
    "likelihood that your checkpoint file is corrupted. This can happen if the "
    "checkpoint was not saved properly, was transferred incorrectly, or the file was "
    "modified after saving."
)


def archive_name(path: str) -> str:
    """Return the folder that all entries of a file called `path` live in."""
    base = os.path.basename(path.replace("\\", "/"))
    name = base.rpartition(".")[0] if "." in base else base
    if not name:
        raise RuntimeError(
            f"[enforce fail at inline_container.cc:720] . invalid file name: {path}"
        )
    return name


# ------------------------------------------------------------------ writing


class _Written(NamedTuple):
    """One line of the central directory."""

    name: bytes
    flags: int
    crc: int
    size: int
    offset: int
    zip64: bytes


class ArchiveWriter:
    """Write entries one after the other to a file object that need not seek.

    Args:
        stream: has ``write`` for bytes-like objects.
        folder: see `archive_name`.
        alignment: payloads start at multiples of this many bytes.
        checksums: whether to compute CRC32s; without, the fields are 0.
    """

    def __init__(
        self, stream: Any, folder: str, alignment: int = 64, checksums: bool = True
    ) -> None:
        self._write = stream.write
        self._folder = folder.encode()
        self._alignment = alignment
        self._checksums = checksums
        self._position = 0
        self._entries: list[_Written] = []

    def write_record(self, name: str, data: Any) -> None:
        """Append the entry `name` with the bytes of `data`."""
        full = self._folder + b"/" + name.encode()
        size, offset = len(data), self._position
        crc = zlib.crc32(data) if self._checksums else 0
        zip64 = _zip64_field(size, offset)
        # The padding block always exists: "FB", its length, then as many Zs.
        start = offset + _LOCAL.size + len(full) + len(zip64) + 4
        pad = -start % self._alignment
        flags = _UTF8 | (_DESCRIPTOR_FOLLOWS if size else 0)
        header = _LOCAL.pack(
            _LOCAL_MAGIC, 0, flags, 0, 0, 0, 0, 0, 0, len(full), len(zip64) + 4 + pad
        )
        self._write(header + full + zip64 + b"FB" + struct.pack("<H", pad) + b"Z" * pad)
        self._position = start + pad
        if size:
            self._write(data)
            sizes = struct.pack("<QQ" if zip64 else "<II", size, size)
            self._write(struct.pack("<II", _DESCRIPTOR_MAGIC, crc) + sizes)
            self._position += size + 8 + len(sizes)
        self._entries.append(_Written(full, flags, crc, size, offset, zip64))

    def close(self) -> None:
        """Write version, identity and the central directory; the stream stays open."""
        self.write_record("version", _FILE_VERSION)
        self.write_record(".data/serialization_id", self._identity())
        lines = [
            _CENTRAL.pack(
                _CENTRAL_MAGIC,
                *(0, 0, e.flags, 0, 0, 0, e.crc),
                *(min(e.size, _BIG), min(e.size, _BIG)),
                *(len(e.name), len(e.zip64), 0, 0, 0, 0, min(e.offset, _BIG)),
            )
            + e.name
            + e.zip64
            for e in self._entries
        ]
        directory = b"".join(lines)
        start, size, count = self._position, len(directory), len(lines)
        few = min(count, 0xFFFF)
        # Both end records are always written, as by PyTorch: 64-bit, its locator,
        # classic.
        self._write(
            directory
            + _END64.pack(_END64_MAGIC, 44, 0x031E, 45, 0, 0, count, count, size, start)
            + _LOCATOR64.pack(_LOCATOR64_MAGIC, 0, start + size, 1)
            + _END.pack(
                _END_MAGIC, 0, 0, few, few, min(size, _BIG), min(start, _BIG), 0
            )
        )

    def _identity(self) -> bytes:
        """Return 40 digits made of names and checksums; readers only log them."""
        names = zlib.crc32(b"\0".join(e.name for e in self._entries))
        contents = 0
        for e in self._entries:
            contents = (contents * 31 + e.crc) % 2**64
        return f"{names:020d}{contents:020d}".encode()


def _zip64_field(size: int, offset: int) -> bytes:
    """Return the ZIP64 extra field, empty where 32 bits are enough."""
    large = [size, size] if size >= _BIG else []
    large += [offset] if offset >= _BIG else []
    if not large:
        return b""
    return struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large)


# ------------------------------------------------------------------ reading


class _Entry(NamedTuple):
    method: int
    packed_size: int
    size: int
    header_offset: int


class ArchiveReader:
    """Look entries up in an archive that starts where `stream` stands and ends it.

    Args:
        stream: has ``read``, ``seek`` and ``tell``.

    Raises:
        RuntimeError: not an archive of ours, or a version from the future.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._start = stream.tell()
        stream.seek(0, os.SEEK_END)
        self._size = stream.tell() - self._start
        self._entries, first = self._read_directory()
        if first is None:
            _fail(171, "archive does not contain any files")
        self._folder, slash, _ = first.partition("/")
        if not slash:
            _fail(180, f"file in archive is not in a subdirectory: {first}")
        self._check_version()

    def has_record(self, name: str) -> bool:
        """Say whether there is an entry `name`."""
        return f"{self._folder}/{name}" in self._entries

    def get_record(self, name: str) -> bytes:
        """Return the contents of an entry."""
        entry = self._find(name)
        if entry.method == _STORED and entry.packed_size == entry.size:
            return self._read_at(self._payload(entry, name), entry.size, name)
        if entry.method != _DEFLATED:
            _corrupt(f"retrieving file meta-data for {name}: unsupported method")
        packed = self._read_at(self._payload(entry, name), entry.packed_size, name)
        return _inflate(packed, entry.size, name)

    def read_into(self, name: str, target: Any) -> None:
        """Fill the writable buffer `target`, as long as the entry, with it."""
        entry = self._find(name)
        if entry.method == _STORED and hasattr(self._stream, "readinto"):
            self._seek(self._payload(entry, name))
            filled = 0
            while filled < entry.size:
                more = self._stream.readinto(target[filled:])
                if not more:
                    _corrupt(f"reading file {name}: file read failed")
                filled += more
        else:
            target[:] = self.get_record(name)

    def record_size(self, name: str) -> int:
        """Return the unpacked size of an entry."""
        return self._find(name).size

    def is_stored(self, name: str) -> bool:
        """Say whether an entry's bytes lie in the file as they are."""
        return self._find(name).method == _STORED

    def record_offset(self, name: str) -> int:
        """Return where an entry's payload starts, in bytes from the archive's start."""
        return self._payload(self._find(name), name)

    def _find(self, name: str) -> _Entry:
        entry = self._entries.get(f"{self._folder}/{name}")
        if entry is None:
            _corrupt(f"locating file {name}: file not found")
        return entry

    def _seek(self, offset: int) -> None:
        self._stream.seek(self._start + offset)

    def _read_at(self, offset: int, size: int, name: str) -> bytes:
        self._seek(offset)
        data = self._stream.read(size)
        if len(data) != size:
            _corrupt(f"reading file {name}: file read failed")
        return data

    def _payload(self, entry: _Entry, name: str) -> int:
        """Return the offset of an entry's bytes, which lie behind its local header."""
        self._seek(entry.header_offset)
        header = self._stream.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
            _corrupt(f"reading file {name}: invalid header or archive is corrupted")
        name_size, extra_size = struct.unpack_from("<HH", header, 26)
        start = entry.header_offset + _LOCAL.size + name_size + extra_size
        if start + entry.packed_size > self._size:
            _corrupt(f"reading file {name}: invalid header or archive is corrupted")
        return start

    def _check_version(self) -> None:
        name = ".data/version" if self.has_record(".data/version") else "version"
        if not self.has_record(name):
            raise RuntimeError(
                'Expected hasRecord("version") to be true, but got false.  (Could this '
                "error message be improved?  If so, please report an enhancement "
                "request to PyTorch.)"
            )
        text = self.get_record(name).decode("latin-1")
        try:
            version = int(text)
        except ValueError:
            _fail(215, f"Couldn't parse the version {text} as Long Long.")
        attempt = f"Attempted to read a PyTorch file with version {version}, but the"
        if version < _MIN_VERSION:
            _fail(
                219,
                f"{attempt} minimum supported version for reading is {_MIN_VERSION}. "
                "Your PyTorch script module file is too old. Please regenerate it with "
                "latest version of PyTorch to mitigate this issue.",
            )
        if version > _MAX_VERSION:
            _fail(
                230,
                f"{attempt} maximum supported version for reading is {_MAX_VERSION}. "
                "The version of your PyTorch installation may be too old, please "
                "upgrade PyTorch to latest version to mitigate this issue.",
            )

    def _read_directory(self) -> tuple[dict[str, _Entry], str | None]:
        """Return the entries by name, and the name of the first."""
        if self._size < _END.size:
            _corrupt("reading zip archive: not a ZIP archive")
        # The end record is the last thing in the file, but for a comment of up to 64
        # KiB.
        tail_size = min(self._size, _END.size + 0xFFFF)
        tail_start = self._size - tail_size
        self._seek(tail_start)
        tail = self._stream.read(tail_size)
        at = tail.rfind(b"PK\5\6", 0, len(tail) - _END.size + 4)
        if at < 0:
            _corrupt("reading zip archive: failed finding central directory")
        _, _, _, _, count, size, start, _ = _END.unpack_from(tail, at)
        locator = at - _LOCATOR64.size
        if locator >= 0 and tail[locator : locator + 4] == b"PK\6\7":
            _, _, end64, _ = _LOCATOR64.unpack_from(tail, locator)
            self._seek(min(end64, self._size))
            record = self._stream.read(_END64.size)
            if len(record) == _END64.size and record[:4] == b"PK\6\6":
                *_, count, size, start = _END64.unpack(record)
        if start + size > self._size or count * _CENTRAL.size > size:
            _corrupt("reading zip archive: invalid header or archive is corrupted")
        self._seek(start)
        return _parse_directory(self._stream.read(size), count)


def _parse_directory(data: bytes, count: int) -> tuple[dict[str, _Entry], str | None]:
    entries: dict[str, _Entry] = {}
    first, at = None, 0
    for _ in range(count):
        if at + _CENTRAL.size > len(data) or data[at : at + 4] != b"PK\1\2":
            _corrupt("reading zip archive: invalid header or archive is corrupted")
        fields = _CENTRAL.unpack_from(data, at)
        method, packed, size = fields[4], fields[8], fields[9]
        name_size, extra_size, comment_size = fields[10:13]
        offset = fields[16]
        at += _CENTRAL.size
        name = data[at : at + name_size].decode("utf-8", "replace")
        at += name_size
        extra = data[at : at + extra_size]
        if _BIG in (packed, size, offset):
            size, packed, offset = _read_zip64(extra, size, packed, offset)
        at += extra_size + comment_size
        entries.setdefault(name, _Entry(method, packed, size, offset))
        first = name if first is None else first
    return entries, first


def _read_zip64(
    extra: bytes, size: int, packed: int, offset: int
) -> tuple[int, int, int]:
    """Replace each of the three that overflowed by its 64-bit value, in this order."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            body = extra[at + 4 : at + 4 + length]
            wide = iter(
                struct.unpack(f"<{len(body) // 8}Q", body[: len(body) // 8 * 8])
            )
            size = next(wide, size) if size == _BIG else size
            packed = next(wide, packed) if packed == _BIG else packed
            offset = next(wide, offset) if offset == _BIG else offset
            break
        at += 4 + length
    return size, packed, offset


def _inflate(packed: bytes, size: int, name: str) -> bytes:
    """Unpack at most `size` bytes, so that a small file cannot ask for much memory."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = unpacker.decompress(packed, size + 1)
    except zlib.error:
        _corrupt(f"reading file {name}: decompression failed or archive is corrupted")
    if len(data) != size:
        _corrupt(f"reading file {name}: decompression failed or archive is corrupted")
    return data


def _corrupt(what: str) -> NoReturn:
    raise RuntimeError(f"PytorchStreamReader failed {what}.{_CORRUPT_HINT}")


def _fail(line: int, what: str) -> NoReturn:
    raise RuntimeError(f"[enforce fail at inline_container.cc:{line}] . {what}")
