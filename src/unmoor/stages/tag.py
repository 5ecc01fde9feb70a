"""Tag the planned commit and push the tag; never HEAD at resume, never an existing tag.

The tag object is made in the fresh clone. Live it is pushed from the user's repository, whose remotes know how to
authenticate, together with the branch where that only moves forward, all or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from unmoor.errors import Blocked, Incomplete, ToolError
from unmoor.model import How
from unmoor.stages import Done
from unmoor.tools.git import Git

if TYPE_CHECKING:
    from unmoor.context import Context

__all__ = ["observe", "run"]

_WHO_AND_HOW = (
    *("user.name", "user.email", "user.signingKey"),
    *("gpg.format", "gpg.program", "gpg.ssh.program", "gpg.ssh.allowedSignersFile", "gpg.x509.program"),
)


def observe(context: Context) -> Done | None:
    """Ask the remote for the tag: on the planned commit it is done, elsewhere it stops the release."""
    release, planned = context.plan.release, _planned(context)
    there = _refs(context).get(f"refs/tags/{release.tag}")
    if there is None:
        return None
    if there != planned:
        raise Blocked(
            f"the tag {release.tag!r} exists on commit {there[:12]}, the release is of {planned[:12]}",
            where=context.targets.label,
            hint="tags are never moved; release under another version",
        )
    return Done(how=How.ALREADY_THERE, detail=_detail(context), files=context.distributions, facts=_facts(context))


def run(context: Context) -> Done:
    """Make the tag, verify it where it is signed, and push it."""
    release, planned = context.plan.release, _planned(context)
    if context.workspace.commit != planned:
        raise Blocked(
            f"the plan leads to commit {context.workspace.commit[:12]}, the archives were built from {planned[:12]}",
            hint="run `nox -s build` to see what changed",
        )
    clone = context.workspace.git
    signed = context.live and context.project.settings.sign_tags
    message = f"{release.component} {release.version}"
    # --force is about the bare name that version-from-tag backends needed in our own clone, nothing else.
    own = _own_words(context)
    clone.run(*own, "tag", "--force", "-s" if signed else "-a", "-m", message, "--", release.tag, planned)
    if signed:
        _verify(clone, own, release.tag)
    context.mark(f"pushing the tag {release.tag}")
    try:
        _push(context, clone, planned)
    except ToolError as error:
        # The answer may have been lost after the remote took it: the remote is asked, not the error.
        if (done := observe(context)) is not None:
            return done
        tail = getattr(error, "tail", "") or str(error)
        raise Incomplete(
            f"the remote did not take the tag {release.tag!r}: {tail}",
            where=context.targets.label,
            hint="everything published is in place; run the same command again when the cause is gone",
        ) from error
    return Done(how=How.RAN, detail=_detail(context), files=context.distributions, facts=_facts(context))


def _planned(context: Context) -> str:
    kept = context.store.read("build")
    if kept.record is None or not kept.record.facts.get("commit"):
        raise Blocked("there is no evidence of the build, so no planned commit", hint="run `nox -s build`")
    return kept.record.facts["commit"]


def _refs(context: Context) -> dict[str, str]:
    refs = Git(context.project.root, context.environ).remote_refs(context.targets.remote)
    if refs is None:
        what = f"the remote {context.targets.label} did not answer"
        raise Incomplete(what, hint="run the same command again when it can be reached")
    return refs


def _own_words(context: Context) -> list[str]:
    """Return who tags, and how they sign, as options for git.

    Live these are the words of the user's repository, which the clone would not know where they are said only there;
    a rehearsal is nobody's, so that it needs no identity.
    """
    if not context.live:
        return ["-c", "user.name=unmoor", "-c", "user.email=unmoor@localhost", "-c", "tag.gpgSign=false"]
    user = Git(context.project.root, context.environ)
    said = {key: user.run("config", "--get", key, ok=(0, 1)).out.strip() for key in _WHO_AND_HOW}
    return [word for key, value in said.items() if value for word in ("-c", f"{key}={value}")]


def _verify(clone: Git, own: list[str], tag: str) -> None:
    # git before 2.43.2 leaves an unsigned tag behind, and exits 0, when signing with ssh fails.
    done = clone.run(*own, "verify-tag", "--", tag, ok=None)
    if done.status != 0:
        clone.run("tag", "--delete", "--", tag)
        raise Blocked(
            f"the signature of the tag {tag!r} cannot be verified",
            hint="check user.signingkey and gpg.ssh.allowedSignersFile, then run the same command again",
        )


def _push(context: Context, clone: Git, planned: str) -> None:
    tag = context.plan.release.tag
    if not context.live:
        clone.run("push", "--quiet", "--atomic", "--", context.targets.remote, f"refs/tags/{tag}:refs/tags/{tag}")
        return
    user = Git(context.project.root, context.environ)
    made = clone.run("rev-parse", "--verify", "--end-of-options", f"refs/tags/{tag}").out.split()[-1]
    user.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", clone.folder, f"refs/tags/{tag}")
    specs = [f"{made}:refs/tags/{tag}"]
    branch = context.plan.branch
    there = _refs(context).get(f"refs/heads/{branch}") if branch else None
    if there and there != planned and user.is_ancestor(there, planned):
        specs.append(f"{planned}:refs/heads/{branch}")
    user.run("push", "--quiet", "--atomic", "--", context.targets.remote, *specs)


def _detail(context: Context) -> str:
    return f"tag {context.plan.release.tag} -> {_planned(context)[:7]}"


def _facts(context: Context) -> dict[str, str]:
    return {"target": context.targets.label, "tag": context.plan.release.tag, "commit": _planned(context)}
