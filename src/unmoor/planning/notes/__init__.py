"""Change notes: one file a source, all giving the same records.

To add a source: write ``planning/notes/<style>.py`` with ``read(component) -> Notes``, and name the style in
``NOTES_STYLES`` of ``unmoor.model``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from unmoor.errors import Blocked
from unmoor.model import NOTES_STYLES
from unmoor.planning.notes.record import Notes
from unmoor.planning.versions.pep440 import parse

if TYPE_CHECKING:
    from unmoor.model import Component

__all__ = ["SOURCES", "Notes", "read", "sound", "stay"]

# The style as the settings call it, and the module that reads it.
SOURCES: dict[str, str] = {style: f"unmoor.planning.notes.{style}" for style in NOTES_STYLES}


def read(component: Component) -> Notes:
    """Return the good notes of the project's tree, and everything that is wrong with the others."""
    module = import_module(SOURCES[component.notes.style])
    return cast("Notes", module.read(component))


def stay(component: Component, version: str) -> bool:
    """Say whether the notes of ``version`` stay after it: a pre-release's do, so that the final release has them all.

    towncrier itself has ``build --keep`` for this, and leaves it to people to know when.
    """
    return component.settings.prerelease_notes == "keep" and parse(version).is_prerelease


def sound(component: Component) -> Notes:
    """Return the project's notes, all of them good; raise ``Blocked`` with every bad one when there is any."""
    notes = read(component)
    if notes.problems:
        raise Blocked.of(notes.problems)
    return notes
