"""The records of a zip file, walked from the first byte to the last as a streaming reader would.

Installers read a zip from its central directory, others from the local headers on. Where the two disagree, or
something lies between or behind them, one file can be two archives. Layout: APPNOTE.TXT 6.3, sections 4.3 and 4.5.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

__all__ = ["fault_of"]

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64, _LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_STREAMED = 0x08
_STORED = 0
_IN_EXTRA = 0xFFFFFFFF
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_ZIP64_LENGTHS = (0, 8, 16, 24, 28)
_EXTRA_HEAD = 4
_UNICODE_PATH_HEAD = 5
_PLAIN_END64_SIZE = 44


class _Fault(Exception):
    """What is wrong, in words."""


@dataclass(slots=True)
class _Walk:
    """Where the walk is, and what it has met."""

    data: bytes
    central: Mapping[str, tuple[int, int]]
    at: int = 0
    local_names: set[bytes] = field(default_factory=set)
    central_names: set[bytes] = field(default_factory=set)
    central_start: int = -1
    central_size: int = 0
    central_count: int = 0
    end64: tuple[int, int, int] | None = None
    end64_at: int = -1
    located: bool = False

    def take(self, form: str) -> tuple[int, ...]:
        """Read numbers; ``form`` as for ``struct``, without the byte order."""
        size = struct.calcsize("<" + form)
        return struct.unpack("<" + form, self.bytes(size))

    def bytes(self, size: int) -> bytes:
        """Read ``size`` bytes."""
        chunk = self.data[self.at : self.at + size]
        if len(chunk) != size:
            what = "the zip file is malformed: it is cut off"
            raise _Fault(what)
        self.at += size
        return chunk


def fault_of(data: bytes, central: Mapping[str, tuple[int, int]]) -> str:
    """Return what is wrong with the records of a zip file, or an empty string.

    ``central`` says for each name, as Python's zipfile reads the central directory, its compressed and plain size.
    """
    walk = _Walk(data, central)
    try:
        while _record(walk):
            pass
    except _Fault as fault:
        return str(fault)
    return "there is trailing data behind the end of the archive" if walk.at != len(data) else ""


def _record(walk: _Walk) -> bool:
    """Read one record; say whether more may follow."""
    signature = walk.bytes(4)
    if signature == _LOCAL:
        _local(walk)
    elif signature == _CENTRAL:
        _central(walk)
    elif signature == _END64:
        walk.end64_at = walk.at - 4
        size, *_, here, count, length, start = walk.take("QHHIIQQQQ")
        if size != _PLAIN_END64_SIZE:
            _no("the zip64 end record carries extensible data")
        if here != count:
            _no("the counts of the zip64 end record differ")
        walk.end64 = (count, length, start)
    elif signature == _LOCATOR64:
        _, where, _ = walk.take("IQI")
        walk.located = True
        if where != walk.end64_at:
            _no("the zip64 locator points elsewhere")
    elif signature == _END:
        _end(walk)
        return False
    else:
        _no("there is an unknown record, or data between the records")
    return True


def _no(what: str) -> NoReturn:
    raise _Fault(what)


def _name(walk: _Walk, size: int) -> bytes:
    name = walk.bytes(size)
    _printable(name)
    return name


def _printable(name: bytes) -> None:
    if _CONTROL.search(name):
        _no("a member has a name that cannot be printed")


def _local(walk: _Walk) -> None:
    _, flags, method, _, _, _, packed, plain, name_size, extra_size = walk.take("HHHHHIIIHH")
    name = _name(walk, name_size)
    packed, plain = _sizes(walk.bytes(extra_size), method, packed, plain)
    if flags & _STREAMED:
        _no("a member carries a data descriptor")
    try:
        expected = walk.central[name.decode()]
    except UnicodeError:
        _no("a member's name is not UTF-8")
    except KeyError:
        _no("a member is not in the central directory")
    if expected != (packed, plain):
        _no("a member's size differs between its own header and the central directory")
    if name in walk.local_names:
        _no("a member is there twice")
    walk.local_names.add(name)
    walk.bytes(packed)


def _sizes(extra: bytes, method: int, packed: int, plain: int) -> tuple[int, int]:
    """Return the sizes that hold, where extra fields carry 64-bit ones; the extra fields must be well-formed."""
    met: set[int] = set()
    while extra:
        head, rest = extra[:_EXTRA_HEAD], extra[_EXTRA_HEAD:]
        kind, size = struct.unpack("<HH", head) if len(head) == _EXTRA_HEAD else (0, -1)
        body, extra = rest[:size], rest[size:]
        if len(body) != size:
            _no("an extra field is malformed")
        if kind in met and kind in {_ZIP64, _UNICODE_PATH}:
            _no("an extra field is there twice")
        met.add(kind)
        if kind == _ZIP64:
            packed, plain = _wide_sizes(body, method, packed, plain)
        elif kind == _UNICODE_PATH:
            _printable(body[_UNICODE_PATH_HEAD:])
            try:
                body[_UNICODE_PATH_HEAD:].decode()
            except UnicodeError:
                _no("a member's name is not UTF-8")
    return packed, plain


def _wide_sizes(body: bytes, method: int, packed: int, plain: int) -> tuple[int, int]:
    if len(body) not in _ZIP64_LENGTHS:
        _no("a zip64 field is malformed")
    if not body:
        if _IN_EXTRA in {packed, plain}:
            _no("a zip64 field is malformed")
        return packed, plain
    (wide_plain,) = struct.unpack("<Q", body[:8])
    if len(body) == len(struct.pack("<Q", 0)):
        # Only the plain size: it says the packed size as well, if nothing is compressed.
        if method != _STORED:
            _no("a zip64 field is malformed")
        return wide_plain, (wide_plain if plain == _IN_EXTRA else plain)
    (wide_packed,) = struct.unpack("<Q", body[8:16])
    return wide_packed, (wide_plain if plain == _IN_EXTRA else plain)


def _central(walk: _Walk) -> None:
    if walk.central_start < 0:
        walk.central_start = walk.at - 4
    *_, name_size, extra_size, comment_size, _disk, _inner, _outer, _offset = walk.take("HHHHHHIIIHHHHHII")
    if comment_size:
        _no("a member carries a comment")
    name = _name(walk, name_size)
    walk.bytes(extra_size)
    walk.central_size += 46 + name_size + extra_size
    walk.central_count += 1
    if name in walk.central_names:
        _no("a member is in the central directory twice")
    if name not in walk.local_names:
        _no("a member of the central directory has no header of its own")
    walk.central_names.add(name)


def _end(walk: _Walk) -> None:
    if walk.end64 is not None and not walk.located:
        _no("the zip64 end record has no locator")
    if walk.central_start < 0:
        walk.central_start = walk.at - 4
    _, _, here, count, size, start, comment_size = walk.take("HHHHIIH")
    if here != count:
        _no("the counts of the end record differ")
    walk.bytes(comment_size)
    stated = walk.end64 or (count, size, start)
    if stated != (walk.central_count, walk.central_size, walk.central_start):
        _no("the end record does not describe the central directory")
    if walk.central_names != walk.local_names:
        _no("a member is not in the central directory")
