from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.records import SDIST, WHEEL, fill, plan, record
from unmoor.chain import CHAIN
from unmoor.evidence.record import EvidenceKey, Record
from unmoor.evidence.verdict import verdict
from unmoor.model import Distribution, Outcome
from unmoor.state.evidence_store import EvidenceStore


def give(store: EvidenceStore, settings: str = "") -> Record:
    kept = {stage.name: store.read(stage.name) for stage in CHAIN}
    return verdict(kept, plan().releases[0], plan(), {"settings": settings})


def path(store: EvidenceStore, stage: str) -> Path:
    return store.path(EvidenceKey(stage=stage, component="thing"))


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    made = EvidenceStore(tmp_path, "thing")
    fill(made)
    return made


def test_it_relies_on_every_record_by_digest(store: EvidenceStore) -> None:
    given = give(store, "e" * 64)
    assert given.passed
    assert given.relied_on == {stage.name: store.read(stage.name).digest for stage in CHAIN}
    assert given.subjects == {each.filename: {"sha256": each.sha256} for each in (WHEEL, SDIST)}


def test_a_changed_record_gives_a_new_verdict(store: EvidenceStore) -> None:
    first = give(store)
    store.write(record("tests", detail="again"))
    assert give(store).relied_on != first.relied_on


@pytest.mark.parametrize("stage", [stage.name for stage in CHAIN])
@pytest.mark.parametrize("harm", ["missing", "damaged", "failed", "unfinished"])
def test_no_verdict_passes_over_a_stage_that_did_not(store: EvidenceStore, stage: str, harm: str) -> None:
    if harm == "missing":
        path(store, stage).unlink()
    elif harm == "damaged":
        path(store, stage).write_text("{")
    else:
        changes = {"outcome": Outcome.FAILED} if harm == "failed" else {"finished": ""}
        store.write(record(stage, **changes))
    given = give(store)
    assert not given.passed
    assert given.detail == f"not passed: {stage}"
    assert given.subjects


def test_what_settled_stages_relied_on_may_have_been_made_again_and_what_the_others_did_may_not(
    store: EvidenceStore,
) -> None:
    store.write(record("check", detail="made again"))
    kept = {stage.name: store.read(stage.name) for stage in CHAIN}
    words = (kept, plan().releases[0], plan(), {})
    against = "they relied on other evidence than is there: build, testpypi"
    assert verdict(*words).detail == against
    assert verdict(*words, settled=["build", "testpypi"]).passed
    assert not verdict(*words, settled=["build"]).passed


OTHERS = (WHEEL, replace(SDIST, sha256="0" * 64))


@pytest.mark.parametrize("stage", ["testpypi", "pypi", "release"])
@pytest.mark.parametrize("files", [OTHERS, (WHEEL,), ()])
def test_no_verdict_passes_over_archives_that_were_not_built(
    store: EvidenceStore, stage: str, files: tuple[Distribution, ...]
) -> None:
    store.write(record(stage, files=files))
    given = give(store)
    assert not given.passed
    assert given.detail == f"other archives than were built: {stage}"


def test_no_verdict_passes_where_nothing_was_built(store: EvidenceStore) -> None:
    fill(store, files=())
    assert not give(store).passed
