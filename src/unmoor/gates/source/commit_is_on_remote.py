"""The planned commit is on a release branch of the remote before anything is published of it.

A release pushes its tag and no branch. A protected branch that refuses the commit would leave files on an index whose
source nobody can see; it refuses it before.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from unmoor.context import Context
from unmoor.model import Finding, Findings, Scope
from unmoor.tools.git import Git

__all__ = ["ASSERTS", "SCOPE", "check"]

ASSERTS = "a release branch of the remote holds the planned commit"
SCOPE = Scope.REPOSITORY
_HEADS = "refs/heads/"
_SECONDS = 60.0


def check(context: Context) -> Findings:
    """Ask the remote for its branches, and git whether one that may be released from holds the planned commit."""
    remote, commit = context.repository.remote, context.plan.commit
    if not context.live:
        return Findings(optional="a rehearsal pushes nothing: live, a branch of the remote must hold the commit")
    if not remote:
        return Findings(absent="the repository has no remote", hint="git remote add origin URL")
    refs = context.observer.remote_refs(context.repository)
    if refs is None:
        unanswered = f"the remote {remote!r} was not asked: it did not answer"
        return Findings(unanswered=unanswered, hint="run again when the remote can be reached")
    tips = _tips(refs, context.repository.branches)
    git = Git(context.repository.root, context.environ)
    if any(_holds(git, remote, tip, commit) for tip in tips.values()):
        return Findings(examined=max(len(tips), 1), unit="branches")
    branch = context.plan.branch or next(iter(context.repository.branches), "")
    names = ", ".join(repr(name) for name in context.repository.branches) or "its branches"
    problem = Finding(
        message=f"the remote {remote!r} does not have the commit {commit[:12]} on {names}",
        hint=f"git push {remote} {commit[:12]}:refs/heads/{branch}" if branch else f"push the commit to {remote}",
    )
    return Findings(examined=max(len(tips), 1), unit="branches", problems=(problem,))


def _tips(refs: Mapping[str, str], allowed: tuple[str, ...]) -> dict[str, str]:
    heads = {name.removeprefix(_HEADS): tip for name, tip in refs.items() if name.startswith(_HEADS)}
    return {name: tip for name, tip in heads.items() if any(fnmatchcase(name, each) for each in allowed or ("*",))}


def _holds(git: Git, remote: str, tip: str, commit: str) -> bool:
    if tip == commit:
        return True
    if not git.has_commit(tip):
        # Others have pushed since: what they pushed is needed to know whether it stands on the planned commit.
        git.fetch_commit(remote, tip, timeout=_SECONDS)
    return git.is_ancestor(commit, tip)
