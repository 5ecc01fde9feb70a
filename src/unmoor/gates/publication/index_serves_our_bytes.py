"""The index serves every archive with the sha256 that was built, and the bytes it hands out have that sha256.

Waits by asking, with back-off and a limit, which is a setting. *Not visible yet* is an outcome of its own: neither
failure nor pass.
"""

from __future__ import annotations

from dataclasses import replace

from unmoor.context import Context
from unmoor.errors import Incomplete
from unmoor.indexes import configured, wait
from unmoor.model import Finding, FindingKind, Findings
from unmoor.runtime import scratch
from unmoor.targets import Index

ASSERTS = "the index serves exactly the bytes that were built"
_PATIENCE_REHEARSAL = 20.0


def check(context: Context) -> Findings:
    """Ask the index for all our files by digest, download each as it lists them, and hash it."""
    index = context.index
    if index is None:
        return Findings()
    patience = configured.visible_seconds(context.component, index.name) if context.live else _PATIENCE_REHEARSAL
    with scratch.folder("back") as folder:
        result = wait.wait_for(
            index.client,
            context.component.name,
            context.distributions,
            patience_seconds=patience,
            into=folder,
            say=context.say,
        )
    if result.seen is wait.Seen.OTHER_BYTES:
        return _differ(context, result.names)
    if result.seen is wait.Seen.NOT_YET:
        raise _not_yet(context, index, result)
    return Findings(examined=len(context.distributions), unit="files read back")


def _not_yet(context: Context, index: Index, result: wait.Waited) -> Incomplete:
    """Return the error for files that are not visible yet: only the index's own word says that it took one."""
    since = context.accepted
    why = f" ({result.trouble})" if result.trouble else ""
    taken = [name for name in result.names if name in since]
    unsure = [name for name in result.names if name not in since]
    parts = [
        f"uploaded, not yet visible: {index.name} took {name} at {since[name]}, and does not show it" for name in taken
    ]
    parts += [f"{index.name} does not show {', '.join(unsure)}, and has not said that it took it"] if unsure else []
    hint = "an index can lag by minutes to hours; run the same command again later, nothing is uploaded twice"
    if taken:
        hint += f" (an upload that got lost there: add --send-again {index.name})"
    error = Incomplete("; ".join(parts) + why, hint=hint)
    if not unsure:
        error.problems = tuple(replace(each, kind=FindingKind.NOT_YET) for each in error.problems)
    return error


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
