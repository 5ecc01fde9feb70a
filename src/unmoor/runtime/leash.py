"""Run a program that dies with its parent: ``python -I -S leash.py PARENT-PID PROGRAM ARG…`` (Linux).

A release tool that is killed must not leave an uploader behind that goes on publishing. The kernel sends the
signal; between fork and the request the parent may already be gone, hence the comparison afterwards.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(sys.argv[1]):
        raise SystemExit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - a resolved program, no shell
