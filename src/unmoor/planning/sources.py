"""Read what a version source says."""

from __future__ import annotations

from pathlib import Path

from unmoor.errors import UnmoorError
from unmoor.model import VersionSource
from unmoor.runtime.changeset import inside
from unmoor.tools.filetext import FileText
from unmoor.tools.spans import locate

__all__ = ["STATED", "read"]

STATED = frozenset({"static", "attribute", "file"})


def read(folder: Path, source: VersionSource) -> str:
    """Return the version as the source spells it, below the component's ``folder``.

    A version that is derived from tags or computed is written nowhere: the result is empty. Raises ``UnmoorError``
    where the file is missing, cannot be read, or does not state a version.
    """
    if source.kind not in STATED:
        return ""
    path = inside(folder, source.path)
    try:
        content = path.read_bytes()
    except OSError as error:
        what = f"the file that states the version cannot be read: {error.strerror}"
        raise UnmoorError(what, where=source.path, hint="restore it, or correct the settings") from error
    return locate(FileText.of(content, where=source.path).plain, source)[0].value
