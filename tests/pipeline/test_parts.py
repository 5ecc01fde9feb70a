"""A stage whose evidence comes in parts: what was left to other machines, and what merges by copying."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from support.contexts import make_context
from support.opened import open_by_hand
from support.records import record
from unmoor.chain import CHAIN, stage
from unmoor.context import Context
from unmoor.errors import Exit
from unmoor.evidence.binding import inputs_of
from unmoor.evidence.part_records import begun, ended
from unmoor.evidence.record import GateRecord, Kept, Narrowing, Result
from unmoor.gates.publication import evidence_is_complete
from unmoor.model import Findings, Mode, Outcome, Resolution
from unmoor.pipeline.open_plan import OpenPlan
from unmoor.pipeline.run_releases import carry_out_plan
from unmoor.request import Request

TESTS = stage("tests")
PYTHONS = ("3.11", "3.12")


def machine(top: Path, name: str) -> OpenPlan:
    """Return the same live release as another machine has it open."""
    return open_by_hand(top / name, mode=Mode.LIVE)


def run(opened: OpenPlan, *, asked: bool = False) -> Result:
    return carry_out_plan(TESTS, opened, Request(start=Path(), environ={}, asked=asked)).results[0]


def prove(opened: OpenPlan, python: str, outcome: Outcome = Outcome.PASSED, **changes: Any) -> None:
    """Leave the evidence of one Python, as its gate does."""
    (one,) = opened.releases
    inputs = inputs_of(TESTS, one.component, one.release, one.plan) | changes
    intent = begun("tests", python, one.release, one.plan, inputs, kept=one.store.read("tests", python))
    gate = GateRecord(name="tests-pass", asserts="x", outcome=outcome, examined=1)
    one.store.write(ended(intent, gate, code=Exit.PASS, seconds=1.0))


@pytest.fixture
def gate(stand: Any) -> Any:
    """Have the gate count what is there of the two Pythons, and leave the rest to other machines."""

    def count(context: Context) -> Findings:
        kept = {python: context.store.read("tests", python) for python in PYTHONS}
        left = " ".join(python for python, each in kept.items() if each.record is None)
        digests = {f"tests.{python}": each.digest for python, each in kept.items() if each.record is not None}
        return Findings(examined=1, unit="tests", relied_on=digests, elsewhere=f"left: {left}" if left else "")

    stand.gates["tests-pass"].act = count
    return stand.gates["tests-pass"]


def copied(top: Path, *names: str) -> OpenPlan:
    """Copy the state folders over one another and open the release there."""
    for name in names:
        shutil.copytree(top / name / "unmoor", top / "merged" / "unmoor", dirs_exist_ok=True)
    return machine(top, "merged")


def complete(opened: OpenPlan) -> list[str]:
    """Return what speaks against the first upload, once everything else is proven."""
    (one,) = opened.releases
    for each in CHAIN[:5]:
        if each != TESTS:
            inputs = inputs_of(each, one.component, one.release, one.plan)
            relied_on = {name: one.store.read(name).digest for name in each.requires}
            one.store.write(record(each.name, mode=Mode.LIVE, inputs=inputs, files=(), relied_on=relied_on))
    words = {"component": one.component, "release": one.release, "plan": one.plan, "store": one.store}
    context = make_context(one.state, live=True, name="testpypi", **words)
    return [each.message for each in evidence_is_complete.check(context).problems]


@pytest.mark.usefixtures("gate")
def test_a_machine_that_did_its_share_ends_well_and_does_not_prove_the_stage(tmp_path: Path) -> None:
    opened = machine(tmp_path, "one")
    prove(opened, "3.11")
    result = run(opened)
    assert (result.code, result.narrowed, result.why) == (Exit.PASS, Narrowing.PART, "left: 3.12")
    assert result.record is not None
    assert (result.record.passed, result.record.detail) == (False, "left: 3.12")
    assert len(complete(opened)) == 1


def test_folders_with_a_python_each_are_a_whole_when_copied_together(tmp_path: Path, gate: Any) -> None:
    for name, python in zip(("one", "two"), PYTHONS, strict=True):
        opened = machine(tmp_path, name)
        prove(opened, python)
        run(opened)
    merged = copied(tmp_path, "one", "two")
    assert len(complete(merged)) == 1
    result = run(merged)
    assert (result.code, result.narrowed) == (Exit.PASS, Narrowing.NOT)
    assert result.record is not None
    assert {name for name in result.record.relied_on if "." in name} == {"tests.3.11", "tests.3.12"}
    assert complete(merged) == []
    calls = gate.calls
    assert run(merged).how is Resolution.CACHED
    assert gate.calls == calls


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("change", ["failed", "gone", "damaged", "another machine's", "one more"])
def test_the_stage_does_not_stand_beside_parts_that_say_something_else(tmp_path: Path, change: str) -> None:
    opened = machine(tmp_path, "one")
    for python in PYTHONS:
        prove(opened, python)
    assert run(opened).code is Exit.PASS
    file = opened.releases[0].store.folder / "tests.3.12.json"
    if change == "failed":
        prove(opened, "3.12", Outcome.FAILED)
    elif change == "another machine's":
        prove(opened, "3.12")
    elif change == "one more":
        prove(opened, "3.13")
    elif change == "gone":
        file.unlink()
    else:
        file.write_text("{}")
    (problem,) = complete(opened)
    assert "the evidence of 'tests' does not count" in problem
    assert run(opened).how is Resolution.RAN


@pytest.mark.usefixtures("gate")
def test_parts_of_other_content_are_no_contradiction(tmp_path: Path) -> None:
    opened = machine(tmp_path, "one")
    for python in PYTHONS:
        prove(opened, python)
    run(opened)
    prove(opened, "3.13", Outcome.FAILED, tree="0" * 40)
    assert run(opened).how is Resolution.CACHED


def test_a_part_keeps_what_became_of_it_before(tmp_path: Path) -> None:
    opened = machine(tmp_path, "one")
    for outcome in (Outcome.FAILED, Outcome.PASSED):
        prove(opened, "3.11", outcome)
    kept: Kept = opened.releases[0].store.read("tests", "3.11")
    assert kept.record is not None
    assert [each.outcome for each in kept.record.attempts] == [Outcome.FAILED]
