"""A rehearsal goes on past what does not pass, so that one run shows everything; a live release stops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.opened import open_by_hand
from support.records import SDIST, WHEEL
from support.sealing import sealed_archives
from unmoor import chain
from unmoor.chain import CHAIN
from unmoor.errors import Blocked, Exit
from unmoor.evidence.record import GateRecord
from unmoor.model import Finding, FindingKind, Findings, Outcome
from unmoor.pipeline.run_releases import StageResult, carry_out_plan
from unmoor.report.live_stops import live_stops
from unmoor.report.progress import failure, headline
from unmoor.report.stage_rows import last_run, rows
from unmoor.request import Request

NO = Findings(examined=1, problems=(Finding(message="no", hint="mend it"),))
FOLLOWS = Findings(examined=1, problems=(Finding(message="lint did not pass", kind=FindingKind.FOLLOWS),))


def carried_out(stage: str, opened: Any, tmp_path: Path, **words: Any) -> StageResult:
    return carry_out_plan(chain.stage(stage), opened, Request(start=tmp_path, environ={}, **words))


@pytest.fixture
def opened(stand: Any, tmp_path: Path) -> Any:
    stand.step.files = (WHEEL, SDIST)
    return open_by_hand(tmp_path, {"a": ()})


@pytest.mark.parametrize(("words", "gone_on"), [({}, 1), ({"stop_at_first": True}, 0), ({"live": "1.0"}, 0)], ids=str)
def test_past_a_gate_to_the_step_and_what_comes_after(
    words: dict[str, Any], gone_on: int, opened: Any, stand: Any, tmp_path: Path
) -> None:
    stand.gates["credential-is-present"].findings = NO
    ended = carried_out("testpypi", opened, tmp_path, **words)
    assert (ended.code, len(stand.step.given)) == (Exit.GATE_FAILED, gone_on)
    assert stand.gates["index-serves-our-bytes"].calls == gone_on
    (result,) = ended.results
    assert [gate.name for gate in result.record.gates if not gate.holds] == ["credential-is-present"]


@pytest.mark.parametrize(("words", "goes_on"), [({}, True), ({"stop_at_first": True}, False)], ids=str)
def test_past_a_stage(words: dict[str, Any], goes_on: bool, opened: Any, stand: Any, tmp_path: Path) -> None:  # noqa: FBT001
    stand.gates["metadata-is-complete"].findings = NO
    ended = carried_out("check", opened, tmp_path, **words)
    assert (ended.code, ended.goes_on) == (Exit.GATE_FAILED, goes_on)


def test_past_a_gate_about_the_archives_but_not_past_a_build_that_made_none(
    opened: Any, stand: Any, tmp_path: Path
) -> None:
    stand.gates["archives-are-small"].findings = NO
    assert carried_out("build", opened, tmp_path).goes_on
    stand.step.end = {"a": Blocked("no backend")}
    ended = carried_out("build", opened, tmp_path)
    assert (ended.code, ended.goes_on) == (Exit.GATE_FAILED, False)


def test_who_went_past_a_stage_says_so_in_the_end(opened: Any, stand: Any, tmp_path: Path) -> None:
    stand.gates["metadata-is-complete"].findings = NO
    carried_out("check", opened, tmp_path, run="one")
    assert carried_out("build", opened, tmp_path, run="one").passed_over == ("check",)
    assert carried_out("build", opened, tmp_path, run="another").passed_over == ()
    assert carried_out("build", opened, tmp_path, run="one", stop_at_first=True).passed_over == ()


def test_what_only_follows_is_said_once(opened: Any, stand: Any, tmp_path: Path) -> None:
    stand.gates["ruff-is-clean"].findings = NO
    stand.gates["evidence-is-complete"].findings = FOLLOWS
    (release,) = opened.releases
    stand.step.files = sealed_archives(release.state / "dist", "tested")
    ended = [carried_out(stage.name, opened, tmp_path, run="one") for stage in CHAIN]
    assert [each.stage for each in ended if each.code] == ["lint", "testpypi", "pypi", "release"]
    shown = rows(release.store, last_run(opened.layout.run("one"))["a"])
    assert [row.stage for row in shown if row.how == "FAILED"] == ["lint"]
    assert [row.what for row in shown if row.stage == "pypi"] == ["done, read back, installed"]
    assert [(stop.stage, stop.finding.hint) for stop in live_stops(row.record for row in shown)] == [
        ("lint", "mend it")
    ]
    last = ended[-1].results[0]
    assert "after stages that did not pass" in headline(last)
    assert failure(last) == ""


def test_a_gate_with_a_problem_of_its_own_does_not_only_follow() -> None:
    mixed = GateRecord(name="g", asserts="", outcome=Outcome.FAILED, problems=(*FOLLOWS.problems, *NO.problems))
    assert not mixed.follows
    assert not GateRecord(name="g", asserts="", outcome=Outcome.FAILED).follows
    assert not GateRecord(name="g", asserts="", outcome=Outcome.WAIVED, problems=FOLLOWS.problems).follows
