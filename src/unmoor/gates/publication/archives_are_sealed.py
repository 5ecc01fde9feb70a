"""The sealed archives are there, all of them, and every byte is the one that was tested.

Read again right before an upload: what was gated is what goes out, and no file is sent that nobody named.
"""

from __future__ import annotations

from unmoor.archives.seal import verified
from unmoor.context import Context
from unmoor.errors import Blocked
from unmoor.model import Findings

ASSERTS = "the archives are, byte for byte, the ones that were built and tested"


def check(context: Context) -> Findings:
    """Hash the sealed archives again and compare them with what the build recorded."""
    try:
        found = verified(context.dist, context.distributions)
    except Blocked as error:
        return Findings(examined=len(context.distributions), unit="files", problems=error.problems)
    hint = f"nothing is built yet: nox -s {context.component.repository.session('build')}"
    return Findings(examined=len(found), unit="files", hint=hint)
