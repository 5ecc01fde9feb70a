"""Read what a version source says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unmoor.errors import UnmoorError
from unmoor.model import VersionSource
from unmoor.planning.versions.pep440 import try_parse
from unmoor.project.version_locator import locate
from unmoor.runtime.changeset import inside
from unmoor.runtime.file_text import FileText

__all__ = ["STATED", "moving", "read", "text_of"]

STATED = frozenset({"static", "attribute", "file"})


def read(folder: Path, source: VersionSource) -> str:
    """Return the version as the source spells it, below the component's ``folder``.

    A version that is derived from tags or computed is written nowhere: the result is empty. Raises ``UnmoorError``
    where the file is missing, cannot be read, or does not state a version.
    """
    return locate(text_of(folder, source.path).plain, source)[0].value if source.kind in STATED else ""


def text_of(folder: Path, path: str) -> FileText:
    """Return the text of a file that states the version; raise ``UnmoorError`` where it cannot be read."""
    try:
        return FileText.of(inside(folder, path).read_bytes(), where=path)
    except OSError as error:
        what = f"the file that states the version cannot be read: {error.strerror}"
        raise UnmoorError(what, place=path, hint="restore it, or correct the settings") from error


def moving(sources: Sequence[VersionSource], current: str, version: str) -> tuple[VersionSource, ...]:
    """Return the sources that a change from ``current`` to ``version`` edits.

    The deciding source comes along whatever it says; others that state a third version are left alone, for whether
    they are meant to agree is for a gate to say, and not for an edit to hide. So is a bump-my-version whose memory
    says something else: it is not in use.
    """
    old, new = try_parse(current), try_parse(version)
    if old == new:
        return ()
    return tuple(
        source
        for index, source in enumerate(sources)
        if source.kind in STATED and (index == 0 or try_parse(source.value) in (old, new))
    )
