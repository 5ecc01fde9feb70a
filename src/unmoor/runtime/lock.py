"""One writer at a time: an advisory lock on a file, held by the process that works.

On POSIX this is ``flock`` on a descriptor of our own, because the uploading child must be able to inherit it: as
long as an orphan is still publishing, the lock stays taken. Elsewhere ``filelock`` does it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unmoor.errors import Incomplete, UnmoorError
from unmoor.runtime.files import ensure_folder

__all__ = ["held"]

_PAUSE = 0.05


@contextmanager
def held(path: Path, *, what: str, patience: float = 0.0) -> Iterator[tuple[int, ...]]:
    """Hold the lock file ``path`` and yield the descriptors a child may inherit.

    Waits up to ``patience`` seconds for another holder, then raises ``Incomplete`` naming ``what`` is busy.
    """
    ensure_folder(path.parent)
    if os.name == "posix":
        with _flocked(path, what, patience) as handle:
            yield (handle,)
        return
    from filelock import FileLock, Timeout

    try:
        with FileLock(path, timeout=patience):
            yield ()
    except Timeout:
        raise _busy(what, path) from None


@contextmanager
def _flocked(path: Path, what: str, patience: float) -> Iterator[int]:
    import fcntl

    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        what = f"cannot write the state of the release: {error.strerror or error}"
        raise UnmoorError(what, place=str(path), hint="set UNMOOR_STATE to a folder that can be written") from error
    try:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise _busy(what, path) from None
                time.sleep(_PAUSE)
        yield handle
    finally:
        os.close(handle)


def _busy(what: str, path: Path) -> Incomplete:
    return Incomplete(
        f"another run is at work on {what}", place=str(path), hint="wait for it to end, then run the same command again"
    )
