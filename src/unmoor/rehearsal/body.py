"""The body of a request, read as its headers state it (RFC 9112, 6 and 7.1), and no further than is sensible."""

from __future__ import annotations

import re
from email.message import Message
from typing import IO

from unmoor.errors import UnmoorError

__all__ = ["Refused", "read", "stated"]

_LIMIT = 1 << 30  # bytes
_LINE = 80  # bytes: a chunk's size, and what may be said about it
_TRAILERS = 100
_DECIMAL = re.compile(r"[0-9]{1,19}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_BROKEN, _TOO_LARGE = 400, 413


class Refused(UnmoorError):
    """A request that is answered with ``status`` and not carried out."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def stated(headers: Message) -> bool:
    """Say whether the headers promise a body."""
    return "Transfer-Encoding" in headers or headers.get("Content-Length", "0").strip() != "0"


def read(stream: IO[bytes], headers: Message) -> bytes:
    """Read the body; raise ``Refused`` where the headers do not say clearly how long it is, or it does not come."""
    codings, lengths = headers.get_all("Transfer-Encoding", []), set(headers.get_all("Content-Length", []))
    if codings and (lengths or [each.strip().lower() for each in codings] != ["chunked"]):
        raise Refused(_BROKEN, "Bad request: its length is stated in more than one way")
    if codings:
        return _chunked(stream)
    if not lengths:
        return b""
    if len(lengths) > 1 or not _DECIMAL.fullmatch(text := lengths.pop().strip()):
        raise Refused(_BROKEN, "Bad request: its length is no number")
    return _exactly(stream, int(text))


def _exactly(stream: IO[bytes], size: int, sofar: int = 0) -> bytes:
    if sofar + size > _LIMIT:
        raise Refused(_TOO_LARGE, "Payload too large")
    content = stream.read(size)
    if len(content) != size:
        raise Refused(_BROKEN, "Bad request: it ends too early")
    return content


def _chunked(stream: IO[bytes]) -> bytes:
    content = bytearray()
    while size := _size(stream):
        content += _exactly(stream, size, len(content))
        if stream.readline(_LINE).strip():
            raise Refused(_BROKEN, "Bad request: a chunk is longer than it says")
    for _ in range(_TRAILERS):
        if not stream.readline(_LINE).strip():
            return bytes(content)
    raise Refused(_BROKEN, "Bad request: it does not end")


def _size(stream: IO[bytes]) -> int:
    line = _CHUNK.fullmatch(stream.readline(_LINE))
    if line is None:
        raise Refused(_BROKEN, "Bad request: the size of a chunk is no number")
    return int(line[1], 16)
