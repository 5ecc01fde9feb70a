"""The clone has the whole history and the version tags.

A shallow or tagless clone, the default of many CI services, makes version-from-tag backends build ``0.1.dev1`` and
leaves the base of the release to chance (setuptools-scm and every changelog tool know the complaint).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from unmoor.context import Context
from unmoor.model import Finding, Findings
from unmoor.planning.versions import tags
from unmoor.planning.versions.pep440 import try_parse
from unmoor.tools.git import Git

if TYPE_CHECKING:
    from packaging.version import Version

__all__ = ["ASSERTS", "check"]

ASSERTS = "the clone has its whole history and the version tags of the remote"
_SHOWN = 5
_TAGS = "refs/tags/"


def check(context: Context) -> Findings:
    """Look at the clone's depth, and compare its version tags with the remote's where that answers."""
    git = Git(context.repository.root, context.environ)
    problems: list[Finding] = []
    notices: list[Finding] = []
    if git.is_shallow():
        problems.append(
            Finding(
                message="the clone is shallow: version and base of the release cannot be known",
                hint="git fetch --unshallow --tags (in CI: fetch-depth 0)",
            )
        )
    component = context.component
    here = tags.versions(tags.form_of(component), git.tags())
    refs = context.observer.remote_refs(context.repository)
    if refs is None and context.repository.remote and not here:
        message = (
            f"there is no version tag here, and the remote {context.repository.remote!r} did not say whether it has any"
        )
        notices.append(Finding(message=message, hint="git fetch --tags"))
    tagged = (name.removeprefix(_TAGS) for name in refs or {} if name.startswith(_TAGS))
    there = tags.versions(tags.form_of(component), tagged)
    # The release's own tag is on the remote as soon as it was pushed, from wherever: it says nothing of the history.
    own = try_parse(context.release.version)
    there = {tag: version for tag, version in there.items() if version != own}
    missing = sorted(there.keys() - here.keys(), key=lambda tag: there[tag])
    if there and not here:
        message = f"the clone has none of the remote's {len(there)} version tags"
        problems.append(Finding(message=message, hint="git fetch --tags (in CI: fetch-depth 0)"))
    elif between := _between(context, there, missing):
        # One of them may be the release that this one follows.
        message = f"the remote has {between[-1]!r}, which is not here and may be what {own} follows"
        finding = Finding(message=message, hint="git fetch --tags")
        (problems if context.live else notices).append(finding)
    elif missing:
        shown = ", ".join(repr(tag) for tag in missing[-_SHOWN:])
        message = f"{len(missing)} version tags of the remote are not here, the newest: {shown}"
        notices.append(Finding(message=message, hint="git fetch --tags"))
    commits = int(git.run("rev-list", "--count", "HEAD").out)
    return Findings(examined=commits, unit="commits", problems=tuple(problems), notices=tuple(notices))


def _between(context: Context, there: Mapping[str, Version], missing: Sequence[str]) -> list[str]:
    """Return those of the missing tags whose versions lie between the base and the planned version."""
    own = try_parse(context.release.version)
    base = tags.version_of(tags.form_of(context.component), context.release.base_tag)
    return [tag for tag in missing if (own is None or there[tag] < own) and (base is None or there[tag] > base)]
