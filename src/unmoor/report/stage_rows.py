"""The rows of a report: one a stage, from its evidence and from how it ended in this run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unmoor.chain import CHAIN
from unmoor.evidence.record import GateRecord, Record
from unmoor.model import Outcome, Stage
from unmoor.state.evidence_store import Store

__all__ = ["Row", "last_run", "matched", "rows", "summary", "unrehearsed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stage: how it ended (``ran``, ``cached``, ``already there``, ``FAILED``, ``-``), and what it did."""

    stage: str
    how: str
    what: str
    seconds: float | None
    code: int
    record: Record | None


def last_run(folder: Path) -> dict[str, dict[str, Any]]:
    """Return how each stage of a run ended, by stage; empty for a run that left nothing."""
    found = {}
    for stage in CHAIN:
        try:
            found[stage.name] = json.loads((folder / f"{stage.name}.json").read_bytes())
        except (OSError, ValueError):
            continue
    return found


def rows(store: Store, run: Mapping[str, Mapping[str, Any]]) -> tuple[Row, ...]:
    """Return a row for every stage of the chain; a stage that the run did not come to shows what is kept of it."""
    return tuple(_row(stage, store, run.get(stage.name)) for stage in CHAIN)


def _row(stage: Stage, store: Store, ended: Mapping[str, Any] | None) -> Row:
    record = store.read(stage.name).record
    if ended is None:
        how, what = "-", _not_reached(record)
        return Row(stage=stage.name, how=how, what=what, seconds=None, code=0, record=record)
    # What is kept of the stage may be another run's, and what this run tried may be kept apart.
    recorded = str(ended.get("recorded", stage.name))
    if recorded != stage.name:
        record = store.read(recorded).record if recorded else None
    code = int(ended["code"])
    narrowed = "narrowed" in str(ended["why"])
    how = str(ended["how"]) if code == 0 else ("STOPPED" if code == 4 else "FAILED")  # noqa: PLR2004 - the exit code
    what = str(ended["why"]) if narrowed or record is None else summary(record)
    if how == "cached":
        what += f" ({ended['why']})"
    # The project's own sessions have run before the stage that counts on them; their time is the stage's.
    own = sum(gate.seconds for gate in (record.gates if record else ()) if gate.name.startswith("session "))
    seconds = None if how == "cached" else float(ended["seconds"]) + own
    return Row(stage=stage.name, how=how, what=what, seconds=seconds, code=code, record=record)


def _not_reached(record: Record | None) -> str:
    if record is None:
        return "not reached"
    return "not reached; evidence kept from earlier" if record.passed else "not reached"


def summary(record: Record) -> str:
    """Return what a stage did in a few words: what its gates examined, or which of them did not hold."""
    if not record.passed:
        failed = [gate.name for gate in record.gates if not gate.holds]
        return ", ".join(failed) or (record.detail if record.finished else _interrupted(record))
    if record.stage == "build":
        rules = [f"{gate.examined} upload rules" for gate in record.gates if gate.name == "upload-rules-hold"]
        installs = [_told(gate) for gate in record.gates if gate.name == "archives-install"]
        return _joined([record.detail, *rules, *installs, *_marks(record.gates)])
    if record.stage == "check":
        passed = sum(gate.outcome is Outcome.PASSED for gate in record.gates)
        return _joined([f"{passed} gates", *_marks(record.gates)])
    words = [_told(gate) for gate in record.gates if gate.outcome is Outcome.PASSED]
    return _joined([record.detail, *words, *_marks(record.gates)]) or "nothing to do here"


def _interrupted(record: Record) -> str:
    return "interrupted" if record.detail in {"", "begun"} else f"interrupted: {record.detail}"


_TOLD = {
    "ruff-is-clean",
    "pre-commit-is-clean",
    "types-are-sound",
    "tests-pass",
    "docs-build-strictly",
    "own-sessions-pass",
    "archives-install",
}
_SAID = {"index-serves-our-bytes": "read back", "index-copy-installs": "installed"}


def _told(gate: GateRecord) -> str:
    """Return what a passed gate adds to its stage's line; an empty string for most."""
    if gate.name in _TOLD or gate.name.startswith("session "):
        return gate.counted
    return _SAID.get(gate.name, "")


def _marks(gates: Iterable[GateRecord]) -> list[str]:
    """Say what a glance must not miss: waivers, gates not rehearsed, and notices."""
    gates = tuple(gates)
    waived = sum(gate.outcome is Outcome.WAIVED for gate in gates)
    missed = sum(gate.outcome is Outcome.SKIPPED and gate.reason.startswith("not rehearsed") for gate in gates)
    notices = sum(len(gate.notices) for gate in gates)
    marks = ((waived, "waived"), (missed, "not rehearsed"), (notices, "notice" if notices == 1 else "notices"))
    return [f"{count} {word}" for count, word in marks if count]


def _joined(parts: list[str]) -> str:
    return ", ".join(part for part in parts if part)


def matched(store: Store) -> list[tuple[str, str, str]]:
    """Return for every archive its sha256, its name, and where the same bytes were seen: ``built = pypi``, say."""
    build = store.read("build").record
    if build is None or not build.files:
        return []
    seen = []
    for each in build.files:
        places = ["built"]
        for stage in ("testpypi", "pypi"):
            record = store.read(stage).record
            if record is not None and record.passed and each in record.files:
                places.append(stage)
        seen.append((each.sha256, each.filename, " = ".join(places)))
    return seen


def unrehearsed(records: Iterable[Record | None]) -> list[str]:
    """Return what a rehearsal could not rehearse, beyond what no rehearsal can."""
    missed = []
    for record in records:
        for gate in record.gates if record else ():
            if gate.outcome is Outcome.SKIPPED and gate.reason.startswith("not rehearsed: "):
                missed.append(gate.reason.removeprefix("not rehearsed: "))
            missed += [notice.message for notice in gate.notices if "not asked" in notice.message]
    return list(dict.fromkeys(missed))
