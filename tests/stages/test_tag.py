"""Tagging, over a remote and a clone in memory: always the planned commit, and never a tag that exists."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.contexts import make_context
from support.fakes import FakeClone, MemoryRemote
from support.records import record
from unmoor.context import Context
from unmoor.errors import Blocked, Incomplete
from unmoor.model import Resolution
from unmoor.stages import tag

PLANNED = "c" * 40
REF = "refs/tags/v1.0"


@pytest.fixture
def remote() -> MemoryRemote:
    return MemoryRemote()


@pytest.fixture
def context(tmp_path: Path, remote: MemoryRemote) -> Context:
    made = make_context(tmp_path, name="release", remote=remote, workspace=FakeClone(tmp_path, PLANNED))
    made.store.write(record("build", facts={"commit": PLANNED}))
    return made


def test_the_planned_commit_is_tagged_and_pushed(context: Context, remote: MemoryRemote) -> None:
    assert tag.observe(context) is None
    done = tag.run(context)
    assert remote.held == {REF: PLANNED}
    assert (done.how, done.detail) == (Resolution.RAN, f"tag v1.0 -> {PLANNED[:7]}")
    assert done.facts == {"target": "origin", "tag": "v1.0", "commit": PLANNED}


def test_a_tag_on_the_planned_commit_is_found(context: Context, remote: MemoryRemote) -> None:
    remote.held = {REF: PLANNED}
    done = tag.observe(context)
    assert done is not None
    assert (done.how, remote.pushes) == (Resolution.FOUND, [])


def test_a_tag_elsewhere_stops_it(context: Context, remote: MemoryRemote) -> None:
    remote.held = {REF: "f" * 40}
    with pytest.raises(Blocked, match="exists on commit ffffffffffff"):
        tag.observe(context)
    assert remote.held == {REF: "f" * 40}


def test_what_the_build_recorded_is_tagged_not_what_is_checked_out(
    context: Context, remote: MemoryRemote, tmp_path: Path
) -> None:
    moved = replace(context, workspace=FakeClone(tmp_path, "f" * 40))
    with pytest.raises(Blocked, match="the plan leads to commit ffffffffffff"):
        tag.run(moved)
    assert remote.pushes == []


def test_without_the_record_of_a_build_there_is_nothing_to_tag(context: Context, remote: MemoryRemote) -> None:
    context.store.write(record("build", facts={}))
    for act in (tag.observe, tag.run):
        with pytest.raises(Blocked, match="no planned commit"):
            act(context)
    assert remote.pushes == []


def test_a_lost_answer_is_not_believed_the_remote_is_asked(context: Context, remote: MemoryRemote) -> None:
    remote.lose_answer = True
    assert tag.run(context).how is Resolution.FOUND
    assert remote.held == {REF: PLANNED}


def test_a_remote_that_says_no_is_incomplete_with_its_words(context: Context, remote: MemoryRemote) -> None:
    remote.refuse = True
    with pytest.raises(Incomplete, match=r"did not take the tag 'v1\.0': remote: no"):
        tag.run(context)


def test_a_remote_that_does_not_answer_is_incomplete(context: Context, remote: MemoryRemote) -> None:
    remote.down = True
    with pytest.raises(Incomplete, match="did not answer"):
        tag.observe(context)
