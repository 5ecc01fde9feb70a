"""The remote has the tag, and it leads to the commit the archives were built from."""

from __future__ import annotations

from unmoor.context import Context
from unmoor.errors import Incomplete
from unmoor.model import Finding, Findings
from unmoor.tools.git import Git

ASSERTS = "the remote's tag leads to the commit that was built"


def check(context: Context) -> Findings:
    """Ask the remote for its tags and compare the release's with the commit in the build's evidence."""
    kept = context.store.read("build")
    planned = kept.record.facts.get("commit", "") if kept.record else ""
    refs = Git(context.project.root, context.environ).remote_refs(context.targets.remote)
    if refs is None:
        raise Incomplete(f"the remote {context.targets.label} did not answer", hint="run the same command again later")
    there = refs.get(f"refs/tags/{context.plan.release.tag}", "")
    if planned and there == planned:
        return Findings(examined=1, unit="tag")
    found, wanted = there[:12] or "no commit", planned[:12] or "unknown"
    problem = Finding(
        message=f"the tag {context.plan.release.tag!r} is on {found}, planned is {wanted}",
        hint="tags are never moved; find out who made it, and release under another version if it is wrong",
    )
    return Findings(examined=1, unit="tag", problems=(problem,))
