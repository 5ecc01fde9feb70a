"""The main index takes files for the project: archived and quarantined ones stop it, a stranger's is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from support.fakes import FakeObserver
from support.gating import make_context
from support.repositories import Repository
from support.simple_index import SimpleIndex
from unmoor.gates.source import project_is_open
from unmoor.model import Finding, Findings
from unmoor.observe.observer import Observer
from unmoor.targets import IndexFile


def look(tiny: Repository, **words: Any) -> Findings:
    context = make_context(tiny, live=True)
    return project_is_open.check(replace(context, observer=FakeObserver(**words)))


def held(*versions: str) -> tuple[IndexFile, ...]:
    return tuple(IndexFile(filename=f"tiny_thing-{each}.tar.gz", url="", version=each) for each in versions)


@pytest.mark.parametrize("status", ["", "active"])
def test_a_project_of_ours_that_is_open_passes(tiny: Repository, status: str) -> None:
    found = look(tiny, files=held("1.0.0", "1.1.0"), status=status)
    assert (found.examined, found.problems, found.notices) == (1, (), ())


def test_a_project_that_nobody_has_yet_passes(tiny: Repository) -> None:
    found = look(tiny, files=())
    assert (found.examined, found.problems, found.notices) == (1, (), ())


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_project_that_takes_no_files_stops_it_with_the_reason_of_the_index(tiny: Repository, status: str) -> None:
    (problem,) = look(tiny, files=held("1.1.0"), status=status, reason="nobody looks after it").problems
    assert f"is {status} on the index, and takes no files: nobody looks after it" in problem.message
    assert problem.hint


def test_any_other_standing_is_told(tiny: Repository) -> None:
    found = look(tiny, files=held("1.1.0"), status="deprecated")
    assert found.problems == ()
    assert "is deprecated on the index" in found.notices[0].message


def test_a_project_whose_versions_no_tag_knows_may_be_a_strangers(tiny: Repository) -> None:
    found = look(tiny, files=held("7.0", "8.0", "1.2.0"))
    assert found.problems == ()
    assert found.notices == (
        Finding(
            message="the index has a project 'tiny-thing' with 7.0, 8.0, and no tag here is of any of them",
            hint="see that it is yours: whoever has the name has it",
        ),
    )


def test_an_index_that_does_not_answer_says_nothing(tiny: Repository) -> None:
    found = look(tiny, files=None)
    assert (found.examined, found.problems) == (0, ())
    assert "was not asked whether it takes files" in found.unanswered


def test_the_standing_is_read_from_the_page(tiny: Repository, index: SimpleIndex) -> None:
    index.standing = {"status": "archived", "reason": "done"}
    context = make_context(tiny, live=True, index=index.url)
    assert isinstance(context.observer, Observer)
    (problem,) = project_is_open.check(context).problems
    assert "archived on the index, and takes no files: done" in problem.message
