"""bump-my-version, as a program: every version source changed together, or none.

Which version comes next is decided elsewhere; the program is only told the number. It works on copies in a
temporary place, by a configuration made for this one change, in which each version is named by its exact place in
the file. What it did is then compared letter for letter with what it should have done, and only then do the copies
replace the files. So neither its exit status nor its patterns have to be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unmoor.errors import SettingsError, UnmoorError
from unmoor.model import Finding, VersionSource
from unmoor.project.version_locator import Span, locate
from unmoor.runtime.changeset import ChangeSet, apply, inside
from unmoor.runtime.file_text import FileText
from unmoor.tools import bumpversion as program
from unmoor.tools import bumpversion_settings

__all__ = ["bump", "is_memory", "stage"]

_EDITABLE = frozenset({"static", "attribute", "file"})
_WHOLE = {"parse": "(?P<whole>.+)", "serialize": ["{whole}"]}


def bump(
    folder: Path,
    current: str,
    new: str,
    sources: Sequence[VersionSource],
    *,
    environ: Mapping[str, str] | None = None,
) -> tuple[Path, ...]:
    """Change the version from ``current`` to ``new`` in every source below ``folder``; return the changed paths.

    Sources that state ``new`` already are left alone, so a second run changes nothing and a run that was cut short
    is finished. Versions derived from tags have nothing to edit. Raises ``UnmoorError`` when a source states a third
    version, is computed by code, or cannot be changed; then no file has changed.
    """
    return apply(folder, stage(folder, current, new, sources, environ=environ))


def stage(
    folder: Path,
    current: str,
    new: str,
    sources: Sequence[VersionSource],
    *,
    environ: Mapping[str, str] | None = None,
) -> ChangeSet:
    """Prepare the change of ``bump`` without making it."""
    _refuse_computed(sources)
    own = bumpversion_settings.load(folder)
    plain = [source for source in sources if source.kind in _EDITABLE]
    if not plain:
        return ChangeSet()
    texts = _read(folder, [source.path for source in plain])
    old = _spellings(texts, plain, current, new)
    if own is not None and own.source is not None and own.source.key not in {source.key for source in plain}:
        texts |= _read(folder, [own.file])
        plain.append(own.source)
    staged = {path: text.staged for path, text in texts.items()}
    if own is not None and old:
        entries = _entries(own, plain)
        texts |= _read(folder, [str(entry["filename"]) for entry in entries])
        staged = {path: text.staged for path, text in texts.items()}
        staged = _by_own_rules(own, entries, staged, (_spelled(own, current), new), environ)
    staged = _by_place(texts, staged, plain, (current, new), environ)
    writes = {path: texts[path].restored(text) for path, text in staged.items() if text != texts[path].staged}
    _verify(writes, plain, texts, new)
    return ChangeSet(writes=writes)


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


def _read(folder: Path, paths: Sequence[str]) -> dict[str, FileText]:
    found = {}
    for path in paths:
        try:
            found[path] = FileText.of(inside(folder, path).read_bytes(), where=path)
        except OSError as error:
            what = f"the file that states the version cannot be read: {error.strerror}"
            raise UnmoorError(what, place=path, hint="restore it, or correct the settings") from error
    return found


def _same(one: str, other: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _spellings(texts: Mapping[str, FileText], sources: Sequence[VersionSource], current: str, new: str) -> set[str]:
    """Return how the sources that are to change spell ``current``; raise where one states neither version."""
    problems, old = [], set()
    for source in sources:
        value = locate(texts[source.path].plain, source)[0].value
        if _same(value, new) or is_memory(source):
            continue
        old.add(value)
        if not _same(value, current):
            hint = "make the version sources agree first"
            problems.append(Finding(message=f"states {value!r}, not {current!r}", place=source.path, hint=hint))
    if problems:
        raise SettingsError(problems)
    return old


def is_memory(source: VersionSource) -> bool:
    """Say whether this is where bump-my-version remembers the version: it follows, and often lags behind."""
    return source.key.endswith("bumpversion.current_version")


# ── by the project's own rules ───────────────────────────────────────────────────────────────────────────────


def _entries(own: bumpversion_settings.Own, sources: Sequence[VersionSource]) -> list[Mapping[str, Any]]:
    """Return the project's entries, less those that only mean a version we change by its exact place."""
    known = {source.path for source in sources}
    common = own.table.get("search", bumpversion_settings.DEFAULT_SEARCH)
    return [
        entry
        for entry in own.entries
        if not (entry["filename"] in known and entry.get("search", common) == bumpversion_settings.DEFAULT_SEARCH)
    ]


def _spelled(own: bumpversion_settings.Own, current: str) -> str:
    said = str(own.table.get("current_version", current))
    return said if _same(said, current) else current


def _by_own_rules(
    own: bumpversion_settings.Own,
    entries: Sequence[Mapping[str, Any]],
    staged: dict[str, str],
    versions: tuple[str, str],
    environ: Mapping[str, str] | None,
) -> dict[str, str]:
    """Run the project's own entries over the copies.

    Their patterns for taking versions apart are only used by entries that spell versions in a form of their own;
    elsewhere they would cut what they do not know, such as ``rc1``, without a word.
    """
    shared = {
        key: own.table[key] for key in ("search", "replace", "regex", "ignore_missing_version") if key in own.table
    }
    taken_apart = [entry for entry in entries if "serialize" in entry or "parse" in entry]
    whole = [
        entry for entry in entries if entry not in taken_apart and not _done(shared | dict(entry), staged, versions)
    ]
    if whole:
        staged = staged | program.run({**shared, **_WHOLE, "files": whole}, staged, versions, environ)
    if taken_apart:
        rules = {key: own.table[key] for key in ("parse", "serialize", "parts") if key in own.table}
        staged = staged | program.run({**shared, **rules, "files": taken_apart}, staged, versions, environ)
    return staged


def _done(entry: Mapping[str, Any], staged: Mapping[str, str], versions: tuple[str, str]) -> bool:
    """Say whether a run that was cut short has made the entry's change already."""
    if entry.get("regex"):
        return False
    text = staged[str(entry["filename"])]
    search, replace = str(entry.get("search", "{current_version}")), str(entry.get("replace", "{new_version}"))
    before, after = search.replace("{current_version}", versions[0]), replace.replace("{new_version}", versions[1])
    return before not in text and after in text


# ── by exact place ───────────────────────────────────────────────────────────────────────────────────────────


def _by_place(
    texts: Mapping[str, FileText],
    staged: dict[str, str],
    sources: Sequence[VersionSource],
    versions: tuple[str, str],
    environ: Mapping[str, str] | None,
) -> dict[str, str]:
    files, expected = [], {}
    for path in dict.fromkeys(source.path for source in sources):
        text = staged[path]
        plain = texts[path].as_plain(text)
        found = {span for source in sources if source.path == path for span in locate(plain, source)}
        spans = sorted((span for span in found if not _same(span.value, versions[1])), key=lambda span: span.start)
        if spans:
            files.append({"filename": path, "regex": True, **_pattern(spans)})
            expected[path] = _replaced(text, spans, versions[1])
    if not files:
        return staged
    done = program.run({**_WHOLE, "files": files}, staged, versions, environ)
    for path, text in expected.items():
        if done[path] != text:
            what = "bump-my-version changed something else than the version, so its result was thrown away"
            raise UnmoorError(what, place=path, hint="change the version in this file by hand")
    return staged | expected


def _pattern(spans: Sequence[Span]) -> dict[str, str]:
    """Return a search that matches from the start of the file to exactly these places, and its replacement."""
    search, replace, at = r"\A", "", 0
    for number, span in enumerate(spans, 1):
        search += rf"([\s\S]{{{{{span.start - at}}}}})" + re.escape(span.value).replace("{", "{{").replace("}", "}}")
        replace += rf"\g<{number}>" + "{new_version}"
        at = span.end
    return {"search": search, "replace": replace}


def _replaced(text: str, spans: Sequence[Span], new: str) -> str:
    for span in reversed(spans):
        text = text[: span.start] + new + text[span.end :]
    return text


def _verify(
    writes: Mapping[str, bytes], sources: Sequence[VersionSource], texts: Mapping[str, FileText], new: str
) -> None:
    """Read every source back from the bytes that are about to be written."""
    for source in sources:
        text = FileText.of(writes[source.path], where=source.path) if source.path in writes else texts[source.path]
        for span in locate(text.plain, source):
            if not _same(span.value, new):
                what = f"states {span.value!r} after the bump to {new!r}"
                raise UnmoorError(what, place=source.path, hint="change the version in this file by hand")
