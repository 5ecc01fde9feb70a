"""What a program writes, shown as it comes and kept as well, so that it can be read afterwards.

Where this process writes to a terminal the program gets one too (POSIX): it is as wide, and colours and progress bars
stay. Elsewhere it gets a pipe, which is what it had before. What it leaves running in the background does not hold up
anybody.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["Kept", "shown_and_kept"]

_CHUNK = 1 << 16
_KEPT = 128  # chunks: the last megabytes
# Seconds for what a program's own children still say, once it has ended.
_LAST_WORDS = 0.5


class Kept:
    """The end of what was written, as far as it was read by now."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque(maxlen=_KEPT)

    def add(self, chunk: bytes) -> None:
        """Keep a chunk; the first ones go where there are many."""
        self._chunks.append(chunk)

    @property
    def text(self) -> str:
        """All of it as text, with plain line ends."""
        return b"".join([*self._chunks]).decode("utf-8", "replace").replace("\r\n", "\n")


@contextmanager
def shown_and_kept() -> Iterator[tuple[int, Kept] | None]:
    """Yield a descriptor to write to and what is kept of it; ``None`` where our output has no descriptor itself."""
    target = _descriptor()
    if target is None or (sys.platform == "win32" and os.isatty(target)):
        yield None
        return
    kept = Kept()
    sys.stdout.flush()
    source, sink = _like_a_terminal(target) if os.isatty(target) else os.pipe()
    reader = threading.Thread(target=_pass_on, args=(source, target, kept), daemon=True)
    reader.start()
    try:
        yield sink, kept
    finally:
        os.close(sink)
        reader.join(_LAST_WORDS)


def _descriptor() -> int | None:
    try:
        return sys.stdout.fileno()
    except (AttributeError, OSError, io.UnsupportedOperation):
        return None


def _like_a_terminal(target: int) -> tuple[int, int]:
    """Return both ends of a terminal that is as large as ``target``, and leaves line ends to it."""
    if sys.platform == "win32":
        return os.pipe()
    import fcntl
    import pty
    import termios

    source, sink = pty.openpty()
    with suppress(OSError, termios.error):
        fcntl.ioctl(sink, termios.TIOCSWINSZ, fcntl.ioctl(target, termios.TIOCGWINSZ, b"\0" * 8))
        attributes = termios.tcgetattr(sink)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(sink, termios.TCSANOW, attributes)
    return source, sink


def _pass_on(source: int, target: int, kept: Kept) -> None:
    """Read until everybody has closed the other end; a terminal says that with an error."""
    try:
        # A terminal whose last writer is gone fails to be read on Linux, and is at its end elsewhere.
        while chunk := os.read(source, _CHUNK):
            kept.add(chunk)
            with suppress(OSError):
                _write(target, chunk)
    except OSError:
        pass
    finally:
        os.close(source)


def _write(target: int, chunk: bytes) -> None:
    while chunk:
        chunk = chunk[os.write(target, chunk) :]
