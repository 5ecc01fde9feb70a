"""What the wrapper of a project's own session leaves, for every release of the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.opened import open_by_hand
from unmoor.errors import Blocked
from unmoor.evidence.record import Record
from unmoor.model import Outcome
from unmoor.pipeline.open_plan import OpenPlan
from unmoor.pipeline.session_evidence import is_proven, prove
from unmoor.request import OwnSession

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


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), SystemExit(1)])
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


def test_while_it_runs_there_is_only_an_intent(opened: OpenPlan) -> None:
    seen: list[Record | None] = []
    prove(OWN, "", opened, lambda: seen.extend(kept(opened)))
    assert len(seen) == 2
    assert not any(record is None or record.finished or record.passed for record in seen)
