"""What appears in the tree while a rehearsal is at work is none of the project's, and is moved away afterwards."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from support.repositories import Repository
from unmoor.tools import passers_by
from unmoor.tools.git import Git


@pytest.fixture
def begun(repository: Repository, tmp_path: Path) -> Git:
    """The repository as a rehearsal sees it, with one untracked file that was there before."""
    repository.write("mine.txt", "mine")
    noted = passers_by.note(repository.door, tmp_path / "state" / "untracked")
    return replace(repository.door, environ={**repository.environ, **noted})


def test_what_appears_changes_nothing(repository: Repository, begun: Git, tmp_path: Path) -> None:
    tree = begun.working_tree()
    assert tree == repository.door.working_tree()
    repository.write("tmp1/a.gcda", "left")
    repository.write("a b/ü.txt", "left")
    assert begun.working_tree() == tree != repository.door.working_tree()
    assert begun.changed() == ("mine.txt",)
    assert passers_by.newcomers(begun) == ("a b/ü.txt", "tmp1/a.gcda")
    clone = begun.clone(tmp_path / "copy")
    clone.run("checkout", "--quiet", "--detach")
    who = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    begun.commit_working_tree(clone, message="work", extra=who)
    assert clone.tree_of("HEAD") == tree


def test_edits_and_what_is_staged_are_changes_all_the_same(repository: Repository, begun: Git) -> None:
    tree = begun.working_tree()
    repository.write("mine.txt", "mine, and more")
    edited = begun.working_tree()
    repository.write("new.txt", "new")
    repository.git("add", "new.txt")
    assert len({tree, edited, begun.working_tree()}) == 3
    assert begun.changed() == ("mine.txt", "new.txt")
    (repository.folder / "mine.txt").unlink()
    assert begun.working_tree() != edited
    assert begun.changed() == ("new.txt",)


def test_ignored_files_are_nobodys_matter(repository: Repository, begun: Git) -> None:
    repository.write("left.tmp", "")
    (repository.folder / ".git/info/exclude").write_text("*.tmp\n", encoding="utf-8")
    assert passers_by.newcomers(begun) == ()


def test_they_are_moved_and_what_was_there_stays(repository: Repository, begun: Git, tmp_path: Path) -> None:
    (repository.folder / "empty").mkdir()
    repository.write("tmp1/deep/a.gcda", "left")
    repository.write("src.txt", "left")
    before = sorted(path.name for path in repository.folder.iterdir())
    assert passers_by.put_away(begun, tmp_path / "away") == ("src.txt", "tmp1/deep/a.gcda")
    assert (tmp_path / "away/tmp1/deep/a.gcda").read_text() == "left"
    assert sorted(path.name for path in repository.folder.iterdir()) == [
        name for name in before if name not in {"tmp1", "src.txt"}
    ]
    assert repository.door.changed() == ("mine.txt",)
    assert passers_by.put_away(begun, tmp_path / "away") == ()


def test_another_repository_is_none_of_it(begun: Git, new_repository, tmp_path: Path) -> None:
    """As where the project's own tests make repositories and look at them with unmoor."""
    other = new_repository("other")
    other.write("README.md", "")
    other.commit()
    other.write("new.txt", "new")
    git = Git(other.folder, begun.environ)
    assert git.changed() == ("new.txt",)
    assert passers_by.newcomers(git) == ()
    assert passers_by.put_away(git, tmp_path / "away") == ()


def test_a_note_that_is_gone_notes_nothing(repository: Repository, tmp_path: Path) -> None:
    repository.write("new.txt", "new")
    git = Git(repository.folder, {**os.environ, "UNMOOR_UNTRACKED": str(tmp_path / "gone")})
    assert passers_by.known(git) is None
    assert git.changed() == ("new.txt",)
