"""Zip and tar archives, read no further than they themselves say, and not without end.

The standard library unpacks a member of a zip at one go, whatever size is stated for it, and reads a tar's extended
headers whole, whatever size they state: a few hundred kilobytes become gigabytes in memory. Here both are read in
pieces, and what goes beyond raises what damage raises: ``zipfile.BadZipFile``, ``tarfile.TarError``.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import IO, Any

__all__ = ["LARGEST", "MOST", "BoundedTar", "tar_member", "zip_member"]

# Beyond these an archive is a bomb rather than a release; in bytes once unpacked, and in members.
LARGEST = 2 << 30
MOST = 200_000
_HEADERS = 16 << 20  # bytes of extended headers in a whole tar: long names, and little else
_PIECE = 1 << 16
# Of the compressions only deflate stops where it is asked to; a piece of this size of the others is 80 MB at most.
_SMALL_PIECE = 1 << 12


def zip_member(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo, *, limit: int = LARGEST) -> bytes:
    """Return the content of a member of a zip.

    Raises ``BadZipFile`` where it is not as long as is stated, or longer than ``limit`` in bytes.
    """
    info = archive.getinfo(member) if isinstance(member, str) else member
    if info.file_size > limit:
        what = f"{info.filename!r} is larger than {limit} bytes"
        raise zipfile.BadZipFile(what)
    piece = _PIECE if info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} else _SMALL_PIECE
    with archive.open(info) as stream:
        return _exactly(stream, info.file_size, piece, zipfile.BadZipFile(f"{info.filename!r} has another size"))


def tar_member(archive: tarfile.TarFile, item: tarfile.TarInfo) -> bytes:
    """Return the content of a file in a tar; raise ``ReadError`` where it is not as long as is stated."""
    stream = archive.extractfile(item)
    if stream is None:
        return b""
    with stream:
        return _exactly(stream, item.size, _PIECE, tarfile.ReadError(f"{item.name!r} has another size"))


def _exactly(stream: IO[bytes], size: int, piece: int, wrong: Exception) -> bytes:
    content = bytearray()
    while len(content) <= size and (got := stream.read(min(piece, size + 1 - len(content)))):
        content += got
    if len(content) != size:
        raise wrong
    return bytes(content)


class BoundedTar(tarfile.TarFile):
    """A tar, compressed or not, with limits to its extended headers, the number of its members and what it unpacks to.

    ``BoundedTar.open`` opens one.
    """

    def __init__(self, name: Any = None, mode: Any = "r", fileobj: Any = None, **words: Any) -> None:
        self._seen = 0
        super().__init__(name, mode, _Watched(fileobj) if fileobj is not None else None, **words)

    def next(self) -> tarfile.TarInfo | None:
        """Return the next member; raise ``ReadError`` where the archive goes on too long."""
        self._seen += 1
        if self._seen > MOST or self.offset > LARGEST:
            what = "it is far too large once unpacked"
            raise tarfile.ReadError(what)
        if not isinstance(self.fileobj, _Watched):
            return super().next()
        self.fileobj.in_headers = True
        try:
            return super().next()
        finally:
            self.fileobj.in_headers = False


class _Watched(io.RawIOBase):
    """A stream that gives no more than so much for headers."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = _HEADERS
        self.in_headers = False

    def read(self, size: int = -1) -> bytes:
        if self.in_headers and (size < 0 or size > tarfile.BLOCKSIZE):
            self._left -= size
            if size < 0 or self._left < 0:
                what = "its headers are far too large"
                raise tarfile.ReadError(what)
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        self._stream.close()
        super().close()
