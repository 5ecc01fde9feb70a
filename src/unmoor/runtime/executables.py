"""Which file a program's name stands for."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["found", "search"]

_WINDOWS = ".COM;.EXE;.BAT;.CMD"


def found(name: str, env: Mapping[str, str]) -> str | None:
    """Return the program of this name on the environment's ``PATH``, or ``None``.

    It is never taken from the working directory, which is the project's: an empty or relative entry of ``PATH`` leads
    there, and on Windows it comes before all others. A name with a folder in it stands for itself.
    """
    endings = env.get("PATHEXT", _WINDOWS).split(os.pathsep) if sys.platform == "win32" else ()
    return search(name, env.get("PATH"), endings)


def search(name: str, path: str | None, endings: Sequence[str]) -> str | None:
    """Do the same for a search path and the endings that programs may have."""
    if path is None or Path(name).name != name:
        return shutil.which(name, path=path)
    folders = [folder for folder in path.split(os.pathsep) if Path(folder).is_absolute()]
    tried = (str(Path(folder, name + ending)) for folder in folders for ending in ("", *endings))
    return next((each for each in tried if shutil.which(each)), None)
