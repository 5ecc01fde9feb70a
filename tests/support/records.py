"""Records for tests: small ones made by hand, and any that can be, made by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from unmoor.chain import CHAIN
from unmoor.chain import stage as stage_called
from unmoor.evidence.record import Attempt, GateRecord, Record
from unmoor.model import Distribution, Finding, Mode, Outcome, Plan, Release, Resolution
from unmoor.state.evidence_store import EvidenceStore

WHEEL = Distribution(filename="thing-1.0-py3-none-any.whl", kind="wheel", size=10, sha256="a" * 64)
SDIST = Distribution(filename="thing-1.0.tar.gz", kind="sdist", size=20, sha256="b" * 64)
NOON = "2020-01-01T12:00:00Z"


def plan(mode: Mode = Mode.REHEARSAL, **changes: Any) -> Plan:
    """Return a plan for ``thing`` 1.0."""
    release = Release(component="thing", current="0.9", version="1.0", rule="named", tag="v1.0")
    words = {"commit": "c" * 40, "tree": "d" * 40, "branch": "main", "date": "2020-01-01", "epoch": 1577836800}
    return Plan(**{"mode": mode, "actor": "Somebody", "releases": (release,), **words, **changes})


def record(stage: str = "check", **changes: Any) -> Record:
    """Return a record of a stage that passed."""
    words: dict[str, Any] = {
        "stage": stage,
        "component": "thing",
        "version": "1.0",
        "mode": Mode.REHEARSAL,
        "outcome": Outcome.PASSED,
        "how": Resolution.RAN,
        "inputs": {"tree": "d" * 40, "settings": "e" * 64},
        "subjects": {WHEEL.filename: {"sha256": WHEEL.sha256}, SDIST.filename: {"sha256": SDIST.sha256}},
        "files": (WHEEL, SDIST),
        "started": NOON,
        "finished": NOON,
        "facts": {"commit": "c" * 40, "tree": "d" * 40, "target": "rehearsal"},
    }
    return Record(**{**words, **changes})


def fill(store: EvidenceStore, **changes: Any) -> None:
    """Write a record that passed for every stage of the chain, each relying on those before it."""
    for stage in CHAIN:
        store.write(record(stage.name, **{"relied_on": relied_on(store, stage.name), **changes}))


def relied_on(store: EvidenceStore, name: str) -> dict[str, str]:
    """Return what a record of the stage relies on, as the store has it."""
    return {each: store.read(each).digest for each in stage_called(name).requires}


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_hex = st.text("0123456789abcdef", min_size=1, max_size=64)
_times = st.datetimes().map(lambda moment: moment.replace(microsecond=0, year=max(1, moment.year)).isoformat() + "Z")
_seconds = st.floats(min_value=0, max_value=1e6, allow_nan=False)
_findings = st.tuples() | st.lists(st.builds(Finding, message=_text, place=_text, hint=_text), max_size=2).map(tuple)
_maps = st.dictionaries(_text, _text, max_size=3)
_gates = st.builds(
    GateRecord,
    name=_text,
    asserts=_text,
    outcome=st.sampled_from(Outcome),
    examined=st.integers(0, 10**6),
    unit=_text,
    seconds=_seconds,
    problems=_findings,
    notices=_findings,
    reason=_text,
    hint=_text,
    log=_text,
    tools=_maps,
)
_attempts = st.builds(Attempt, started=_times, actor=_text, outcome=st.sampled_from(Outcome), detail=_text)
_files = st.builds(
    Distribution, filename=_text, kind=st.sampled_from(["wheel", "sdist"]), size=st.integers(0, 2**50), sha256=_hex
)
STAGES = (*(stage.name for stage in CHAIN), "verdict")


def records(stages: st.SearchStrategy[str] = st.sampled_from(STAGES)) -> st.SearchStrategy[Record]:  # noqa: B008 - strategies are values
    """Return a strategy for any record that a stage may leave."""
    return st.builds(
        Record,
        stage=stages,
        part=_text,
        component=_text,
        version=_text,
        mode=st.sampled_from(Mode),
        outcome=st.sampled_from(Outcome),
        how=st.sampled_from(Resolution),
        detail=_text,
        inputs=_maps,
        subjects=st.dictionaries(_text.filter(bool), st.dictionaries(_hex, _hex, min_size=1), min_size=1, max_size=3),
        files=st.lists(_files, max_size=2).map(tuple),
        gates=st.lists(_gates, max_size=3).map(tuple),
        relied_on=st.dictionaries(_text, _hex, max_size=3),
        facts=_maps,
        started=_times,
        finished=st.just("") | _times,
        seconds=_seconds,
        actor=_text,
        code=st.integers(0, 4),
        attempts=st.lists(_attempts, max_size=2).map(tuple),
    )
