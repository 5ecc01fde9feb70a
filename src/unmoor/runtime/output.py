"""What a running program says: read while it runs, bounded in memory, whole in its log, cleared of secrets.

A program is done when it has ended, not when its pipes are closed: a daemon that it left behind (the master of an ssh
connection, an agent for keys) holds them for hours. And its output may have any size, so memory keeps the head and
the tail; a disk that takes no log is no reason to stop a program that publishes.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import selectors
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from unmoor.errors import UnmoorError
from unmoor.runtime.files import ensure_folder
from unmoor.runtime.redact import redact

__all__ = ["LastLine", "Log", "Stream", "read"]

_HEAD = _TAIL = 8 << 20  # characters of each stream that stay in memory
_BLOCK = 1 << 20  # characters that are held back from the log, so that most logs read one stream after the other
_CHUNK = 1 << 16
_LOOK = 0.05  # seconds between two looks at whether the program has ended
# Seconds for what a program's own children still say, once it has ended.
_LAST_WORDS = 0.5
# Characters of the end of what a program says that are kept for who shows its last line.
_SHOWN = 4096
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Log:
    """A log that several runs append to, for the user alone. Where it cannot be written, it is gone: ``path`` is empty.

    ``head`` is its first line, written with whatever comes first.
    """

    def __init__(self, path: Path | None, head: str) -> None:
        self.path = str(path or "")
        self._pending = head

    def write(self, text: str) -> None:
        """Append ``text``, less the secrets in it."""
        if not self.path:
            return
        content = (self._pending + redact(text)).encode("utf-8", "replace")
        try:
            ensure_folder(Path(self.path).parent)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(self.path, flags, 0o600), "wb") as stream:
                stream.write(content)
        except (OSError, UnmoorError):
            self.path = ""
        self._pending = ""


class LastLine:
    """What a program said last, for who shows how far it is: a line with anything in it, without colours."""

    def __init__(self) -> None:
        self._text = ""

    def hear(self, text: str) -> None:
        """Take in what was said just now."""
        self._text = (self._text + text)[-_SHOWN:]

    def said(self) -> str:
        """Return the last whole line, else what there is of it; secrets are no part of it."""
        lines = [line.strip() for line in _COLOUR.sub("", self._text).replace("\r", "\n").split("\n")]
        whole = [line for line in lines[:-1] if line]
        return redact(whole[-1] if whole else lines[-1])


class Stream:
    """One stream of a program as text: its head and its tail, and what is not in the log yet."""

    def __init__(self, log: Log, hear: Callable[[str], None] | None = None) -> None:
        self._hear = hear
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._log = log
        self._head: list[str] = []
        self._tail: deque[str] = deque()
        self._sizes = [0, 0]
        self._unlogged: list[str] = []
        self._waiting = 0
        self.left_out = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Take in what was said just now."""
        text = self._decoder.decode(chunk, final=final)
        if self._hear is not None:
            self._hear(text)
        self._unlogged.append(text)
        self._waiting += len(text)
        if self._waiting > _BLOCK:
            self._pass_on()
        if self._sizes[0] < _HEAD:
            self._head.append(text)
            self._sizes[0] += len(text)
            return
        self._tail.append(text)
        self._sizes[1] += len(text)
        while self._sizes[1] > _TAIL:
            gone = len(self._tail.popleft())
            self._sizes[1] -= gone
            self.left_out += gone

    @property
    def text(self) -> str:
        """What was said, with a line in place of what memory has no room for."""
        gap = f"\n[{self.left_out} characters left out]\n" if self.left_out else ""
        return redact("".join((*self._head, gap, *self._tail)))

    def rest(self) -> str:
        """Return what is not in the log yet; nobody will say more."""
        self.feed(b"", final=True)
        held, self._unlogged, self._waiting = "".join(self._unlogged), [], 0
        return held

    def _pass_on(self) -> None:
        """Write what waits for the log, but for a little: a secret must not be cut in two."""
        waiting = "".join(self._unlogged)
        end = len(waiting) - _CHUNK
        for _ in range(9):
            end = waiting.rfind("\n", 0, end) + 1 or end
            if redact(waiting[:end]) + redact(waiting[end:]) == redact(waiting):
                break
            end -= 1
        self._log.write(waiting[:end])
        self._unlogged, self._waiting = [waiting[end:]], len(waiting) - end


def read(
    pipes: Mapping[IO[bytes], Stream], stdin: tuple[IO[bytes], bytes] | None, *, ended: Callable[[], bool], until: float
) -> None:
    """Read the pipes to their end and write ``stdin``; at the latest until the moment ``until``, in monotonic seconds.

    Where the program has ``ended`` and others hold its pipes, what is in them is read, and no more waited for.
    """
    if sys.platform == "win32":
        _by_threads(pipes, stdin, ended=ended, until=until)
    else:
        _by_polling(pipes, stdin, ended=ended, until=until)


def _by_threads(
    pipes: Mapping[IO[bytes], Stream], stdin: tuple[IO[bytes], bytes] | None, *, ended: Callable[[], bool], until: float
) -> None:
    """Do the same where pipes cannot be polled."""
    readers = [threading.Thread(target=_drain, args=each, daemon=True) for each in pipes.items()]
    if stdin:
        readers.append(threading.Thread(target=_fill, args=stdin, daemon=True))
    for each in readers:
        each.start()
    while (busy := [each for each in readers if each.is_alive()]) and time.monotonic() < until:
        if ended():
            until = min(until, time.monotonic() + _LAST_WORDS)
            ended = _no
        busy[0].join(min(_LOOK, max(until - time.monotonic(), 0)))


def _drain(pipe: IO[bytes], stream: Stream) -> None:
    with suppress(OSError, ValueError):
        while chunk := os.read(pipe.fileno(), _CHUNK):
            stream.feed(chunk)


def _fill(pipe: IO[bytes], content: bytes) -> None:
    with suppress(OSError, ValueError), pipe:
        pipe.write(content)


def _no() -> bool:
    return False


def _there(handle: int) -> bytes | None:
    """Return what a pipe holds: nothing at its end, ``None`` where another was quicker."""
    try:
        return os.read(handle, _CHUNK)
    except BlockingIOError:
        return None


def _written(handle: int, content: memoryview) -> int:
    """Write some of ``content`` and return how much; all of it where nobody reads."""
    try:
        return os.write(handle, content[:_CHUNK])
    except BlockingIOError:
        return 0
    except OSError:
        return len(content)


if sys.platform != "win32":

    def _by_polling(
        pipes: Mapping[IO[bytes], Stream],
        stdin: tuple[IO[bytes], bytes] | None,
        *,
        ended: Callable[[], bool],
        until: float,
    ) -> None:
        # No epoll: it takes a descriptor, and where there is none left, this is how to end in good order.
        with selectors.PollSelector() as chosen:
            for pipe, stream in pipes.items():
                os.set_blocking(pipe.fileno(), False)
                chosen.register(pipe, selectors.EVENT_READ, stream)
            left = memoryview(stdin[1] if stdin else b"")
            if stdin:
                os.set_blocking(stdin[0].fileno(), False)
                chosen.register(stdin[0], selectors.EVENT_WRITE)
            while chosen.get_map():
                now = time.monotonic()
                if now < until and ended():
                    until = min(until, now + _LAST_WORDS)
                    ended = _no
                if now >= until:
                    return
                for key, _ in chosen.select(min(until - now, _LOOK)):
                    if key.data is None:
                        left = left[_written(key.fd, left) :]
                        over = not left
                    else:
                        chunk = _there(key.fd)
                        key.data.feed(chunk or b"")
                        over = chunk == b""
                    if over:
                        chosen.unregister(key.fileobj)
                        if key.data is None and stdin:
                            with suppress(OSError):
                                stdin[0].close()
