"""Untracked files of a working tree that are none of the project's work, though git does not ignore them.

They are what unmoor's own output is redirected into, and, in a rehearsal, whatever appeared since it began: what tests
and other tools leave behind is no part of what is rehearsed, and must not get into its archives. Which files were there
is noted when the rehearsal begins; its workers find the note by a variable, and only for that very tree.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.runtime import own_output
from unmoor.runtime.files import ensure_folder, write_whole

if TYPE_CHECKING:
    from unmoor.tools.git import Git

__all__ = ["all_of", "known", "newcomers", "note", "put_away"]

_VARIABLE = "UNMOOR_UNTRACKED"


def note(git: Git, file: Path) -> dict[str, str]:
    """Write into ``file`` which untracked files are there; return the variables that tell it to others."""
    ensure_folder(file.parent)
    write_whole(file, "\0".join((_top(git), *_untracked(git))).encode("utf-8", "surrogateescape"))
    return {_VARIABLE: str(file)}


def all_of(git: Git) -> frozenset[str]:
    """Return the files that are none of the project's, as paths from the top."""
    return frozenset((*_output(git), *newcomers(git)))


def known(git: Git) -> tuple[str, ...] | None:
    """Return the untracked files that were there when the rehearsal began, and still are; ``None`` without a note."""
    noted = _noted(git)
    if noted is None:
        return None
    return tuple(path for path in _untracked(git) if path in noted.difference(_output(git)))


def newcomers(git: Git) -> tuple[str, ...]:
    """Return the untracked files that were not there when the rehearsal began; none where nothing was noted."""
    noted = _noted(git)
    if noted is None:
        return ()
    seen = noted.union(_output(git))
    return tuple(path for path in _untracked(git) if path not in seen)


def put_away(git: Git, into: Path) -> tuple[str, ...]:
    """Move what appeared since the rehearsal began out of the tree, below ``into``, and return its paths.

    Moved and not removed: nobody can tell a file that a test has left from one that a person made meanwhile. Folders
    that are empty then are removed.
    """
    moved = newcomers(git)
    top = Path(_top(git))
    for path in moved:
        target = into / path
        ensure_folder(target.parent)
        shutil.move(top / path, target)
        for parent in (top / path).parents:
            if parent == top or any(parent.iterdir()):
                break
            parent.rmdir()
    return moved


def _top(git: Git) -> str:
    return os.path.realpath(git.folder)


def _untracked(git: Git) -> Sequence[str]:
    listed = git.run("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/").out
    # What ends with a slash is a repository of its own, which git does not look into.
    return [path for path in listed.split("\0") if path and not path.endswith("/")]


def _noted(git: Git) -> frozenset[str] | None:
    try:
        content = Path(git.environ[_VARIABLE]).read_bytes()
    except (KeyError, OSError):
        return None
    top, *paths = content.decode("utf-8", "surrogateescape").split("\0")
    return frozenset(paths) if top == _top(git) else None


def _output(git: Git) -> tuple[str, ...]:
    """Return the untracked files of this repository that unmoor's own output goes into."""
    top = _top(git)
    inside = [path for path in own_output.files(git.environ) if path.startswith(top + os.sep)]
    if not inside:
        return ()
    named = [Path(os.path.relpath(path, top)).as_posix() for path in inside]
    tracked = git.run("ls-files", "--cached", "-z", "--", *(f":(top,literal){path}" for path in named)).out
    return tuple(path for path in named if path not in tracked.split("\0"))
