"""Every version source changed together, or none: bump-my-version writes, and what it wrote is read back.

Which version comes next is decided elsewhere; the program is only told the number. It works on copies in a
temporary place: first by the project's own entries, then by entries made for the sources that these leave. What it
wrote counts when every source states the new version and nothing beside it changed; so neither its exit status nor
its patterns have to be trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_version

from unmoor.errors import SettingsError, UnmoorError
from unmoor.model import Finding, VersionSource
from unmoor.planning.versions.sources import STATED, read, text_of
from unmoor.project.version_locator import Span, locate
from unmoor.runtime.changeset import ChangeSet
from unmoor.runtime.file_text import FileText
from unmoor.tools import bumpversion as program
from unmoor.tools import bumpversion_settings as settings

__all__ = ["stage"]


def stage(
    folder: Path,
    current: str,
    new: str,
    sources: Sequence[VersionSource],
    *,
    own: bool = True,
    environ: Mapping[str, str] | None = None,
) -> ChangeSet:
    """Prepare the change from ``current`` to ``new`` in every source below ``folder``, and in the project's own files.

    Those are the files that follow by its own bump-my-version configuration, with ``own`` and where that is in use.
    Sources that state ``new`` already are left alone, so a second change is empty and one that was cut short is
    finished. Versions derived from tags have nothing to edit. Raises ``UnmoorError`` when a source states a third
    version, is computed by code, or cannot be changed.
    """
    _refuse_computed(sources)
    stated = [source for source in sources if source.kind in STATED]
    if not _moves(folder, stated, current, new):
        return ChangeSet()
    followed = settings.load(folder, current, new) if own else None
    paths = {source.path for source in stated}
    entries = followed.beside(paths) if followed else []
    texts = {path: text_of(folder, path) for path in sorted(paths | {str(entry["filename"]) for entry in entries})}
    after = {path: text.staged for path, text in texts.items()}
    if followed:
        after = _by_own_entries(followed.table, entries, after, (followed.spelled(current), new), environ)
    after = _by_place(stated, texts, after, (current, new), environ)
    return ChangeSet(
        writes={path: text.restored(after[path]) for path, text in texts.items() if after[path] != text.staged}
    )


def _refuse_computed(sources: Sequence[VersionSource]) -> None:
    problems = [
        Finding(
            message=f"the version is computed by code ({source.key or 'no key'}), so it cannot be changed",
            place=source.path,
            hint="state it as project.version or __version__, or derive it from git tags",
        )
        for source in sources
        if source.kind == "computed"
    ]
    if problems:
        raise SettingsError(problems)


def _same(one: str, other: str) -> bool:
    return canonicalize_version(one) == canonicalize_version(other)


def _moves(folder: Path, sources: Sequence[VersionSource], current: str, new: str) -> bool:
    """Say whether a source is to change; raise where one states neither version."""
    values = [(source.path, read(folder, source)) for source in sources]
    moving = [(path, value) for path, value in values if not _same(value, new)]
    problems = [
        Finding(message=f"states {value!r}, not {current!r}", place=path, hint="make the version sources agree first")
        for path, value in moving
        if not _same(value, current)
    ]
    if problems:
        raise SettingsError(problems)
    return bool(moving)


# ── by the project's own entries ─────────────────────────────────────────────────────────────────────────────


def _by_own_entries(
    table: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    staged: dict[str, str],
    versions: tuple[str, str],
    environ: Mapping[str, str] | None,
) -> dict[str, str]:
    """Run the project's own entries over the copies.

    Their patterns for taking versions apart are only used by entries that spell versions in a form of their own;
    elsewhere they would cut what they do not know, such as ``rc1``, without a word.
    """
    shared = {key: table[key] for key in ("search", "replace", "regex", "ignore_missing_version") if key in table}
    rules = {key: table[key] for key in ("parse", "serialize", "parts") if key in table}
    apart = [entry for entry in entries if "serialize" in entry or "parse" in entry]
    whole = [entry for entry in entries if entry not in apart and not _done({**shared, **entry}, staged, versions)]
    staged = staged | program.run({**shared, **program.WHOLE, "files": whole}, staged, versions, environ)
    return staged | program.run({**shared, **rules, "files": apart}, staged, versions, environ)


def _done(entry: Mapping[str, Any], staged: Mapping[str, str], versions: tuple[str, str]) -> bool:
    """Say whether a run that was cut short has made the entry's change already."""
    text = staged[str(entry["filename"])]
    before = str(entry.get("search", settings.DEFAULT_SEARCH)).replace("{current_version}", versions[0])
    after = str(entry.get("replace", "{new_version}")).replace("{new_version}", versions[1])
    return not entry.get("regex") and before not in text and after in text


# ── by place ─────────────────────────────────────────────────────────────────────────────────────────────────


def _by_place(
    sources: Sequence[VersionSource],
    texts: Mapping[str, FileText],
    staged: dict[str, str],
    versions: tuple[str, str],
    environ: Mapping[str, str] | None,
) -> dict[str, str]:
    """Have the program change the sources that are left, and read every source back from what it wrote."""

    def places(path: str, text: str) -> list[Span]:
        plain = texts[path].as_plain(text)
        return sorted({span for source in sources if source.path == path for span in locate(plain, source)})

    files, before = [], {source.path: places(source.path, staged[source.path]) for source in sources}
    for path, spans in before.items():
        left = [span for span in spans if not _same(span.value, versions[1])]
        files += program.entries(path, staged[path], left, versions)
    after = staged | program.run({**program.WHOLE, "files": files}, staged, versions, environ)
    for path, spans in before.items():
        found = places(path, after[path])
        hint = "change the version in this file by hand"
        if wrong := [span.value for span in found if not _same(span.value, versions[1])]:
            raise UnmoorError(f"states {wrong[0]!r} after the bump to {versions[1]!r}", place=path, hint=hint)
        if _around(after[path], found) != _around(staged[path], spans):
            what = "bump-my-version changed something else than the version, so its result was thrown away"
            raise UnmoorError(what, place=path, hint=hint)
    return after


def _around(text: str, spans: Sequence[Span]) -> list[str]:
    """Return the pieces of a text before, between and after these places."""
    starts, ends = [span.start for span in spans], [span.end for span in spans]
    return [text[start:end] for start, end in zip([0, *ends], [*starts, len(text)], strict=True)]
