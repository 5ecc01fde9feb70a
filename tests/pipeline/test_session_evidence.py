from __future__ import annotations

from pathlib import Path

import pytest

from support.records import plan
from unmoor.errors import Blocked
from unmoor.model import Outcome
from unmoor.pipeline.session_evidence import prove
from unmoor.state.evidence_store import EvidenceStore


def test_success_is_kept_with_its_inputs(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    made = prove("session.lint", plan(), store, {"tree": "1"}, lambda: None)
    assert made.passed
    assert made.inputs == {"tree": "1"}
    assert store.read("session.lint").record == made


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), SystemExit(1)])
def test_whatever_it_raises_passes_through_and_is_kept(tmp_path: Path, error: BaseException) -> None:
    def run() -> None:
        raise error

    store = EvidenceStore(tmp_path)
    with pytest.raises(type(error)):
        prove("session.lint", plan(), store, {}, run)
    kept = store.read("session.lint").record
    assert kept.outcome is Outcome.FAILED
    assert type(error).__name__ in kept.detail


def test_an_error_with_a_message_is_kept_as_that_message(tmp_path: Path) -> None:
    def run() -> None:
        raise Blocked("it ran nothing", hint="let it run something")

    with pytest.raises(Blocked):
        prove("session.lint", plan(), EvidenceStore(tmp_path), {}, run)
    assert EvidenceStore(tmp_path).read("session.lint").record.detail == "it ran nothing"


def test_while_it_runs_there_is_only_an_intent(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    seen = []
    prove("session.lint", plan(), store, {}, lambda: seen.append(store.read("session.lint").record))
    assert not seen[0].finished
    assert not seen[0].passed
