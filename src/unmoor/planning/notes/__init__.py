"""Change notes: one file a source, all giving the same records.

To add a source: write ``planning/notes/<name>.py`` with ``read(project) -> Notes`` and add its line here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from unmoor.errors import Blocked
from unmoor.planning.notes.record import Notes

if TYPE_CHECKING:
    from unmoor.model import Change, Component

__all__ = ["SOURCES", "Notes", "collect", "read"]

# The style as the settings call it, and the module that reads it.
SOURCES: dict[str, str] = {
    "towncrier": "unmoor.planning.notes.towncrier",
    "none": "unmoor.planning.notes.none",
}


def read(component: Component) -> Notes:
    """Return the good notes of the project's tree, and everything that is wrong with the others."""
    module = import_module(SOURCES[component.notes.style])
    return cast("Notes", module.read(component))


def collect(component: Component) -> tuple[Change, ...]:
    """Return the project's change notes; raise ``Blocked`` with every bad one when there is any."""
    notes = read(component)
    if notes.problems:
        raise Blocked.of(notes.problems)
    return notes.changes
