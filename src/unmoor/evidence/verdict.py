"""The verdict of a release: an SLSA Verification Summary over all its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from unmoor.chain import CHAIN
from unmoor.evidence.binding import why_other
from unmoor.evidence.record import Kept, Record
from unmoor.model import Effect, How, Outcome, Plan

if TYPE_CHECKING:
    from unmoor.state.evidence_store import Store

__all__ = ["give"]


def give(store: Store, plan: Plan, inputs: Mapping[str, str]) -> Record:
    """Write the verdict over every stage's record; say nothing new when it stands already for the same records."""
    kept = {stage.name: store.read(stage.name) for stage in CHAIN}
    relied_on = {name: each.digest for name, each in kept.items()}
    detail = _against(kept)
    outcome = Outcome.FAILED if detail else Outcome.PASSED
    last = kept[CHAIN[-1].name].record
    files = last.files if last is not None else ()
    before = store.read("verdict").record
    if before is not None and (before.relied_on, before.outcome) == (relied_on, outcome):
        return before
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    record = Record(
        stage="verdict",
        component=plan.release.component,
        version=plan.release.version,
        mode=plan.mode,
        outcome=outcome,
        how=How.RAN,
        detail=detail,
        inputs=dict(inputs),
        subjects={each.filename: {"sha256": each.sha256} for each in files} or {"commit": {"gitCommit": plan.commit}},
        files=files,
        relied_on=relied_on,
        started=now,
        finished=now,
        actor=plan.actor,
    )
    store.write(record)
    return record


def _against(kept: Mapping[str, Kept]) -> str:
    """Say what speaks against the release, whatever the last stage says; an empty string when nothing does."""
    # What is missing, damaged or did not pass.
    missed = [name for name, each in kept.items() if each.record is None or not each.record.passed]
    if missed:
        return f"not passed: {', '.join(missed)}"
    built = kept["build"].record
    files = built.files if built else ()
    if not files:
        return "no archives were built"
    others = [stage.name for stage in CHAIN if stage.effect > Effect.LOCAL and why_other(kept[stage.name], files)]
    return f"other archives than were built: {', '.join(others)}" if others else ""
