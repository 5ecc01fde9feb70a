"""Programs that a killed process leaves behind are ended, with all they started: by a watcher beside the process.

The watcher is told of each process group that begins and ends. When its input ends, the process is gone, and what is
left of its groups is killed. It costs one small process a run, and nothing for each program; ``die_with_parent`` holds
one program tighter, from its first moment on, and without what that program starts. A daemon with a session of its own
is no orphan.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO

__all__ = ["Orphans"]


class Orphans:
    """The watcher as its process sees it; it is started with the first program."""

    def __init__(self, start: Callable[[], IO[bytes]]) -> None:
        """Take the function that starts the watcher and returns its input."""
        self._start = start
        self._alone = threading.Lock()
        self._input: IO[bytes] | None = None
        self._over = False

    def add(self, group: int) -> None:
        """Tell of a process group that began."""
        with self._alone:
            if self._input is None and not self._over:
                try:
                    self._input = self._start()
                except OSError:
                    self._over = True
        self._tell(f"+{group}\n")

    def discard(self, group: int) -> None:
        """Tell of a process group that ended."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Let the watcher end: nothing is left that it would have to end."""
        with self._alone:
            self._over = True
            if self._input is not None:
                self._input.close()

    def _tell(self, line: str) -> None:
        with self._alone, suppress(OSError):
            if self._input is not None and not self._over:
                # So short a line is written whole or not at all.
                os.write(self._input.fileno(), line.encode())


def _watch() -> None:
    groups: set[int] = set()
    for line in sys.stdin.buffer:
        number = int(line[1:])
        (groups.add if line[:1] == b"+" else groups.discard)(number)
    if sys.platform != "win32":
        for number in groups:
            with suppress(OSError):
                os.killpg(number, signal.SIGKILL)


if __name__ == "__main__":
    _watch()
