from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from support.records import SDIST, WHEEL, plan, record
from unmoor.chain import CHAIN, stage
from unmoor.evidence.binding import digest_of, files_digest, inputs_of
from unmoor.evidence.record import Kept
from unmoor.evidence.validity import Standing, validity
from unmoor.model import Edit, Mode, Outcome
from unmoor.model.settings import Settings


def _component(digit: str, **changes: Any) -> Any:
    return SimpleNamespace(settings_digest=digit * 64, settings=Settings(), **{"archive_stages": (), **changes})


COMPONENT = _component("e")
FILES = (WHEEL, SDIST)
NAMES = [each.name for each in CHAIN]


def inputs(name: str, **changes: Any) -> dict[str, str]:
    words = {"plan": plan(), "component": COMPONENT, "files": FILES, "target": "here"} | changes
    release = words["plan"].releases[0]
    return inputs_of(
        stage(name), words["component"], release, words["plan"], files=words["files"], target=words["target"]
    )


def bump() -> Any:
    release = plan().releases[0]
    return plan(), replace(plan(), releases=(replace(release, version="2.0"),))


def reason(name: str, **changes: Any) -> str:
    return validity(Kept(record=record(name, inputs=inputs(name)), digest="1"), inputs(name, **changes)).why


@pytest.mark.parametrize("name", NAMES)
def test_the_same_inputs_count(name: str) -> None:
    assert reason(name) == ""


@pytest.mark.parametrize("name", NAMES)
def test_settings_version_and_mode_void_everything(name: str) -> None:
    assert reason(name, component=_component("f")) == "the settings changed"
    assert "the version changed" in reason(name, plan=bump()[1])
    assert "mode changed" in reason(name, plan=plan(Mode.LIVE))


@pytest.mark.parametrize("name", ["check", "lint", "tests", "docs-strict", "build"])
def test_another_tree_voids_what_came_before_the_archives(name: str) -> None:
    assert reason(name, plan=plan(tree="f" * 40)) == "the tree changed"


@pytest.mark.parametrize("name", ["lint", "tests", "docs-strict"])
def test_a_new_commit_of_the_same_tree_voids_nothing_that_only_reads_files(name: str) -> None:
    assert reason(name, plan=plan(commit="f" * 40, branch="other", date="2020-01-02")) == ""


def test_check_is_good_for_one_plan_on_one_commit_and_branch() -> None:
    assert reason("check", plan=plan(commit="f" * 40)) == "the commit changed"
    assert reason("check", plan=plan(branch="other")) == "the branch changed"
    assert "plan" in reason("check", plan=plan(key="2"))


def test_the_build_is_bound_to_how_its_commit_is_made() -> None:
    edited = replace(plan(), releases=(replace(plan().releases[0], edits=(Edit(path="a", what="b"),)),))
    assert reason("build", plan=edited) == "the plan's edits changed"
    assert reason("build", plan=plan(commit="f" * 40)) == "the commit changed"
    assert "epoch" in reason("build", plan=plan(epoch=1))


@pytest.mark.parametrize("name", ["testpypi", "pypi", "release"])
def test_what_comes_after_is_bound_to_bytes_and_target(name: str) -> None:
    assert reason(name, files=(WHEEL,)) == "the archives changed"
    assert reason(name, files=(WHEEL, replace(SDIST, sha256="0" * 64))) == "the archives changed"
    assert reason(name, target="elsewhere") == f"the {'remote' if name == 'release' else 'index'} is another one"
    assert reason(name, plan=plan(tree="f" * 40)) == ""


def test_several_changed_inputs_are_all_named() -> None:
    assert reason("build", plan=plan(tree="0", commit="1")) == "the commit and the tree changed"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (Kept(), "no evidence yet"),
        (Kept(damage="is damaged: x"), "the evidence is damaged: x"),
        (Kept(record=record(finished="", detail="uploading a.whl")), "the last attempt stopped at uploading a.whl"),
        (Kept(record=record(outcome=Outcome.FAILED)), "it did not pass last time"),
        (Kept(record=record(outcome=Outcome.ERROR)), "it did not pass last time"),
        (Kept(record=record(outcome=Outcome.SKIPPED)), "it did not pass last time"),
    ],
)
def test_whatever_is_no_pass_is_void(kept: Kept, said: str) -> None:
    assert validity(kept, {}).why == said
    assert not validity(kept, {}).counts


def test_digests_do_not_depend_on_order() -> None:
    assert files_digest((WHEEL, SDIST)) == files_digest((SDIST, WHEEL)) != files_digest((WHEEL,))
    assert digest_of({"a": 1, "b": "ü"}) == digest_of({"b": "ü", "a": 1}) != digest_of({"a": 1, "b": "u"})


def test_settings_can_bind_a_stage_before_the_build_to_the_archives() -> None:
    against_wheel = _component("e", archive_stages=("tests",))
    assert "files" not in inputs("tests")
    assert inputs("tests", component=against_wheel)["files"] == files_digest(FILES)
    assert "files" not in inputs("lint", component=against_wheel)
    kept = Kept(record=record("tests", inputs=inputs("tests", component=against_wheel)))
    assert validity(kept, inputs("tests", component=against_wheel)).counts
    assert validity(kept, inputs("tests", component=against_wheel, files=(WHEEL,))).why == "the archives changed"


def test_how_evidence_stands_is_one_of_a_few_kinds() -> None:
    passed = Kept(record=record(inputs={"tree": "1"}))
    assert validity(passed, {"tree": "1"}).standing is Standing.PROVEN
    assert validity(passed, {"tree": "2"}).standing is Standing.CHANGED
    assert validity(Kept(), {}).standing is Standing.MISSING
    assert validity(Kept(damage="is damaged"), {}).standing is Standing.DAMAGED
    assert validity(Kept(record=record(finished="")), {}).standing is Standing.INTERRUPTED
    assert validity(Kept(record=record(outcome=Outcome.FAILED)), {}).standing is Standing.FAILED
