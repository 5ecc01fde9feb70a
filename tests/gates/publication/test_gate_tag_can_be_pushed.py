"""The tag is tried before files go out: made, signed where that is asked for, and pushed without being pushed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.contexts import make_context
from support.fakes import FakeClone, MemoryRemote
from support.opened import component
from unmoor.errors import Blocked, Incomplete, ToolFailed
from unmoor.gates.publication import tag_can_be_pushed
from unmoor.model import Repository
from unmoor.model.settings import Settings


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> MemoryRemote:
    made = MemoryRemote()
    monkeypatch.setattr(tag_can_be_pushed, "release_remote", lambda _: made)
    return made


@pytest.fixture
def context(tmp_path: Path) -> Any:
    made = component(tmp_path, repository=Repository(root=tmp_path, remote="origin"), settings=Settings(sign_tags=True))
    return make_context(tmp_path, name="testpypi", live=True, workspace=FakeClone(tmp_path), component=made)


def test_the_trial_leaves_nothing(context: Any, remote: MemoryRemote) -> None:
    found = tag_can_be_pushed.check(context)
    assert (found.examined, found.problems) == (1, ())
    assert (remote.tried, remote.pushes, remote.held) == (["v1.0"], [], {})
    assert context.workspace.tags == {}


def test_a_tag_that_is_there_needs_no_trial(context: Any, remote: MemoryRemote) -> None:
    remote.held = {"refs/tags/v1.0": "c" * 40}
    assert tag_can_be_pushed.check(context).examined == 1
    assert remote.tried == []


def test_what_the_remote_would_refuse_is_said_in_its_words(context: Any, remote: MemoryRemote) -> None:
    remote.refuse = True
    (problem,) = tag_can_be_pushed.check(context).problems
    assert problem.message == "the tag 'v1.0' could not be pushed to origin: remote: no"
    assert context.workspace.tags == {}


@pytest.mark.parametrize("error", [ToolFailed("git tag ended", status=128, tail="gpg failed"), Blocked("no signature")])
def test_a_tag_that_cannot_be_signed_stops_before_anything_is_out(
    context: Any, remote: MemoryRemote, error: Exception
) -> None:
    class Locked(FakeClone):
        def tag(self, *_: Any, **words: Any) -> None:
            assert words["signed"]
            raise error

    context = replace(context, workspace=Locked(context.workspace.path))
    if isinstance(error, Blocked):
        with pytest.raises(Blocked):
            tag_can_be_pushed.check(context)
    else:
        (problem,) = tag_can_be_pushed.check(context).problems
        assert "gpg failed" in problem.message
    assert remote.tried == []


def test_a_remote_that_does_not_answer_is_asked_again_later(context: Any, remote: MemoryRemote) -> None:
    remote.down = True
    with pytest.raises(Incomplete):
        tag_can_be_pushed.check(context)


def test_without_a_remote_there_is_nothing_that_could_take_it(context: Any, tmp_path: Path) -> None:
    alone = replace(context, component=component(tmp_path))
    assert tag_can_be_pushed.check(alone).absent
