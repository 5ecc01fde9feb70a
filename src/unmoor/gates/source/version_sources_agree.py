"""Every place that states the version states the same one; the release commit's own claim is such a place too.

Releases have gone out under a tag, a manifest and a module attribute that disagreed; the index then has one version
and the installed package says another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from unmoor.context import Context
from unmoor.errors import UnmoorError
from unmoor.model import Finding, Findings, VersionSource
from unmoor.planning.release_commit import claim_of, differences
from unmoor.planning.versions.pep440 import try_parse
from unmoor.planning.versions.sources import text_of
from unmoor.project.detect.changelog import newest_entry
from unmoor.project.toml_file import read_text
from unmoor.project.version_locator import locate
from unmoor.tools import bumpversion_settings, uv_lock
from unmoor.tools.git import Git

if TYPE_CHECKING:
    from packaging.version import Version

__all__ = ["ASSERTS", "check"]

ASSERTS = "every place that states the version states the same one"
_NO_FILE = ("vcs", "computed")


@dataclass(frozen=True, slots=True)
class _Place:
    """A place that states a version: as ``file:line``, as spelled, and as PEP 440 reads it."""

    where: str
    text: str
    version: Version


def check(context: Context) -> Findings:
    """Read all version sources now; compare them with the plan, or with each other where the plan will bump them."""
    sources = context.component.sources
    if not sources:
        return Findings(absent="no place that states the version is known", hint="set `version-files` in [tool.unmoor]")
    problems = [_computed(context, each) for each in sources if each.kind == "computed"]
    places, remembered = _places(context, sources, problems)
    release = context.release
    planned, current = try_parse(release.version), try_parse(release.current)
    expected = None if not context.live and planned != current else planned
    values = {place.version for place in places}
    if len(values) > 1 or (expected is not None and values - {expected}):
        problems += _listed(places, expected)
    notices = (_spelling(places) if expected else []) + _memory(remembered, values) + _changelog(context, expected)
    notices += _unfit(context)
    claimed, remarks = _claimed(context)
    problems += [*claimed, *_locked(context, expected)]
    return Findings(examined=len(sources), unit="places", problems=tuple(problems), notices=(*notices, *remarks))


def _places(
    context: Context, sources: tuple[VersionSource, ...], problems: list[Finding]
) -> tuple[list[_Place], list[_Place]]:
    """Read the places that state the version, and those where bump-my-version remembers it; add what cannot be read."""
    places: list[_Place] = []
    remembered: list[_Place] = []
    for source in sources:
        if source.kind in _NO_FILE:
            continue
        try:
            found = _read(context, source)
        except UnmoorError as error:
            hint = "restore it, or take the place out of `version-files` in [tool.unmoor]"
            problems.append(
                Finding(
                    message=f"states no version: {error.problems[0].message}",
                    place=_shown(context, source.path),
                    hint=hint,
                )
            )
            continue
        (remembered if source.is_memory else places).extend(found)
        if not found:
            message = f"{source.value!r} is no version"
            problems.append(
                Finding(message=message, place=_shown(context, source.path), hint="write it as 1.4.0 or 1.4.0rc1")
            )
    return places, remembered


def _read(context: Context, source: VersionSource) -> list[_Place]:
    text = text_of(context.component.folder, source.path).plain
    return [
        _Place(_shown(context, source.path, text.count("\n", 0, span.start) + 1), span.value, version)
        for span in locate(text, source)
        if (version := try_parse(span.value)) is not None
    ]


def _shown(context: Context, path: str, line: int = 0) -> str:
    shown = (PurePosixPath(context.component.path) / path).as_posix()
    return f"{shown}:{line}" if line else shown


def _computed(context: Context, source: VersionSource) -> Finding:
    return Finding(
        message=f"the version is computed by code{f': {source.reason}' if source.reason else ''}",
        place=_shown(context, source.path),
        hint="state it literally, or let the build backend read it from a file or a tag",
    )


def _listed(places: list[_Place], expected: Version | None) -> list[Finding]:
    """List every place, those that are right included, and last: which one is wrong only a person can tell."""
    if expected is None:
        hint = "run `unmoor bump`, or write the same version in every place"
        return [Finding(message=f"states {place.text!r}", place=place.where, hint=hint) for place in places]
    hint = f"write {str(expected)!r} there, or make the other places state this one"
    wrong = [place for place in places if place.version != expected]
    return [
        *(
            Finding(message=f"states {place.text!r}, planned is {str(expected)!r}", place=place.where, hint=hint)
            for place in wrong
        ),
        *(
            Finding(message=f"states {place.text!r}, as planned", place=place.where)
            for place in places
            if place not in wrong
        ),
    ]


def _claimed(context: Context) -> tuple[list[Finding], list[Finding]]:
    """Compare the release with what the commit that prepared it claims; one still to be made claims nothing."""
    release = context.release
    if release.edits:
        return [], []
    git = Git(context.repository.root, context.environ)
    known = git.tags()
    claim = claim_of(git, context.plan.commit, release.component, since=known.get(release.base_tag, ""))
    return differences(git, claim, release, context.plan.commit) if claim else ([], [])


def _locked(context: Context, expected: Version | None) -> list[Finding]:
    """Compare what a lock file states, where the plan does not let it follow."""
    component = context.component
    # A release that has begun is judged by the clone that its component lies in, not by the tree of the day.
    root = [component.folder, *component.folder.parents][len(PurePosixPath(component.path).parts)]
    where = (component.path, component.name)
    lock = uv_lock.of_component(root, uv_lock.tracked(Git(root, context.environ)), *where)
    stated = uv_lock.stated(root, lock, *where) if lock else ""
    if expected is None or not stated or try_parse(stated) == expected:
        return []
    if lock in {edit.path for edit in context.release.edits}:
        return []
    message = f"states {stated!r} of {component.name}, so `uv sync --locked` refuses it"
    return [Finding(message=message, place=lock, hint=f"unmoor bump --to {expected} --commit")]


def _spelling(places: list[_Place]) -> list[Finding]:
    return [
        Finding(message=f"{place.text!r} is published as {str(place.version)!r}", place=place.where, hint="write it so")
        for place in places
        if place.text != str(place.version)
    ]


def _memory(remembered: list[_Place], values: set[Version]) -> list[Finding]:
    return [
        Finding(
            message=f"bump-my-version remembers {place.text!r}, so its settings are not in use",
            place=place.where,
            hint='correct current_version, remove these settings, or set bumpversion = "ignore" in [tool.unmoor]',
        )
        for place in remembered
        if values and place.version not in values
    ]


def _unfit(context: Context) -> list[Finding]:
    release, component = context.release, context.component
    if component.settings.bumpversion != "follow" or not release.current:
        return []
    file = bumpversion_settings.unfit(component.folder, release.current, release.version)
    if not file:
        return []
    message = "no entry of tool.bumpversion.files finds its text, so these settings are not in use"
    hint = 'correct what they search for, remove them, or set bumpversion = "ignore" in [tool.unmoor]'
    return [Finding(message=message, place=_shown(context, file), hint=hint)]


def _changelog(context: Context, expected: Version | None) -> list[Finding]:
    """Compare the changelog's newest entry with the version; only where nothing is left to be written into it."""
    path = context.component.notes.changelog
    text = read_text(context.component.folder / path) if path else None
    entry = newest_entry(text) if text else None
    if expected is None or entry is None or try_parse(entry.version) == expected:
        return []
    message = f"the newest entry is {entry.version!r}, planned is {str(expected)!r}"
    collected = context.component.notes.style == "towncrier"
    hint = "run `unmoor changelog`" if collected else f"write what {expected} brings"
    return [Finding(message=message, place=_shown(context, path, entry.line), hint=hint)]
