from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from support.records import record
from unmoor.evidence.record import EvidenceKey, GateRecord, Kept
from unmoor.model import Finding, Outcome
from unmoor.state.evidence_store import EvidenceStore


def path(store: EvidenceStore, stage: str, part: str = "") -> Path:
    return store.path(EvidenceKey(stage=stage, component="thing", part=part))


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", "thing")


FAILED = GateRecord(
    name="gate", asserts="it holds", outcome=Outcome.FAILED, problems=(Finding(message="no", place="a:1"),)
)


def test_what_was_written_is_read_with_its_digest(store: EvidenceStore) -> None:
    made = record()
    digest = store.write(made)
    assert store.read("check") == Kept(record=made, digest=digest)
    assert digest == hashlib.sha256(path(store, "check").read_bytes()).hexdigest()


def test_nothing_there_is_no_damage(store: EvidenceStore) -> None:
    assert store.read("check") == Kept()


def test_evidence_of_another_stage_does_not_count(store: EvidenceStore) -> None:
    store.write(record("lint"))
    path(store, "lint").rename(path(store, "check"))
    assert store.read("check").record is None
    assert "'lint'" in store.read("check").damage


def test_a_file_that_cannot_be_read_is_damage(store: EvidenceStore) -> None:
    path(store, "check").mkdir(parents=True)
    assert "cannot be read" in store.read("check").damage


def test_a_file_cut_off_anywhere_is_damage(store: EvidenceStore) -> None:
    store.write(record(gates=(FAILED,)))
    content = path(store, "check").read_bytes()
    # Without the line end it is still all there.
    for length in range(len(content) - 1):
        path(store, "check").write_bytes(content[:length])
        kept = store.read("check")
        assert kept.record is None
        assert kept.damage.startswith("is damaged")


def test_a_flipped_bit_anywhere_is_damage(store: EvidenceStore) -> None:
    """This shows damage. It is no proof against somebody who may write here: such a one writes what they like."""
    store.write(record())
    content = path(store, "check").read_bytes()
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        path(store, "check").write_bytes(flipped)
        kept = store.read("check")
        # White space between words may change without changing what is said.
        assert kept.record is None or (chr(content[position]).isspace() and kept.record == record())


def test_damage_is_never_taken_for_the_same_content(store: EvidenceStore) -> None:
    """What changed is void, or changes the digest that every later record quotes."""
    digest = store.write(record(gates=(FAILED,)))
    content = path(store, "check").read_bytes()
    chance = random.Random(0)  # noqa: S311 - the same damage every time
    for _ in range(500):
        broken = bytearray(content)
        start = chance.randrange(len(broken))
        broken[start : start + chance.randrange(1, 20)] = chance.randbytes(chance.randrange(0, 20))
        if bytes(broken) == content:
            continue
        path(store, "check").write_bytes(broken)
        kept = store.read("check")
        assert kept.digest != digest
        assert kept.record == record(gates=(FAILED,)) if kept.record else kept.damage


def test_parts_of_a_stage_lie_beside_it(store: EvidenceStore) -> None:
    for part in ("", "3.12", "tests-3.13(db='none')", "a/b", "x" * 300):
        store.write(record("tests", part=part, detail=part))
    assert path(store, "tests", "3.12").name == "tests.3.12.json"
    for part in ("", "3.12", "tests-3.13(db='none')", "a/b", "x" * 300):
        assert store.read("tests", part).record.detail == part
    assert len({each.name for each in store.folder.iterdir()}) == 5


def test_evidence_of_another_component_or_part_does_not_count(store: EvidenceStore) -> None:
    store.write(record("tests", part="3.12"))
    path(store, "tests", "3.12").rename(path(store, "tests"))
    assert "'tests.3.12'" in store.read("tests").damage
    other = EvidenceStore(store.folder, "other")
    assert "thing" in other.read("tests").damage
