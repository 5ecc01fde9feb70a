"""What is known of each upload: an intent, an answer, and what several tries come to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from support.fakes import MemoryIndex
from support.records import SDIST, WHEEL
from unmoor.state.upload_intents import (
    Standing,
    answered,
    any_begun,
    anything_may_be_there,
    begin,
    begun,
    digests,
    intent,
    shown,
)

INDEX = MemoryIndex().as_index()
ELSEWHERE = replace(INDEX, identity="another address")
B, A, R = Standing.BEGUN, Standing.ACCEPTED, Standing.REFUSED


def send(state: Path, *standings: Standing) -> None:
    for each in standings:
        begin(state, INDEX, WHEEL)
        if each is not B:
            answered(state, INDEX, WHEEL, each, 200 if each is A else 400)


@pytest.mark.parametrize(
    ("standings", "together", "may_be_there"),
    [
        ((B,), B, True),
        ((A,), A, True),
        ((R,), R, False),
        ((R, R), R, False),
        # Of the first nobody knows: it may have arrived, whatever became of the second.
        ((B, R), B, True),
        ((R, B), B, True),
        ((A, R), A, True),
        ((B, A), A, True),
    ],
)
def test_several_tries_come_to_one_standing(
    standings: tuple[Standing, ...], together: Standing, *, may_be_there: bool, tmp_path: Path
) -> None:
    send(tmp_path, *standings)
    found = intent(tmp_path, INDEX, WHEEL)
    assert found is not None
    assert found.standing is together
    assert found.since.endswith("Z")
    assert any_begun(tmp_path)
    assert anything_may_be_there(tmp_path) is may_be_there


def standing(state: Path) -> Standing:
    found = intent(state, INDEX, WHEEL)
    assert found is not None
    return found.standing


def test_what_was_seen_there_is_known_and_what_is_sent_after_that_counts_anew(tmp_path: Path) -> None:
    shown(tmp_path, INDEX, WHEEL)
    assert not any_begun(tmp_path)
    send(tmp_path, B)
    shown(tmp_path, INDEX, WHEEL)
    assert standing(tmp_path) is B
    send(tmp_path, A)
    shown(tmp_path, ELSEWHERE, WHEEL)
    assert standing(tmp_path) is A
    shown(tmp_path, INDEX, WHEEL)
    assert standing(tmp_path) is Standing.SHOWN
    send(tmp_path, R)
    assert standing(tmp_path) is Standing.SHOWN
    send(tmp_path, A)
    assert standing(tmp_path) is A


def test_the_digests_are_those_of_the_last_tries(tmp_path: Path) -> None:
    send(tmp_path, R)
    begin(tmp_path, INDEX, replace(WHEEL, sha256="f" * 64))
    begin(tmp_path, INDEX, SDIST)
    assert digests(tmp_path) == {WHEEL.filename: "f" * 64, SDIST.filename: SDIST.sha256}


def test_nothing_begun_is_nothing_known(tmp_path: Path) -> None:
    assert intent(tmp_path, INDEX, WHEEL) is None
    assert (any_begun(tmp_path), anything_may_be_there(tmp_path)) == (False, False)


def test_other_bytes_and_another_address_are_another_upload(tmp_path: Path) -> None:
    send(tmp_path, A)
    assert intent(tmp_path, INDEX, replace(WHEEL, sha256="f" * 64)) is None
    assert intent(tmp_path, ELSEWHERE, WHEEL) is None
    assert intent(tmp_path, INDEX, SDIST) is None
    assert begun(tmp_path, "pypi", INDEX.identity) == {WHEEL.sha256}
    assert begun(tmp_path, "pypi", ELSEWHERE.identity) == frozenset()


def test_one_file_that_may_be_there_is_enough(tmp_path: Path) -> None:
    send(tmp_path, R)
    begin(tmp_path, INDEX, SDIST)
    assert anything_may_be_there(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"tries": 1}', b"\xff", b'{"tries": [{"sha256": 1}]}'])
def test_what_cannot_be_read_back_may_have_been_anything(content: bytes, tmp_path: Path) -> None:
    send(tmp_path, R)
    (tmp_path / "uploads" / "pypi" / f"{WHEEL.filename}.json").write_bytes(content)
    assert any_begun(tmp_path)
    assert anything_may_be_there(tmp_path)
    assert begun(tmp_path, "pypi", INDEX.identity) == frozenset()
    begin(tmp_path, INDEX, WHEEL)
    assert begun(tmp_path, "pypi", INDEX.identity) == {WHEEL.sha256}


def test_an_intent_of_an_earlier_unmoor_is_one_without_an_answer(tmp_path: Path) -> None:
    said = {"sha256": WHEEL.sha256, "index": INDEX.identity, "started": "2026-01-02T03:04:05Z"}
    path = tmp_path / "uploads" / "pypi" / f"{WHEEL.filename}.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(said))
    found = intent(tmp_path, INDEX, WHEEL)
    assert found is not None
    assert (found.standing, found.since) == (B, said["started"])
