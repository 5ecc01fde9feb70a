"""Read what a version source says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unmoor.errors import UnmoorError
from unmoor.model import VersionSource
from unmoor.planning.versions.edit import is_memory
from unmoor.planning.versions.pep440 import try_parse
from unmoor.project.version_locator import locate
from unmoor.runtime.changeset import inside
from unmoor.runtime.file_text import FileText

__all__ = ["STATED", "moving", "read"]

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
        raise UnmoorError(what, place=source.path, hint="restore it, or correct the settings") from error
    return locate(FileText.of(content, where=source.path).plain, source)[0].value


def moving(sources: Sequence[VersionSource], current: str, version: str) -> tuple[VersionSource, ...]:
    """Return the sources that a change from ``current`` to ``version`` edits.

    The deciding source comes along whatever it says; others that state a third version are left alone, for whether
    they are meant to agree is for a gate to say, and not for an edit to hide.
    """
    old, new = try_parse(current), try_parse(version)
    if old == new:
        return ()
    stated = [source for source in sources if source.kind in STATED]
    return tuple(
        source
        for index, source in enumerate(sources)
        if source in stated and (index == 0 or is_memory(source) or try_parse(source.value) in (old, new))
    )
