"""Waiting for an index: what is asked, how often, and what several answers together amount to."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from support.distributions import distribution_of, sdist, wheel
from support.fakes import MemoryIndex
from support.faulty_index import Fault, Faults
from support.indexes import post, running
from support.waiting import Clock
from unmoor.indexes import wait
from unmoor.indexes.wait import Seen
from unmoor.model import Distribution

LATER = Distribution(filename="later.whl", kind="wheel", size=1, sha256="0" * 64)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_waiting_backs_off_until_all_are_served(tmp_path: Path):
    first, second, clock, said = wheel(tmp_path), sdist(tmp_path), Clock(), []
    with running(tmp_path / "root", faults=Faults(lag=Fault(3, "*.tar.gz"))) as (_, target):
        post(target, first)
        post(target, second)
        wanted = [distribution_of(first), distribution_of(second)]
        waited = wait.wait_for(
            target.client,
            "tiny-thing",
            wanted,
            patience_seconds=60,
            say=said.append,
            clock=clock,
            sleep=clock.sleep,
        )
    assert (waited.seen, waited.names, waited.asked) == (Seen.SERVED, (), 4)
    assert clock.slept == pytest.approx([0.2, 0.4, 0.8])
    assert second.name in said[0]
    assert first.name not in said[0]


def test_waiting_ends_with_patience(tmp_path: Path):
    path, clock = wheel(tmp_path), Clock()
    with running(tmp_path / "root") as (_, target):
        waited = wait.wait_for(
            target.client,
            "tiny-thing",
            [distribution_of(path)],
            patience_seconds=100,
            clock=clock,
            sleep=clock.sleep,
        )
    assert (waited.seen, waited.names) == (Seen.NOT_YET, (path.name,))
    assert max(clock.slept) == 15.0
    assert waited.seconds == pytest.approx(100)


def test_waiting_on_an_index_that_is_gone_says_so(tmp_path: Path):
    clock = Clock()
    with running(tmp_path / "root") as (_, target):
        pass
    waited = wait.wait_for(target.client, "tiny-thing", [LATER], patience_seconds=0.3, clock=clock, sleep=clock.sleep)
    assert (waited.seen, waited.names, waited.asked) == (Seen.NOT_YET, ("later.whl",), 3)
    assert "did not answer" in waited.trouble


@pytest.mark.parametrize(("times", "seen"), [(1, Seen.NOT_YET), (2, Seen.NOT_YET), (3, Seen.OTHER_BYTES)])
def test_other_bytes_end_the_waiting_after_asking_twice_more(times: int, seen: Seen, tmp_path: Path):
    path, clock = wheel(tmp_path), Clock()
    with running(tmp_path / "root", faults=Faults(other_bytes=Fault(times))) as (_, target):
        post(target, path)
        wanted = [distribution_of(path), LATER]
        waited = wait.wait_for(target.client, "tiny-thing", wanted, patience_seconds=60, clock=clock, sleep=clock.sleep)
    assert waited.seen is seen
    if seen is Seen.OTHER_BYTES:
        assert (waited.names, clock.slept) == ((path.name,), pytest.approx([0.2, 0.4]))
    else:
        assert waited.names == ("later.whl",)


@pytest.mark.parametrize(("times", "seen"), [(1, Seen.NOT_YET), (3, Seen.OTHER_BYTES)])
def test_doubts_are_followed_up_when_patience_is_over(times: int, seen: Seen, tmp_path: Path):
    path, clock = wheel(tmp_path), Clock()
    with running(tmp_path / "root", faults=Faults(other_bytes=Fault(times))) as (_, target):
        post(target, path)
        wanted = [distribution_of(path)]
        waited = wait.wait_for(target.client, "tiny-thing", wanted, patience_seconds=0, clock=clock, sleep=clock.sleep)
    assert (waited.seen, waited.names, waited.asked) == (seen, (path.name,), 3)
    assert ("differ" in waited.trouble) is (seen is Seen.NOT_YET)


def test_bytes_are_fetched_once_and_those_that_were_read_count(tmp_path: Path):
    first, second, into = wheel(tmp_path), sdist(tmp_path), tmp_path / "into"
    into.mkdir()
    with running(tmp_path / "root", faults=Faults(lag=Fault(2, "*.tar.gz"))) as (index, target):
        for path in (first, second):
            post(target, path)
        wanted = [distribution_of(path) for path in (first, second)]
        waited = wait.wait_for(target.client, "tiny-thing", wanted, patience_seconds=20, into=into)
        fetched = [each.filename for each in index.requests if "/files/" in each.path]
    assert waited.seen is Seen.SERVED
    assert fetched == [first.name, second.name]
    assert {path.name: sha256(path) for path in into.iterdir()} == {each.filename: each.sha256 for each in wanted}


# ── doubt, and size ──────────────────────────────────────────────────────────────────────────────────────────────


OURS = b"ours"
FILE = Distribution(filename="a.whl", kind="wheel", size=len(OURS), sha256=hashlib.sha256(OURS).hexdigest())


def test_no_answer_is_asked_again_although_nobody_waits_for_the_file() -> None:
    index, clock = MemoryIndex(silent=2), Clock()
    waited = wait.wait_for(index, "thing", [FILE], patience_seconds=0, doubt_seconds=20, clock=clock, sleep=clock.sleep)
    assert (waited.seen, waited.trouble, waited.asked) == (Seen.NOT_YET, "", 3)


def test_an_answer_without_the_file_ends_it_where_nobody_waits() -> None:
    clock = Clock()
    waited = wait.wait_for(
        MemoryIndex(), "thing", [FILE], patience_seconds=0, doubt_seconds=20, clock=clock, sleep=clock.sleep
    )
    assert (waited.asked, clock.slept) == (1, [])


def test_silence_that_lasts_is_told_as_such() -> None:
    clock = Clock()
    waited = wait.wait_for(
        MemoryIndex(silent=99), "thing", [FILE], patience_seconds=0, doubt_seconds=20, clock=clock, sleep=clock.sleep
    )
    assert "did not answer" in waited.trouble
    assert waited.seconds == pytest.approx(20)


@pytest.mark.parametrize("states_digests", [True, False])
def test_no_more_is_fetched_than_our_file_has(tmp_path: Path, *, states_digests: bool) -> None:
    index = MemoryIndex(held={FILE.filename: OURS}, states_digests=states_digests)
    assert wait.wait_for(index, "thing", [FILE], patience_seconds=0, into=tmp_path).seen is Seen.SERVED
    assert index.fetched == [(FILE.filename, len(OURS))]
    assert (tmp_path / FILE.filename).read_bytes() == OURS


@pytest.mark.parametrize("into", [True, False])
def test_a_longer_file_is_other_bytes(tmp_path: Path, *, into: bool) -> None:
    index, clock = MemoryIndex(held={FILE.filename: OURS * 2}, states_digests=False), Clock()
    place = tmp_path if into else None
    waited = wait.wait_for(index, "thing", [FILE], patience_seconds=60, into=place, clock=clock, sleep=clock.sleep)
    assert (waited.seen, waited.names) == (Seen.OTHER_BYTES, (FILE.filename,))


def test_an_index_without_digests_is_not_asked_for_the_same_bytes_each_time() -> None:
    index, clock = MemoryIndex(held={FILE.filename: OURS}, states_digests=False), Clock()
    wanted = [FILE, replace(FILE, filename="b.whl")]
    wait.wait_for(index, "thing", wanted, patience_seconds=60, clock=clock, sleep=clock.sleep)
    assert index.readings > 2
    assert len(index.fetched) == 1
