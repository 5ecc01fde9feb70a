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
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from unmoor.errors import UnmoorError
from unmoor.runtime.files import remove_tree, unlink

__all__ = ["folder", "lasting", "sweep"]

_OURS = "unmoor-"
_LOCK = "held"
# The folder of this process by where it lies, and the descriptor that its lock is held with.
_held: dict[Path, tuple[Path, int]] = {}
_alone = threading.Lock()
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
        return Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=_top()))
    except OSError as error:
        raise _nowhere(error) from error


def sweep(place: Path) -> None:
    """Remove what dead processes of this user have left in ``place``, the folder for temporary files."""
    with suppress(OSError), os.scandir(place) as entries:
        for each in entries:
            if each.name.startswith(_OURS) and each.is_dir(follow_symlinks=False) and _is_ours(each.stat()):
                with suppress(OSError):
                    _remove_if_dead(Path(each.path))


def _top() -> Path:
    """Return the folder of this process in the folder for temporary files."""
    place = Path(tempfile.gettempdir()).resolve()
    with _alone:
        if place not in _held:
            if place == Path.cwd() and str(place) not in _USUAL:
                # Python's last resort; here it would be the tree that is to be released.
                raise OSError("no folder for temporary files can be written")
            sweep(place)
            _held[place] = _make(place)
        return _held[place][0]


def _make(place: Path) -> tuple[Path, int]:
    """Make a folder and return it, and the descriptor that its lock is held with."""
    # Under its final name only with its lock held: so nobody can take it for a dead process's.
    made = Path(tempfile.mkdtemp(prefix=f".{_OURS}", dir=place))
    top = made.with_name(_OURS + made.name.removeprefix(f".{_OURS}"))
    if sys.platform == "win32":
        made.rename(top)
        return top, os.open(top / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    import fcntl

    handle = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with suppress(OSError):
        # A file system without locks: then what is left behind stays.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    made.rename(top)
    return top, handle


def _remove_all() -> None:
    with _alone:
        while _held:
            _, (top, handle) = _held.popitem()
            if sys.platform == "win32":
                os.close(handle)
            with suppress(OSError):
                _empty(top)
            if sys.platform != "win32":
                os.close(handle)


def _empty(top: Path) -> None:
    """Remove a folder of a process, its lock last: what is interrupted in between is still known as ours."""
    for each in top.iterdir():
        if each.is_dir() and not each.is_symlink():
            remove_tree(each)
        elif each.name != _LOCK:
            unlink(each)
    remove_tree(top)


def _is_ours(about: os.stat_result) -> bool:
    """Say whether a folder is this user's, and only theirs to write to."""
    if sys.platform == "win32":
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _remove_if_dead(top: Path) -> None:
    lock = top / _LOCK
    if sys.platform == "win32":
        # What a process has open there cannot be renamed.
        lock.rename(lock)
        _empty(top)
        return
    import fcntl

    handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _empty(top)
    finally:
        os.close(handle)


def _nowhere(error: OSError) -> UnmoorError:
    return UnmoorError(
        f"cannot make a temporary folder: {error.strerror or error}",
        place=str(error.filename or ""),
        hint="free space, or set TMPDIR to a folder outside of the project that can be written",
    )


# Registered before anything that a face registers, so that its last words come first, and may use a folder.
atexit.register(_remove_all)
