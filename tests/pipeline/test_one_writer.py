"""What keeps two runs apart: on one machine always, between machines by setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.contexts import make_context
from support.repositories import Repository
from unmoor.errors import Incomplete
from unmoor.model.settings import Settings
from unmoor.pipeline.one_writer import at_work


def refused(context: Any) -> str:
    with pytest.raises(Incomplete) as caught, at_work(context):
        pass
    return str(caught.value)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unmoor.pipeline.one_writer._PATIENCE", 0.0)


@pytest.mark.parametrize("name", ["check", "build", "testpypi", "release"])
def test_a_stage_of_a_release_is_one_runs_at_a_time(tmp_path: Path, name: str) -> None:
    context = make_context(tmp_path, name=name)
    with at_work(context) as locks:
        assert len(locks) == (1 if name == "check" else 2)
        assert f"at work on {name} of thing 1.0: process" in refused(context)
    with at_work(context):
        pass


def test_stages_about_a_tree_run_side_by_side_and_beside_the_build(tmp_path: Path) -> None:
    with (
        at_work(make_context(tmp_path, name="check")),
        at_work(make_context(tmp_path, name="lint")),
        at_work(make_context(tmp_path, name="tests")),
        at_work(make_context(tmp_path, name="docs-strict")),
        at_work(make_context(tmp_path, name="build")),
    ):
        pass


def test_nothing_is_built_under_a_stage_that_reads_the_archives_nor_read_while_it_is_built(tmp_path: Path) -> None:
    build, tests = make_context(tmp_path, name="build"), make_context(tmp_path, name="tests")
    readers = [make_context(tmp_path, name=name) for name in ("testpypi", "pypi", "release")]
    readers.append(replace(tests, component=replace(tests.component, archive_stages=("tests",))))
    for reader in readers:
        with at_work(reader):
            assert f"at {reader.stage.name} of thing 1.0, process" in refused(build)
            for other in readers:
                if other is not reader:
                    with at_work(other):
                        pass
        with at_work(build):
            assert "at build of thing 1.0, process" in refused(reader)


@pytest.fixture
def clones(
    repository: Repository, new_repository: Callable[..., Repository], tmp_path: Path, environ: Mapping[str, str]
) -> tuple[Repository, Repository, Repository]:
    """The remote, and the clones on two machines."""
    remote = new_repository("remote.git", bare=True)
    repository.git("remote", "add", "origin", remote.folder)
    repository.git("push", "--quiet", "origin", "main")
    remote.git("clone", "--quiet", remote.folder, tmp_path / "another")
    return remote, repository, Repository(tmp_path / "another", environ)


def publishing(clone: Repository, top: Path, name: str, *, live: bool = True, remote_lock: bool = True) -> Any:
    context = make_context(top, name=name, live=live, settings=Settings(remote_lock=remote_lock))
    repository = replace(context.repository, root=clone.folder, remote="origin")
    return replace(context, component=replace(context.component, repository=repository), environ=clone.environ)


@pytest.mark.parametrize("name", ["testpypi", "pypi", "release"])
def test_with_the_setting_another_machine_waits_too(
    clones: tuple[Repository, Repository, Repository], tmp_path: Path, name: str
) -> None:
    remote, here, there = clones
    with at_work(publishing(here, tmp_path / "here", name)):
        assert "holds the lock of this release" in refused(publishing(there, tmp_path / "there", "testpypi"))
        assert "refs/unmoor/lock/" in remote.git("for-each-ref")
    assert "refs/unmoor" not in remote.git("for-each-ref")


@pytest.mark.parametrize(
    ("name", "words"),
    [("build", {}), ("check", {}), ("pypi", {"live": False}), ("pypi", {"remote_lock": False})],
)
def test_what_sends_nothing_leaves_the_remote_alone(
    clones: tuple[Repository, Repository, Repository], tmp_path: Path, name: str, words: dict[str, bool]
) -> None:
    remote, here, _ = clones
    with at_work(publishing(here, tmp_path, name, **words)):
        assert "refs/unmoor" not in remote.git("for-each-ref")
