"""What is wrong, and what became of it: one type for everything that is told, in gates and in errors alike."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

__all__ = ["Finding", "FindingKind", "Findings", "Outcome", "Resolution", "Skip", "blocking_live", "truncated"]

_SHOWN = 8


class Outcome(enum.StrEnum):
    """What became of a gate or a stage. ``SKIPPED`` is only for what is declared optional or does not apply."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    WAIVED = "waived"
    SKIPPED = "skipped"


class Skip(enum.StrEnum):
    """Why a gate was skipped.

    Not at all, disabled in the settings, without anything to judge, not rehearsed because the project has nothing of
    the kind, or not asked because whoever knows did not answer. Live the last two block.
    """

    NOT = ""
    DISABLED = "disabled"
    NOT_APPLICABLE = "not applicable"
    NOT_REHEARSED = "not rehearsed"
    NOT_ASKED = "not asked"


class Resolution(enum.StrEnum):
    """How a stage was resolved: from kept evidence, by finding its work done, or by running."""

    CACHED = "cached"
    FOUND = "already there"
    RAN = "ran"


class FindingKind(enum.StrEnum):
    """What a finding is.

    A remark, a line of a tool's own output that explains the one before, a question not asked, something done as far as
    whoever did it says that cannot be seen yet, a notice of a rehearsal that would stop the live release, what no
    further run of this very version can make good, an approval that is missing and is given with the command, what only
    follows from another stage that did not pass, and says so itself, or that the run was ended before there was an
    answer.
    """

    REMARK = "remark"
    OUTPUT = "output"
    NOT_ASKED = "not asked"
    NOT_YET = "not yet visible"
    BLOCKS_LIVE = "blocks live"
    FINAL = "final"
    UNAPPROVED = "unapproved"
    FOLLOWS = "follows"
    UNFINISHED = "not finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong or worth telling: what, where (``file`` or ``file:line``), and what to do about it."""

    message: str
    place: str = ""
    hint: str = ""
    kind: FindingKind = FindingKind.REMARK

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        advice = f" → {self.hint}" if self.hint else ""
        return f"{place}{self.message}{advice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a gate looked at and what it found.

    ``examined`` counts the things looked at, in ``unit``; zero is never a pass. ``problems`` block, ``notices``
    are shown. ``absent`` says why there was nothing to examine in this project (no documentation, say): live that
    blocks, a rehearsal shows it and goes on. ``unanswered`` is the same where somebody did not answer, so that the next
    run may well learn it. ``optional`` says that the settings declare the gate away, or that it cannot apply to this
    project at all. ``relied_on`` is the sha256 of the kept records that were counted on, by name; ``elsewhere`` says
    what was left to other runs on purpose, so that the whole is not proven here.
    """

    examined: int = 0
    unit: str = ""
    problems: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()
    absent: str = ""
    unanswered: str = ""
    optional: str = ""
    hint: str = ""
    tools: Mapping[str, str] = field(default_factory=dict)
    relied_on: Mapping[str, str] = field(default_factory=dict)
    elsewhere: str = ""


def blocking_live(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what a rehearsal only shows, marked as what would stop the live release."""
    return tuple(replace(each, kind=FindingKind.BLOCKS_LIVE) for each in findings)


def truncated(findings: Iterable[Finding], shown: int = _SHOWN) -> tuple[Finding, ...]:
    """Return the first ``shown`` findings and the number of the others as one more, with the advice of their first."""
    first, others = (every := tuple(findings))[:shown], every[shown:]
    return (*first, Finding(message=f"and {len(others)} more", hint=others[0].hint)) if others else first
