"""``note``: add a change note, of one of the project's own types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from unmoor.commands.edited_files import Edited, require_notes, shown
from unmoor.errors import Exit
from unmoor.model import Component
from unmoor.observe.repository import load
from unmoor.tools import towncrier

__all__ = ["add_note", "note"]


def note(
    start: Path, environ: Mapping[str, str], *, text: str, kind: str, issue: str, say: Callable[[str], None]
) -> Exit:
    """Add a change note and say where."""
    for line in add_note(load(start, environ), text, kind, issue=issue, environ=environ).lines:
        say(line)
    return Exit.PASS


def add_note(component: Component, text: str, kind: str, *, issue: str = "", environ: Mapping[str, str]) -> Edited:
    """Add a change note of a type, for an issue or for none.

    Raises ``Unconfigured`` where the project keeps none, ``SettingsError`` for a type, issue or text that cannot be.
    """
    require_notes(component)
    path = towncrier.create(component.folder, kind, text, issue=issue, environ=environ)
    return Edited(changed=(path,), lines=(f"added {shown(component, path)}",))
