"""``notes``: what is listed, what is wrong, and whether a branch adds a note."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.releasable import TOWNCRIER
from support.repositories import Repository
from unmoor.commands.notes import notes
from unmoor.errors import Blocked, Exit, Unconfigured, UnmoorError

PYPROJECT = (
    '[project]\nname = "thing"\nversion = "1.2.0"\n[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n'
)


@pytest.fixture
def thing(repository: Repository) -> Repository:
    repository.write("pyproject.toml", PYPROJECT + TOWNCRIER)
    repository.write("src/thing/__init__.py", "")
    repository.write("news/.gitkeep", "")
    repository.commit("A project")
    return repository


def listed(thing: Repository, since: str = "") -> list[str]:
    lines: list[str] = []
    assert notes(thing.folder, thing.environ, since=since, say=lines.append) is Exit.PASS
    return lines


def test_notes_are_listed_the_largest_bump_first(thing: Repository) -> None:
    assert listed(thing) == ["there are no notes"]
    thing.write("news/8.bugfix.md", "No draught.\n")
    thing.write("news/9.feature.md", "New door.\n")
    thing.write("news/10.misc.md", "")
    assert listed(thing) == [
        "minor  feature    New door.  (news/9.feature.md:1)",
        "patch  misc       misc  (news/10.misc.md:1)",
        "patch  bugfix     No draught.  (news/8.bugfix.md:1)",
    ]


def test_what_is_wrong_with_a_note_is_told_after_the_good_ones(thing: Repository) -> None:
    thing.write("news/8.bugfix.md", "No draught.\n")
    thing.write("news/9.feature.md", "\n")
    lines: list[str] = []
    with pytest.raises(Blocked, match=r"news/9\.feature\.md:1: is empty"):
        notes(thing.folder, thing.environ, since="", say=lines.append)
    assert lines == ["patch  bugfix     No draught.  (news/8.bugfix.md:1)"]


def test_a_branch_needs_a_note_unless_nothing_differs(thing: Repository) -> None:
    thing.git("branch", "before")
    assert listed(thing, "before") == ["there are no notes"]
    thing.write("src/thing/__init__.py", "x = 1\n")
    thing.commit("Work")
    with pytest.raises(Blocked, match="no change note was added since before: no new newsfragments found"):
        listed(thing, "before")
    thing.write("news/8.bugfix.md", "No draught.\n")
    thing.commit("Told")
    assert len(listed(thing, "before")) == 1
    with pytest.raises(UnmoorError, match="towncrier check failed"):
        listed(thing, "nowhere")


def test_a_project_without_notes_is_told_how_to_keep_them(repository: Repository, tmp_path: Path) -> None:  # noqa: ARG001
    repository.write("pyproject.toml", PYPROJECT)
    repository.write("src/thing/__init__.py", "")
    repository.commit("A project")
    with pytest.raises(Unconfigured, match="keeps no change notes"):
        notes(repository.folder, repository.environ, since="", say=print)
