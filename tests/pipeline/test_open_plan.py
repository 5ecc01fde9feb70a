"""Opening a plan: made once for the same content, taken up afterwards, and asking nobody where nobody need be asked."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.gating import write_tiny
from support.repositories import Repository
from support.simple_index import SimpleIndex, simple_index
from unmoor.errors import Blocked, UnmoorError
from unmoor.model import Mode
from unmoor.observe.repository import load
from unmoor.pipeline.open_plan import OpenPlan, _actor, open_components, open_plan
from unmoor.request import Memory, Request
from unmoor.runtime import clock
from unmoor.tools.git import Git


@pytest.fixture
def index() -> Any:
    with simple_index() as served:
        yield served


@pytest.fixture
def tiny(new_repository: Any, index: SimpleIndex) -> Repository:
    made: Repository = new_repository("tiny")
    write_tiny(made)
    text = (made.folder / "pyproject.toml").read_text()
    made.write("pyproject.toml", f'{text}\n[tool.unmoor.indexes.pypi]\nsimple-url = "{index.url}"\n')
    made.commit("An index of its own")
    return made


def request(tiny: Repository, **words: Any) -> Request:
    return Request(start=tiny.folder, environ=tiny.environ, **words)


def test_the_same_content_has_one_plan_and_the_index_is_asked_once(tiny: Repository, index: SimpleIndex) -> None:
    first = open_plan(request(tiny))
    second = open_plan(request(tiny))
    assert first.plan == second.plan
    assert len(index.asked) == 1
    assert (first.releases[0].state / "plan.json").is_file()


def test_other_content_has_another_plan(tiny: Repository) -> None:
    first = open_plan(request(tiny))
    tiny.write("README.md", "# Another\n")
    second = open_plan(request(tiny))
    assert first.plan.key != second.plan.key
    assert second.plan.uncommitted == ("README.md",)


def test_a_stage_about_a_tree_asks_neither_index_nor_remote(
    tiny: Repository, index: SimpleIndex, tmp_path: Path
) -> None:
    tiny.git("remote", "add", "origin", str(tmp_path / "gone"))
    opened = open_plan(request(tiny), local=True)
    assert index.asked == []
    assert opened.plan.notices == ()
    for number in range(3):
        tiny.write("README.md", f"# Edit {number}\n")
        open_plan(request(tiny), local=True)
    assert index.asked == []


def test_what_was_asked_already_serves_a_stage_about_a_tree_too(tiny: Repository) -> None:
    memory = Memory()
    whole = open_plan(request(tiny, memory=memory))
    assert open_plan(request(tiny, memory=memory), local=True) is whole
    assert open_plan(request(tiny), local=True).plan == whole.plan


def test_a_plan_without_answers_is_not_taken_for_one_that_has_them(tiny: Repository, index: SimpleIndex) -> None:
    index.add("tiny-thing", "tiny_thing-1.2.0-py3-none-any.whl")
    assert open_plan(request(tiny), local=True).releases[0].release.version == "1.2.0"
    assert open_plan(request(tiny)).releases[0].release.version != "1.2.0"
    assert len(index.asked) == 1


def test_several_components_have_a_release_each_in_order(tiny: Repository) -> None:
    one = load(tiny.folder, tiny.environ)
    other = replace(one, name="other-thing", requires=("tiny-thing", "somebody-elses"))
    opened = open_components((one, other), request(tiny))
    assert [each.component.name for each in opened.releases] == ["tiny-thing", "other-thing"]
    assert [each.release.waits_for for each in opened.releases] == [(), ("tiny-thing",)]
    assert len({each.state for each in opened.releases}) == 2
    assert {each.store.component for each in opened.releases} == {"tiny-thing", "other-thing"}


def test_a_live_release_takes_its_base_from_the_rehearsal_of_the_same_commit(tiny: Repository) -> None:
    tiny.git("tag", "1.1.0", "HEAD~1")
    tiny.git("tag", "v1.1.0", "HEAD")
    tiny.commit("More")
    with pytest.raises(UnmoorError, match="follows is not clear"):
        open_plan(request(tiny, live="1.2.0"))
    rehearsed = open_plan(request(tiny))
    live = open_plan(request(tiny, live="1.2.0"))
    assert (rehearsed.plan.mode, live.plan.mode) == (Mode.REHEARSAL, Mode.LIVE)
    assert live.releases[0].release.base_tag == rehearsed.releases[0].release.base_tag == "v1.1.0"


def test_a_live_release_of_a_commit_that_nobody_rehearsed_finds_its_base(tiny: Repository) -> None:
    """A bump makes a new commit, so this is what every release from the second on looks like."""
    tiny.git("tag", "v1.1.0", "HEAD~1")
    (opened,) = open_plan(request(tiny, live="1.2.0")).releases
    assert (opened.release.base_tag, opened.release.base_candidates) == ("v1.1.0", ())


def test_what_cannot_be_released_is_said_once_and_again_to_every_asker(tiny: Repository) -> None:
    memory = Memory()
    for _ in range(2):
        with pytest.raises(Blocked, match=r"states '1\.2\.0', not '9\.9\.9'"):
            open_plan(request(tiny, live="9.9.9", memory=memory))


def test_one_run_has_one_clone(tiny: Repository) -> None:
    asked = request(tiny)
    opened: OpenPlan = open_plan(asked)
    assert opened.clone(asked) is opened.clone(asked)
    assert opened.clone(asked) is not opened.clone(request(tiny))


def test_a_damaged_plan_is_made_anew(tiny: Repository) -> None:
    first = open_plan(request(tiny))
    for path in (first.layout.plan(first.plan.key), first.releases[0].state / "plan.json"):
        path.write_text("{")
    assert replace(open_plan(request(tiny)).plan, key="") == replace(first.plan, key="")


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 54321"), OSError("no"), ImportError("pwd")])
def test_a_user_without_a_name_can_release(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """As in a container that was started with any user id; Python says it in another way in each version."""

    def nobody() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", nobody)
    environ = {**repository.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    assert _actor(Git(repository.folder, environ), Request(start=repository.folder, environ=environ)) == "unknown"


def test_a_rehearsal_is_the_same_tomorrow_and_a_release_carries_the_day_of_its_plan(
    tiny: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: "2030-01-01")
    first, live = open_plan(request(tiny)), open_plan(request(tiny, live="1.2.0"))
    monkeypatch.setattr(clock, "today", lambda: "2030-01-02")
    assert open_plan(request(tiny)).plan == first.plan
    assert open_plan(request(tiny, live="1.2.0")).plan == live.plan
    assert first.plan.date == clock.day(tiny.door.commit_time("HEAD"))
    assert live.plan.date == "2030-01-01"


def test_calendar_versions_are_told_by_the_days_of_tags_and_of_files(
    tiny: Repository, index: SimpleIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: "2026-11-21")
    text = (tiny.folder / "pyproject.toml").read_text()
    tiny.write("pyproject.toml", text.replace('version = "1.2.0"', 'version = "26.5.0"'))
    tiny.write("src/tiny/__init__.py", '__version__ = "26.5.0"\n')
    tiny.commit("By the calendar")
    for version, day in (("26.3.0", "2026-03-06"), ("26.1.0", "2026-01-17")):
        dated = replace(tiny, environ={**tiny.environ, "GIT_COMMITTER_DATE": f"{day}T12:00:00+00:00"})
        dated.git("tag", "--annotate", "-m", version, f"v{version}")
    index.add("tiny-thing", "tiny_thing-26.5.0.tar.gz", upload_time="2026-05-16T10:00:00.000000Z")
    (opened,) = open_plan(request(tiny)).releases
    assert opened.release.version == "26.11.0"
    assert "by the calendar (YY.MM): it is 2026-11-21, and the last release is 26.5.0" in opened.release.rule
