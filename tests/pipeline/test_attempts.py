"""What is tried again, and what is passed by, stays in the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.opened import open_by_hand
from unmoor.chain import stage
from unmoor.errors import Exit
from unmoor.evidence.record import Record, Result
from unmoor.model import Finding, Findings, Outcome, Skip
from unmoor.model.settings import Settings, Waiver
from unmoor.pipeline.open_plan import OpenPlan
from unmoor.pipeline.run_releases import carry_out_plan
from unmoor.request import Request

GATE = "ruff-is-clean"


def run(opened: OpenPlan) -> Result:
    return carry_out_plan(stage("lint"), opened, Request(start=Path(), environ={})).results[0]


def kept(opened: OpenPlan) -> Record:
    record = opened.releases[0].store.read("lint").record
    assert record is not None
    return record


def failing(stand: Any) -> None:
    stand.gates[GATE].findings = Findings(examined=1, problems=(Finding(message="no"),))


def test_a_gate_that_fails_and_then_passes_leaves_both_results(tmp_path: Path, stand: Any) -> None:
    opened = open_by_hand(tmp_path)
    failing(stand)
    assert run(opened).code is Exit.GATE_FAILED
    stand.gates[GATE].findings = Findings(examined=1)
    assert run(opened).code is Exit.PASS
    (attempt,) = kept(opened).attempts
    assert (kept(opened).passed, attempt.outcome, attempt.detail) == (True, Outcome.FAILED, GATE)


def test_only_so_many_attempts_are_kept_the_last_ones(tmp_path: Path, stand: Any) -> None:
    opened = open_by_hand(tmp_path)
    failing(stand)
    for _ in range(2):
        run(opened)
    stand.gates[GATE].findings = Findings(examined=1)
    for _ in range(20):
        run(opened)
    assert len(kept(opened).attempts) == 20
    assert [each.outcome for each in kept(opened).attempts][:2] == [Outcome.FAILED, Outcome.PASSED]


@pytest.mark.parametrize(
    ("settings", "outcome", "skipped", "reason"),
    [
        ({}, Outcome.FAILED, Skip.NOT, ""),
        ({"disable": (GATE,)}, Outcome.SKIPPED, Skip.DISABLED, "disabled in the settings"),
        (
            {"waivers": (Waiver(gate=GATE, reason="it is known", by="Somebody"),)},
            Outcome.WAIVED,
            Skip.NOT,
            "waived by Somebody: it is known",
        ),
    ],
    ids=["by default", "disabled", "waived"],
)
def test_what_is_passed_by_is_in_the_evidence_with_its_reason(
    tmp_path: Path, stand: Any, settings: dict[str, Any], outcome: Outcome, skipped: Skip, reason: str
) -> None:
    opened = open_by_hand(tmp_path, components={"thing": {"settings": Settings(**settings)}})
    failing(stand)
    assert (run(opened).code is Exit.PASS) is bool(settings)
    (gate,) = [each for each in kept(opened).gates if each.name == GATE]
    assert (gate.outcome, gate.skipped, gate.reason) == (outcome, skipped, reason)
