"""What a stage knows about itself when it ends; the content of every attestation."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from unmoor.errors import Exit
from unmoor.model import Distribution, Finding, FindingKind, Mode, Outcome, Resolution, Skip
from unmoor.model.counting import counted

__all__ = ["Attempt", "EvidenceKey", "GateRecord", "Kept", "Narrowing", "Record", "Result"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKey:
    """The name of one record, and of its file.

    ``part`` is what several records of one stage differ in: a Python, a session, a machine. Empty for the stage.
    """

    stage: str
    component: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.stage}.{self.part}" if self.part else self.stage


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRecord:
    """One gate's result. ``reason`` says why it was skipped, waived or could not tell; ``seconds`` is wall time.

    ``tools`` are versions by name, ``relied_on`` the sha256 of the records of parts that it counted on. ``elsewhere``
    says what was left to other runs: as long as it is not empty, the stage is not proven.
    """

    name: str
    asserts: str
    outcome: Outcome
    examined: int = 0
    unit: str = ""
    seconds: float = 0.0
    problems: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()
    reason: str = ""
    hint: str = ""
    log: str = ""
    tools: Mapping[str, str] = field(default_factory=dict)
    skipped: Skip = Skip.NOT
    relied_on: Mapping[str, str] = field(default_factory=dict)
    elsewhere: str = ""

    @property
    def counted(self) -> str:
        """What was examined, in words: ``1 file``, ``61 files ruff``, ``3 tests on each of Python 3.11 and 3.12``."""
        return counted(self.examined, self.unit)

    @property
    def is_unfinished(self) -> bool:
        """Whether the run was ended while the gate was at work."""
        return any(each.kind is FindingKind.UNFINISHED for each in self.problems)

    @property
    def holds(self) -> bool:
        """Whether this gate lets the release go on."""
        return self.outcome in (Outcome.PASSED, Outcome.WAIVED, Outcome.SKIPPED)

    @property
    def follows(self) -> bool:
        """Whether all that speaks against it is that other stages did not pass, which say themselves why."""
        return not self.holds and bool(self.problems) and all(e.kind is FindingKind.FOLLOWS for e in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An earlier run of the stage, in short: when, by whom, how it ended and at which point.

    ``digest`` is the sha256 of its record where that was about the same as the later one: who relied on it still can.
    """

    started: str
    actor: str
    outcome: Outcome
    detail: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything a stage leaves behind.

    ``inputs`` is what the result is bound to, by name; ``subjects`` what it is about, digests by name; ``files``
    the archives; ``relied_on`` the sha256 of the records it trusted; ``facts`` what later stages read from it
    (the planned commit, say). ``finished`` is empty as long as the stage is at work: a record without it is an
    intent, and what a killed run leaves.
    """

    stage: str
    component: str
    version: str
    mode: Mode
    outcome: Outcome
    how: Resolution
    part: str = ""
    detail: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    subjects: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: tuple[Distribution, ...] = ()
    gates: tuple[GateRecord, ...] = ()
    relied_on: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    started: str = ""
    finished: str = ""
    seconds: float = 0.0
    actor: str = ""
    code: int = 0
    attempts: tuple[Attempt, ...] = ()

    @property
    def key(self) -> EvidenceKey:
        """The name of this record."""
        return EvidenceKey(stage=self.stage, component=self.component, part=self.part)

    @property
    def follows(self) -> bool:
        """Whether the stage itself held, and only came after others that did not."""
        against = [gate for gate in self.gates if not gate.holds]
        return bool(self.finished and against) and all(gate.follows for gate in against)

    @property
    def passed(self) -> bool:
        """Whether the stage ended, and let the release go on."""
        return bool(self.finished) and self.outcome is Outcome.PASSED

    @property
    def is_awaited(self) -> bool:
        """Whether all that is missing is that an index shows what it has accepted: neither a failure nor a pass."""
        open_ones = [gate for gate in self.gates if not gate.holds]
        unseen = all(gate.problems and _are_unseen(gate.problems) for gate in open_ones)
        return bool(self.finished and open_ones) and self.code == Exit.INCOMPLETE and unseen

    @property
    def notices(self) -> tuple[Finding, ...]:
        """What every gate wanted to be shown, without blocking."""
        return tuple(notice for gate in self.gates for notice in gate.notices)


def _are_unseen(problems: Iterable[Finding]) -> bool:
    return all(each.kind is FindingKind.NOT_YET for each in problems)


class Narrowing(enum.StrEnum):
    """What made a run look at less than all: nothing, the words after ``--``, or that others do the rest.

    The first proves its stage, the second proves nothing, the third leaves evidence of its part.
    """

    NOT = ""
    ARGUMENTS = "arguments"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one stage of one release ended in one run.

    ``why`` tells people why it was kept, found or run; ``code`` is the exit code. ``withheld``: the stage was not
    begun, because what this release waits for was stopped.
    """

    stage: str
    component: str
    how: Resolution
    code: Exit
    why: str = ""
    seconds: float = 0.0
    narrowed: Narrowing = Narrowing.NOT
    withheld: bool = False
    record: Record | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the store has for one key: a record and its file's sha256, or why there is none."""

    record: Record | None = None
    digest: str = ""
    damage: str = ""
