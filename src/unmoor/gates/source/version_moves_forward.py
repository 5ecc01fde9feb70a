"""The version is one an index may hold, and greater than every released version of its line.

Releases have been published as 5.1.0 instead of 0.5.1, and below versions that were out already. A patch on an older
line is forward too: measured against the release it is based on and that line's others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from unmoor.context import Context
from unmoor.errors import UnmoorError
from unmoor.model import Finding, Findings, blocking_live
from unmoor.planning.versions.pep440 import is_publishable, parse, try_parse
from unmoor.tools.git import Git

if TYPE_CHECKING:
    from packaging.version import Version

from unmoor.planning.versions import tags

__all__ = ["ASSERTS", "check"]

ASSERTS = "the version is publishable and greater than every released one of its line"
_FIRST_YEAR = 18  # two-digit years of calendar versions: a jump between years is none
_TAGS = "refs/tags/"


def check(context: Context) -> Findings:
    """Compare the planned version with what tags and the index say was released."""
    release = context.release
    try:
        planned = parse(release.version)
    except UnmoorError as error:
        problem = Finding(message=str(error), hint="choose a version that PEP 440 allows")
        return Findings(examined=1, unit="versions", problems=(problem,))
    released, notices = _released(context)
    base = tags.versions(tags.form_of(context.component), [release.base_tag]).get(release.base_tag)
    stops = _kind(context, planned)
    stops += _order(planned, base, released - {planned})
    before = [each for each in (base, *released) if each is not None and each < planned]
    doubts = _jump(planned, max(before, default=None))
    if context.live:
        stops += doubts
    else:
        notices += blocking_live(doubts)
    return Findings(examined=len(released) + 1, unit="versions", problems=tuple(stops), notices=tuple(notices))


def _released(context: Context) -> tuple[set[Version], list[Finding]]:
    """Return all released versions that can be found out, and what could not be."""
    git = Git(context.repository.root, context.environ)
    remote = (
        name.removeprefix(_TAGS)
        for name in context.observer.remote_refs(context.repository) or {}
        if name.startswith(_TAGS)
    )
    form, names = tags.form_of(context.component), {*git.tags(), *remote}
    try:
        served = context.observer.index_files(context.component)
    except UnmoorError:
        unasked = Finding(message="compared with the tags alone: the index did not answer")
        return set(tags.releases(form, names, None).values()), [unasked]
    there = {found for each in served if (found := try_parse(each.version)) is not None}
    return there | set(tags.releases(form, names, there).values()), []


def _kind(context: Context, planned: Version) -> list[Finding]:
    if is_publishable(str(planned)) or (planned.local is None and not context.live):
        return []
    kind = "a local version, which an index refuses" if planned.local else "a development version"
    hint = f"unmoor bump --part final, or name the version: --live {planned.base_version}"
    return [Finding(message=f"{str(planned)!r} is {kind}", hint=hint)]


def _order(planned: Version, base: Version | None, released: set[Version]) -> list[Finding]:
    """See that the version passes its base, and that what is released and greater belongs to a later line."""
    problems = []
    if base is not None and planned < base:
        problems.append(
            Finding(
                message=f"{str(planned)!r} is less than its base {str(base)!r}", hint="a version never goes backwards"
            )
        )
    greater = sorted(each for each in released if each > planned and each != base)
    # A beta of the next line may well be out already; without a base every final release that is greater counts.
    same_line = [each for each in greater if _line(each) == _line(planned) or (base is None and not each.is_prerelease)]
    if same_line:
        message = f"{str(planned)!r} is less than {str(same_line[-1])!r}, which is released"
        hint = (
            "choose a greater version"
            if base
            else "choose a greater version, or name the base of an older line with --base"
        )
        problems.append(Finding(message=message, hint=hint))
    elif greater and base is not None and _line(base)[:2] != _line(planned)[:2]:
        message = (
            f"{str(planned)!r} is on another line than its base {str(base)!r}, and {str(greater[-1])!r} is released"
        )
        problems.append(Finding(message=message, hint="choose a version greater than all, or the base of its own line"))
    return problems


def _line(version: Version) -> tuple[int, ...]:
    """Return what the releases of one line share: epoch, major and minor."""
    return (version.epoch, version.major, version.minor)


def _jump(planned: Version, base: Version | None) -> list[Finding]:
    if base is None or planned.epoch != base.epoch:
        return []
    steps = planned.major - base.major
    calendar = base.major >= _FIRST_YEAR
    if steps > 1 and not calendar:
        part = "major"
    elif steps == 0 and planned.minor - base.minor > 1 and not calendar:
        part = "minor"
    else:
        return []
    message = f"{str(planned)!r} skips {part} versions after {str(base)!r}"
    return [Finding(message=message, hint="if it is meant, waive this gate with a reason in [tool.unmoor]")]
