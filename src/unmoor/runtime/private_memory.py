"""What this process has in memory is its own, also where programs of the same user look."""

from __future__ import annotations

import sys

__all__ = ["keep_private"]

_PR_SET_DUMPABLE = 4


def keep_private() -> None:
    """Ask the kernel to let no other process of this user read our memory or our first environment (Linux).

    Taking a variable out of the environment leaves it in ``/proc/PID/environ``. Programs that we start can be looked
    into as ever; this does not outlive an exec.
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
