from __future__ import annotations

import itertools

import pytest

from unmoor import errors
from unmoor.errors import Exit, SettingsError, ToolFailed, UnmoorError, worst
from unmoor.model import Finding


def test_the_codes_are_the_documented_ones() -> None:
    assert {each.name: each.value for each in Exit} == {
        "PASS": 0,
        "CRASH": 1,
        "GATE_FAILED": 2,
        "UNCONFIGURED": 3,
        "INCOMPLETE": 4,
    }


def test_the_gravest_code_wins_in_any_order() -> None:
    assert worst([]) is Exit.PASS
    for codes in itertools.permutations(Exit):
        assert worst(codes) is Exit.INCOMPLETE
    assert worst([0, 3, 2]) is Exit.GATE_FAILED
    assert worst([2, 1]) is Exit.CRASH
    assert worst([3, 0]) is Exit.UNCONFIGURED


def test_a_problem_says_place_and_advice() -> None:
    assert str(Finding(message="no", place="a.py:1", hint="fix it")) == "a.py:1: no → fix it"
    assert str(UnmoorError("no", place="a.py:1", hint="fix it")) == "a.py:1: no → fix it"
    assert str(Finding(message="no")) == "no"


def test_every_wrong_setting_is_listed() -> None:
    assert str(SettingsError([Finding(message="one"), Finding(message="two")])) == "one\ntwo"


@pytest.mark.parametrize("name", [name for name in errors.__all__ if isinstance(getattr(errors, name), type)])
def test_every_error_has_a_code_that_is_no_pass(name: str) -> None:
    kind = getattr(errors, name)
    if issubclass(kind, UnmoorError):
        assert kind.code in Exit
        assert kind.code is not Exit.PASS


def test_a_failed_tool_keeps_what_it_said() -> None:
    error = ToolFailed("no", status=7, tail="last", log="a.log", hint="look")
    assert (error.status, error.tail, error.log, str(error)) == (7, "last", "a.log", "no → look")
