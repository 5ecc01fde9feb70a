"""Durable files: written whole beside their place, flushed to disk, renamed, and the folder flushed too.

After a crash a reader sees the old content or the new, never a torn one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from unmoor.errors import UnmoorError

__all__ = ["ensure_folder", "sha256_of", "write_whole"]


def ensure_folder(folder: Path) -> Path:
    """Make ``folder`` and its parents, private to the user; raise ``UnmoorError`` when that is not possible."""
    try:
        # pathlib gives the mode to the last folder only, and the parents are as private.
        for each in reversed((folder, *folder.parents)):
            if not each.exists():
                each.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        what = f"cannot write the state of the release: {error.strerror or error}"
        raise UnmoorError(what, place=str(folder), hint="set UNMOOR_STATE to a folder that can be written") from error
    return folder


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace the content of ``path`` by ``content``, all or nothing, and durable when this returns."""
    ensure_folder(path.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        _flush_folder(path.parent)
    except OSError as error:
        what = f"cannot write: {error.strerror or error}"
        raise UnmoorError(what, place=str(path), hint="free space or set UNMOOR_STATE to another folder") from error


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's content, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
