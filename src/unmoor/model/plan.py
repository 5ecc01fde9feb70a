"""Changes, versions and the plan: what will be released, from what, and by which rule."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Bump", "Change", "Distribution", "Edit", "Mode", "Plan", "Release", "wheels_first"]


class Bump(enum.IntEnum):
    """How far a change moves the version."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change note: of which component, how far it moves the version, what it says and where it stands."""

    component: str
    bump: Bump
    category: str
    summary: str
    issues: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit the plan makes to the tree: ``what`` is for people, ``path`` is relative to the repository."""

    path: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One component's way from its current to its next version, and the rule that says so.

    ``edits`` are relative to the repository. ``waits_for`` names the components whose releases this one builds on:
    where one of them is stopped, so is this one. ``base_candidates`` are the tags, best first, among which the rule
    cannot choose the base: a live release then has to name one.
    """

    component: str
    current: str
    version: str
    rule: str
    tag: str
    base_tag: str = ""
    changes: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()
    waits_for: tuple[str, ...] = ()
    base_candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.component} {self.version}"


class Mode(enum.StrEnum):
    """Whether a run speaks to the configured targets or to the rehearsal's."""

    REHEARSAL = "rehearsal"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be released, from what, and by which rule; made without side effect, then only carried out.

    ``commit`` is HEAD when the plan was made and ``tree`` the git tree id of the working tree then (tracked and
    untracked, not ignored). ``uncommitted`` lists the paths in which they differ. ``date`` is the UTC day that
    the changelog will carry, ``epoch`` the commit's time in seconds. ``releases`` is in dependency order: who needs
    one is given it. ``notices`` say what could not be asked. ``addresses`` say where a live release goes: by component,
    then by stage. ``key`` is the digest of what the plan was made from.
    """

    mode: Mode
    commit: str
    tree: str
    branch: str
    date: str
    epoch: int
    actor: str
    releases: tuple[Release, ...]
    uncommitted: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    addresses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A built file: ``kind`` is ``wheel`` or ``sdist``, ``size`` in bytes, ``sha256`` in hex."""

    filename: str
    kind: str
    size: int
    sha256: str


def wheels_first(files: Iterable[Distribution]) -> tuple[Distribution, ...]:
    """Return archives in the order they are shown and sent: wheels first, the sdist last."""
    return tuple(sorted(files, key=lambda each: (each.kind != "wheel", each.filename)))
