"""The record of a stage: what it says when the stage begins, so that a killed run leaves an intent, and at its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from unmoor.context import Context
from unmoor.errors import Exit
from unmoor.evidence.attempts import earlier
from unmoor.evidence.binding import seal_digest
from unmoor.evidence.record import GateRecord, Kept, Record
from unmoor.model import Distribution, Effect, Outcome, Resolution
from unmoor.runtime.clock import now

if TYPE_CHECKING:
    from unmoor.stages import Done

__all__ = ["begun", "ended"]

_APART = "refused"


def begun(context: Context, kept: Kept) -> Record:
    """Return the record of a stage that begins; what was kept of it becomes an earlier attempt.

    Once archives have begun to go out, the record of their build says what they are and of which commit. An attempt
    at the same content counts, and says so too; one at other content is kept apart, whatever becomes of it.
    """
    release = context.release
    part, files, facts = "", context.distributions, dict[str, str]()
    if (built := _going_out(context, kept)) is not None:
        if seal_digest(built.inputs) == seal_digest(context.inputs):
            files, facts = built.files, dict(built.facts)
        else:
            part = _APART
            kept = context.store.read(context.stage.name, part)
    return Record(
        stage=context.stage.name,
        part=part,
        component=release.component,
        version=release.version,
        mode=context.plan.mode,
        outcome=Outcome.ERROR,
        how=Resolution.RAN,
        detail="begun",
        inputs=dict(context.inputs),
        subjects=_subjects(context, files),
        files=files,
        relied_on=_relied_on(context),
        facts=facts,
        started=now(),
        actor=context.plan.actor,
        code=int(Exit.INCOMPLETE),
        attempts=earlier(kept, context.inputs),
    )


def _going_out(context: Context, kept: Kept) -> Record | None:
    """Return the record of the archives' making where its archives have begun to be published, else ``None``."""
    if context.stage.effect is not Effect.LOCAL or not context.has_begun:
        return None
    return kept.record if kept.record is not None and kept.record.files else None


def ended(
    context: Context,
    intent: Record,
    gates: tuple[GateRecord, ...],
    done: Done | None,
    code: Exit,
    seconds: float,
) -> Record:
    """Return the record of a stage that has ended, from the ``intent`` it began with; ``seconds`` is wall time."""
    files = done.files if done else intent.files
    outcome = Outcome.PASSED
    if code is not Exit.PASS:
        outcome = Outcome.FAILED if code is Exit.GATE_FAILED else Outcome.ERROR
    return replace(
        intent,
        outcome=outcome,
        how=done.how if done else Resolution.RAN,
        detail=_detail(gates, done, outcome),
        subjects=_subjects(context, files),
        files=files,
        gates=gates,
        relied_on={**intent.relied_on, **{name: digest for gate in gates for name, digest in gate.relied_on.items()}},
        facts=dict(done.facts if done else intent.facts),
        finished=now(),
        seconds=round(seconds, 2),
        code=int(code),
    )


def _detail(gates: tuple[GateRecord, ...], done: Done | None, outcome: Outcome) -> str:
    against = [gate for gate in gates if not gate.holds]
    if outcome is not Outcome.PASSED and not (against and all(gate.follows for gate in against)):
        return ", ".join(gate.name for gate in against)
    return done.detail if done else ""


def _subjects(context: Context, files: tuple[Distribution, ...]) -> dict[str, dict[str, str]]:
    if files:
        return {each.filename: {"sha256": each.sha256} for each in files}
    return {"tree": {"gitTree": context.plan.tree}, "commit": {"gitCommit": context.plan.commit}}


def _relied_on(context: Context) -> dict[str, str]:
    return {name: digest for name in context.stage.requires if (digest := context.store.read(name).digest)}
