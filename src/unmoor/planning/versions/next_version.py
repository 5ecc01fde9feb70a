"""Which version a rehearsal rehearses, and the rule that says so.

The one the tree states, if it can be published and is free; else what the notes ask for; else the next free patch.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from packaging.version import Version

from unmoor.errors import UnmoorError
from unmoor.model import Bump
from unmoor.planning.version_facts import VersionFacts
from unmoor.planning.versions.pep440 import bump, is_publishable, next_free, next_from

__all__ = ["FIRST", "choose"]

FIRST = "0.1.0"
_NAMED_NOTES = 3


def choose(facts: VersionFacts) -> tuple[str, str]:
    """Return the version to rehearse, canonical, and the rule in words for people.

    Raises ``UnmoorError`` where only code knows the version.
    """
    source = next(iter(facts.component.sources), None)
    if source is not None and source.kind == "computed" and facts.stated is None:
        what = f"the version is computed by code{f' ({source.key})' if source.key else ''}, so it cannot be planned"
        hint = "state it as project.version or __version__, or derive it from git tags"
        raise UnmoorError(what, place=source.path, hint=hint)
    if facts.derived and facts.here:
        tag, version = max(facts.here.items(), key=lambda item: item[1])
        return str(version), f"the tag {tag} is on this commit"
    stated = facts.stated
    if stated is not None and is_publishable(str(stated)) and stated not in facts.used:
        tag = next((tag for tag, version in facts.here.items() if version == stated), "")
        why = f"its tag {tag} is on this commit" if tag else "it is free"
        return str(stated), f"the tree states it, and {why}"
    return _by_notes(facts) or _next_patch(facts)


def _by_notes(facts: VersionFacts) -> tuple[str, str] | None:
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
    return _free(facts, wanted, rule)


def _next_patch(facts: VersionFacts) -> tuple[str, str]:
    current = facts.current
    if current is None:
        return _free(facts, Version(FIRST), f"no release and no version yet: it starts at {FIRST}")
    release = Version(_release_of(current))
    if current != release or current.local is not None:
        forward = facts.last is None or release > facts.last
        if release not in facts.used and forward:
            return str(release), f"the tree states {current}, and {release} is free"
        first = f"the tree states {current}, {release} is {facts.why_used(release) or 'behind'}"
    elif facts.derived:
        first = f"no tag on this commit, the newest behind it is {current}"
    else:
        first = f"{current} is {facts.why_used(current)}"
    after = max(release, facts.last or release)
    version = next_free(bump(str(after), "patch", zero_major="minor"), map(str, facts.used))
    return version, f"{first}: next free patch"


def _free(facts: VersionFacts, wanted: Version, rule: str) -> tuple[str, str]:
    if wanted not in facts.used:
        return str(wanted), rule
    version = next_free(str(wanted), map(str, facts.used))
    return version, f"{rule}; {wanted} is {facts.why_used(wanted)}, next free patch"


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
