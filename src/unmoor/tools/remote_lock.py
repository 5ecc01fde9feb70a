"""A lock on the remote, for where several machines may release: a reference that can be created only once.

``git push`` alone is not enough: it moves an existing reference forward. With ``--force-with-lease=REF:`` the remote
takes the push only where the reference is not there, and with ``--force-with-lease=REF:COMMIT`` only where it is still
that commit; both are decided by the remote, one push at a time. Every lock is a commit of its own, without files: two
pushes of one commit would both succeed. A lock is never taken away from another machine: only a person can know
whether that one is still at work.

https://git-scm.com/docs/git-push#Documentation/git-push.txt---force-with-leaserefnameexpect
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from unmoor.errors import Incomplete, ToolError, UnmoorError
from unmoor.runtime import clock, process, scratch
from unmoor.runtime.files import write_whole
from unmoor.tools.git import Git

__all__ = ["PREFIX", "RemoteLock", "held"]

PREFIX = "refs/unmoor/lock/"
_SECONDS = 60.0
_SHOWN = 80
_WHO = {f"GIT_{role}_{what}": "unmoor" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteLock:
    """A lock on ``remote`` that this run holds: the reference ``name`` leads to ``commit``."""

    git: Git
    remote: str
    name: str
    commit: str
    extra: Mapping[str, str] = field(repr=False)

    def confirm(self) -> None:
        """Raise ``Incomplete`` where the lock is not ours any more: for a run that may have slept, before it writes."""
        if _there(self) != self.commit:
            what = f"the lock of this release on {self.remote} was taken away"
            raise Incomplete(what, place=self.name, hint="see who is at work, then run the same command again")


@contextmanager
def held(
    root: Path,
    environ: Mapping[str, str],
    *,
    remote: str,
    release: str,
    actor: str,
    memo: Path,
    say: Callable[[str], None],
) -> Iterator[RemoteLock]:
    """Hold the lock of a release on a remote of the user's repository at ``root``.

    ``release`` names it as its tag does. ``memo`` is a file of the release's state that keeps which lock is ours: a run
    that was killed left it behind, and the next one with this state goes on with it; so the caller holds a lock on that
    state. Raises ``Incomplete`` that says who is at work and how to take the lock away where nobody is, or that the
    remote does not answer, and ``UnmoorError`` where the remote takes no such references.
    """
    git, name = Git(root, environ), PREFIX + release
    with scratch.folder("lock") as folder:
        # What we make and read goes nowhere into the user's repository.
        own = (root / git.run("rev-parse", "--git-path", "objects").out.strip()).resolve()
        extra = {"GIT_OBJECT_DIRECTORY": str(folder), "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.fspath(own)}
        lock = RemoteLock(git=git, remote=remote, name=name, commit=_left(memo), extra=extra)
        if not lock.commit or _there(lock) != lock.commit:
            lock = replace(lock, commit=_made(lock, actor))
            write_whole(memo, lock.commit.encode())
            _create(lock)
        try:
            yield lock
        finally:
            _remove(lock, memo, say)


def _left(memo: Path) -> str:
    """Return the lock that a run of ours left behind, as far as this machine knows; empty without one."""
    try:
        return memo.read_bytes().decode("ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _made(lock: RemoteLock, actor: str) -> str:
    """Make the commit that is the lock, without files and unlike any other; return it."""
    about = {"actor": actor, "host": socket.gethostname(), "pid": os.getpid(), "since": clock.now()}
    message = json.dumps({**about, "once": secrets.token_hex(16)})
    tree = lock.git.run("mktree", extra=lock.extra).out.strip()
    return lock.git.run("commit-tree", tree, "-F", "-", stdin=message, extra={**lock.extra, **_WHO}).out.strip()


def _create(lock: RemoteLock) -> None:
    """Create the reference on the remote; raise ``Incomplete`` where it is there already."""
    try:
        _push(lock, f"--force-with-lease={lock.name}:", f"{lock.commit}:{lock.name}")
    except ToolError as error:
        # The answer may have been lost after the remote took it: the remote is asked, not the error.
        there = _there(lock)
        if there and there != lock.commit:
            raise _busy(lock, there) from None
        if not there:
            what = f"the remote {lock.remote} does not take the lock: {_last(error)}"
            hint = "see that you may push there; where the forge forbids such references, do without remote-lock"
            raise UnmoorError(what, place=lock.name, hint=hint) from error


def _remove(lock: RemoteLock, memo: Path, say: Callable[[str], None]) -> None:
    """Remove the reference where it is still ours; a failure is said, and the next run goes on with the lock."""
    try:
        _push(lock, f"--force-with-lease={lock.name}:{lock.commit}", f":{lock.name}")
    except ToolError as error:
        try:
            if _there(lock) == lock.commit:
                say(f"the lock stays on {lock.remote}, because it cannot be removed: {_last(error)}")
                say(f"the next run here removes it, or: {_removal(lock, lock.commit)}")
                return
        except Incomplete:
            say(f"the lock may have stayed on {lock.remote}: {_last(error)}")
            return
    memo.unlink(missing_ok=True)


def _push(lock: RemoteLock, lease: str, spec: str) -> None:
    # No hook: this is none of the user's work.
    options = ("--quiet", "--no-verify", lease)
    lock.git.run("push", *options, "--", lock.remote, spec, extra=lock.extra, timeout=_SECONDS)


def _there(lock: RemoteLock) -> str:
    """Ask the remote for the reference; empty where it has none."""
    try:
        said = lock.git.run("ls-remote", "--", lock.remote, lock.name, timeout=_SECONDS).out
    except ToolError as error:
        what = f"the remote {lock.remote} did not answer: {_last(error)}"
        raise Incomplete(what, hint="run the same command again when it can be reached") from error
    rows = (line.partition("\t") for line in said.splitlines())
    return next((commit for commit, _, name in rows if name == lock.name), "")


def _busy(lock: RemoteLock, there: str) -> Incomplete:
    who = _holder(lock, there)
    told = f"another run holds the lock of this release on {lock.remote}"
    if who:
        told += f" since {who['since']}: {who['actor']}, process {who['pid']} on {who['host']}"
    hint = "wait for it to end, then run the same command again; only where you know that it is dead: "
    return Incomplete(told, place=lock.name, hint=hint + _removal(lock, there))


def _holder(lock: RemoteLock, there: str) -> dict[str, str]:
    """Read what the holder says of itself; nothing where that cannot be had or understood."""
    try:
        options = ("--quiet", "--no-tags", "--no-write-fetch-head")
        lock.git.run("fetch", *options, "--", lock.remote, lock.name, extra=lock.extra, timeout=_SECONDS)
        message = lock.git.run("cat-file", "commit", there, extra=lock.extra).out.partition("\n\n")[2]
        said = json.loads(message)
        return {key: str(said[key])[:_SHOWN] for key in ("actor", "host", "pid", "since")}
    except (ToolError, ValueError, KeyError, TypeError):
        return {}


def _removal(lock: RemoteLock, commit: str) -> str:
    words = ["git", "push", f"--force-with-lease={lock.name}:{commit}", lock.remote, f":{lock.name}"]
    return shlex.join(words)


def _last(error: ToolError) -> str:
    return process.tail(getattr(error, "tail", ""), 1) or str(error)
