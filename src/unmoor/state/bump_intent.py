"""Which notes a bump is about to take into the changelog: on disk before the first of them is removed.

It holds for the commit that it was written on; once HEAD has moved it says nothing any more.
"""

from __future__ import annotations

import json
from pathlib import Path

from unmoor.runtime.files import write_whole

__all__ = ["begin", "collected", "end"]


def begin(folder: Path, head: str, version: str, notes: tuple[str, ...]) -> None:
    """Keep durably that ``notes``, relative to the repository, go into the changelog of ``version`` on top of HEAD."""
    if notes:
        said = {"head": head, "version": version, "notes": [*collected(folder, head, version), *notes]}
        write_whole(_file(folder), json.dumps(said).encode())


def collected(folder: Path, head: str, version: str) -> tuple[str, ...]:
    """Return the notes that were about to be taken; none where what is kept is damaged or of another commit."""
    try:
        said = json.loads(_file(folder).read_bytes())
        notes = [str(each) for each in said["notes"]] if (said["head"], said["version"]) == (head, version) else []
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(dict.fromkeys(notes))


def end(folder: Path) -> None:
    """Forget it: the commit is made."""
    _file(folder).unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return folder / "bump.json"
