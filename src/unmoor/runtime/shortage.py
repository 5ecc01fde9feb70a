"""What a machine has run out of, in one line: memory, threads, open files, space. No bug, and nothing to report."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from unmoor.errors import Incomplete

__all__ = ["shortage", "told"]

_SHORT = frozenset(
    getattr(errno, name)
    for name in ("EAGAIN", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "EROFS")
    if hasattr(errno, name)
)
# Where it is about a place; of other shortages the file at hand says nothing.
_FULL = frozenset({errno.ENOSPC, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC)})
# As CPython says it, since there were threads.
_NO_THREAD = "can't start new thread"


def shortage(error: BaseException) -> Incomplete | None:
    """Return what to say of an error that means that the machine has run out of something, ``None`` for any other."""
    place = ""
    if isinstance(error, MemoryError):
        what = os.strerror(errno.ENOMEM)
    elif isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        what = _NO_THREAD
    elif isinstance(error, OSError) and error.errno in _SHORT:
        what, place = os.strerror(error.errno or 0), str(error.filename or "") if error.errno in _FULL else ""
    else:
        return None
    hint = "free memory or space, or raise the limits (ulimit -a shows them); then run the same command again"
    return Incomplete(f"this machine has run out of something: {what}", place=place, hint=hint)


@contextmanager
def told() -> Iterator[None]:
    """Raise ``Incomplete`` in place of an error that means that the machine has run out of something."""
    try:
        yield
    except (MemoryError, OSError, RuntimeError) as error:
        short = shortage(error)
        if short is None:
            raise
        raise short from error
