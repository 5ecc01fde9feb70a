"""``notes``: list the change notes that are there, and see that they are good, or that a branch adds one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from unmoor.commands.edited_files import require_notes
from unmoor.errors import Blocked, Exit
from unmoor.model import Finding
from unmoor.observe.repository import load
from unmoor.planning import notes as sources
from unmoor.tools import towncrier

__all__ = ["notes"]


def notes(start: Path, environ: Mapping[str, str], *, since: str, say: Callable[[str], None]) -> Exit:
    """List the notes, the largest bump first, and then what is wrong with any; those return 2.

    With ``since``, a branch or commit, return 2 as well where nothing between it and HEAD adds a note. Raises
    ``Unconfigured`` where the project keeps none.
    """
    component = load(start, environ)
    require_notes(component)
    found = sources.read(component)
    for change in sorted(found.changes, key=lambda each: (-each.bump, each.origin)):
        text = (change.summary or change.category).splitlines()[0]
        say(f"{change.bump.name.lower():<6} {change.category:<10} {text}  ({change.origin})")
    if not found.changes:
        say("there are no notes")
    problems = [*found.problems]
    if since and (missing := towncrier.lacks_note(component.folder, since, environ=environ)):
        hint = 'add one: unmoor note "what users should know"'
        problems.append(Finding(message=f"no change note was added since {since}: {missing}", hint=hint))
    if problems:
        raise Blocked.of(problems)
    return Exit.PASS
