"""No archive is surprisingly large: by its size alone, and beside the last release on the index.

The usual reason for a sudden growth is something that should not be in the archive at all. Above one size it is
remarked on; above a limit it is refused, and so is one above the first size that has outgrown the last release by a
factor. What is small may grow: that is remarked on alone. All of these are in the settings.
"""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from unmoor.context import Context
from unmoor.errors import Blocked
from unmoor.model import Distribution, Finding, Findings
from unmoor.runtime.http import Unreachable

ASSERTS = "no archive is larger than the settings allow"
_HINT = "look for files that do not belong there, or change [tool.unmoor.sizes]"


_KINDS = {"whl": "wheel", "gz": "sdist", "zip": "sdist"}


def check(context: Context) -> Findings:
    """Compare the size of each archive, in bytes, with the settings and the last release; a limit of 0 is none."""
    sizes = context.component.settings.sizes
    limits = {
        "wheel": (sizes.wheel_notice, sizes.wheel_limit),
        "sdist": (sizes.sdist_notice, sizes.sdist_limit),
    }
    problems, notices = [], []
    last, unasked = _last_release(context) if sizes.growth and context.distributions else ({}, ())
    for each in context.distributions:
        notice, limit = limits[each.kind]
        before, size_before = last.get(each.kind, ("", 0))
        if limit and each.size > limit:
            problems.append(_finding(each, limit))
        elif notice and each.size > notice:
            notices.append(_finding(each, notice))
        if size_before and each.size > sizes.growth * size_before:
            what = (
                f"the {each.kind} has {each.size:,} bytes, {each.size / size_before:.1f} times as many as {before!r}, "
                f"and {sizes.growth:g} times is the most"
            )
            hint = "look for files that do not belong there, or raise sizes.growth in [tool.unmoor]"
            (problems if each.size > notice else notices).append(Finding(message=what, place=each.filename, hint=hint))
    examined = len(context.distributions)
    return Findings(examined=examined, unit="files", problems=tuple(problems), notices=(*notices, *unasked))


def _finding(each: Distribution, limit: int) -> Finding:
    what = f"the {each.kind} has {each.size:,} bytes, more than {limit:,}"
    return Finding(message=what, place=each.filename, hint=_HINT)


def _last_release(context: Context) -> tuple[dict[str, tuple[str, int]], tuple[Finding, ...]]:
    """Return name and size of the largest archive of each kind in the newest release below the planned one.

    And what could not be asked. A file whose size the index does not say is passed over.
    """
    try:
        files = context.observer.index_files(context.component)
    except (Unreachable, Blocked) as error:
        what = f"sizes were not compared with the last release: {error.problems[0].message}"
        return {}, (Finding(message=what),)
    planned = _version(context.release.version)
    dated = [(found, each) for each in files if each.size > 0 and (found := _version(each.version)) is not None]
    earlier = [(found, each) for found, each in dated if planned is None or found < planned]
    newest = max((found for found, each in earlier if not each.yanked), default=None)
    largest: dict[str, tuple[str, int]] = {}
    for found, each in earlier:
        kind = _KINDS.get(each.filename.rpartition(".")[2], "")
        if found == newest and each.size > largest.get(kind, ("", 0))[1]:
            largest[kind] = (each.filename, each.size)
    return largest, ()


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
