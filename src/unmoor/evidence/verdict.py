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
    """Write the verdict when every stage has passed; say nothing new when it stands already for the same records."""
    relied_on, files = {}, ()
    for stage in CHAIN:
        kept = store.read(stage.name)
        relied_on[stage.name] = kept.digest
        if kept.record is not None and kept.record.files:
            files = kept.record.files
    before = store.read("verdict").record
    if before is not None and before.relied_on == relied_on:
        return before
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    record = Record(
        stage="verdict",
        component=plan.release.component,
        version=plan.release.version,
        mode=plan.mode,
        outcome=Outcome.PASSED,
        how=How.RAN,
        inputs=dict(inputs),
        subjects={each.filename: {"sha256": each.sha256} for each in files},
        files=files,
        relied_on=relied_on,
        started=now,
        finished=now,
        actor=plan.actor,
    )
    store.write(record)
    return record
