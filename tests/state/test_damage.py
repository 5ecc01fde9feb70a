"""Whatever happens to a file of the state, it is damage: nothing else is ever read out of it, and nothing crashes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.records import plan, record
from unmoor.evidence.statements import Damaged
from unmoor.model import Distribution
from unmoor.report.stage_rows import last_run
from unmoor.state import plans, seal_record
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.seal_record import SealRecord

ARCHIVE = Distribution(filename="thing-1.0-py3-none-any.whl", kind="wheel", size=3, sha256="ab" * 32)
ENDED = {
    "component": "thing",
    "how": "ran",
    "code": 0,
    "why": "it was asked for",
    "narrowed": "",
    "recorded": "check",
    "seconds": 1.5,
    "state": "somewhere",
    "addresses": {"indexes": {}, "remote": "origin", "signed": False},
}


def _plan(top: Path) -> tuple[Path, Callable[[], Any]]:
    plans.keep(top / "plan.json", plan())
    return top / "plan.json", lambda: plans.read(top / "plan.json")


def _seal(top: Path) -> tuple[Path, Callable[[], Any]]:
    seal_record.write(top, SealRecord(inputs="cd" * 32, facts={"commit": "ef" * 20}, files=(ARCHIVE,)))

    def read() -> SealRecord | None:
        try:
            return seal_record.read(top)
        except Damaged:
            return None

    return seal_record.path(top), read


def _evidence(top: Path) -> tuple[Path, Callable[[], Any]]:
    store = EvidenceStore(top, "thing")
    store.write(record())
    (path,) = top.iterdir()
    return path, lambda: store.read("check").record


def _run(top: Path) -> tuple[Path, Callable[[], Any]]:
    (top / "check.json").write_bytes(json.dumps([ENDED]).encode())
    return top / "check.json", lambda: last_run(top).get("thing")


KEPT = {"plan": _plan, "seal": _seal, "evidence": _evidence, "run": _run}
# What a run says of itself is for people; it has no checksum.
CHECKED = [name for name in KEPT if name != "run"]


def torn(content: bytes) -> Iterator[bytes]:
    yield from (content[:length] for length in range(0, len(content) - 2, 7))


def flipped(content: bytes) -> Iterator[bytes]:
    chance = random.Random(1)  # noqa: S311 - the same every time
    for place in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[place] ^= 1 << chance.randrange(8)
        yield bytes(damaged)


def foreign(_: bytes) -> Iterator[bytes]:
    yield from (b"", b"null", b"[]", b"{}", b"[{}]", b'"x"', b"1e999", b"\xff\xfe", b"\x00" * 64, b"[" * 100_000)
    yield b'[{"component": "thing", "code": "x"}]'
    yield b'{"mode": "unknown", "releases": 1, "schema": 99}'


@pytest.mark.parametrize("damage", [torn, foreign])
@pytest.mark.parametrize("kept", KEPT)
def test_a_torn_or_foreign_file_says_nothing(
    kept: str, damage: Callable[[bytes], Iterator[bytes]], tmp_path: Path
) -> None:
    path, read = KEPT[kept](tmp_path)
    assert read() is not None
    for content in damage(path.read_bytes()):
        path.write_bytes(content)
        assert read() is None, content


@pytest.mark.parametrize("kept", CHECKED)
def test_a_flipped_bit_is_damage_or_nothing(kept: str, tmp_path: Path) -> None:
    path, read = KEPT[kept](tmp_path)
    whole = read()
    for content in flipped(path.read_bytes()):
        path.write_bytes(content)
        assert read() in (None, whole), content


@pytest.mark.parametrize("kept", KEPT)
def test_a_file_that_is_a_folder_says_nothing(kept: str, tmp_path: Path) -> None:
    path, read = KEPT[kept](tmp_path)
    path.unlink()
    path.mkdir()
    assert read() is None


@pytest.mark.parametrize("kept", ["plan", "seal"])
def test_what_was_kept_before_there_were_checksums_is_read(kept: str, tmp_path: Path) -> None:
    path, read = KEPT[kept](tmp_path)
    whole = read()
    fields = json.loads(path.read_bytes())
    del fields["checksum"]
    path.write_bytes(json.dumps(fields).encode())
    assert read() == whole
