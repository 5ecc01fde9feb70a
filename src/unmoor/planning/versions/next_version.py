"""Which version a rehearsal rehearses, and the rule that says so.

The one the tree states, if it can be published and is free; else the one that a development version is on the way to;
else what the calendar, the notes, or the habit of the project's releases ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice, pairwise
from pathlib import PurePosixPath

from packaging.version import Version

from unmoor.errors import UnmoorError
from unmoor.model import Bump
from unmoor.planning.version_facts import VersionFacts
from unmoor.planning.versions.calendar import following
from unmoor.planning.versions.pep440 import bump, is_publishable, next_free, next_from

__all__ = ["FIRST", "Choice", "choose"]

FIRST = "0.1.0"
_NAMED_NOTES = 3
_HABIT = 5  # releases
_PARTS = 3  # major, minor, patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A version, canonical, the rule behind it in words for people, and what is worth a look about it."""

    version: str
    rule: str
    remarks: tuple[str, ...] = ()


def choose(facts: VersionFacts) -> Choice:
    """Return the version to rehearse.

    Raises ``UnmoorError`` where only code knows the version.
    """
    source = next(iter(facts.component.sources), None)
    if source is not None and source.kind == "computed" and facts.stated is None:
        what = f"the version is computed by code{f' ({source.key})' if source.key else ''}, so it cannot be planned"
        hint = "state it as project.version or __version__, derive it from git tags, or name a file in `version-files`"
        raise UnmoorError(what, place=source.path, hint=hint)
    tagged = {tag: version for tag, version in facts.here.items() if version not in facts.used}
    if facts.derived and tagged:
        tag, version = max(tagged.items(), key=lambda item: item[1])
        return Choice(version=str(version), rule=f"the tag {tag} is on this commit")
    stated = facts.stated
    if stated is not None and is_publishable(str(stated)) and stated not in facts.used:
        tag = next((tag for tag, version in facts.here.items() if version == stated), "")
        why = f"its tag {tag} is on this commit" if tag else "it is free"
        return Choice(version=str(stated), rule=f"the tree states it, and {why}")
    return _by_target(facts) or _by_calendar(facts) or _by_notes(facts) or _by_habit(facts) or _next_patch(facts)


# ── by the version that is stated to come ────────────────────────────────────────────────────────────────────


def _by_target(facts: VersionFacts) -> Choice | None:
    """Return what a development version leads to, unless that is out, or less than what is out."""
    target = facts.target
    if target is None or (facts.last is not None and target <= facts.last and not target.is_prerelease):
        return None
    stating = facts.stated if facts.stated is not None and facts.stated.is_devrelease else None
    who = f"the tree states {stating}" if stating else f"the newest tag behind this commit is {facts.current}"
    if stating is None and facts.current is not None and not facts.current.is_devrelease:
        who = f"the newest tag behind this commit is a development version of {target}"
    if target not in facts.used:
        return Choice(version=str(target), rule=f"{who}, and {target} is free", remarks=_asking_for_more(facts, target))
    if target.is_prerelease:
        free = next_free(str(target), map(str, facts.used))
        return Choice(version=free, rule=f"{who}, {target} is {facts.why_used(target)}: the next one of its kind")
    return None


def _asking_for_more(facts: VersionFacts, target: Version) -> tuple[str, ...]:
    asked = _by_notes(facts)
    if facts.last is None or facts.calendar or asked is None or Version(asked.version) <= target:
        return ()
    return (f"the notes would lead to {asked.version}, for {asked.rule}; {target} is stated, so it holds",)


# ── by the calendar ──────────────────────────────────────────────────────────────────────────────────────────


def _by_calendar(facts: VersionFacts) -> Choice | None:
    """Return the version of the plan's day, where versions go by the calendar."""
    last = max(filter(None, [facts.last, _used_release(facts)]), default=None)
    if facts.calendar is None or last is None:
        return None
    size = max((change.bump for change in facts.changes), default=Bump.NONE)
    wanted = following(facts.calendar, last, facts.day, size)
    rule = f"versions go by the calendar ({facts.calendar.form}): it is {facts.day}, and the last release is {last}"
    if not (facts.calendar.monthly or facts.calendar.daily) and size is not Bump.NONE and wanted.major == last.major:
        asking = sum(change.bump is size for change in facts.changes)
        rule += f"; {_count(asking, 'note')} for a {'minor' if size >= Bump.MINOR else 'patch'} bump"
    return _free(facts, wanted, _said_released(facts) + rule)


# ── by notes ─────────────────────────────────────────────────────────────────────────────────────────────────


def _by_notes(facts: VersionFacts) -> Choice | None:
    size = max((change.bump for change in facts.changes), default=Bump.NONE)
    if size is Bump.NONE:
        return None
    last = max(filter(None, [facts.last, _used_release(facts)]), default=None)
    if last is None:
        wanted = Version(facts.stated.base_version) if facts.stated else Version(FIRST)
    else:
        wanted = Version(next_from(size, str(last), facts.component.settings.zero_major))
    asking = [change for change in facts.changes if change.bump is size]
    rule = f"{_count(len(asking), 'note')} for a {size.name.lower()} bump"
    rule += f" after {last}" if last else ""
    rule += f": {_names([change.origin for change in asking])}"
    if size is Bump.MAJOR and last is not None and last.major == 0 and facts.component.settings.zero_major == "minor":
        rule += "; before 1.0 a breaking change moves the minor part"
    ahead = facts.current
    if ahead is not None and wanted < ahead:
        # The tree, or a pre-release of this line, promises more than the notes ask for.
        wanted = Version(_release_of(ahead))
        rule += f"; {ahead} is ahead of that"
    return _free(facts, wanted, _said_released(facts) + rule)


# ── where nothing says it ────────────────────────────────────────────────────────────────────────────────────


def _by_habit(facts: VersionFacts) -> Choice | None:
    """Return the next minor release where the project has made no other for long, and no patch is called for."""
    last = facts.last
    finals = sorted({*facts.behind.values(), *filter(None, [last])}, reverse=True)
    latest = list(islice((each for each in finals if not each.is_prerelease), _HABIT))
    plain = all(len(each.release) == _PARTS and not each.micro and not each.is_postrelease for each in latest)
    ahead = facts.current is not None and last is not None and facts.current.is_prerelease
    if last is None or ahead or facts.released or len(latest) < _HABIT or not plain:
        return None
    if any(one.release[:2] == other.release[:2] for one, other in pairwise(latest)):
        return None
    wanted = Version(bump(str(last), "minor", zero_major="minor"))
    return _free(facts, wanted, f"nothing says what comes after {last}, and the last {_HABIT} releases were no patches")


def _next_patch(facts: VersionFacts) -> Choice:
    current = facts.current
    if current is None and facts.last is None:
        return _free(facts, Version(FIRST), f"no release and no version yet: it starts at {FIRST}")
    if current is None:
        return _after(facts, facts.last, f"the newest release is {facts.last}, by the index")
    release = Version(_release_of(current))
    if current != release or current.local is not None:
        forward = facts.last is None or release > facts.last
        if release not in facts.used and forward:
            return Choice(version=str(release), rule=f"the tree states {current}, and {release} is free")
        first = f"the tree states {current}, {release} is {facts.why_used(release) or 'behind'}"
    elif facts.released:
        return _after(facts, release, _said_released(facts).removesuffix("; "))
    elif facts.derived:
        first = f"no tag on this commit, the newest behind it is {current}"
    else:
        first = f"{current} is {facts.why_used(current)}"
    return _after(facts, release, first)


def _after(facts: VersionFacts, release: Version | None, why: str) -> Choice:
    """Return the next free patch after a release, or after the last one where that is newer."""
    after = max(filter(None, [release, facts.last]))
    if release is not None and after > release:
        why += f", the newest release is {after}"
    version = next_free(bump(str(after), "patch", zero_major="minor"), map(str, facts.used))
    return Choice(version=version, rule=f"{why}: next free patch")


def _said_released(facts: VersionFacts) -> str:
    """Say that the commit is a release, so that what is rehearsed is the one after it; empty where it is none."""
    if facts.released is None:
        return ""
    tag, version = facts.released
    return f"{version} is released already, the index has it and its tag {tag} is on this commit; "


def _free(facts: VersionFacts, wanted: Version, rule: str) -> Choice:
    if wanted not in facts.used:
        return Choice(version=str(wanted), rule=rule)
    if facts.calendar is not None and facts.calendar.daily:
        # The next day's version is not today's: a second release of a day has a number more, as 2022.6.15.1.
        again = next(each for n in count(1) if (each := Version(f"{wanted}.{n}")) not in facts.used)
        return Choice(version=str(again), rule=f"{rule}; {wanted} is {facts.why_used(wanted)}")
    version = next_free(str(wanted), map(str, facts.used))
    return Choice(version=version, rule=f"{rule}; {wanted} is {facts.why_used(wanted)}, next free patch")


def _used_release(facts: VersionFacts) -> Version | None:
    """Return the version the tree states where that is a release that is out."""
    stated = facts.stated
    return stated if stated is not None and stated in facts.used and not stated.is_prerelease else None


def _release_of(version: Version) -> str:
    return bump(str(version), "final", zero_major="minor") if version.is_prerelease else version.public


def _count(number: int, word: str) -> str:
    return f"{number} {word} asks" if number == 1 else f"{number} {word}s ask"


def _names(origins: list[str]) -> str:
    names = [PurePosixPath(origin.rpartition(":")[0] or origin).name for origin in origins]
    shown = ", ".join(names[:_NAMED_NOTES])
    return shown if len(names) <= _NAMED_NOTES else f"{shown} and {len(names) - _NAMED_NOTES} more"
