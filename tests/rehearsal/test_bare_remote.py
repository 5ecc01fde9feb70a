from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.repositories import Repository
from unmoor.errors import ToolFailed
from unmoor.rehearsal.bare_remote import bare_remote


@pytest.fixture
def remote(repository: Repository, tmp_path: Path) -> Path:
    made = bare_remote(tmp_path / "deep" / "remote.git", repository.environ)
    repository.git("tag", "-a", "-m", "x", "v1")
    repository.git("push", "--quiet", made, "main", "v1")
    return made


def refused(repository: Repository, *arguments: object) -> str:
    with pytest.raises(ToolFailed) as caught:
        repository.door.run("push", "--atomic", *map(str, arguments))
    return caught.value.tail


def test_it_takes_branches_and_new_tags(repository: Repository, remote: Path) -> None:
    repository.commit("Second")
    repository.git("tag", "v2")
    repository.git("push", "--quiet", "--atomic", remote, "main", "v2")
    refs = repository.door.remote_refs(str(remote))
    assert refs["refs/tags/v2"] == refs["refs/heads/main"] == repository.git("rev-parse", "HEAD")


def test_the_same_tag_again_is_nothing_new(repository: Repository, remote: Path) -> None:
    repository.git("push", "--quiet", remote, "v1")
    assert "refs/tags/v1" in repository.door.remote_refs(str(remote))


def test_a_tag_never_moves(repository: Repository, remote: Path) -> None:
    before = repository.door.remote_refs(str(remote))
    repository.commit("Second")
    repository.git("tag", "--force", "-a", "-m", "y", "v1")
    assert "cannot be moved" in refused(repository, "--force", remote, "v1")
    assert repository.door.remote_refs(str(remote)) == before


@pytest.mark.parametrize("said", ["init.templateDir", "core.hooksPath"])
def test_its_hooks_are_its_own_whatever_the_user_has_configured(
    repository: Repository, tmp_path: Path, said: str
) -> None:
    planted = tmp_path / "planted"
    for name in ("pre-receive", "post-receive", "reference-transaction"):
        hook = planted / "hooks" / name
        hook.parent.mkdir(parents=True, exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
    repository.git("tag", "v1")
    repository.git("config", "--global", said, planted if said == "init.templateDir" else planted / "hooks")
    try:
        made = bare_remote(tmp_path / "remote.git", repository.environ)
        push = ("-c", f"core.hooksPath={os.devnull}", "push", "--quiet")
        repository.git(*push, made, "main", "v1")
        repository.commit("Second")
        repository.git("tag", "--force", "v1")
        (tmp_path / "ran").unlink(missing_ok=True)
        assert "cannot be moved" in refused(repository, "--force", made, "v1")
    finally:
        repository.git("config", "--global", "--unset", said)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["refs/tags/v1", "refs/heads/main"])
def test_nothing_goes_away(repository: Repository, remote: Path, name: str) -> None:
    refused(repository, remote, f":{name}")
    assert name in repository.door.remote_refs(str(remote))


def test_a_branch_is_not_rewritten(repository: Repository, remote: Path) -> None:
    repository.git("commit", "--quiet", "--amend", "-m", "Other")
    assert "non-fast-forward" in refused(repository, "--force", remote, "main")


def test_one_refused_reference_refuses_all(repository: Repository, remote: Path) -> None:
    repository.commit("Second")
    repository.git("tag", "--force", "v1")
    refused(repository, "--force", remote, "main", "v1")
    assert repository.door.remote_refs(str(remote))["refs/heads/main"] == repository.git("rev-parse", "HEAD~1")


def test_asking_again_changes_nothing(repository: Repository, remote: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in remote.rglob("*") if path.is_file()}
    assert bare_remote(remote, repository.environ) == remote
    assert {path: path.stat().st_mtime_ns for path in remote.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("left", ["", "HEAD", "objects refs HEAD", "objects refs HEAD config"])
def test_a_half_made_one_is_completed(repository: Repository, tmp_path: Path, left: str) -> None:
    whole = Repository.new(tmp_path / "whole.git", repository.environ, bare=True).folder
    half = tmp_path / "half.git"
    half.mkdir()
    for name in left.split():
        (whole / name).rename(half / name)
    bare_remote(half, repository.environ)
    repository.git("tag", "v1")
    repository.git("push", "--quiet", half, "v1")
    repository.commit("Second")
    repository.git("tag", "--force", "v1")
    assert "cannot be moved" in refused(repository, "--force", half, "v1")


def test_a_half_written_hook_is_written_again(repository: Repository, remote: Path) -> None:
    hook = remote / "hooks" / "update"
    whole = hook.read_text()
    hook.write_text(whole[:20])
    bare_remote(remote, repository.environ)
    assert hook.read_text() == whole


def test_a_rehearsal_inside_a_repository_is_a_repository_of_its_own(repository: Repository) -> None:
    made = bare_remote(repository.folder / ".git" / "unmoor" / "remote.git", repository.environ)
    assert (made / "HEAD").is_file()
    assert repository.door.remote_refs(str(made)) == {}
