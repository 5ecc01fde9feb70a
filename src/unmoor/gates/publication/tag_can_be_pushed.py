"""The tag can be made, signed where that is asked for, and the remote would take it: tried before files go out.

A key that asks for its passphrase and a remote that lets nobody in are found out too late once the files are out. The
trial leaves nothing: the tag is made in unmoor's own clone, under another name, and git is told not to push it.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.errors import Incomplete, ToolError
from unmoor.model import Finding, Findings
from unmoor.rehearsal.select_targets import remote as release_remote

ASSERTS = "the tag can be made, and the remote would take it"
# Releases of several components are tried side by side, in one clone.
_TRIAL = "unmoor-trial/{}"


def check(context: Context) -> Findings:
    """Make the tag for trial, and push it without pushing; one that is there on the planned commit needs no trial."""
    if context.live and not context.repository.remote:
        return Findings(absent="the repository has no remote", hint="git remote add origin URL")
    remote, release, workspace = release_remote(context), context.release, context.workspace
    refs = remote.refs()
    if refs is None:
        raise Incomplete(f"the remote {remote.label} did not answer", hint="run the same command again later")
    if f"refs/tags/{release.tag}" in refs:
        return Findings(examined=1, unit="tag")
    signed, trial = context.live and context.component.settings.sign_tags, _TRIAL.format(release.tag)
    try:
        workspace.tag(trial, workspace.commit, message=str(release), signed=signed)
        remote.try_push(workspace.path, trial, release.tag)
    except ToolError as error:
        why = getattr(error, "tail", "") or error.problems[0].message
        problem = Finding(
            message=f"the tag {release.tag!r} could not be pushed to {remote.label}: {' '.join(why.split())}",
            hint="mend that first: once files are out, the tag has to follow",
        )
        return Findings(examined=1, unit="tag", problems=(problem,))
    finally:
        workspace.untag(trial)
    return Findings(examined=1, unit="tag")
