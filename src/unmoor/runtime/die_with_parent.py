"""Programs that die with their parent: ``python -I -S die_with_parent.py PID PROGRAM ARG…`` (Linux; else nothing).

A release tool that is killed must not leave an uploader behind that goes on publishing, nor a test run that holds
the ports the next one needs. The kernel sends the signal; between fork and the request the parent may already be
gone, hence the comparison afterwards. Standard library only: this runs without site-packages.
"""

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when ``parent``, the process that started it, is gone."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)


if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - a resolved program, no shell
