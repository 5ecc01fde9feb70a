"""Tag the planned commit and push the tag; never HEAD at resume, never an existing tag.

The tag object is made in the fresh clone, and goes to whichever remote the stage speaks to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from unmoor.errors import Blocked, Incomplete, ToolError
from unmoor.model import FindingKind, Resolution
from unmoor.stages import Done

if TYPE_CHECKING:
    from unmoor.context import Context
    from unmoor.targets import Remote

__all__ = ["observe", "run"]


def observe(context: Context) -> Done | None:
    """Ask the remote for the tag: on the planned commit it is done, elsewhere it stops the release."""
    planned, remote = _planned(context), _remote(context)
    there = _refs(remote).get(f"refs/tags/{context.release.tag}")
    if there is None:
        return None
    if there != planned:
        raise Blocked(
            f"the tag {context.release.tag!r} exists on commit {there[:12]}, the release is of {planned[:12]}",
            place=remote.label,
            hint="tags are never moved; find out whose it is",
            kind=FindingKind.FINAL,
        )
    remote.keep_tag(context.release.tag)
    return _done(context, Resolution.FOUND)


def run(context: Context) -> Done:
    """Make the tag, verify it where it is signed, and push it."""
    release, planned, remote = context.release, _planned(context), _remote(context)
    if context.workspace.commit != planned:
        raise Blocked(
            f"the plan leads to commit {context.workspace.commit[:12]}, the archives were built from {planned[:12]}",
            hint=f"check that commit out in a worktree and go on there: git worktree add --detach FOLDER {planned}",
        )
    signed = context.live and context.component.settings.sign_tags
    try:
        context.workspace.tag(release.tag, planned, message=str(release), signed=signed)
    except ToolError as error:
        raise _unmade(context, error) from error
    context.mark(f"pushing the tag {release.tag}")
    try:
        remote.push_tag(context.workspace.path, release.tag, planned)
    except ToolError as error:
        # The answer may have been lost after the remote took it: the remote is asked, not the error.
        if (done := observe(context)) is not None:
            return done
        tail = getattr(error, "tail", "") or str(error)
        raise Incomplete(
            f"the remote did not take the tag {release.tag!r}: {tail}",
            place=remote.label,
            hint="everything published is in place; run the same command again when the cause is gone",
        ) from error
    return _done(context, Resolution.RAN)


def _unmade(context: Context, error: ToolError) -> Incomplete:
    """Say that the tag could not be made: a key that is locked, say; what is published stays as it is."""
    why = getattr(error, "tail", "") or error.problems[0].message
    return Incomplete(
        f"the tag {context.release.tag!r} could not be made: {why}",
        hint="everything published is in place; make git able to sign without asking, then run the same command again",
    )


def _remote(context: Context) -> Remote:
    assert context.remote is not None, "a stage that tags always has a remote"  # noqa: S101
    return context.remote


def _planned(context: Context) -> str:
    kept = context.store.read("build")
    if kept.record is None or not kept.record.facts.get("commit"):
        hint = f"run `nox -s {context.component.repository.session('build')}`"
        raise Blocked("there is no evidence of the build, so no planned commit", hint=hint)
    return kept.record.facts["commit"]


def _refs(remote: Remote) -> Mapping[str, str]:
    refs = remote.refs()
    if refs is None:
        what = f"the remote {remote.label} did not answer"
        raise Incomplete(what, hint="run the same command again when it can be reached")
    return refs


def _done(context: Context, how: Resolution) -> Done:
    planned, tag = _planned(context), context.release.tag
    facts = {"target": _remote(context).label, "tag": tag, "commit": planned}
    return Done(how=how, detail=f"tag {tag} -> {planned[:7]}", files=context.distributions, facts=facts)
