"""The words of unmoor as types: frozen, slotted, keyword-only, and free of behaviour that touches the world.

Standard-library dataclasses, so that naming them costs nothing at import; msgspec reads and writes them where
they are kept in files.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = [
    "Bump",
    "Change",
    "Component",
    "Distribution",
    "Edit",
    "Effect",
    "Finding",
    "Findings",
    "How",
    "Mode",
    "Outcome",
    "Plan",
    "Release",
    "Stage",
    "VersionSource",
]


# ── the chain ────────────────────────────────────────────────────────────────────────────────────────────────


class Effect(enum.IntEnum):
    """How hard a stage is to undo."""

    NONE = 0
    LOCAL = 1
    PUBLIC = 2
    PERMANENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A node of the chain: gates that must hold before, one step that acts, gates that must hold after.

    ``step`` and the gates are names; what they do lives in ``stages`` and ``gates``. ``replaceable`` says that the
    project's own sessions stand in for the gates; elsewhere they are added to them.
    """

    name: str
    summary: str
    effect: Effect = Effect.NONE
    requires: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    step: str = ""
    after: tuple[str, ...] = ()
    replaceable: bool = False

    @property
    def gates(self) -> tuple[str, ...]:
        """Every gate of the stage, in the order they are shown."""
        return (*self.before, *self.after)


# ── gates ────────────────────────────────────────────────────────────────────────────────────────────────────


class Outcome(enum.StrEnum):
    """What became of a gate or a stage. ``SKIPPED`` is only for what is declared optional or does not apply."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    WAIVED = "waived"
    SKIPPED = "skipped"


class How(enum.StrEnum):
    """Where a stage's result comes from."""

    CACHED = "cached"
    ALREADY_THERE = "already there"
    RAN = "ran"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark of a gate: what, where (``file:line``), and what to do about it."""

    message: str
    place: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        advice = f" → {self.hint}" if self.hint else ""
        return f"{place}{self.message}{advice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a gate looked at and what it found.

    ``examined`` counts the things looked at, in ``unit``; zero is never a pass. ``problems`` block, ``notices``
    are shown. ``absent`` says why there was nothing to examine in this project (no documentation, say): live that
    blocks, a rehearsal shows it and goes on. ``optional`` says that the settings declare the gate away, or that it
    cannot apply to this project at all.
    """

    examined: int = 0
    unit: str = ""
    problems: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()
    absent: str = ""
    optional: str = ""
    hint: str = ""
    tools: Mapping[str, str] = field(default_factory=dict)


# ── the project ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSource:
    """One place that states the version.

    ``kind`` is ``static`` (``project.version`` and its kin), ``attribute`` (``__version__ = "…"`` in a module),
    ``vcs`` (derived from tags), ``file`` (any other file, by ``search``) or ``computed`` (code decides; cannot be
    bumped). ``path`` is relative to the component; ``key`` names the value in it. ``value`` is what it says now.
    """

    kind: str
    path: str
    key: str = ""
    search: str = ""
    value: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A releasable package of this repository. ``path`` is relative to the repository, ``.`` for its root."""

    name: str
    path: str = "."
    import_names: tuple[str, ...] = ()
    sources: tuple[VersionSource, ...] = ()
    tag_form: str = "{version}"


# ── changes and plan ─────────────────────────────────────────────────────────────────────────────────────────


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
    """One component's way from its current to its next version, and the rule that says so."""

    component: str
    current: str
    version: str
    rule: str
    tag: str
    base_tag: str = ""
    changes: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()


class Mode(enum.StrEnum):
    """Whether a run speaks to the configured targets or to the rehearsal's."""

    REHEARSAL = "rehearsal"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be released, from what, and by which rule; made without side effect, then only carried out.

    ``commit`` is HEAD when the plan was made and ``tree`` the git tree id of the working tree then (tracked and
    untracked, not ignored). ``uncommitted`` lists the paths in which they differ. ``date`` is the UTC day that
    the changelog will carry. ``releases`` is in dependency order. ``notices`` say what could not be asked.
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
    key: str = ""

    @property
    def release(self) -> Release:
        """The first (and for a single-package repository the only) release."""
        return self.releases[0]


# ── what is built ────────────────────────────────────────────────────────────────────────────────────────────


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
