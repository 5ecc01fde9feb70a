"""A file of the tree that unmoor's own output is redirected into is no change of the project."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from support.repositories import Repository
from unmoor.runtime import own_output
from unmoor.tools.git import Git

LOOK = """
import os, sys
from pathlib import Path
from unmoor.runtime import own_output
from unmoor.tools.git import Git
git = Git(Path(sys.argv[1]), dict(os.environ))
before = git.working_tree()
print("one line more", flush=True)
told = {}
own_output.tell_workers(told)
Path(sys.argv[2]).write_text("|".join([before, git.working_tree(), *git.changed(), *told.values()]))
"""


def looked(repository: Repository, answer, **streams) -> list[str]:
    command = [sys.executable, "-c", LOOK, repository.folder, answer]
    subprocess.run(command, env=dict(os.environ), cwd=repository.folder, check=True, timeout=60, **streams)
    return answer.read_text().split("|")


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell there")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_file_that_the_output_goes_into_is_passed_over(repository: Repository, tmp_path, stream: str) -> None:
    repository.write("new.txt", "new")
    with (repository.folder / "out put.log").open("wb") as log:
        before, after, *rest = looked(repository, tmp_path / "answer", **{stream: log})
    assert before == after
    assert rest == ["new.txt", os.path.realpath(repository.folder / "out put.log")]


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell there")
def test_a_tracked_file_that_is_written_over_is_a_change(repository: Repository, tmp_path) -> None:
    repository.write("out.log", "kept")
    repository.commit()
    with (repository.folder / "out.log").open("wb") as log:
        before, after, *rest = looked(repository, tmp_path / "answer", stdout=log)
    assert before != after
    assert "out.log" in rest


def test_workers_are_told(repository: Repository) -> None:
    repository.write("out.log", "one")
    repository.write("other.log", "one")
    environ = {**repository.environ, "UNMOOR_OUTPUT": str(repository.folder / "out.log")}
    git = replace(repository.door, environ=environ)
    tree = git.working_tree()
    repository.write("out.log", "two")
    assert git.working_tree() == tree
    assert git.changed() == ("other.log",)


def test_it_goes_into_no_copy_of_the_tree(repository: Repository, tmp_path) -> None:
    repository.write("out.log", "one")
    repository.write("new.txt", "new")
    environ = {**repository.environ, "UNMOOR_OUTPUT": str(repository.folder / "out.log")}
    git = Git(repository.folder, environ)
    clone = git.clone(tmp_path / "copy")
    clone.run("checkout", "--quiet", "--detach")
    who = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    git.commit_working_tree(clone, message="work", extra=who)
    assert "new.txt" in clone.files()
    assert "out.log" not in clone.files()
    assert clone.tree_of("HEAD") == git.working_tree()


def test_nothing_is_said_of_terminals_and_pipes(monkeypatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setattr(own_output, "_STDOUT", writing)
    monkeypatch.setattr(own_output, "_STDERR", reading)
    assert own_output.files({}) == ()
    os.close(reading)
    os.close(writing)
    assert own_output.files({}) == ()
