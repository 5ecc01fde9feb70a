"""The index serves every archive with the sha256 that was built, and the bytes it hands out have that sha256.

Waits by asking, with back-off and a limit. *Not visible yet* is an outcome of its own: neither failure nor pass.
"""

from __future__ import annotations

from pathlib import Path

from unmoor.context import Context
from unmoor.errors import Incomplete
from unmoor.indexes import wait
from unmoor.model import Finding, FindingKind, Findings
from unmoor.runtime import scratch

ASSERTS = "the index serves exactly the bytes that were built"
_PATIENCE_LIVE = 900.0
_PATIENCE_REHEARSAL = 20.0


def check(context: Context) -> Findings:
    """Ask the index for all our files by digest, download each as it lists them, and hash it."""
    index = context.index
    if index is None:
        return Findings()
    wanted = {each.filename: each.sha256 for each in context.distributions}
    patience = _PATIENCE_LIVE if context.live else _PATIENCE_REHEARSAL
    with scratch.folder("back") as folder:
        result = wait.wait_for(
            index.client,
            context.component.name,
            wanted,
            patience_seconds=patience,
            into=Path(folder),
            say=context.say,
        )
    if result.seen is wait.Seen.OTHER_BYTES:
        return _differ(context, result.names)
    if result.seen is wait.Seen.NOT_YET:
        why = f" ({result.trouble})" if result.trouble else ""
        raise Incomplete(
            f"{index.name} took {', '.join(result.names)} but does not show it yet{why}",
            hint="an index can lag by minutes to hours; run the same command again later, nothing is uploaded twice",
        )
    return Findings(examined=len(wanted), unit="files read back")


def _differ(context: Context, names: tuple[str, ...]) -> Findings:
    index = context.index.name if context.index else ""
    problems = tuple(
        Finding(
            message=f"{index} serves other bytes for {name!r} than were built",
            hint="do not go on; tell the index's maintainers, and release under a new version",
            kind=FindingKind.FINAL,
        )
        for name in names
    )
    return Findings(examined=len(context.distributions), unit="files read back", problems=problems)
