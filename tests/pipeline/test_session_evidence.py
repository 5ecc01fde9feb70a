"""What the wrapper of a project's own session leaves, for every release of the plan."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.opened import open_by_hand
from support.records import NOON
from support.records import record as record_of
from support.sealing import sealed_archives
from unmoor.chain import stage
from unmoor.errors import Blocked, Exit
from unmoor.evidence.record import GateRecord, Record, Result
from unmoor.model import Finding, FindingKind, Outcome, Resolution, Skip
from unmoor.pipeline.open_plan import OpenPlan
from unmoor.pipeline.run_releases import carry_out_plan
from unmoor.pipeline.session_evidence import is_complete, is_proven, prove
from unmoor.request import OwnSession, Request
from unmoor.tools.interpreters import OWN as OWN_PYTHON
from unmoor.tools.session_output import Failure, Said

OWN = OwnSession(name="style", stage="lint")


@pytest.fixture
def opened(tmp_path: Path) -> OpenPlan:
    return open_by_hand(tmp_path, {"a": (), "b": ()})


def kept(opened: OpenPlan, part: str = "style") -> list[Record | None]:
    return [each.store.read("lint", part).record for each in opened.releases]


def test_success_is_kept_with_its_inputs_for_every_release(opened: OpenPlan) -> None:
    assert not is_proven(OWN, "", opened)
    prove(OWN, "", opened, lambda: None)
    assert is_proven(OWN, "", opened)
    for record, each in zip(kept(opened), opened.releases, strict=True):
        assert record is not None
        assert record.passed
        assert (record.component, record.inputs["tree"]) == (each.component.name, opened.plan.tree)


def test_each_part_is_proven_by_itself(opened: OpenPlan) -> None:
    own = OwnSession(name="style", stage="lint", parts=("3.12", "3.13"))
    prove(own, "3.12", opened, lambda: None)
    assert is_proven(own, "3.12", opened)
    assert not is_proven(own, "3.13", opened)


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_whatever_it_raises_passes_through_and_is_kept(opened: OpenPlan, error: BaseException) -> None:
    def run() -> None:
        raise error

    with pytest.raises(type(error)):
        prove(OWN, "", opened, run)
    for record in kept(opened):
        assert record is not None
        assert record.outcome is Outcome.FAILED
        assert type(error).__name__ in record.detail


def test_an_error_with_a_message_is_kept_as_that_message(opened: OpenPlan) -> None:
    def run() -> None:
        raise Blocked("it ran nothing", hint="let it run something")

    with pytest.raises(Blocked):
        prove(OWN, "", opened, run)
    assert {record.detail for record in kept(opened) if record} == {"it ran nothing"}


@pytest.mark.parametrize("status", [0, 1])
def test_a_session_that_would_end_the_program_has_failed(opened: OpenPlan, status: int) -> None:
    def run() -> None:
        raise SystemExit(status)

    with pytest.raises(Blocked, match="it ended the program instead of itself"):
        prove(OWN, "", opened, run)
    assert not is_proven(OWN, "", opened)


def test_what_failed_and_then_passed_leaves_both_results(opened: OpenPlan) -> None:
    def fail() -> None:
        raise Blocked("not this time")

    with pytest.raises(Blocked):
        prove(OWN, "", opened, fail)
    prove(OWN, "", opened, lambda: None)
    for record in kept(opened):
        assert record is not None
        assert record.passed
        assert [(each.outcome, each.detail) for each in record.attempts] == [(Outcome.FAILED, "not this time")]


# ── what the stage says that counts on it ────────────────────────────────────────────────────────────────────


def judged(opened: OpenPlan, own: OwnSession, tmp_path: Path, **request: Any) -> Result:
    asked = Request(start=tmp_path, environ={}, own=(own,), **request)
    return carry_out_plan(stage(own.stage), opened, asked).results[0]


@pytest.mark.usefixtures("stand")
def test_the_stage_names_the_evidence_that_it_counts_on(opened: OpenPlan, tmp_path: Path) -> None:
    prove(OWN, "", opened, lambda: None)
    result = judged(opened, OWN, tmp_path)
    assert result.code is Exit.PASS
    assert result.record is not None
    store = opened.releases[0].store
    assert result.record.relied_on == {"lint.style": store.read("lint", "style").digest}
    assert judged(opened, OWN, tmp_path, asked=False).how is Resolution.CACHED


@pytest.mark.usefixtures("stand")
@pytest.mark.parametrize("then", ["failed", "gone", "damaged"])
def test_a_stage_does_not_stand_when_its_session_no_longer_does(opened: OpenPlan, tmp_path: Path, then: str) -> None:
    prove(OWN, "", opened, lambda: None)
    judged(opened, OWN, tmp_path)
    file = opened.releases[0].state / "evidence" / "lint.style.json"
    if then == "failed":
        with pytest.raises(ValueError, match="no"):
            prove(OWN, "", opened, lambda: int("no"))
    elif then == "gone":
        file.unlink()
    else:
        file.write_text("{")
    assert judged(opened, OWN, tmp_path, asked=False).code is Exit.GATE_FAILED


@pytest.mark.usefixtures("stand")
def test_a_session_that_tests_the_wheel_and_its_stage_are_bound_to_the_same_archives(tmp_path: Path) -> None:
    opened = open_by_hand(tmp_path, components={"thing": {"archive_stages": ("tests",)}})
    own = OwnSession(name="suite", stage="tests")
    for content, code in (("one", Exit.PASS), ("another", Exit.GATE_FAILED)):
        files = sealed_archives(opened.releases[0].state / "dist", content)
        opened.releases[0].store.write(record_of("build", files=files))
        if code is Exit.PASS:
            prove(own, "", opened, lambda: None)
        assert is_proven(own, "", opened) is (code is Exit.PASS)
        assert judged(opened, own, tmp_path).code is code
        shutil.rmtree(opened.releases[0].state / "dist")


def test_while_it_runs_there_is_only_an_intent(opened: OpenPlan) -> None:
    seen: list[Record | None] = []
    prove(OWN, "", opened, lambda: seen.extend(kept(opened)))
    assert len(seen) == 2
    assert not any(record is None or record.finished or record.passed for record in seen)


@pytest.mark.usefixtures("stand")
def test_a_session_that_passed_long_ago_does_not_count(opened: OpenPlan, tmp_path: Path) -> None:
    prove(OWN, "", opened, lambda: None)
    for each in opened.releases:
        (record,) = [each.store.read("lint", "style").record]
        assert record is not None
        each.store.write(replace(record, finished=NOON))
    assert not is_proven(OWN, "", opened)
    assert judged(opened, OWN, tmp_path).code is Exit.GATE_FAILED


# ── what its tools said, and what is not to be had here ──────────────────────────────────────────────────────

NOWHERE = "3.1"


def told(opened: OpenPlan, own: OwnSession, tmp_path: Path, **request: Any) -> GateRecord:
    record = judged(opened, own, tmp_path, **request).record
    assert record is not None
    return record.gates[0]


@pytest.mark.usefixtures("stand")
def test_what_its_tools_have_counted_is_kept_and_shown(opened: OpenPlan, tmp_path: Path) -> None:
    own = OwnSession(name="style", stage="lint", parts=("(a)", "(b)"))
    for part in own.parts:
        prove(own, part, opened, lambda: None, lambda: Said(counts={"tests": 5, "files": 7}))
    gate = told(opened, own, tmp_path)
    assert (gate.outcome, gate.counted) == (Outcome.PASSED, "2 sessions (style), 10 tests, 7 files")


@pytest.mark.usefixtures("stand")
def test_a_failure_is_told_by_what_the_tool_said(opened: OpenPlan, tmp_path: Path) -> None:
    causes = (Finding(message="tests/a.py::test_one: no"), Finding(message="tests/a.py::test_two"))
    with pytest.raises(ValueError, match="no"):
        prove(OWN, "", opened, lambda: int("no"), lambda: Said(failure=Failure(causes=causes)))
    gate = told(opened, OWN, tmp_path)
    assert gate.outcome is Outcome.FAILED
    assert [each.message for each in gate.problems] == [
        "the session 'style' failed: tests/a.py::test_one: no",
        "tests/a.py::test_two",
    ]


@pytest.mark.usefixtures("stand")
def test_a_network_that_did_not_answer_is_not_rehearsed(opened: OpenPlan, tmp_path: Path) -> None:
    failed = Failure(causes=(Finding(message="Could not resolve host: a.example"),), unreached="a.example")
    with pytest.raises(ValueError, match="no"):
        prove(OWN, "", opened, lambda: int("no"), lambda: Said(failure=failed))
    gate = told(opened, OWN, tmp_path)
    assert (gate.outcome, gate.skipped) == (Outcome.SKIPPED, Skip.NOT_ASKED)
    assert "'style' was not rehearsed, for want of a network: a.example" in gate.reason
    # No other gate is put in its place: they would fail where the project's own way would not.
    record = judged(opened, OWN, tmp_path).record
    assert record is not None
    assert "ruff-is-clean" not in {each.name for each in record.gates}
    assert is_complete((OWN,), "lint", opened, {})


@pytest.mark.usefixtures("stand")
def test_a_python_that_is_not_here_is_a_notice_beside_those_that_are(opened: OpenPlan, tmp_path: Path) -> None:
    own = OwnSession(name="style", stage="lint", parts=(OWN_PYTHON, NOWHERE))
    prove(own, OWN_PYTHON, opened, lambda: None)
    assert is_complete((own,), "lint", opened, {})
    gate = told(opened, own, tmp_path)
    assert (gate.outcome, gate.examined) == (Outcome.PASSED, 1)
    (notice,) = gate.notices
    assert (notice.message, notice.kind) == (
        f"'style-{NOWHERE}' was not run: no Python {NOWHERE} on this machine",
        FindingKind.BLOCKS_LIVE,
    )


@pytest.mark.usefixtures("stand")
def test_without_any_of_its_pythons_unmoors_own_gates_are_better_than_none(opened: OpenPlan, tmp_path: Path) -> None:
    own = OwnSession(name="style", stage="lint", python=NOWHERE)
    record = judged(opened, own, tmp_path).record
    assert record is not None
    first, *others = record.gates
    assert (first.skipped, first.reason) == (
        Skip.NOT_REHEARSED,
        f"'style' was not run: no Python {NOWHERE} on this machine",
    )
    assert "ruff-is-clean" in {each.name for each in others}
    assert not is_complete((OWN,), "lint", opened, {})
