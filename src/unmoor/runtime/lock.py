"""One writer at a time: an advisory lock on a file, held by the process that works.

On POSIX this is ``flock`` on a descriptor of our own, because the uploading child must be able to inherit it: as
long as an orphan is still publishing, the lock stays taken. Elsewhere ``filelock`` does it. Who holds a lock stands in
its file, for whoever has to wait; only the lock itself says whether it is held.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from unmoor.errors import Incomplete, UnmoorError
from unmoor.runtime import clock
from unmoor.runtime.files import cannot_write, ensure_folder

__all__ = ["held", "held_folder"]

_PAUSE = 0.05
_ENOUGH = 4096  # bytes about those who shared a lock


@contextmanager
def held(path: Path, *, what: str, patience: float = 0.0, shared: bool = False) -> Iterator[tuple[int, ...]]:
    """Hold the lock file ``path`` and yield the descriptors a child may inherit.

    ``shared`` holders tolerate each other and no other one (on Windows not even each other). Waits up to ``patience``
    seconds for another holder, then raises ``Incomplete`` that says who is at work and on what; ``what`` is told so to
    others. Raises ``UnmoorError`` where the file cannot be written, or its file system has no locks.
    """
    ensure_folder(path.parent)
    if sys.platform == "win32":
        with _filelocked(path, what, patience):
            yield ()
    else:
        try:
            # A link in its place would have us write elsewhere.
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise cannot_write(path, error) from error
        try:
            if not _taken(handle, path, what, patience, shared=shared):
                message = "the file system that the release's state lies on has no locks"
                hint = "set UNMOOR_STATE to a folder on a disk of this machine"
                raise UnmoorError(message, place=str(path), hint=hint)
            _sign(handle, what, alone=not shared)
            yield (handle,)
        finally:
            os.close(handle)


@contextmanager
def held_folder(folder: Path, *, what: str, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock on a folder itself: nothing is written for it, so nobody else could have laid something there.

    Waits and raises as ``held`` does; where the folder's file system has no locks, there is none.
    """
    if sys.platform == "win32":
        # The folder for temporary files is the user's own there.
        name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        with _filelocked(Path(tempfile.gettempdir(), f"unmoor-{name}.lock"), what, patience):
            yield
    else:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _taken(handle, folder, what, patience, shared=False)
            yield
        finally:
            os.close(handle)


if sys.platform == "win32":

    @contextmanager
    def _filelocked(path: Path, what: str, patience: float) -> Iterator[None]:
        from filelock import FileLock, Timeout

        try:
            with FileLock(path, timeout=patience):
                yield
        except Timeout:
            raise _busy(what, path) from None

else:

    def _taken(handle: int, path: Path, what: str, patience: float, *, shared: bool) -> bool:
        """Take the lock; return false where there are none."""
        import fcntl

        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise _busy(what, path) from None
                time.sleep(_PAUSE)
            except OSError:
                return False
            else:
                return True

    def _sign(handle: int, what: str, *, alone: bool) -> None:
        """Leave word of who holds the lock; holders that share it leave a line each."""
        line = {"what": what, "pid": os.getpid(), "host": socket.gethostname(), "since": clock.now()}
        with suppress(OSError):
            if alone or os.fstat(handle).st_size > _ENOUGH:
                os.ftruncate(handle, 0)
            os.write(handle, json.dumps(line).encode() + b"\n")


def _busy(what: str, path: Path) -> Incomplete:
    who = _holder(path)
    told = f"another run is at work on {what}"
    if who:
        at = "" if who["what"] == what else f"at {who['what']}, "
        told += f": {at}process {who['pid']} on {who['host']} since {who['since']}"
    return Incomplete(told, place=str(path), hint="wait for it to end, then run the same command again")


def _holder(path: Path) -> dict[str, str]:
    """Return what the holder has left about itself, nothing where it cannot be told.

    Of several lines it is the last whose process lives. Where none does, a program that the last one started holds on.
    """
    try:
        with path.open("rb") as stream:
            lines = [json.loads(line) for line in stream.read(2 * _ENOUGH).splitlines()]
        found = [{key: str(line[key]) for key in ("what", "pid", "host", "since")} for line in lines]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    here = socket.gethostname()
    alive = [each for each in found if each["host"] != here or _is_alive(each["pid"])]
    return (alive or found or [{}])[-1]


def _is_alive(pid: str) -> bool:
    if sys.platform == "win32":
        # Asking would end it.
        return True
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True
