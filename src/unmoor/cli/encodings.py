"""How this process writes what it says, whoever reads it, and how it reads the names of files."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

from unmoor.errors import UnmoorError

__all__ = ["must_know_file_names", "outlive_readers", "take_every_character"]


class _Outliving(io.TextIOWrapper):
    """A text stream for which it is no error that nobody reads it any more: what is written then goes nowhere."""

    def write(self, text: str, /) -> int:
        """Write, or write nowhere."""
        with suppress(BrokenPipeError):
            return super().write(text)
        self._turn_away()
        return len(text)

    def flush(self) -> None:
        """Pass on what was written, if anybody takes it."""
        try:
            super().flush()
        except BrokenPipeError:
            self._turn_away()
            super().flush()

    def _turn_away(self) -> None:
        """Lead the descriptor nowhere: for programs that inherit it, too, and for Python's own flush at the end."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def outlive_readers() -> None:
    """Have standard output and error bear that their reader goes away (``unmoor plan | head``).

    The run goes on, and ends as it would have ended. For programs alone: in somebody else's process, such as that of a
    test, streams are that one's own.
    """
    for name in ("stdout", "stderr"):
        old = getattr(sys, name)
        if type(old) is not io.TextIOWrapper or old is not getattr(sys, f"__{name}__"):
            continue
        new = _Outliving(
            old.buffer, encoding=old.encoding, errors=old.errors, newline=None, line_buffering=old.line_buffering
        )
        setattr(sys, name, new)
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is old:
                handler.setStream(new)


def take_every_character(streams: Iterable[TextIO] = ()) -> None:
    """Have standard output and error (or ``streams``) write what their encoding lacks as an escape.

    A pipe on Windows, or a terminal of an old locale, would end a run in the middle instead, for an arrow.
    """
    for stream in streams or (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in {"strict", "surrogateescape"}:
            stream.reconfigure(errors="backslashreplace")


def must_know_file_names(encoding: str = "") -> None:
    """Raise ``UnmoorError`` where Python was told to take file names for anything but UTF-8.

    git says them in UTF-8; a file that cannot be found under its name would be passed over by every gate.
    """
    used = encoding or sys.getfilesystemencoding()
    if used.lower().replace("-", "") != "utf8":
        what = f"Python takes the names of files for {used} here, and would miss some"
        hint = "set PYTHONUTF8=1, or a locale of UTF-8 such as LC_ALL=C.UTF-8"
        raise UnmoorError(what, place="PYTHONUTF8", hint=hint)
