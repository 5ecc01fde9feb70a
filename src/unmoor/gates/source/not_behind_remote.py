"""What is released has everything that the remote's branch has.

A release made from a branch that is behind lacks what others have merged, and its tag cannot be pushed together
with the branch.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from unmoor.context import Context
from unmoor.model import Finding, Findings, Scope, blocking_live
from unmoor.tools.git import Git

__all__ = ["ASSERTS", "SCOPE", "check"]

ASSERTS = "the planned commit holds everything that its branch has on the remote"
SCOPE = Scope.REPOSITORY
_HEADS = "refs/heads/"


def check(context: Context) -> Findings:
    """Compare the planned commit with the branch as the remote has it now."""
    remote = context.repository.remote
    if not remote:
        return Findings(absent="the repository has no remote", hint="git remote add origin URL")
    refs = context.observer.remote_refs(context.repository)
    if refs is None:
        unanswered = f"the remote {remote!r} was not asked: it did not answer"
        return Findings(unanswered=unanswered, hint="run again when the remote can be reached")
    git = Git(context.repository.root, context.environ)
    if context.has_begun:
        # Files of the planned commit are out: what others have merged since belongs to the next version.
        notice = Finding(message=f"{remote} is not compared: files of commit {context.plan.commit[:12]} are out")
        return Findings(examined=1, unit="branches", notices=(notice,))
    if not context.plan.branch:
        return _detached(context, git, refs)
    return _on_branch(context, git, refs, context.plan.branch)


def _on_branch(context: Context, git: Git, refs: Mapping[str, str], branch: str) -> Findings:
    """Compare the commit with the branch of its name on the remote."""
    remote = context.repository.remote
    tip = refs.get(_HEADS + branch)
    if tip is None:
        notice = Finding(
            message=f"the branch {branch!r} is not on the remote {remote!r} yet", hint=f"git push {remote} {branch}"
        )
        return Findings(examined=1, unit="branches", notices=(notice,))
    if git.is_ancestor(tip, context.plan.commit):
        return Findings(examined=1, unit="branches")
    behind = git.is_ancestor(context.plan.commit, tip)
    state = (
        "is behind"
        if behind
        else "has diverged from, and lacks commits of,"
        if _known(git, tip)
        else "lacks commits of"
    )
    finding = Finding(
        message=f"the branch {branch!r} {state} {remote}/{branch}, which is at {tip[:12]}",
        hint="git pull --ff-only" if behind else f"git fetch {remote}, then merge or rebase onto {remote}/{branch}",
    )
    return _found(context, finding)


def _detached(context: Context, git: Git, refs: Mapping[str, str]) -> Findings:
    """Judge a commit without a branch: it must be contained in a release branch of the remote."""
    heads = {name.removeprefix(_HEADS): tip for name, tip in refs.items() if name.startswith(_HEADS)}
    tips = {
        name: tip for name, tip in heads.items() if any(fnmatchcase(name, each) for each in context.repository.branches)
    }
    commit, remote = context.plan.commit, context.repository.remote
    for name, tip in tips.items():
        fetched = f"refs/remotes/{remote}/{name}"
        if commit == tip:
            return Findings(examined=len(tips), unit="branches")
        if git.is_ancestor(commit, tip) or git.is_ancestor(commit, fetched):
            notice = Finding(message=f"{remote}/{name} has moved on from the planned commit {commit[:12]}")
            return Findings(examined=len(tips), unit="branches", notices=(notice,))
    message = f"no release branch of the remote {remote!r} contains the commit {commit[:12]}"
    return _found(context, Finding(message=message, hint=f"git fetch {remote}; push the commit to its branch first"))


def _known(git: Git, commit: str) -> bool:
    return git.run("cat-file", "-e", "--end-of-options", f"{commit}^{{commit}}", ok=None).status == 0


def _found(context: Context, finding: Finding) -> Findings:
    if context.live:
        return Findings(examined=1, unit="branches", problems=(finding,))
    return Findings(examined=1, unit="branches", notices=blocking_live([finding]))
