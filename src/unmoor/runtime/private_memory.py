"""What this process has in memory is its own, also where programs of the same user look."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

__all__ = ["blot_out", "keep_private"]

_PR_SET_DUMPABLE = 4


def keep_private() -> None:
    """Ask the kernel to let no other process of this user read our memory or our first environment (Linux).

    Programs that we start can be looked into as ever; this does not outlive an exec.
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def blot_out(names: Iterable[str]) -> None:
    """Overwrite what the environment that this process was started with says under these names (POSIX).

    Taking a variable out of the environment leaves its text where the kernel put it, for ``/proc/PID/environ`` and
    ``ps`` to show. Call it before the variables are taken out: the C library finds the text by the name. Whoever
    still needs a variable has to set it again; that goes to other memory.
    """
    if os.name != "posix":
        return
    import ctypes

    library = ctypes.CDLL(None)
    library.getenv.restype = ctypes.c_void_p
    for name in names:
        place = library.getenv(ctypes.c_char_p(os.fsencode(name)))
        if place:
            ctypes.memset(place, 0, len(ctypes.string_at(place)))
