"""The release is made from a release branch, judged by the commit and not by what happens to be checked out.

CI checks commits out without a branch, so a commit that an allowed branch contains is as good as the branch itself.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from unmoor.context import Context
from unmoor.model import Finding, Findings, Scope, blocking_live
from unmoor.tools.git import Git

__all__ = ["ASSERTS", "SCOPE", "check"]

ASSERTS = "the planned commit is on a branch that releases are made from"
SCOPE = Scope.REPOSITORY


def check(context: Context) -> Findings:
    """Accept an allowed branch that is checked out, or a planned commit that an allowed branch contains."""
    allowed = context.repository.branches
    if not allowed:
        return Findings(absent="no release branch is known", hint="set `branches` in [tool.unmoor]")
    git = Git(context.repository.root, context.environ)
    branch = git.branch()
    if branch and _matches(branch, allowed):
        return Findings(examined=1, unit="branches")
    tips = _tips(context, git)
    if any(git.is_ancestor(context.plan.commit, tip) for tip in tips):
        return Findings(examined=max(len(tips), 1), unit="branches")
    names = ", ".join(repr(name) for name in allowed)
    where = f"the branch {branch!r}" if branch else "a detached HEAD"
    commit = context.plan.commit[:12]
    finding = Finding(
        message=f"releases are made from {names}; this is {where}, and none of them contains the commit {commit}",
        hint=f"git switch {allowed[0]}, or name the branch in `branches` of [tool.unmoor]",
    )
    examined = max(len(tips), 1)
    if context.live:
        return Findings(examined=examined, unit="branches", problems=(finding,))
    return Findings(examined=examined, unit="branches", notices=blocking_live([finding]))


def _matches(branch: str, allowed: tuple[str, ...]) -> bool:
    return any(fnmatchcase(branch, pattern) for pattern in allowed)


def _tips(context: Context, git: Git) -> list[str]:
    """Return the commits that allowed branches point at: here, as last fetched, and as the remote says now."""
    remote, allowed = context.repository.remote, context.repository.branches
    prefixes = ["refs/heads/", *([f"refs/remotes/{remote}/"] if remote else [])]
    known = dict(
        line.split(" ") for line in git.run("for-each-ref", "--format=%(refname) %(objectname)").out.splitlines()
    )
    found = [
        commit
        for name, commit in known.items()
        for prefix in prefixes
        if name.startswith(prefix) and _matches(name.removeprefix(prefix), allowed)
    ]
    for name, commit in (context.observer.remote_refs(context.repository) or {}).items():
        if name.startswith("refs/heads/") and _matches(name.removeprefix("refs/heads/"), allowed):
            found.append(commit)
    return list(dict.fromkeys(found))
