"""The release that another one follows: the highest version tag of the component's form among the commit's ancestors.

Tags on the commit itself do not count, and neither do tags of the very version. Where that leaves it open, the
candidates are told, and a live release names one of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unmoor.planning.version_facts import VersionFacts
from unmoor.planning.versions import tags
from unmoor.planning.versions.pep440 import parse

if TYPE_CHECKING:
    from packaging.version import Version

__all__ = ["Predecessor", "by_rule"]

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """The tag by the rule, empty for a first release; ``candidates``, best first, where the rule leaves it open."""

    tag: str = ""
    candidates: tuple[str, ...] = ()
    why: str = ""


def _highest(behind: Collection[Version], wanted: Version) -> Version:
    """Return the highest of these; a pre-release of a later line that was given up is not what a release follows."""
    highest = max(behind)
    return max((each for each in behind if each < wanted), default=highest) if highest.is_prerelease else highest


def by_rule(facts: VersionFacts, version: str, *, of_commit: bool) -> Predecessor:
    """Return the base of ``version``; ``of_commit`` says that the commit itself is released, not one made on top."""
    wanted = parse(version)
    left_out = set(facts.here) if of_commit else set[str]()
    behind = {tag: each for tag, each in facts.behind.items() if tag not in left_out and each != wanted}
    if not behind:
        others = [tag for tag, each in facts.tagged.items() if tag not in left_out and each < wanted]
        if not others:
            return Predecessor()
        why = "no release tag is among the ancestors of the commit, though there are some elsewhere"
        return Predecessor(candidates=tuple(others[: -_SHOWN - 1 : -1]), why=why)
    highest = _highest(behind.values(), wanted)
    form = tags.form_of(facts.component)
    spellings = sorted(
        (tag for tag, each in behind.items() if each == highest), key=lambda tag: (not tags.is_of_form(form, tag), tag)
    )
    if len({facts.commits.get(tag, tag) for tag in spellings}) > 1:
        why = f"{highest} is tagged more than once, on different commits: {', '.join(spellings)}"
        return Predecessor(tag=spellings[0], candidates=tuple(spellings), why=why)
    return Predecessor(tag=spellings[0])
