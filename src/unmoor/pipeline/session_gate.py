"""The project's own sessions as gates: judged by the evidence that their wrapper left, for every part they run as."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from unmoor.context import Context
from unmoor.errors import Exit, worst
from unmoor.evidence.binding import JUDGED_BY
from unmoor.evidence.record import GateRecord
from unmoor.evidence.validity import Standing, validity
from unmoor.model import Finding, Outcome
from unmoor.pipeline.gate_runner import waived
from unmoor.request import OwnSession
from unmoor.tools.tool_environment import narrowing

__all__ = ["judge_session", "judge_sessions"]


def judge_sessions(own: Sequence[OwnSession], context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Judge those of the project's own sessions that prove this stage; no record where none does."""
    judged = [judge_session(each, context) for each in own if each.stage == context.stage.name]
    return tuple(record for record, _ in judged), worst([code for _, code in judged])


def judge_session(own: OwnSession, context: Context) -> tuple[GateRecord, Exit]:
    """Judge one session by its evidence, for every Python and parameter it runs with."""
    problems, passed, seconds, relied_on = [], 0, 0.0, dict[str, str]()
    narrowed = ", ".join(narrowing(context.environ))
    unset = f"unset {narrowed}, then: " if narrowed else ""
    for part in own.parts or ("",):
        called = own.called(part)
        kept = context.store.read(own.stage, called)
        ignoring = JUDGED_BY if context.is_finishing else ()
        valid = validity(kept, context.inputs, days=context.evidence_days, ignoring=ignoring)
        if valid.counts:
            passed += 1
        else:
            what = f"the evidence of {called!r} does not count: {valid.why}"
            if kept.record is not None and valid.standing is Standing.FAILED:
                what = f"the session {called!r} failed: {kept.record.detail}"
            problems.append(Finding(message=what, hint=f"{unset}nox -s {shlex.quote(called)}"))
        seconds += kept.record.seconds if kept.record else 0.0
        if kept.record is not None:
            relied_on[str(kept.record.key)] = kept.digest
    record = GateRecord(
        name=f"session {own.name}",
        seconds=round(seconds, 3),
        asserts="the project's own session succeeds",
        outcome=Outcome.FAILED if problems else Outcome.PASSED,
        examined=passed,
        unit="runs of the project's own session",
        problems=tuple(problems),
        relied_on=relied_on,
    )
    record, code = waived(record, context) if problems else (record, Exit.PASS)
    context.reporter.judged(record)
    return record, code
