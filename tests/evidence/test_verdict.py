from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.records import SDIST, WHEEL, fill, plan, record
from unmoor.chain import CHAIN
from unmoor.evidence.verdict import give
from unmoor.model import Distribution, Outcome
from unmoor.state.evidence_store import EvidenceStore


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = EvidenceStore(tmp_path)
    fill(made)
    return made


def test_it_relies_on_every_record_by_digest(store: EvidenceStore) -> None:
    verdict = give(store, plan(), {"settings": "e" * 64})
    assert verdict.passed
    assert verdict.relied_on == {stage.name: store.read(stage.name).digest for stage in CHAIN}
    assert verdict.subjects == {each.filename: {"sha256": each.sha256} for each in (WHEEL, SDIST)}
    assert store.read("verdict").record == verdict


def test_the_same_records_give_nothing_new(store: EvidenceStore) -> None:
    first = give(store, plan(), {})
    stamp = store.path("verdict").stat()
    assert give(store, plan(), {}) == first
    assert store.path("verdict").stat().st_mtime_ns == stamp.st_mtime_ns
    assert store.path("verdict").stat().st_ino == stamp.st_ino


def test_a_changed_record_gives_a_new_verdict(store: EvidenceStore) -> None:
    first = give(store, plan(), {})
    store.write(record("tests", detail="again"))
    assert give(store, plan(), {}).relied_on != first.relied_on


@pytest.mark.parametrize("stage", [stage.name for stage in CHAIN])
@pytest.mark.parametrize("harm", ["missing", "damaged", "failed", "unfinished"])
def test_no_verdict_passes_over_a_stage_that_did_not(store: EvidenceStore, stage: str, harm: str) -> None:
    if harm == "missing":
        store.path(stage).unlink()
    elif harm == "damaged":
        store.path(stage).write_text("{")
    else:
        changes = {"outcome": Outcome.FAILED} if harm == "failed" else {"finished": ""}
        store.write(record(stage, **changes))
    verdict = give(store, plan(), {})
    assert not verdict.passed
    assert verdict.detail == f"not passed: {stage}"
    assert verdict.subjects


OTHERS = (WHEEL, replace(SDIST, sha256="0" * 64))


@pytest.mark.parametrize("stage", ["testpypi", "pypi", "release"])
@pytest.mark.parametrize("files", [OTHERS, (WHEEL,), ()])
def test_no_verdict_passes_over_archives_that_were_not_built(
    store: EvidenceStore, stage: str, files: tuple[Distribution, ...]
) -> None:
    store.write(record(stage, files=files))
    verdict = give(store, plan(), {})
    assert not verdict.passed
    assert verdict.detail == f"other archives than were built: {stage}"


def test_no_verdict_passes_where_nothing_was_built(store: EvidenceStore) -> None:
    fill(store, files=())
    assert not give(store, plan(), {}).passed


def test_a_verdict_that_would_be_another_today_does_not_stand(store: EvidenceStore) -> None:
    store.write(record("testpypi", files=OTHERS))
    store.write(replace(give(store, plan(), {}), outcome=Outcome.PASSED, detail=""))
    assert not give(store, plan(), {}).passed
