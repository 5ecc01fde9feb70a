"""Somebody who may do so has said that exactly this is to be published for good.

Naming the version with ``--live`` is approval where the settings leave it at that; otherwise the approval quotes
the digest of the archives, or comes from a CI environment with required reviewers. No prompt is ever shown:
without approval the run stops, and says how to go on.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.errors import Incomplete
from unmoor.evidence.binding import files_digest
from unmoor.indexes import configured
from unmoor.model import Finding, FindingKind, Findings

ASSERTS = "the permanent step is approved for exactly this version and these archives"
_SHORTEST = 8
_LIVE = {
    "version": "live, naming the version with --live is the approval",
    "digest": "live, it is given by the digest of the archives, with --approve",
    "environment": "live, it is given by a protected CI environment",
}


def check(context: Context) -> Findings:
    """Compare the approval that was given with what is about to be published; raise ``Incomplete`` without one."""
    version = context.release.version
    digest = files_digest(context.distributions)
    how = context.component.settings.approval
    address = configured.upload_url(context.component, "pypi")
    quote = f"{version}, commit {context.plan.commit[:12]}, archives {digest[:12]}, to {address}"
    if not context.live:
        return _approved(f"a rehearsal needs no approval; {_LIVE[how]}: {quote}")
    if how == "version":
        return _approved(f"approved by {context.plan.actor}, who named the version: {quote}")
    if how == "environment":
        return _by_environment(context, quote)
    given = context.approval.removeprefix("sha256:").lower()
    again = f"nox -s {context.component.repository.session('release')} -- --live {version} --approve {digest[:12]}"
    if not given:
        raise Incomplete(f"publishing for good is not approved yet: {quote}", hint=again, kind=FindingKind.UNAPPROVED)
    if len(given) < _SHORTEST or not digest.startswith(given):
        what = f"the approval is for {context.approval!r}, the archives are {digest[:12]}"
        return Findings(
            examined=1, unit="approval", problems=(Finding(message=what, hint=again, kind=FindingKind.UNAPPROVED),)
        )
    return _approved(f"approved by {context.plan.actor}, who named the digest: {quote}")


def _by_environment(context: Context, quote: str) -> Findings:
    # A protected environment is the forge's: its job starts only once a reviewer has agreed.
    environment = context.environ.get("UNMOOR_ENVIRONMENT", "")
    if context.environ.get("CI") and environment:
        # Two variables that anybody can set: the evidence says what was said, and no more.
        return _approved(f"approved by the CI environment {environment!r}, as UNMOOR_ENVIRONMENT says: {quote}")
    raise Incomplete(
        f"publishing for good is approved by a CI environment, and this is none: {quote}",
        hint="run it in the job of the protected environment, with UNMOOR_ENVIRONMENT set to its name",
    )


def _approved(text: str) -> Findings:
    return Findings(examined=1, unit="approval", notices=(Finding(message=text),))
