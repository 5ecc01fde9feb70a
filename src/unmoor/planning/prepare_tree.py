"""Carry out a plan's edits in a tree: the version sources, the changelog, the lock file. All of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from unmoor.errors import UnmoorError
from unmoor.model import Component, Edit, Release
from unmoor.planning import hand_kept, notes
from unmoor.planning.plan import origin
from unmoor.planning.versions import edit
from unmoor.planning.versions.pep440 import try_parse
from unmoor.planning.versions.sources import moving
from unmoor.runtime.changeset import ChangeSet, apply
from unmoor.tools import towncrier, uv_lock
from unmoor.tools.git import Git

__all__ = ["prepare", "stage"]


def prepare(
    folder: Path,
    component: Component,
    release: Release,
    date: str,
    *,
    environ: Mapping[str, str] | None = None,
    remark: Callable[[str], None] | None = None,
) -> tuple[Edit, ...]:
    """Make the edits of ``release`` in the tree at ``folder`` (a clone or the user's own) and return those made.

    ``date`` is the ISO day of the changelog's section. What is in place already stays: a second run changes nothing
    and returns nothing. Raises ``UnmoorError`` when what would change is not what was planned, or when an edit
    fails; the tree is then as it was. With ``remark`` a lock file that cannot follow is told there, and is left.
    """
    changes = stage(folder, component, release, date, environ=environ, remark=remark)
    planned = {edit.path: edit for edit in release.edits}
    unplanned = [path for path in changes.paths if path not in planned]
    if unplanned:
        what = "the edits would change files that the plan does not name"
        raise UnmoorError(
            what, place=", ".join(unplanned), hint="run the same command again, so that the plan is made anew"
        )
    apply(folder, changes)
    return tuple(planned[path] for path in changes.paths)


def stage(
    folder: Path,
    component: Component,
    release: Release,
    date: str,
    *,
    environ: Mapping[str, str] | None = None,
    remark: Callable[[str], None] | None = None,
    by_hand: bool = True,
) -> ChangeSet:
    """Prepare the edits of ``release`` without making them; paths are relative to ``folder``, the repository's top.

    With ``by_hand`` the changelog that is kept so gets the version and the day, where it calls them unreleased.
    """
    there = folder / component.path
    sources = moving(component.sources, release.current, release.version)
    own = component.settings.bumpversion == "follow"
    changes = edit.stage(there, release.current, release.version, sources, own=own, environ=environ)
    changes = changes.then(_notes(folder, component, release, date, changes.writes, environ))
    if by_hand and (found := hand_kept.changelog_of(replace(component, folder=there), release.version, date)):
        path, text, open_section = found
        if open_section.text and path not in changes.writes:
            changes = changes.then(ChangeSet(writes={path: text.restored(open_section.text)}))
    changes = changes.under(component.path)
    try:
        return changes.then(_lock(folder, component, release, changes.writes, environ or {}))
    except UnmoorError as error:
        if remark is None:
            raise
        remark(str(error))
        return changes


def _notes(
    folder: Path,
    component: Component,
    release: Release,
    date: str,
    pending: Mapping[str, bytes],
    environ: Mapping[str, str] | None,
) -> ChangeSet:
    """Prepare the changelog; paths are relative to the component."""
    there = folder / component.path
    if not release.changes:
        return ChangeSet()
    found = notes.sound(replace(component, folder=there, repository=replace(component.repository, root=folder)))
    if not found.changelog:
        return ChangeSet()
    prefix = PurePosixPath(component.path)
    planned = [PurePosixPath(origin(change)).relative_to(prefix).as_posix() for change in release.changes]
    keep = component.settings.prerelease_notes == "keep"
    return towncrier.stage(
        there, release.version, date, planned=planned, keep=keep, pending=pending, environ=environ
    ).changes


def _lock(
    folder: Path, component: Component, release: Release, pending: Mapping[str, bytes], environ: Mapping[str, str]
) -> ChangeSet:
    """Prepare the lock file that states the component's version, where there is one; paths are the repository's."""
    if not (folder / ".git").exists():
        return ChangeSet()
    path, name = component.path, component.name
    lock = uv_lock.of_component(folder, uv_lock.tracked(Git(folder, environ)), path, name)
    if not lock or try_parse(uv_lock.stated(folder, lock, path, name)) == try_parse(release.version):
        return ChangeSet()
    content = uv_lock.follow(folder, lock, (path, name), release.version, pending=pending, environ=environ)
    return ChangeSet(writes={lock: content})
