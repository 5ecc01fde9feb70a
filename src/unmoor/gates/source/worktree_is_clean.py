"""What is released is what is committed.

A rehearsal includes uncommitted work and lists it; live it stops the release, because files that no commit holds
have often ended up in archives.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Finding, Findings, Scope, blocking_live
from unmoor.model.counting import counted
from unmoor.tools.git import Git

__all__ = ["ASSERTS", "SCOPE", "check"]

ASSERTS = "the working tree holds nothing that the planned commit does not"
SCOPE = Scope.REPOSITORY
_SHOWN = 10


def check(context: Context) -> Findings:
    """List the paths that differ from the commit, and see that HEAD is still the plan's commit."""
    git = Git(context.repository.root, context.environ)
    changed = git.changed() if context.live else context.plan.uncommitted
    hint = "commit, stash or ignore it"
    found = [Finding(message="has changes that are not committed", place=path, hint=hint) for path in changed[:_SHOWN]]
    if len(changed) > _SHOWN:
        found.append(Finding(message=f"{counted(len(changed), 'files')} in all differ from the commit", hint=hint))
    if context.live and (head := git.head()) != context.plan.commit:
        message = f"HEAD is {head[:12]}, the plan is of {context.plan.commit[:12]}"
        found.append(Finding(message=message, hint="check the planned commit out, or run again to plan anew"))
    examined = len(git.files())
    if context.live:
        return Findings(examined=examined, unit="files", problems=tuple(found))
    return Findings(examined=examined, unit="files", notices=blocking_live(found))
