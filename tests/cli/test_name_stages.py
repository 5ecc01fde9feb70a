"""What nox calls the stages beside sessions that have their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from unmoor.chain import CHAIN
from unmoor.cli.invocation import Invocation
from unmoor.cli.name_stages import StageNames, name_stages
from unmoor.errors import SettingsError, UnmoorError
from unmoor.model import Repository
from unmoor.request import OwnSession

NAMES = {stage.name: stage.name for stage in CHAIN}


def named(*registered: str, own: tuple[OwnSession, ...] = (), **words: Any) -> StageNames:
    return name_stages(registered, own, words.get("names", {}), words.get("leave_out", ()))


def test_where_nothing_clashes_every_stage_has_its_name_and_nothing_is_said() -> None:
    found = named("style", "benchmark")
    assert (dict(found.sessions), found.clashes, found.refused, found.note) == (NAMES, (), (), "")


def test_a_session_that_proves_the_stage_of_its_name_is_no_clash() -> None:
    own = (OwnSession(name="lint", stage="lint"), OwnSession(name="check", stage="check"))
    assert named("lint", "check", own=own).sessions == NAMES


def test_every_clash_is_told_in_one_line_with_what_solves_it() -> None:
    found = named("build", "release", "lint")
    assert found.sessions == NAMES | {
        "build": "unmoor-build",
        "release": "unmoor-release",
        "lint": "unmoor-lint",
    }
    # What reaches outward must not be started by who reads of the stage.
    assert (found.clashes, found.refused) == (("lint", "build", "release"), ("release",))
    line = 'register(names={"lint": "unmoor-lint", "build": "unmoor-build", "release": "unmoor-release"})'
    assert found.note.endswith(f"→ say so: unmoor.sessions.{line}")
    assert "\n" not in found.note


def test_one_clash_is_said_as_one() -> None:
    said = named("release").note
    assert "the session 'release' is your own, and a stage has that name too; the stage is called unmoor-" in said


def test_what_the_line_says_is_done_and_nothing_is_said_any_more() -> None:
    found = named("build", "release", names={"build": "unmoor-build", "release": "ship"})
    assert (found.sessions["build"], found.sessions["release"], found.clashes, found.note) == (
        *("unmoor-build", "ship"),
        (),
        "",
    )


def test_the_line_keeps_what_register_was_told() -> None:
    found = named("build", names={"lint": "style"}, leave_out=["release"])
    assert found.line == (
        'unmoor.sessions.register(names={"lint": "style", "build": "unmoor-build"}, leave_out=["release"])'
    )


def test_stages_can_be_left_out_from_the_end() -> None:
    found = named("release", leave_out=("release",))
    assert [*found.sessions] == [stage.name for stage in CHAIN][:-1]
    assert found.note == ""
    assert [*named(leave_out=("testpypi", "pypi", "release", "docs-strict")).sessions] == [
        *("check", "lint", "tests", "build")
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"leave_out": ("docs",)}, "there is no stage 'docs' → one of check, lint, tests, docs-strict"),
        ({"names": {"relaese": "x"}}, "there is no stage 'relaese' → did you mean 'release'?"),
        (
            {"leave_out": ("lint",)},
            "the stage 'lint' cannot be left out: testpypi goes by what it proves → keep it under",
        ),
        ({"names": {"release": "style"}}, "the stage 'release' cannot be called 'style': another session is"),
        ({"names": {"release": "build"}}, "the stage 'release' cannot be called 'build': another session is"),
    ],
)
def test_words_that_do_not_fit_are_said(words: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        named("style", **words)
    assert said in str(caught.value)


def test_a_stage_that_is_left_out_is_never_called_by_a_name_that_may_mean_anything() -> None:
    sessions = named("release", leave_out=("release",)).sessions
    repository = Repository(root=Path(), stage_sessions=sessions)
    assert (repository.session("release"), repository.session("lint")) == ("pypi", "lint")
    assert Repository(root=Path()).session("release") == "release"


def test_who_hands_over_to_nox_for_a_stage_starts_no_session_of_another_meaning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["nox", "--sessions", "release"])
    for name in ("UNMOOR_RUN", "UNMOOR_ASKED"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("UNMOOR_RUN_ID", "one")
    run = Invocation(tmp_path)
    with pytest.raises(UnmoorError, match="another session by that name"):
        run.call({"release": "ship"})
    # By hand it is what it is called.
    Invocation(tmp_path).call({"release": "ship"})
