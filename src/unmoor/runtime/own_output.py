"""The files that unmoor's own output goes into, where a person redirected it: ``unmoor rehearse > out.log``.

Such a file is none of the project's, wherever it lies, and grows for as long as unmoor speaks. The system knows it by
the open descriptor; its path is believed only where it leads to that very file. Workers write into pipes, so they are
told in a variable. On Windows there is no way to ask that would not need more than the standard library.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

__all__ = ["files", "tell_workers"]

_STDOUT, _STDERR = 1, 2
_VARIABLE = "UNMOOR_OUTPUT"
_GETPATH, _LONGEST = 50, 1024  # fcntl(2) of macOS, whose Python names it since 3.9


def files(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the absolute paths of the regular files that this process, or the one it works for, writes into."""
    told = environ.get(_VARIABLE, "").split(os.pathsep)
    here = [path for number in (_STDOUT, _STDERR) if (path := _path_of(number))]
    return tuple(dict.fromkeys(os.path.realpath(path) for path in (*here, *told) if path))


def tell_workers(environ: MutableMapping[str, str]) -> None:
    """Have the processes that are started with ``environ`` know the files of this one; there are usually none."""
    if found := files(environ):
        environ[_VARIABLE] = os.pathsep.join(found)


def _path_of(descriptor: int) -> str:
    try:
        here = os.fstat(descriptor)
        if not stat.S_ISREG(here.st_mode):
            return ""
        path = _named(descriptor)
        return path if path and os.path.samestat(Path(path).stat(), here) else ""
    except (OSError, ValueError):
        return ""


def _named(descriptor: int) -> str:
    if sys.platform == "win32":
        return ""
    if sys.platform == "darwin":
        import fcntl

        return os.fsdecode(fcntl.fcntl(descriptor, _GETPATH, bytes(_LONGEST)).rstrip(b"\0"))
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())
