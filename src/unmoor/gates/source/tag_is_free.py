"""The release's tag exists nowhere, or leads to the planned commit already.

Tag-first projects are right: their tag on the planned commit is the release's. A tag that leads elsewhere stops the
release; it is never moved, because whoever fetched it keeps the old one.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Finding, FindingKind, Findings
from unmoor.planning.versions import tags
from unmoor.planning.versions.pep440 import try_parse
from unmoor.project.settings.constraints import UNFIT_FOR_TAG
from unmoor.tools.git import Git

__all__ = ["ASSERTS", "check"]

ASSERTS = "the tag is free here and on the remote, or leads to the planned commit"
_TAGS = "refs/tags/"


def check(context: Context) -> Findings:
    """Look for the tag, and for other spellings of its version, among the local and the remote's tags."""
    release, component = context.release, context.component
    if UNFIT_FOR_TAG.search(release.tag):
        problem = Finding(
            message=f"{release.tag!r} is no name that git allows for a tag", hint="correct `tag` in [tool.unmoor]"
        )
        return Findings(examined=1, unit="tags", problems=(problem,))
    local = Git(component.repository.root, context.environ).tags()
    refs = context.observer.remote_refs(context.repository)
    remote = {name.removeprefix(_TAGS): commit for name, commit in (refs or {}).items() if name.startswith(_TAGS)}
    taken = _taken(context, local, remote)
    notices: list[Finding] = []
    if component.repository.remote and refs is None:
        unasked = Finding(
            message=f"the remote {component.repository.remote!r} was not asked: it did not answer",
            hint="run again when it does",
            kind=FindingKind.NOT_ASKED,
        )
        (taken if context.live else notices).append(unasked)
    examined = len(local.keys() | remote.keys()) + 1
    return Findings(examined=examined, unit="tags", problems=tuple(taken), notices=tuple(notices))


def _taken(context: Context, local: dict[str, str], remote: dict[str, str]) -> list[Finding]:
    """Return a finding for every tag of this version, in any spelling, that does not lead to the planned commit."""
    release, planned = context.release, context.plan.commit
    versions = tags.releases(tags.form_of(context.component), {*local, *remote}, None)
    same = {tag for tag, version in versions.items() if version == try_parse(release.version)} | {release.tag}
    found: dict[tuple[str, str], list[str]] = {}
    for where, listed in (("here", local), (f"on the remote {context.repository.remote!r}", remote)):
        for tag in sorted(same & listed.keys()):
            if listed[tag] != planned:
                found.setdefault((tag, listed[tag]), []).append(where)
    return [
        Finding(
            message=f"the tag {tag!r} leads to {commit[:12]} {' and '.join(where)}, the release is of {planned[:12]}",
            hint="tags are never moved; release another version, or check that commit out to finish its release",
        )
        for (tag, commit), where in found.items()
    ]
