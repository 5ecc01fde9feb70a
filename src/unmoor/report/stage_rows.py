"""The rows of a report: one a stage, from its evidence and from how it ended in this run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from unmoor.chain import BUILD, CHAIN
from unmoor.chain import stage as stage_called
from unmoor.errors import Exit
from unmoor.evidence.record import GateRecord, Record
from unmoor.model import Bound, Distribution, Outcome, Resolution, Skip, Stage
from unmoor.model.counting import counted
from unmoor.report.uploads import INDEXES, AtIndex, Sent, at_index
from unmoor.state.evidence_store import EvidenceStore

__all__ = ["Row", "last_run", "matched", "rows", "summary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stage: how it ended (``ran``, ``cached``, ``already there``, ``FAILED``, ``-``), and what it did."""

    stage: str
    how: str
    what: str
    seconds: float | None
    code: int
    record: Record | None


class _Ended(TypedDict):
    """How a stage of one run ended for a component, as the run left it."""

    component: str
    how: str
    code: int
    why: str
    narrowed: str
    recorded: str
    seconds: float
    state: str
    addresses: NotRequired[dict[str, Any] | None]


def last_run(folder: Path) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return how each stage of a run ended, by component and stage; empty for a run that left nothing."""
    import msgspec

    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for stage in CHAIN:
        try:
            told = msgspec.json.decode((folder / f"{stage.name}.json").read_bytes(), type=list[_Ended])
        except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
            # Damaged: what is kept as evidence says the same.
            continue
        for ended in told:
            found.setdefault(ended["component"], {})[stage.name] = ended
    return found


def rows(store: EvidenceStore, run: Mapping[str, Mapping[str, Any]]) -> tuple[Row, ...]:
    """Return a row for every stage of the chain; a stage that the run did not come to shows what is kept of it."""
    return tuple(_row(stage, store, run.get(stage.name)) for stage in CHAIN)


def _row(stage: Stage, store: EvidenceStore, ended: Mapping[str, Any] | None) -> Row:
    kept = store.read(stage.name)
    record = kept.record
    if ended is None:
        how, what = "-", f"the evidence {kept.damage}" if kept.damage else _not_reached(record)
        return Row(stage=stage.name, how=how, what=what, seconds=None, code=0, record=record)
    # What is kept of the stage may be another run's, and what this run tried may be kept apart.
    recorded = str(ended["recorded"])
    if recorded != stage.name:
        record = store.read(stage.name, recorded.removeprefix(f"{stage.name}.")).record if recorded else None
    code = int(ended["code"])
    held = code == Exit.PASS or (record is not None and record.follows)
    how = str(ended["how"]) if held else ("STOPPED" if code == Exit.INCOMPLETE else "FAILED")
    what = str(ended["why"]) if ended["narrowed"] or record is None else summary(record)
    if how == Resolution.CACHED:
        what += f" ({ended['why']})"
    # The project's own sessions have run before the stage that counts on them; their time is the stage's.
    own = sum(gate.seconds for gate in (record.gates if record else ()) if gate.name.startswith("session "))
    seconds = None if how == Resolution.CACHED else float(ended["seconds"]) + own
    return Row(stage=stage.name, how=how, what=what, seconds=seconds, code=code, record=record)


def _not_reached(record: Record | None) -> str:
    if record is None:
        return "not reached"
    if record.finished:
        return "not reached; evidence kept from earlier" if record.passed else "not reached"
    # It was at work, and could not even say how it ended.
    return _interrupted(record)


def summary(record: Record) -> str:
    """Return what a stage did in a few words: what its gates examined, or which of them did not hold."""
    if not record.passed and not record.follows:
        failed = [gate.name for gate in record.gates if not gate.holds]
        return ", ".join(failed) or (record.detail if record.finished else _interrupted(record))
    after = stage_called(record.stage).after
    passed = [gate for gate in record.gates if gate.outcome is Outcome.PASSED]
    words = [_shown(gate, after) for gate in passed]
    if not record.detail and Bound.PLAN in stage_called(record.stage).binds:
        # Its gates are many and small; none of them speaks for the stage.
        words = [counted(len(passed), "gates")]
    return _joined([record.detail, *words, *_marks(record.gates)]) or "nothing to do here"


def _interrupted(record: Record) -> str:
    return "interrupted" if record.detail in {"", "begun"} else f"interrupted: {record.detail}"


_COUNTED = {
    "ruff-is-clean",
    "black-is-clean",
    "isort-is-clean",
    "flake8-is-clean",
    "pre-commit-is-clean",
    "types-are-sound",
    "tests-pass",
    "docs-build-strictly",
    "own-sessions-pass",
    "archives-install",
}
_AFTER = {"upload-rules-hold": "{} upload rules"}
_SAID = {"index-serves-our-bytes": "read back", "index-copy-installs": "installed"}


def _shown(gate: GateRecord, after: Sequence[str]) -> str:
    """Return what a passed gate adds to its stage's line; an empty string for most. ``after`` are those of the step."""
    if gate.name in _COUNTED or gate.name.startswith("session "):
        return gate.counted
    if gate.name in after and gate.name in _AFTER:
        return _AFTER[gate.name].format(gate.examined)
    return _SAID.get(gate.name, "")


def _marks(gates: Iterable[GateRecord]) -> list[str]:
    """Say what a glance must not miss: waivers, gates not rehearsed, and notices."""
    gates = tuple(gates)
    waived = sum(gate.outcome is Outcome.WAIVED for gate in gates)
    missed = sum(gate.skipped is Skip.NOT_REHEARSED for gate in gates)
    unasked = sum(gate.skipped is Skip.NOT_ASKED for gate in gates)
    notices = sum(len(gate.notices) for gate in gates)
    marks = (
        (waived, "waived"),
        (missed, "not rehearsed"),
        (unasked, "not asked"),
        (notices, "notice" if notices == 1 else "notices"),
    )
    return [f"{count} {word}" for count, word in marks if count]


def _joined(parts: list[str]) -> str:
    return ", ".join(part for part in parts if part)


def matched(store: EvidenceStore) -> list[tuple[str, str, str]]:
    """Return for every archive its sha256, its name, and where the same bytes are: ``built = testpypi = pypi``, say.

    Equal is what was read back. What an index took is said as well, and what it may have.
    """
    build = store.read(BUILD.name).record
    if build is None or not build.files:
        return []
    places = [at_index(store, index, build.files) for index in INDEXES]
    return [(each.sha256, each.filename, _seen(each, places)) for each in build.files]


def _seen(file: Distribution, places: Sequence[AtIndex]) -> str:
    at = {sent: [each.index for each in places if each.files[file] is sent] for sent in Sent}
    parts = [" = ".join(["built", *at[Sent.SERVED]])]
    parts += [f"taken by {', '.join(at[Sent.TAKEN])}"] if at[Sent.TAKEN] else []
    parts += [f"perhaps at {', '.join(at[Sent.BEGUN])}"] if at[Sent.BEGUN] else []
    return ", ".join(parts)
