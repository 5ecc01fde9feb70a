"""The sealed archives are there, all of them, and every byte is the one that was tested.

Read again right before an upload: what was gated is what goes out, and no file is sent that nobody named.
"""

from __future__ import annotations

from unmoor.archives.seal import sealed
from unmoor.context import Context
from unmoor.errors import Blocked
from unmoor.model import Finding, Findings

ASSERTS = "the archives are, byte for byte, the ones that were built and tested"


def check(context: Context) -> Findings:
    """Hash the sealed archives again and compare them with what the build recorded."""
    hint = "do not publish it; nox -s build makes it anew where nothing was uploaded yet"
    try:
        found = sealed(context.dist)
    except Blocked as error:
        problems = tuple(Finding(message=one.what, place=one.where, hint=one.hint) for one in error.problems)
        return Findings(examined=len(context.distributions), unit="files", problems=problems)
    recorded = {each.filename: each for each in context.distributions}
    there = {each.filename: each for each in found}
    differing = sorted(name for name in recorded | there if recorded.get(name) != there.get(name))
    problems = tuple(
        Finding(message=f"{name!r} is not the file that the build recorded", place=str(context.dist), hint=hint)
        for name in differing
    )
    return Findings(examined=len(found), unit="files", problems=problems, hint="nothing is built yet: nox -s build")
