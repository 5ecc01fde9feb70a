"""Records of a stage's parts: one a Python, one a session of the project's own; and whether the stage's still stands.

Each part is a file of its own, so that what several machines left merges by copying, and nothing is lost by it. The
stage's record is a roll-up: it names the parts that it counted on, by their digests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from unmoor.errors import Exit
from unmoor.evidence.attempts import earlier
from unmoor.evidence.record import GateRecord, Kept, Record
from unmoor.model import Distribution, Outcome, Plan, Release, Resolution
from unmoor.runtime.clock import now

__all__ = ["begun", "contradiction", "ended"]


def begun(
    stage: str,
    part: str,
    release: Release,
    plan: Plan,
    inputs: Mapping[str, str],
    *,
    kept: Kept,
    files: tuple[Distribution, ...] = (),
) -> Record:
    """Return the record of a part that begins; what was ``kept`` of it becomes an earlier attempt.

    ``files`` are the archives that it is about, where it is about any.
    """
    tree = {"tree": {"gitTree": plan.tree}, "commit": {"gitCommit": plan.commit}}
    return Record(
        stage=stage,
        part=part,
        component=release.component,
        version=release.version,
        mode=plan.mode,
        outcome=Outcome.ERROR,
        how=Resolution.RAN,
        detail="begun",
        inputs=dict(inputs),
        subjects={each.filename: {"sha256": each.sha256} for each in files} or tree,
        files=files,
        started=now(),
        actor=plan.actor,
        attempts=earlier(kept, inputs),
    )


def ended(
    intent: Record, gate: GateRecord, *, code: Exit, seconds: float, facts: Mapping[str, str] | None = None
) -> Record:
    """Return the record of a part that has ended as its one ``gate`` says; ``seconds`` is wall time."""
    return replace(
        intent,
        outcome=gate.outcome,
        detail=gate.problems[-1].message if gate.problems else "",
        gates=(gate,),
        facts=dict(facts or {}),
        code=int(code),
        seconds=round(seconds, 2),
        finished=now(),
    )


def contradiction(record: Record, parts: Mapping[str, Kept]) -> str:
    """Say why the record of a stage no longer stands beside its ``parts``, by name; empty where it does.

    A part that was run again, or came from another machine, may say something else than the record has counted on.
    """
    for name in record.relied_on:
        if name.startswith(f"{record.stage}.") and name not in parts:
            return f"the evidence of {name!r} is gone"
    for name, kept in parts.items():
        if kept.digest == record.relied_on.get(name):
            continue
        if name in record.relied_on:
            return f"the evidence of {name!r} is another one by now"
        if kept.record is not None and kept.record.finished and dict(kept.record.inputs) == dict(record.inputs):
            return f"there is evidence of {name!r} that it does not count on"
    return ""
