"""The remote has the tag, and it leads to the commit the archives were built from."""

from __future__ import annotations

from unmoor.context import Context
from unmoor.errors import Incomplete
from unmoor.model import Finding, Findings

ASSERTS = "the remote's tag leads to the commit that was built"


def check(context: Context) -> Findings:
    """Ask the remote for its tags and compare the release's with the commit in the build's evidence."""
    if context.remote is None:
        return Findings()
    kept = context.store.read("build")
    planned = kept.record.facts.get("commit", "") if kept.record else ""
    refs = context.remote.refs()
    if refs is None:
        raise Incomplete(f"the remote {context.remote.label} did not answer", hint="run the same command again later")
    there = refs.get(f"refs/tags/{context.release.tag}", "")
    if planned and there == planned:
        return Findings(examined=1, unit="tag")
    found, wanted = there[:12] or "no commit", planned[:12] or "unknown"
    problem = Finding(
        message=f"the tag {context.release.tag!r} is on {found}, planned is {wanted}",
        hint="tags are never moved; find out who made it, and release under another version if it is wrong",
    )
    return Findings(examined=1, unit="tag", problems=(problem,))
