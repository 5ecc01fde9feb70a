"""No archive is surprisingly large: a notice above one size, a problem above another, both from the settings.

The usual reason for a sudden growth is something that should not be in the archive at all.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Distribution, Finding, Findings

ASSERTS = "no archive is larger than the settings allow"
_HINT = "look for files that do not belong there, or change [tool.unmoor.sizes]"


def check(context: Context) -> Findings:
    """Compare the size of each archive, in bytes, with the settings; a limit of 0 is none."""
    sizes = context.component.settings.sizes
    limits = {
        "wheel": (sizes.wheel_notice, sizes.wheel_limit),
        "sdist": (sizes.sdist_notice, sizes.sdist_limit),
    }
    problems, notices = [], []
    for each in context.distributions:
        notice, limit = limits[each.kind]
        if limit and each.size > limit:
            problems.append(_finding(each, limit))
        elif notice and each.size > notice:
            notices.append(_finding(each, notice))
    examined = len(context.distributions)
    return Findings(examined=examined, unit="files", problems=tuple(problems), notices=tuple(notices))


def _finding(each: Distribution, limit: int) -> Finding:
    what = f"the {each.kind} has {each.size:,} bytes, more than {limit:,}"
    return Finding(message=what, place=each.filename, hint=_HINT)
