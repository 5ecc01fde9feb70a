"""The project's own sessions as gates: judged by the evidence that their wrapper left, for every part they run as."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from unmoor.context import Context
from unmoor.errors import Exit, worst
from unmoor.evidence.binding import JUDGED_BY
from unmoor.evidence.record import GateRecord, Kept, Record
from unmoor.evidence.validity import Standing, validity
from unmoor.model import Finding, FindingKind, Outcome, Skip, blocking_live
from unmoor.pipeline.gate_runner import waived
from unmoor.pipeline.session_evidence import UNREACHED, gate_of, lacks
from unmoor.request import OwnSession
from unmoor.tools import session_output
from unmoor.tools.tool_environment import narrowing

__all__ = ["judge_session", "judge_sessions"]


def judge_sessions(own: Sequence[OwnSession], context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Judge those of the project's own sessions that prove this stage; no record where none does."""
    judged = [judge_session(each, context) for each in own if each.stage == context.stage.name]
    return tuple(record for record, _ in judged), worst([code for _, code in judged])


def judge_session(own: OwnSession, context: Context) -> tuple[GateRecord, Exit]:
    """Judge one session by its evidence, for every Python and parameter it runs with.

    Rehearsing, a Python that is not on this machine and a network that did not answer are only told.
    """
    parts = [_judged(own, part, context) for part in own.parts or ("",)]
    passed = [each.kept.record for each in parts if each.counts and each.kept.record]
    problems = [one for each in parts for one in each.problems]
    told = [each.told for each in parts if each.told is not None]
    record = gate_of(
        own,
        Outcome.FAILED if problems else Outcome.PASSED,
        seconds=round(sum(each.kept.record.seconds for each in parts if each.kept.record), 3),
        examined=len(passed),
        unit=session_output.unit(len(passed), [own.name], _counted(passed)),
        problems=tuple(problems),
        notices=tuple(told),
        relied_on={str(each.kept.record.key): each.kept.digest for each in parts if each.kept.record},
    )
    if told and not passed and not problems:
        asked = any(each.kind is FindingKind.BLOCKS_LIVE for each in told)
        skip = Skip.NOT_REHEARSED if asked else Skip.NOT_ASKED
        record = replace(record, outcome=Outcome.SKIPPED, skipped=skip, reason=told[0].message)
    record, code = waived(record, context) if problems else (record, Exit.PASS)
    context.reporter.judged(record)
    return record, code


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One run of a session as judged: its evidence counts, or what is wrong with it, or what is only told."""

    kept: Kept
    counts: bool = False
    problems: tuple[Finding, ...] = ()
    told: Finding | None = None


def _judged(own: OwnSession, part: str, context: Context) -> _Part:
    called = own.called(part)
    kept = context.store.read(own.stage, called)
    ignoring = JUDGED_BY if context.is_finishing else ()
    valid = validity(kept, context.inputs, days=context.evidence_days, ignoring=ignoring)
    if valid.counts:
        return _Part(kept=kept, counts=True)
    narrowed = ", ".join(narrowing(context.environ))
    hint = (f"unset {narrowed}, then: " if narrowed else "") + f"nox -s {shlex.quote(called)}"
    record = kept.record
    if record is None or valid.standing is not Standing.FAILED:
        if python := lacks(own, part, context.environ):
            lacking = Finding(message=f"{called!r} was not run: no Python {python} on this machine", hint="install it")
            return _Part(kept=kept, problems=(lacking,)) if context.live else _told(kept, *blocking_live([lacking]))
        what = f"the evidence of {called!r} does not count: {valid.why}"
        return _Part(kept=kept, problems=(Finding(message=what, hint=hint),))
    if UNREACHED in record.facts and not context.live:
        what = f"{called!r} was not rehearsed, for want of a network: {record.facts[UNREACHED]}"
        hint = "rehearse where that can be reached"
        return _told(kept, Finding(message=what, hint=hint, kind=FindingKind.NOT_ASKED))
    first, *others = [each for gate in record.gates for each in gate.problems] or [Finding(message=record.detail)]
    named = replace(first, message=f"the session {called!r} failed: {first.message}", hint=hint)
    return _Part(kept=kept, problems=(named, *others))


def _told(kept: Kept, finding: Finding) -> _Part:
    return _Part(kept=kept, told=finding)


def _counted(records: Sequence[Record]) -> dict[str, int]:
    """Return what all runs have counted: tests and hooks add up, files and pages are the same ones each time."""
    found: dict[str, int] = {}
    for record in records:
        for kind in (each for each in session_output.KINDS if each in record.facts):
            number, before = int(record.facts[kind]), found.get(kind, 0)
            found[kind] = before + number if kind in session_output.ADDED else max(before, number)
    return found
