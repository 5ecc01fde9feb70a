"""Durable files: written whole beside their place, flushed to disk, renamed, and the folder flushed too.

After a crash a reader sees the old content or the new, never a torn one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from unmoor.errors import UnmoorError

__all__ = ["cannot_write", "ensure_folder", "remove_tree", "sha256_of", "unlink", "write_whole"]

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
# How file systems say that a folder cannot be flushed at all: FUSE, network and FAT ones.
_CANNOT_FLUSH = frozenset({errno.EBADF, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
_FULL_HINT = "free space, or set UNMOOR_STATE to a folder on another disk; then run the same command again"


def ensure_folder(folder: Path) -> Path:
    """Make ``folder`` and its parents, private to the user; raise ``UnmoorError`` when that is not possible."""
    try:
        # pathlib gives the mode to the last folder only, and the parents are as private.
        for each in reversed((folder, *folder.parents)):
            if not each.exists():
                each.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def cannot_write(place: Path, error: OSError) -> UnmoorError:
    """Return what to raise where state cannot be written: what is in its way, and what helps against that."""
    what = f"cannot write the state of the release: {error.strerror or error}"
    if error.errno == errno.ELOOP:
        what, hint = "a link stands where unmoor writes its state", "look where it leads to, and remove the link"
    elif error.errno in _FULL:
        hint = _FULL_HINT
    else:
        hint = "set UNMOOR_STATE to a folder that can be written"
    return UnmoorError(what, place=str(place), hint=hint)


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
            if os.name == "nt" and path.exists():
                # A read-only file is replaced only where it may be written.
                path.chmod(stat.S_IWRITE)
            Path(name).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        _flush_folder(path.parent)
    except OSError as error:
        what = f"cannot write: {error.strerror or error}"
        hint = _FULL_HINT if error.errno in _FULL else "make it writable, or set UNMOOR_STATE to another folder"
        raise UnmoorError(what, place=str(path), hint=hint) from error


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's content, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unlink(path: Path) -> None:
    """Remove a file, a read-only one too: Windows wants it to be made writable before."""
    try:
        path.unlink()
    except PermissionError:
        path.chmod(stat.S_IWRITE)
        path.unlink()


def remove_tree(folder: Path) -> None:
    """Remove a folder and all that is in it, as far as that is possible; links are removed and not followed."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.is_dir():
        return
    # Folders without write permission hold what is in them; on Windows read-only files stay of themselves.
    for top, folders, files in os.walk(folder):
        for name in (".", *folders, *(files if os.name == "nt" else ())):
            path = Path(top, name)
            if not path.is_symlink():
                with suppress(OSError):
                    path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # The file itself is on disk, and its name is as safe as this file system makes it.
        if error.errno not in _CANNOT_FLUSH:
            raise
    finally:
        os.close(handle)
