from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.archived import component_of
from support.records import plan
from support.releasable import fill
from support.repositories import Repository
from unmoor.errors import Blocked
from unmoor.model import Mode
from unmoor.model.settings import Settings
from unmoor.observe.repository import load
from unmoor.pipeline.clone import Clone
from unmoor.planning import release_commit
from unmoor.planning.plan import Observed, make
from unmoor.runtime.clock import day
from unmoor.tools import scratch_clone, uv_lock

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


# ── submodules and large files ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def outer(repository: Repository, new_repository: Callable[..., Repository]) -> Repository:
    """A repository with the submodule ``vendor/sub``, which has the submodule ``deep`` itself."""
    deep, other = new_repository("deep"), new_repository("other")
    deep.write("far.txt", "far")
    deep.commit()
    other.write("near.txt", "near")
    other.git("submodule", "add", "--quiet", deep.folder, "deep")
    other.commit()
    repository.git("submodule", "add", "--quiet", other.folder, "vendor/sub")
    repository.git("submodule", "update", "--quiet", "--init", "--recursive")
    repository.commit("With submodules")
    return repository


@pytest.mark.parametrize("mode", Mode)
def test_submodules_are_filled_from_the_local_ones(outer: Repository, clone: Make, mode: Mode) -> None:
    # Nothing else is there to take them from.
    for each in ("deep", "other"):
        (outer.folder.parent / each).rename(outer.folder.parent / f"{each}-gone")
    made = clone(mode)
    assert (made.path / "vendor/sub/near.txt").read_text() == "near"
    assert (made.path / "vendor/sub/deep/far.txt").read_text() == "far"
    assert made.git.changed() == ()
    listed = made.git.run("ls-files", "--recurse-submodules").out.split()
    assert {"vendor/sub/near.txt", "vendor/sub/deep/far.txt"} <= set(listed)


def test_a_submodule_is_filled_at_the_planned_commit_whatever_lies_there(outer: Repository, clone: Make) -> None:
    made = clone(Mode.LIVE)
    inner = Repository(outer.folder / "vendor/sub", outer.environ)
    inner.write("near.txt", "later")
    inner.commit()
    outer.commit("Moved on")
    assert (made.path / "vendor/sub/near.txt").read_text() == "near"


def test_a_rehearsal_takes_another_commit_of_a_submodule_along(outer: Repository, clone: Make) -> None:
    inner = Repository(outer.folder / "vendor/sub", outer.environ)
    inner.write("near.txt", "later")
    inner.commit()
    made = clone()
    assert (made.path / "vendor/sub/near.txt").read_text() == "later"


def test_changes_in_a_submodule_cannot_be_taken_along(outer: Repository, clone: Make) -> None:
    Repository(outer.folder / "vendor/sub", outer.environ).write("near.txt", "changed")
    with pytest.raises(Blocked, match="the submodule 'vendor/sub' has changes that are not committed → commit them"):
        _ = clone().path


@pytest.mark.parametrize("mode", Mode)
def test_a_submodule_that_is_not_here_is_refused_by_name(outer: Repository, clone: Make, mode: Mode) -> None:
    outer.git("submodule", "deinit", "--force", "--quiet", "vendor/sub")
    assert (clone(mode).path / "vendor/sub/near.txt").is_file(), "git still keeps it"
    shutil.rmtree(outer.folder / ".git/modules")
    with pytest.raises(Blocked, match=r"the submodule 'vendor/sub' has no files .* → run: git submodule update"):
        _ = clone(mode).path


def test_a_scratch_copy_has_the_submodules_that_are_at_hand(outer: Repository) -> None:
    copy = scratch_clone.copy_of(outer.folder, outer.environ)
    assert (copy.folder / "vendor/sub/near.txt").is_file()


POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 5\n"


@pytest.fixture
def large(repository: Repository) -> Repository:
    """A repository that keeps ``*.bin`` with git-lfs, which is not installed here."""
    repository.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    repository.write("data/model.bin", POINTER)
    repository.write("data/pointer.txt", POINTER)
    repository.commit()
    return repository


@pytest.mark.usefixtures("large")
def test_a_pointer_in_place_of_a_large_file_is_refused_by_name(clone: Make) -> None:
    with pytest.raises(Blocked, match=r"Git LFS has only pointers in place of data/model\.bin → install git-lfs"):
        _ = clone().path


def test_large_files_come_from_where_the_user_has_them(large: Repository, clone: Make) -> None:
    store = large.folder / ".git/lfs/objects"
    store.mkdir(parents=True)
    (store / "model").write_text("large")
    # What git-lfs does, in one line: the objects lie in the folder that the setting names.
    smudge = """cat > /dev/null; cat "$(git config lfs.storage)/objects/model\""""
    large.git("config", "--global", "filter.lfs.smudge", smudge)
    large.git("config", "--global", "filter.lfs.clean", f"printf %s '{POINTER}'")
    made = clone()
    assert (made.path / "data/model.bin").read_text() == "large"


# ── prepared by the plan ─────────────────────────────────────────────────────────────────────────────────────

_LOCKED = (
    'version = 1\nrevision = 2\nrequires-python = ">=3.11"\n\n'
    '[[package]]\nname = "thing"\nversion = "1.2.0"\nsource = { editable = "." }\n'
)


def _prepared(repository: Repository, dependencies: str = "") -> Clone:
    fill(repository, "hatchling")
    table = (
        (repository.folder / "pyproject.toml").read_text().replace('dependencies = ["other==1.2.0"]\n', dependencies)
    )
    repository.write("pyproject.toml", table)
    repository.write("uv.lock", _LOCKED)
    repository.commit("Locked")
    repository.git("tag", "1.2.0", "HEAD~1")
    component = load(repository.folder, repository.environ)
    git = repository.door
    found = Observed(
        commit=git.head(),
        tree=git.working_tree(),
        branch="main",
        tags=git.tags(),
        reachable=("1.2.0",),
        epoch=git.commit_time("HEAD"),
        today=day(git.commit_time("HEAD")),
        uv_locks=uv_lock.tracked(git),
    )
    return Clone(make([(component, found)], mode=Mode.REHEARSAL), [component], repository.environ)


def test_what_the_plan_edits_is_a_release_commit_with_its_claim(repository: Repository) -> None:
    made = _prepared(repository)
    (release,) = made._plan.releases  # noqa: SLF001 - it was made for this
    assert (release.version, release.base_tag) == ("1.3.0", "1.2.0")
    assert "uv.lock" in {edit.path for edit in release.edits}
    said = made.git.run("log", "-1", "--format=%s%n%(trailers)").out.splitlines()
    assert said[:3] == ["Release 1.3.0", "Release: thing==1.3.0", "Base: 1.2.0"]
    claim = release_commit.claim_of(made.git, made.commit, "thing")
    assert claim is not None
    assert release_commit.differences(made.git, claim, release, made.commit) == ([], [])
    assert 'version = "1.3.0"' in (made.path / "uv.lock").read_text()
    assert made.remarks == ()


def test_a_lock_that_cannot_follow_never_stops_a_rehearsal(repository: Repository) -> None:
    made = _prepared(repository, 'dependencies = ["nowhere-to-be-found"]\n')
    assert 'version = "1.2.0"' in (made.path / "uv.lock").read_text()
    assert 'version = "1.3.0"' in (made.path / "pyproject.toml").read_text()
    (remark,) = made.remarks
    assert "cannot follow the version to 1.3.0" in remark
    assert "run `uv lock` and commit it" in remark
