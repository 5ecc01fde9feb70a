from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from support.records import plan
from support.repositories import Repository
from unmoor.errors import UnmoorError
from unmoor.model import Mode
from unmoor.state.layout import StateLayout, trim


def test_state_lies_in_the_git_directory_unless_moved(tmp_path: Path) -> None:
    assert StateLayout.of(tmp_path / ".git", {}).base == tmp_path / ".git" / "unmoor"
    assert StateLayout.of(tmp_path / ".git", {"UNMOOR_STATE": str(tmp_path / "x" / ".." / "y")}).base == tmp_path / "y"


def test_a_rehearsal_lies_beside_the_real_one_apart(tmp_path: Path) -> None:
    layout = StateLayout(tmp_path)
    assert layout.release(plan().releases[0], Mode.LIVE) == tmp_path / "thing-1.0"
    assert layout.release(plan().releases[0], Mode.REHEARSAL) == tmp_path / "thing-1.0.rehearsal"


@pytest.mark.parametrize("name", ["../../x", "/x", "a\0b", "a/b", "..", "a\nb", "ü"])
def test_no_name_leads_out(tmp_path: Path, name: str) -> None:
    release = replace(plan().releases[0], component=name)
    found = StateLayout(tmp_path).release(release, Mode.REHEARSAL)
    assert found.parent == tmp_path
    assert found.resolve().parent == tmp_path.resolve()
    assert StateLayout(tmp_path).run(name).resolve().parent in {tmp_path / "runs", tmp_path}


def test_only_the_newest_leftovers_stay(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"folder{number}" / "deep").mkdir(parents=True)
        (tmp_path / f"file{number}").touch()
        for name in (f"folder{number}", f"file{number}"):
            os.utime(tmp_path / name, (number, number))
    trim(tmp_path, 3)
    assert {each.name for each in tmp_path.iterdir()} <= {"folder3", "file3", "folder2", "file2"}
    assert len(list(tmp_path.iterdir())) == 3
    trim(tmp_path / "absent", 3)


@pytest.mark.parametrize("state", [".unmoor", "deep/er"])
def test_state_in_the_tree_is_hidden_from_git(repository: Repository, state: str) -> None:
    layout = StateLayout(repository.folder / state)
    for _ in range(2):
        layout.hide_from_git(repository.folder / ".git", repository.folder)
    assert repository.door.changed() == ()
    assert (layout.base / ".gitignore").read_text() == "*\n"


def test_state_that_was_handed_on_without_hidden_files_is_known(repository: Repository) -> None:
    for path in ("plans/1.json", "runs/1/check.json", "locks/plan", "thing-1.0/evidence/check.json"):
        repository.write(f".unmoor/{path}", "{}")
    StateLayout(repository.folder / ".unmoor").hide_from_git(repository.folder / ".git", repository.folder)
    assert repository.door.changed() == ()


@pytest.mark.parametrize("state", [".", "src"])
def test_no_work_is_hidden_because_state_is_to_lie_beside_it(repository: Repository, state: str) -> None:
    repository.write("src/new.py", "")
    layout = StateLayout.of(repository.folder / ".git", {"UNMOOR_STATE": str(repository.folder / state)})
    with pytest.raises(UnmoorError, match="not for state alone") as caught:
        layout.hide_from_git(repository.folder / ".git", repository.folder)
    assert caught.value.problems[0].place == "UNMOOR_STATE"
    assert repository.door.changed() == ("src/new.py",)


@pytest.mark.parametrize("state", ["..", "../elsewhere", ".git/unmoor", ".git/x"])
def test_outside_the_tree_nothing_is_to_hide(repository: Repository, state: str) -> None:
    layout = StateLayout.of(repository.folder / ".git", {"UNMOOR_STATE": str(repository.folder / state)})
    layout.hide_from_git(repository.folder / ".git", repository.folder)
    assert not (layout.base / ".gitignore").exists()


@pytest.mark.parametrize("state", ["~nobody-of-this-name/x", "a\0b"])
def test_a_state_folder_that_cannot_be_is_said(tmp_path: Path, state: str) -> None:
    with pytest.raises(UnmoorError, match="names no folder") as caught:
        StateLayout.of(tmp_path, {"UNMOOR_STATE": state})
    assert caught.value.problems[0].place == "UNMOOR_STATE"
