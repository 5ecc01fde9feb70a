from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.archived import component_of
from support.records import plan
from support.repositories import Repository
from unmoor.errors import Blocked
from unmoor.model import Mode
from unmoor.model.settings import Settings
from unmoor.pipeline.clone import Clone
from unmoor.tools import scratch_clone

Make = Callable[..., Clone]


@pytest.fixture
def clone(repository: Repository) -> Make:
    """Make the clone for a plan of the repository as it lies there."""

    def make(mode: Mode = Mode.REHEARSAL, **changes: Any) -> Clone:
        door = repository.door
        tree, commit = door.working_tree(), door.head()
        made = plan(mode, commit=commit, tree=tree, uncommitted=door.changed(), **changes)
        component = component_of(repository.folder, "thing", (), Settings(), ())
        return Clone(made, [component], repository.environ)

    return make


def test_the_clone_is_the_planned_commit_and_clean(repository: Repository, clone: Make) -> None:
    repository.write("ignored.log", "x")
    repository.write(".git/info/exclude", "*.log\n")
    repository.git("tag", "local-only")
    made = clone()
    assert made.commit == repository.door.head()
    assert sorted(each.name for each in made.path.iterdir()) == [".git", "README.md"]
    assert (made.git.changed(), made.git.tags()) == ((), {})
    assert made.path.name == repository.folder.name


def test_later_commits_do_not_get_in(repository: Repository, clone: Make) -> None:
    made = clone()
    planned = repository.door.head()
    repository.write("later", "x")
    repository.commit()
    assert made.commit == planned
    assert not (made.path / "later").exists()


def test_a_rehearsal_takes_uncommitted_work_along_and_always_as_the_same_commit(
    repository: Repository, clone: Make
) -> None:
    repository.write("new", "x")
    repository.write("README.md", "changed")
    before = repository.door.changed()
    first, second = clone(), clone()
    assert first.commit == second.commit != repository.door.head()
    assert first.path != second.path
    assert (first.path / "new").read_text() == "x"
    assert first.git.tree_of("HEAD") == repository.door.working_tree()
    assert repository.door.changed() == before


def test_work_of_every_kind_is_taken_along(repository: Repository, clone: Make) -> None:
    for name in ("old.py", "gone.py", "untracked.py", "run.sh", "staged-and-gone.py"):
        repository.write(name, name)
    repository.commit()
    repository.git("mv", "old.py", "new.py")
    (repository.folder / "gone.py").unlink()
    repository.git("rm", "--quiet", "staged-and-gone.py")
    repository.git("rm", "--quiet", "--cached", "untracked.py")
    repository.write(".git/info/exclude", "untracked.py\n")
    (repository.folder / "run.sh").chmod(0o755)
    (repository.folder / "link.sh").symlink_to("run.sh")
    repository.write("ü x/:(top)*.py", "odd")
    made = clone()
    files = {path.relative_to(made.path).as_posix() for path in made.path.rglob("*") if ".git" not in path.parts}
    assert files == {"README.md", "new.py", "run.sh", "link.sh", "ü x", "ü x/:(top)*.py"}
    assert (made.path / "link.sh").readlink() == Path("run.sh")
    assert (made.path / "run.sh").stat().st_mode & 0o111


def test_live_takes_nothing_along(repository: Repository, clone: Make) -> None:
    repository.write("new", "x")
    made = clone(Mode.LIVE)
    assert made.commit == repository.door.head()
    assert not (made.path / "new").exists()


def test_work_that_changed_since_the_plan_stops_it(repository: Repository, clone: Make) -> None:
    repository.write("new", "x")
    made = clone()
    repository.write("new", "y")
    with pytest.raises(Blocked, match="changed while the release was at work"):
        _ = made.commit


def test_the_users_signing_and_hooks_are_about_their_own_commits(repository: Repository, clone: Make) -> None:
    repository.git("config", "--global", "commit.gpgSign", "true")
    try:
        repository.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n").chmod(0o755)
        repository.write("new", "x")
        assert clone().commit != repository.door.head()
    finally:
        repository.git("config", "--global", "commit.gpgSign", "false")


@pytest.mark.parametrize("said", ["init.templateDir", "core.hooksPath"])
def test_no_hook_of_the_users_runs_in_the_clone(said: str, repository: Repository, clone: Make, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    for name in ("post-checkout", "pre-commit", "post-commit", "reference-transaction"):
        hook = planted / "hooks" / name
        hook.parent.mkdir(parents=True, exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
    repository.write("new", "x")
    value = planted if said == "init.templateDir" else planted / "hooks"
    repository.git("config", "--global", said, value)
    try:
        made = clone()
        made.git.run("commit", "--quiet", "--allow-empty", "--message", "More")
        copy = scratch_clone.copy_of(repository.folder, repository.environ)
        copy.run("commit", "--quiet", "--allow-empty", "--message", "More")
    finally:
        repository.git("config", "--global", "--unset", said)
    assert not (tmp_path / "ran").exists()


def test_a_version_from_tags_has_its_tag_in_the_clone_only(repository: Repository) -> None:
    from unmoor.model import VersionSource

    source = VersionSource(kind="vcs", path="pyproject.toml")
    component = replace(component_of(repository.folder, "thing", (), Settings(), ()), sources=(source,))
    made = plan(commit=repository.door.head(), tree=repository.door.working_tree())
    clone = Clone(made, [component], repository.environ)
    assert clone.git.tags() == {"v1.0": clone.commit}
    assert repository.door.tags() == {}
