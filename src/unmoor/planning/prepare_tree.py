"""Carry out a plan's edits in a tree: the version sources, then the changelog. All of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from unmoor.errors import UnmoorError
from unmoor.model import Component, Edit, Release
from unmoor.planning import notes
from unmoor.planning.plan import origin
from unmoor.planning.versions import edit
from unmoor.planning.versions.sources import moving
from unmoor.runtime.changeset import ChangeSet, apply
from unmoor.tools import towncrier

__all__ = ["prepare", "stage"]


def prepare(
    folder: Path, component: Component, release: Release, date: str, *, environ: Mapping[str, str] | None = None
) -> tuple[Edit, ...]:
    """Make the edits of ``release`` in the tree at ``folder`` (a clone or the user's own) and return those made.

    ``date`` is the ISO day of the changelog's section. What is in place already stays: a second run changes nothing
    and returns nothing. Raises ``UnmoorError`` when what would change is not what was planned, or when an edit
    fails; the tree is then as it was.
    """
    changes = stage(folder, component, release, date, environ=environ)
    planned = {edit.path: edit for edit in release.edits}
    prefix = PurePosixPath(component.path)
    paths = [(prefix / path).as_posix() for path in changes.paths]
    unplanned = [path for path in paths if path not in planned]
    if unplanned:
        what = "the edits would change files that the plan does not name"
        raise UnmoorError(
            what, place=", ".join(unplanned), hint="run the same command again, so that the plan is made anew"
        )
    apply(folder / component.path, changes)
    return tuple(planned[path] for path in paths)


def stage(
    folder: Path, component: Component, release: Release, date: str, *, environ: Mapping[str, str] | None = None
) -> ChangeSet:
    """Prepare the edits of ``release`` without making them; paths are relative to the component."""
    there = folder / component.path
    sources = moving(component.sources, release.current, release.version)
    changes = edit.stage(there, release.current, release.version, sources, environ=environ)
    if not release.changes:
        return changes
    found = notes.sound(replace(component, folder=there, repository=replace(component.repository, root=folder)))
    if not found.changelog:
        return changes
    prefix = PurePosixPath(component.path)
    planned = [PurePosixPath(origin(change)).relative_to(prefix).as_posix() for change in release.changes]
    collected = towncrier.stage(there, release.version, date, planned=planned, pending=changes.writes, environ=environ)
    return changes.then(collected.changes)
