"""A commit of some paths and nothing else: by ``git commit --only``, with hooks, signature and author as in any other.

Plumbing (``write-tree``, ``commit-tree``, ``update-ref``) would do without the working tree, but it runs no hook, and a
project that checks its commits means this one too. ``--only`` commits HEAD with these paths as they lie in the tree;
what else is staged stays staged. git moves the branch last, so a commit that was killed has not happened.

How git lies: a path that was staged and is gone from the tree is "unknown" to ``--only``, in HEAD or not; and it may
leave ``index.lock`` behind when it is killed, which stops every later git. It may be another git's that is still at
work, so it is told, and never removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from unmoor.errors import Blocked, Incomplete, ToolFailed, ToolTimeout
from unmoor.model import Finding
from unmoor.runtime import process
from unmoor.tools.git import Git

__all__ = ["commit", "obstacles", "stage_new"]

_HOOKS = 900.0  # seconds; a first run of pre-commit makes its environments
_LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}
_FROM_STDIN = ("--pathspec-from-file=-", "--pathspec-file-nul")
_AGAIN = "then run the same command again"
_UNFINISHED = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick"}


def obstacles(git: Git) -> Iterator[Finding]:
    """Yield what git would refuse a commit for, whatever is in it; nothing is changed by asking."""
    lock = git.folder / git.run("rev-parse", "--git-path", "index.lock").out.strip()
    if lock.exists():
        what = "the index of the repository is locked: another git is at work, or one was killed and left this file"
        yield Finding(message=what, place=str(lock), hint=f"let it end, or remove the file if no git runs; {_AGAIN}")
    for name, what in _UNFINISHED.items():
        if (git.folder / git.run("rev-parse", "--git-path", name).out.strip()).exists():
            yield Finding(message=f"a {what} is not finished", hint=f"finish it with git, or abort it; {_AGAIN}")
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        done = git.run("var", who, ok=None)
        if done.status:
            what = f"git does not know who commits: {process.tail(done.err, 1)}"
            yield Finding(message=what, hint=f"git config user.name and user.email, {_AGAIN}")
            return


def stage_new(git: Git, paths: Sequence[str], gone: Sequence[str] = ()) -> None:
    """Make paths known to git that it does not track yet, and have it forget those that are ``gone`` from the tree."""
    tracked = set(git.run("ls-files", "-z", "--full-name", "--", ":/").out.split("\0"))
    new = sorted(path for path in set(paths) - tracked if (git.folder / path).exists())
    with_words = ((["add"], new), (["rm", "--cached", "--quiet", "--force", "--ignore-unmatch"], sorted(gone)))
    for words, chosen in with_words:
        if chosen:
            _run(git, [*words, *_FROM_STDIN], "\0".join(chosen))


def commit(git: Git, paths: Sequence[str], message: str, moment: datetime) -> str:
    """Commit these paths, relative to the repository's top, as they lie there, and return the commit.

    ``moment`` becomes the author's date. Raises ``Blocked`` with git's own words where git or a hook refuses; what lies
    in the tree stays as it is then.
    """
    before = git.head()
    date = f"--date={int(moment.timestamp())} {moment.astimezone():%z}"
    _run(git, ["commit", "--quiet", "--only", f"--message={message}", date, *_FROM_STDIN], "\0".join(paths))
    after = git.head()
    if after == before:
        raise Blocked("git said that it committed, and HEAD is what it was", hint="see `git status` and `git log`")
    return after


def _run(git: Git, words: Sequence[str], stdin: str) -> None:
    try:
        git.run(*words, stdin=stdin, extra=_LITERAL, timeout=_HOOKS)
    except ToolTimeout as error:
        what = f"git {words[0]} did not end within {_HOOKS:g} s; a hook or a program that signs may be waiting"
        raise Incomplete(what, hint="the edits are in the tree; run the same command again") from error
    except ToolFailed as error:
        said = "".join(f"\n    {line}" for line in error.tail.splitlines()) or f" with exit status {error.status}"
        what = f"git {words[0]} said no:{said}\n "
        raise Blocked(what, hint=f"the edits are in the tree, nothing is lost; mend that, {_AGAIN}") from error
