"""A live release meets a tree, a branch, a tag or a remote that is not as planned: how it ends, and that it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support.faulted import is_released, is_untagged, is_untouched
from support.live_release import VERSION, LiveRelease
from support.repositories import Repository
from unmoor.errors import Exit
from unmoor.tools import build as builder
from unmoor.tools.build import Built

TAG = f"v{VERSION}"
Fault = Callable[[LiveRelease], object]


def another_clone(release: LiveRelease) -> Repository:
    """Return the clone of somebody else."""
    release.repository.git("clone", "--quiet", release.remote.folder, release.top / "other")
    return Repository(release.top / "other", release.environ)


def somebody_pushes(release: LiveRelease) -> None:
    other = another_clone(release)
    other.write("README.md", "# Theirs\n")
    other.commit("Theirs")
    other.git("push", "--quiet")


def diverged(release: LiveRelease) -> None:
    somebody_pushes(release)
    release.repository.write("README.md", "# Ours\n")
    release.repository.commit("Ours")


def hook(release: LiveRelease, name: str, script: str) -> Path:
    path = release.remote.folder / "hooks" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def refused_by_the_branch(release: LiveRelease) -> None:
    hook(release, "update", 'case "$1" in refs/heads/*) exit 1;; esac')
    release.repository.write("README.md", "# Bumped\n")
    release.repository.commit("The bump, which nobody could push")


def _elsewhere(release: LiveRelease, *where: str) -> None:
    release.repository.git("checkout", "--quiet", *where)
    release.repository.commit("Work")


# What stops it before anything has left the machine, and what it says.
STOPS: dict[str, tuple[Fault, str]] = {
    "an edit": (lambda release: release.repository.write("README.md", "# Edited\n"), "README.md"),
    "an untracked file": (lambda release: release.repository.write("stray.txt", ""), "stray.txt"),
    "another branch": (lambda release: _elsewhere(release, "-b", "topic"), "topic"),
    "no branch": (lambda release: _elsewhere(release, "--detach"), "branch"),
    "a branch that lacks commits": (somebody_pushes, "lacks commits"),
    "a branch that has diverged": (diverged, "lacks commits"),
    "a commit that is on no branch of the remote": (refused_by_the_branch, "push"),
    "a local tag elsewhere": (lambda release: release.repository.git("tag", TAG, "HEAD~1"), TAG),
    "a remote tag elsewhere": (
        lambda release: another_clone(release).git("push", "-q", "origin", f"HEAD~1:refs/tags/{TAG}"),
        TAG,
    ),
}


@pytest.mark.parametrize("fault", STOPS)
def test_what_is_not_as_it_should_be_stops_it_before_anything_is_sent(fault: str, release: LiveRelease) -> None:
    make, said = STOPS[fault]
    make(release)
    tags = release.repository.git("show-ref", "--tags"), release.remote.git("show-ref", "--tags")
    ran = release.run()
    assert ran.code is Exit.GATE_FAILED, ran
    assert said in ran.said
    assert [index.uploads for index in release.indexes.values()] == [[], []]
    assert (release.repository.git("show-ref", "--tags"), release.remote.git("show-ref", "--tags")) == tags


@pytest.mark.parametrize("fault", ["a local tag elsewhere", "a remote tag elsewhere"])
def test_what_came_between_the_two_indexes_is_seen_before_the_main_one(fault: str, release: LiveRelease) -> None:
    assert release.run(until="testpypi").code is Exit.PASS
    STOPS[fault][0](release)
    ran = release.run()
    assert (ran.code, ran.stage) == (Exit.GATE_FAILED, "pypi"), ran
    assert STOPS[fault][1] in ran.said
    assert release.pypi.uploads == []


def test_a_branch_that_was_rewritten_since_the_plan_stops_it(release: LiveRelease) -> None:
    other = another_clone(release)
    other.git("commit", "--quiet", "--amend", "-m", "Rewritten")
    other.git("push", "--quiet", "--force")
    ran = release.run()
    assert ran.code is Exit.GATE_FAILED, ran
    assert is_untouched(release)


def test_a_tag_that_is_refused_after_publication_goes_on_the_planned_commit_later(release: LiveRelease) -> None:
    planned = release.repository.git("rev-parse", "HEAD")
    refusing = hook(release, "update", 'case "$1" in refs/tags/*) echo not now >&2; exit 1;; esac')
    ran = release.run()
    assert (ran.code, ran.stage) == (Exit.INCOMPLETE, "release"), ran
    assert "not now" in ran.said
    assert "everything published is in place" in ran.said
    assert is_untagged(release)
    release.repository.write("README.md", "# Later\n")
    release.repository.commit("Later")
    release.repository.git("push", "--quiet")
    refusing.unlink()
    assert is_released(release)
    assert release.remote.git("rev-parse", f"{TAG}^{{commit}}") == planned


def test_a_remote_that_dies_after_it_took_the_tag_is_asked(release: LiveRelease) -> None:
    hook(release, "post-receive", "kill -9 $PPID")
    assert is_released(release)


def test_a_lock_that_git_left_behind_does_not_stop_a_release_and_stays(release: LiveRelease) -> None:
    left = release.repository.write(".git/index.lock", b"")
    assert is_released(release)
    assert left.exists()


def test_what_an_earlier_build_left_in_the_tree_is_not_built_again(release: LiveRelease) -> None:
    """The backend gets a clone of its own: what lies about in the project's folder is not in it."""
    seen: list[list[str]] = []
    build = release.build

    def looking(folder: Path, out: Path, **words: object) -> Built:
        seen.append(sorted(each.name for each in folder.iterdir()))
        return build(folder, out, **words)

    release.repository.write(".git/info/exclude", "build/\n")
    release.repository.write("build/lib/tiny_thing/gone.py", "")
    shutil.rmtree(release.base)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "build", looking)
        assert is_released(release)
    assert seen
    assert all("build" not in names for names in seen)
