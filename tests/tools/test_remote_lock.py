"""One machine at a time: the lock on the remote is taken once, told, kept over a kill, and never taken away."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Barrier

import pytest

from support.repositories import Repository
from unmoor.errors import Exit, Incomplete, UnmoorError
from unmoor.tools.remote_lock import PREFIX, RemoteLock, held

TAG = "thing-v1.0+x!1"


@pytest.fixture
def remote(repository: Repository, new_repository: Callable[..., Repository]) -> Repository:
    made = new_repository("remote.git", bare=True)
    repository.git("remote", "add", "origin", made.folder)
    repository.git("push", "--quiet", "origin", "main")
    return made


@pytest.fixture
def another(remote: Repository, environ: Mapping[str, str], tmp_path: Path) -> Repository:
    """The clone on another machine."""
    return clone(remote, tmp_path / "another", environ)


def clone(remote: Repository, folder: Path, environ: Mapping[str, str]) -> Repository:
    remote.git("clone", "--quiet", remote.folder, folder)
    return Repository(folder, environ)


def lock(
    repository: Repository, said: list[str] | None = None, *, remote: str = "origin"
) -> AbstractContextManager[RemoteLock]:
    return held(
        repository.folder,
        repository.environ,
        remote=remote,
        release=TAG,
        actor=f"who has {repository.folder.name}",
        memo=repository.folder / ".git" / "memo",
        say=(said if said is not None else []).append,
    )


def locks(remote: Repository) -> str:
    return remote.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/unmoor")


def refused(repository: Repository, error: type[UnmoorError] = Incomplete, **words: str) -> UnmoorError:
    with pytest.raises(error) as caught, lock(repository, **words):
        pass
    return caught.value


def test_it_is_held_and_gone_afterwards(repository: Repository, remote: Repository) -> None:
    before = sorted(repository.folder.rglob("*"))
    with lock(repository) as made:
        assert locks(remote) == f"{PREFIX}{TAG} {made.commit}"
        made.confirm()
    assert locks(remote) == ""
    with pytest.raises(ZeroDivisionError), lock(repository):
        raise ZeroDivisionError
    assert locks(remote) == ""
    assert sorted(repository.folder.rglob("*")) == before


def test_another_machine_learns_who_holds_it_and_how_to_take_it_away(
    repository: Repository, remote: Repository, another: Repository
) -> None:
    said: list[str] = []
    with lock(repository, said):
        error = refused(another)
        assert error.code is Exit.INCOMPLETE
        assert "another run holds the lock of this release on origin since 2" in str(error)
        assert f"who has project, process {os.getpid()} on " in str(error)
        command = re.search("(git push .*)", error.problems[0].hint)[1]
        subprocess.run(shlex.split(command), cwd=another.folder, env=dict(another.environ), check=True)
        assert locks(remote) == ""
        with lock(another) as theirs:
            assert theirs.commit in locks(remote)
    assert said == []


def test_whoever_lost_it_writes_nothing_any_more_and_takes_none_away(
    repository: Repository, remote: Repository, another: Repository
) -> None:
    with lock(repository) as ours:
        remote.git("update-ref", "-d", PREFIX + TAG)
        with lock(another) as theirs:
            with pytest.raises(Incomplete, match="was taken away"):
                ours.confirm()
            before = locks(remote)
            # The end of a run that slept does not remove the lock of the one that is at work now.
            ours.git.run("push", f"--force-with-lease={ours.name}:{ours.commit}", "origin", f":{ours.name}", ok=(1,))
            assert locks(remote) == before
            theirs.confirm()


def test_a_run_that_was_killed_goes_on_with_its_lock_and_another_machine_does_not(
    repository: Repository, remote: Repository, another: Repository
) -> None:
    killed = lock(repository)
    left = killed.__enter__()
    assert "holds the lock" in str(refused(another))
    with lock(repository) as again:
        assert again.commit == left.commit
    assert locks(remote) == ""
    del killed


def test_a_lock_that_cannot_be_removed_is_told_and_taken_up_again(repository: Repository, remote: Repository) -> None:
    said: list[str] = []
    with lock(repository, said) as made:
        hook = remote.write("hooks/update", '#!/bin/sh\ntest "$3" != 0000000000000000000000000000000000000000\n')
        hook.chmod(0o755)
    assert made.commit in locks(remote)
    assert "stays on origin" in said[0]
    assert f"git push '--force-with-lease={PREFIX}{TAG}:{made.commit}' origin" in said[1]
    hook.unlink()
    with lock(repository, said) as again:
        assert again.commit == made.commit
    assert locks(remote) == ""


def test_a_remote_that_takes_no_lock_is_told(repository: Repository, remote: Repository) -> None:
    hook = remote.write("hooks/pre-receive", "#!/bin/sh\necho no such references here >&2\nexit 1\n")
    hook.chmod(0o755)
    error = refused(repository, UnmoorError)
    assert "does not take the lock" in str(error)
    assert "remote-lock" in error.problems[0].hint


def test_a_remote_that_does_not_answer_is_no_lock(repository: Repository, tmp_path: Path) -> None:
    error = refused(repository, remote=str(tmp_path / "gone"))
    assert "did not answer" in str(error)


@pytest.mark.parametrize("message", ["", "{", "[]", '{"actor": 1}'])
def test_a_lock_by_somebody_else_is_one_whatever_it_says(
    repository: Repository, remote: Repository, message: str
) -> None:
    tree = remote.git("hash-object", "-t", "tree", "-w", os.devnull)
    made = remote.git("-c", "user.name=x", "-c", "user.email=x", "commit-tree", tree, "-m", message)
    remote.git("update-ref", PREFIX + TAG, made)
    assert "another run holds the lock" in str(refused(repository))


@pytest.mark.parametrize("content", [b"", b"\xff", b"0" * 40, b"--all"])
def test_a_damaged_memory_of_our_lock_is_no_lock(repository: Repository, remote: Repository, content: bytes) -> None:
    repository.write(".git/memo", content)
    with lock(repository) as made:
        assert made.commit in locks(remote)
    assert locks(remote) == ""


def test_of_twenty_clones_that_race_one_wins(remote: Repository, tmp_path: Path, environ: Mapping[str, str]) -> None:
    clones = [clone(remote, tmp_path / f"clone{number}", environ) for number in range(20)]
    start, end = Barrier(len(clones)), Barrier(len(clones))

    def race(one: Repository) -> bool:
        start.wait()
        try:
            with lock(one):
                end.wait()
        except Incomplete:
            end.wait()
            return False
        return True

    with ThreadPoolExecutor(len(clones)) as pool:
        won = list(pool.map(race, clones))
    assert won.count(True) == 1
    assert locks(remote) == ""
