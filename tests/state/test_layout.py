from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from support.records import plan
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
