"""The verdict of a release: an SLSA Verification Summary over all its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from unmoor.chain import CHAIN
from unmoor.evidence.record import Record
from unmoor.model import How, Outcome, Plan

if TYPE_CHECKING:
    from unmoor.evidence.store import Store

__all__ = ["give"]


def give(store: Store, plan: Plan, inputs: Mapping[str, str]) -> Record:
    """Write the verdict over every stage's record; say nothing new when it stands already for the same records."""
    kept = {stage.name: store.read(stage.name) for stage in CHAIN}
    relied_on = {name: each.digest for name, each in kept.items()}
    # What is missing, damaged or did not pass makes the verdict a failed one, whatever the last stage says.
    missed = [name for name, each in kept.items() if each.record is None or not each.record.passed]
    last = kept[CHAIN[-1].name].record
    files = last.files if last is not None else ()
    before = store.read("verdict").record
    if before is not None and before.relied_on == relied_on:
        return before
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    record = Record(
        stage="verdict",
        component=plan.release.component,
        version=plan.release.version,
        mode=plan.mode,
        outcome=Outcome.FAILED if missed else Outcome.PASSED,
        how=How.RAN,
        detail=f"not passed: {', '.join(missed)}" if missed else "",
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
