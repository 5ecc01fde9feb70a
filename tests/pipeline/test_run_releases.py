"""A stage over several releases: in dependency order, side by side, and a stopped one takes only its dependants out."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from support.opened import open_by_hand
from support.records import SDIST, WHEEL
from support.sealing import sealed_archives
from unmoor import chain
from unmoor.errors import Blocked, Exit, Incomplete
from unmoor.model import Findings, Resolution, Scope
from unmoor.pipeline.open_plan import OpenPlan
from unmoor.pipeline.run_releases import StageResult, carry_out_plan
from unmoor.request import Request
from unmoor.runtime import lock

# b builds on a, d on c and b; c stands alone.
DIAMOND = {"a": (), "b": ("a",), "c": (), "d": ("b", "c")}


def carried_out(stage: str, opened: OpenPlan, tmp_path: Path, **words: Any) -> StageResult:
    return carry_out_plan(chain.stage(stage), opened, Request(start=tmp_path, environ={}, **words))


def codes(ended: StageResult) -> dict[str, Exit]:
    return {each.component: each.code for each in ended.results}


def test_every_release_is_carried_out_after_those_it_waits_for(stand: Any, tmp_path: Path) -> None:
    stand.step.files = (WHEEL, SDIST)
    ended = carried_out("build", open_by_hand(tmp_path, DIAMOND), tmp_path)
    assert (ended.code, ended.goes_on) == (Exit.PASS, True)
    assert [each.component for each in ended.results] == ["a", "b", "c", "d"]
    order = stand.step.components
    assert order.index("a") < order.index("b") < order.index("d") > order.index("c")


def test_each_release_has_its_own_evidence(stand: Any, tmp_path: Path) -> None:
    stand.step.files = (WHEEL, SDIST)
    opened = open_by_hand(tmp_path, DIAMOND)
    carried_out("build", opened, tmp_path)
    assert len({each.state for each in opened.releases}) == 4
    for each in opened.releases:
        record = each.store.read("build").record
        assert (record.component, record.passed) == (each.component.name, True)


@pytest.mark.parametrize(
    ("end", "code"),
    [(Blocked("no"), Exit.GATE_FAILED), (Incomplete("unknown"), Exit.INCOMPLETE), (ValueError("bug"), Exit.CRASH)],
    ids=str,
)
def test_a_stopped_release_takes_only_its_dependants_out(
    end: Exception, code: Exit, stand: Any, tmp_path: Path
) -> None:
    stand.step.files = (WHEEL, SDIST)
    stand.step.end = {"a": end}
    opened = open_by_hand(tmp_path, DIAMOND)
    ended = carried_out("build", opened, tmp_path)
    assert codes(ended) == {"a": code, "b": Exit.GATE_FAILED, "c": Exit.PASS, "d": Exit.GATE_FAILED}
    assert [each.component for each in ended.results if each.withheld] == ["b", "d"]
    assert [each.why for each in ended.results if each.withheld] == [
        "it waits for a, which was stopped",
        "it waits for b, which was stopped",
    ]
    assert ended.goes_on
    for name in ("b", "d"):
        (release,) = (each for each in opened.releases if each.component.name == name)
        assert release.store.read("build").record is None


def test_who_failed_before_is_not_begun_and_neither_is_who_waits_for_it(stand: Any, tmp_path: Path) -> None:
    opened = open_by_hand(tmp_path, DIAMOND)
    only_b = "b"

    def check(context: Any) -> Findings:
        return Findings(examined=0 if context.component.name == only_b else 1)

    stand.gates["metadata-is-complete"].act = check
    first = carried_out("check", opened, tmp_path)
    # Stages that only look are for everybody, so that all there is to see is seen.
    assert codes(first) == {"a": Exit.PASS, "b": Exit.GATE_FAILED, "c": Exit.PASS, "d": Exit.PASS}
    stand.step.files = (WHEEL, SDIST)
    second = carried_out("build", opened, tmp_path, stop_at_first=True)
    assert {each.component: each.why for each in second.results if each.withheld} == {
        "b": "its stage check did not pass",
        "d": "it waits for b, which was stopped",
    }
    assert sorted(stand.step.components) == ["a", "c"]


def test_the_same_command_goes_on_where_it_stopped(stand: Any, tmp_path: Path) -> None:
    stand.step.end = {"a": Blocked("no")}
    opened = open_by_hand(tmp_path, DIAMOND)
    for each in opened.releases:
        stand.step.files = sealed_archives(each.state / "dist", "tested")
    carried_out("check", opened, tmp_path)
    carried_out("build", opened, tmp_path)
    stand.step.end = {}
    stand.step.components.clear()
    ended = carried_out("build", opened, tmp_path, asked=False)
    assert ended.code is Exit.PASS
    assert {each.component: each.how for each in ended.results} == {
        "a": Resolution.RAN,
        "b": Resolution.RAN,
        "c": Resolution.CACHED,
        "d": Resolution.RAN,
    }
    assert sorted(stand.step.components) == ["a", "b", "d"]


def test_releases_that_do_not_wait_run_side_by_side(stand: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together = threading.Barrier(2, timeout=20)

    def check(_: object) -> Findings:
        together.wait()
        return Findings(examined=1)

    stand.gates["metadata-is-complete"].act = check
    assert carried_out("check", open_by_hand(tmp_path, {"a": (), "b": ()}), tmp_path).code is Exit.PASS


def test_a_gate_about_the_repository_is_asked_once_for_all(stand: Any, tmp_path: Path) -> None:
    stand.gates["branch-is-allowed"].SCOPE = Scope.REPOSITORY
    opened = open_by_hand(tmp_path, {"a": (), "b": (), "c": ()})
    request = Request(start=tmp_path, environ={})
    assert carry_out_plan(chain.stage("check"), opened, request).code is Exit.PASS
    assert stand.gates["branch-is-allowed"].calls == 1
    assert stand.gates["metadata-is-complete"].calls == 3


def test_another_run_at_work_on_one_stops_that_one(stand: Any, tmp_path: Path) -> None:  # noqa: ARG001
    opened = open_by_hand(tmp_path, {"a": (), "b": ()})
    with lock.held(opened.releases[0].state / "locks" / "check", what="it"):
        ended = carried_out("check", opened, tmp_path)
    assert codes(ended) == {"a": Exit.INCOMPLETE, "b": Exit.PASS}
    assert "check of a 1.0" in ended.errors[0].problems[0].message


def test_with_one_release_another_run_at_work_is_an_error(stand: Any, tmp_path: Path) -> None:  # noqa: ARG001
    opened = open_by_hand(tmp_path)
    with (
        lock.held(opened.releases[0].state / "locks" / "check", what="it"),
        pytest.raises(Incomplete, match=r"check of thing 1\.0"),
    ):
        carried_out("check", opened, tmp_path)


def test_how_each_ended_is_left_for_the_final_summary(stand: Any, tmp_path: Path) -> None:
    stand.step.files = (WHEEL, SDIST)
    stand.step.end = {"a": Blocked("no")}
    opened = open_by_hand(tmp_path, {"a": (), "b": ("a",), "c": ()})
    carried_out("build", opened, tmp_path, run="one")
    said = json.loads((opened.layout.run("one") / "build.json").read_bytes())
    assert [(each["component"], each["code"], each["recorded"]) for each in said] == [
        ("a", 2, "build"),
        ("b", 2, ""),
        ("c", 0, "build"),
    ]
