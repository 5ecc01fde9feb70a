"""How this process writes what it says, and how it reads the names of files."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import TextIO

from unmoor.errors import UnmoorError

__all__ = ["must_know_file_names", "take_every_character"]


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
