"""THE door for temporary folders: all of a process lie in one that it holds a lock on, as long as it lives.

What a killed process leaves behind is nobody's: a lock without a holder says so, whatever the process ids say by now.
The next process that wants a temporary folder removes it.
"""

from __future__ import annotations

import atexit
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from unmoor.errors import UnmoorError
from unmoor.runtime.files import remove_tree

__all__ = ["folder", "lasting", "sweep"]

_OURS = "unmoor-"
_LOCK = "held"
_USUAL = frozenset({"/tmp", "/var/tmp", "/usr/tmp"})  # noqa: S108 - Python's own, nothing is made by a known name there


@contextmanager
def folder(purpose: str) -> Iterator[Path]:
    """Make a new empty folder, for this user alone, and remove it with all that is in it afterwards.

    Raises ``UnmoorError`` where there is no place for temporary files.
    """
    made = lasting(purpose)
    try:
        yield made
    finally:
        remove_tree(made)


def lasting(purpose: str) -> Path:
    """Return a new empty folder, for this user alone, that is removed when the process ends; raise likewise."""
    try:
        return Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=_top(Path(tempfile.gettempdir()).resolve())))
    except OSError as error:
        raise _nowhere(error) from error


def sweep(place: Path) -> None:
    """Remove what dead processes of this user have left in ``place``, the folder for temporary files."""
    with suppress(OSError):
        for each in os.scandir(place):
            if each.name.startswith(_OURS) and each.is_dir(follow_symlinks=False) and _is_ours(each.stat()):
                with suppress(OSError):
                    _remove_if_dead(Path(each.path))


@cache
def _top(place: Path) -> Path:
    """Return the folder of this process in ``place``, the folder for temporary files."""
    if place == Path.cwd() and str(place) not in _USUAL:
        # Python's last resort; here it would be the tree that is to be released.
        raise OSError("no folder for temporary files can be written")
    sweep(place)
    # Under its final name only with its lock held: so nobody can take it for a dead process's.
    made = Path(tempfile.mkdtemp(prefix=f".{_OURS}", dir=place))
    top = made.with_name(_OURS + made.name.removeprefix(f".{_OURS}"))
    if sys.platform == "win32":
        made.rename(top)
        handle = os.open(top / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    else:
        import fcntl

        handle = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with suppress(OSError):
            # A file system without locks: then what is left behind stays.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        made.rename(top)
    atexit.register(_remove, top, handle)
    return top


def _remove(top: Path, handle: int) -> None:
    with suppress(OSError):
        os.close(handle)
    remove_tree(top)


def _is_ours(about: os.stat_result) -> bool:
    """Say whether a folder is this user's, and only theirs to write to."""
    if sys.platform == "win32":
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _remove_if_dead(top: Path) -> None:
    lock = top / _LOCK
    if sys.platform == "win32":
        # What a process has open there cannot be removed.
        lock.unlink()
        remove_tree(top)
        return
    import fcntl

    handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove_tree(top)
    finally:
        os.close(handle)


def _nowhere(error: OSError) -> UnmoorError:
    return UnmoorError(
        f"cannot make a temporary folder: {error.strerror or error}",
        place=str(error.filename or ""),
        hint="free space, or set TMPDIR to a folder outside of the project that can be written",
    )
