from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from support.records import record
from unmoor.evidence.record import GateRecord, Kept
from unmoor.model import Finding, Outcome
from unmoor.state.evidence_store import EvidenceStore


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return EvidenceStore(tmp_path / "evidence")


FAILED = GateRecord(
    name="gate", asserts="it holds", outcome=Outcome.FAILED, problems=(Finding(message="no", place="a:1"),)
)


def test_what_was_written_is_read_with_its_digest(store: EvidenceStore) -> None:
    made = record()
    digest = store.write(made)
    assert store.read("check") == Kept(record=made, digest=digest)
    assert digest == hashlib.sha256(store.path("check").read_bytes()).hexdigest()


def test_nothing_there_is_no_damage(store: EvidenceStore) -> None:
    assert store.read("check") == Kept()


def test_evidence_of_another_stage_does_not_count(store: EvidenceStore) -> None:
    store.write(record("lint"))
    store.path("lint").rename(store.path("check"))
    assert store.read("check").record is None
    assert "'lint'" in store.read("check").damage


def test_a_file_that_cannot_be_read_is_damage(store: EvidenceStore) -> None:
    store.path("check").mkdir(parents=True)
    assert "cannot be read" in store.read("check").damage


def test_a_file_cut_off_anywhere_is_damage(store: EvidenceStore) -> None:
    store.write(record(gates=(FAILED,)))
    content = store.path("check").read_bytes()
    # Without the line end it is still all there.
    for length in range(len(content) - 1):
        store.path("check").write_bytes(content[:length])
        kept = store.read("check")
        assert kept.record is None
        assert kept.damage.startswith("is damaged")


def test_a_flipped_bit_anywhere_is_damage(store: EvidenceStore) -> None:
    """This shows damage. It is no proof against somebody who may write here: such a one writes what they like."""
    store.write(record())
    content = store.path("check").read_bytes()
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        store.path("check").write_bytes(flipped)
        kept = store.read("check")
        # White space between words may change without changing what is said.
        assert kept.record is None or (chr(content[position]).isspace() and kept.record == record())


def test_damage_is_never_taken_for_the_same_content(store: EvidenceStore) -> None:
    """What changed is void, or changes the digest that every later record quotes."""
    digest = store.write(record(gates=(FAILED,)))
    content = store.path("check").read_bytes()
    chance = random.Random(0)  # noqa: S311 - the same damage every time
    for _ in range(500):
        broken = bytearray(content)
        start = chance.randrange(len(broken))
        broken[start : start + chance.randrange(1, 20)] = chance.randbytes(chance.randrange(0, 20))
        if bytes(broken) == content:
            continue
        store.path("check").write_bytes(broken)
        kept = store.read("check")
        assert kept.digest != digest
        assert kept.record == record(gates=(FAILED,)) if kept.record else kept.damage
