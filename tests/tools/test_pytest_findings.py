"""What failing tests are told as: by what they say, and what a rehearsal cannot run for want of something here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from unmoor.model import Component
from unmoor.model import Repository as Described
from unmoor.tools.junit import Failure, Report
from unmoor.tools.pytest import Run
from unmoor.tools.pytest_findings import failures, not_rehearsed


def ran(*found: Failure, passed: int = 1) -> Run:
    report = Report(passed=passed, skipped=0, failures=found)
    return Run(report=report, status=1, tail="", origins={}, log="log")


def failure(test: str, lacks: str = "") -> Failure:
    return Failure(test=test, file="tests/test_a.py", line=3, why="so", lacks=lacks)


@pytest.fixture
def component(tmp_path: Path) -> Component:
    return Component(repository=Described(root=tmp_path), name="thing", folder=tmp_path)


def test_a_file_that_could_not_be_collected_is_named_and_can_be_run_as_it_is_named(component: Component) -> None:
    broken = replace(failure("tests/test_a.py"), line=0)
    (told, _) = failures(component, {"3.11": ran(broken), "3.12": ran(broken)}, "logs")
    assert str(told) == ("tests/test_a.py: could not be collected on Python 3.11, 3.12: so → pytest tests/test_a.py")


def test_what_the_machine_lacks_is_told_apart_from_what_failed(component: Component) -> None:
    code, lost = failure("tests/test_a.py::test_code"), failure("tests/test_a.py::test_net[x]", "a network")
    runs = {"3.11": ran(code, lost), "3.12": ran(lost, failure("tests/test_a.py::test_md", "the program 'pandoc'"))}
    (told, count) = failures(component, runs, "logs", every=False)
    assert (told.message, told.hint) == ("test_code failed on Python 3.11: so", "pytest tests/test_a.py::test_code")
    assert count.message == "1 test failed"
    assert [each.message for each in not_rehearsed(runs)] == [
        "not rehearsed: 1 test needs a network, which this machine does not have: tests/test_a.py::test_net[x]",
        "not rehearsed: 1 test needs the program 'pandoc', which this machine does not have: tests/test_a.py::test_md",
    ]
    assert len(failures(component, runs, "logs")) == 4


def test_a_run_in_which_nothing_passed_has_failed_whatever_it_lacks(component: Component) -> None:
    runs = {"3.11": ran(failure("tests/test_a.py::test_net", "a network"), passed=0)}
    assert len(failures(component, runs, "logs", every=False)) == 2
    assert not_rehearsed(runs) == ()


def test_parameters_that_are_a_text_of_their_own_do_not_hide_the_reason(component: Component) -> None:
    text = "Look at this list:\\n\\n  - One issue :: fixed: `issue 123`_.\\n" * 5
    (told, _) = failures(component, {"3.11": ran(failure(f"tests/test_a.py::It::test_rst[{text}]"))}, "logs")
    assert told.message == (
        "test_rst[Look at this list:\\n\\n  - One issue :: fixed: `issue 123`_.\\…] failed on Python 3.11: so"
    )
    assert told.hint == "pytest tests/test_a.py::It::test_rst"
    (told, _) = failures(component, {"3.11": ran(failure("tests/test_a.py::test_a[1-x]"))}, "logs")
    assert told.hint == "pytest 'tests/test_a.py::test_a[1-x]'"
