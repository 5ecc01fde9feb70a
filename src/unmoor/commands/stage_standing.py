"""How every stage of a release stands, from its evidence: what ``status`` and ``report`` show.

A release that has begun to publish is judged by its own plan, whatever lies in the tree since; one that has not, and a
rehearsal, by the tree as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from unmoor.chain import BUILD, CHAIN
from unmoor.errors import Exit
from unmoor.evidence.binding import binds_files, files_digest, inputs_of
from unmoor.evidence.validity import Standing
from unmoor.model import Bound, Component, Plan, Stage
from unmoor.rehearsal import select_targets
from unmoor.report.stage_rows import Row, summary
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.kept_releases import KeptRelease

__all__ = ["PROVEN", "WORDS", "as_ended", "by_its_plan", "by_the_tree"]

PROVEN = str(Standing.PROVEN)
_VOID = "void"
_PLAIN = {Standing.PROVEN, Standing.MISSING, Standing.FAILED, Standing.DAMAGED, Standing.INTERRUPTED}
# Every word that says how a stage stands.
WORDS = frozenset({_VOID, *map(str, _PLAIN)})
_AGAIN = "; the next run makes it again"


def by_its_plan(kept: KeptRelease) -> tuple[Row, ...]:
    """Return a row a stage, with its evidence held against the release's own plan and archives."""
    plan, release = kept.plan, kept.release
    build = kept.store.read(BUILD.name).record
    values = {
        Bound.MODE: str(plan.mode),
        Bound.VERSION: release.version,
        Bound.TREE: plan.tree,
        Bound.COMMIT: plan.commit,
        Bound.TAG: release.tag,
        Bound.FILES: files_digest(build.files if build else ()),
    }
    found: list[Row] = []
    for stage in CHAIN:
        evidence = kept.store.read(stage.name)
        # What it is bound to beyond the plan, such as settings, was so when it was made.
        bound = evidence.record.inputs if evidence.record else {}
        found.append(_row(stage, kept.store, {str(name): said for name, said in values.items() if name in bound}))
    return tuple(found)


def by_the_tree(kept: KeptRelease, component: Component, now: Plan) -> tuple[Row, ...]:
    """Return a row a stage, with its evidence held against the content that is there ``now``.

    What rests on something void is void itself.
    """
    identities = select_targets.identities(component, now.mode)
    build = kept.store.read(BUILD.name).record
    found: list[Row] = []
    for stage in CHAIN:
        inputs = inputs_of(
            stage,
            component,
            kept.release,
            now,
            files=build.files if build and binds_files(stage, component) else (),
            target=identities.get(stage.name, ""),
        )
        row = _row(stage, kept.store, inputs)
        standing = {each.stage: each.how for each in found}
        void = [name for name in stage.requires if standing.get(name) != PROVEN]
        found.append(replace(row, how=_VOID, what=f"it rests on {void[0]}") if row.how == PROVEN and void else row)
    return tuple(found)


def _row(stage: Stage, store: EvidenceStore, inputs: Mapping[str, str]) -> Row:
    kept = store.read(stage.name)
    valid, record = store.standing(kept, inputs), kept.record
    how = str(valid.standing) if valid.standing in _PLAIN else _VOID
    what = valid.why
    if record is not None and valid.standing in (Standing.PROVEN, Standing.FAILED):
        what = summary(record)
    elif valid.standing is Standing.DAMAGED:
        what += _AGAIN
    return Row(
        stage=stage.name,
        how=how,
        what=what,
        seconds=record.seconds if record else None,
        code=(record.code or Exit.GATE_FAILED) if record and valid.standing is Standing.FAILED else 0,
        record=record,
    )


def as_ended(found: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows as the end of a run has them: what is neither proven nor failed was not reached."""
    return tuple(row if row.how == PROVEN or row.code else replace(row, how="-", record=None) for row in found)
