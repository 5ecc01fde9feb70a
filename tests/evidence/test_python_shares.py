"""Which Python is run here, which counts already, and which nobody has proven."""

from __future__ import annotations

from typing import Any

import pytest

from support.records import record
from unmoor.evidence.python_shares import Shares, deal_out
from unmoor.evidence.record import Kept
from unmoor.model import Outcome

EVERY = ("3.11", "3.12", "3.13")
INPUTS = {"tree": "d" * 40}


def kept(state: str) -> Kept:
    """Return what is kept of a part that ``passed``, ``failed``, was ``killed``, is ``damaged`` or ``old``."""
    if state == "damaged":
        return Kept(damage="is damaged")
    changes: dict[str, Any] = {
        "passed": {},
        "failed": {"outcome": Outcome.FAILED},
        "killed": {"finished": "", "outcome": Outcome.ERROR},
        "old": {"inputs": {"tree": "0" * 40}},
    }[state]
    return Kept(record=record("tests", part="3.12", **changes), digest="1" * 64)


def dealt(here: str = "", before: dict[str, str] | None = None, mine: tuple[str, ...] = EVERY, **words: Any) -> Shares:
    found = {each: f"/python{each}" for each in here.split()}
    evidence = {each: kept(state) for each, state in (before or {}).items()}
    return deal_out(mine, EVERY, found, evidence, INPUTS, **{"again": False, "together": False, **words})


def test_what_is_here_runs_and_what_is_not_is_lacking() -> None:
    shares = dealt("3.13 3.11")
    assert (list(shares.due), shares.lacking, shares.left) == (["3.11", "3.13"], ("3.12",), ())


@pytest.mark.parametrize("here", ["3.11", "3.11 3.12"])
def test_what_has_passed_for_this_content_counts_wherever_it_ran(here: str) -> None:
    shares = dealt(here, {"3.12": "passed"})
    assert (list(shares.due), list(shares.counted), shares.lacking) == (["3.11"], ["3.12"], ("3.13",))


def test_what_has_passed_long_ago_does_not_count() -> None:
    shares = dealt("3.11", {"3.11": "passed", "3.12": "passed"}, days=7.0)
    assert (list(shares.due), list(shares.counted), shares.lacking) == (["3.11"], [], ("3.12", "3.13"))


def test_named_it_runs_again_where_it_is_here_and_counts_where_it_is_not() -> None:
    shares = dealt("3.11", {"3.11": "passed", "3.12": "passed"}, again=True)
    assert (list(shares.due), list(shares.counted)) == (["3.11"], ["3.12"])


@pytest.mark.parametrize("state", ["failed", "killed", "damaged", "old"])
def test_what_did_not_pass_runs_again_where_it_can(state: str) -> None:
    assert list(dealt("3.12", {"3.12": state}).due) == ["3.12"]


@pytest.mark.parametrize("state", ["failed", "killed", "damaged", "old"])
def test_a_failure_elsewhere_is_told_as_one(state: str) -> None:
    shares = dealt("3.11 3.13", {"3.12": state})
    assert (list(shares.failed), shares.lacking) == ((["3.12"], ()) if state == "failed" else ([], ("3.12",)))


def test_a_machine_that_is_there_for_one_leaves_the_others() -> None:
    shares = dealt("3.11 3.12", {"3.13": "passed"}, mine=("3.12",))
    assert (list(shares.due), list(shares.counted), shares.left, shares.lacking) == (["3.12"], ["3.13"], ("3.11",), ())


def test_what_is_measured_together_runs_together() -> None:
    passed = {"3.11": "passed"}
    assert list(dealt("3.11 3.12", passed, together=True).due) == ["3.11", "3.12"]
    assert list(dealt("3.11", passed, together=True).due) == []
