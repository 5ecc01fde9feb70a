"""How every stage of a release stands for the content as it is now: what ``status`` and ``report`` show."""

from __future__ import annotations

from unmoor.chain import BUILD, CHAIN
from unmoor.evidence.binding import binds_files, inputs_of
from unmoor.evidence.validity import Standing
from unmoor.pipeline.open_plan import OpenRelease
from unmoor.rehearsal import select_targets
from unmoor.report.stage_rows import Row, summary

__all__ = ["PROVEN", "standing"]

PROVEN = str(Standing.PROVEN)
_VOID = "void"


def standing(opened: OpenRelease) -> tuple[Row, ...]:
    """Return a row a stage: proven and what it did, missing, or void and why."""
    identities = select_targets.identities(opened.component, opened.plan.mode)
    build = opened.store.read(BUILD.name).record
    found = []
    for stage in CHAIN:
        inputs = inputs_of(
            stage,
            opened.component,
            opened.release,
            opened.plan,
            files=build.files if build and binds_files(stage, opened.component) else (),
            target=identities.get(stage.name, ""),
        )
        kept = opened.store.read(stage.name)
        valid = opened.store.standing(kept, inputs)
        how = str(valid.standing) if valid.standing in (Standing.PROVEN, Standing.MISSING) else _VOID
        what = summary(kept.record) if kept.record and valid.counts else valid.why
        seconds = kept.record.seconds if kept.record else None
        code = kept.record.code if kept.record else 0
        found.append(Row(stage=stage.name, how=how, what=what, seconds=seconds, code=code, record=kept.record))
    return tuple(found)
