"""``changelog``: collect the change notes into the changelog; a second time adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from unmoor.commands.edited_files import Edited, refuse_merging, require_notes
from unmoor.errors import Exit
from unmoor.model import Component
from unmoor.model.counting import counted
from unmoor.observe.repository import load
from unmoor.pipeline.open_plan import open_plan
from unmoor.planning import notes
from unmoor.planning.versions import pep440
from unmoor.request import Request
from unmoor.runtime.changeset import apply
from unmoor.runtime.clock import today
from unmoor.tools import towncrier

__all__ = ["changelog", "collect_notes"]


def changelog(
    start: Path, environ: Mapping[str, str], *, version: str, draft: bool, say: Callable[[str], None]
) -> Exit:
    """Collect the change notes for a version, by default the one the plan says."""
    component = load(start, environ)
    wanted = version or _planned(component, start, environ)
    for line in collect_notes(component, wanted, today(), draft=draft, environ=environ).lines:
        say(line)
    return Exit.PASS


def _planned(component: Component, start: Path, environ: Mapping[str, str]) -> str:
    plan = open_plan(Request(start=start, environ=environ)).plan
    return next(each.version for each in plan.releases if each.component == component.name)


def collect_notes(
    component: Component, version: str, date: str, *, draft: bool = False, environ: Mapping[str, str]
) -> Edited:
    """Collect the notes into the changelog's section for ``version``, or with ``draft`` only say what it would be.

    Raises ``Unconfigured`` where the project keeps no notes, ``Blocked`` for bad notes and for a file being merged.
    """
    require_notes(component)
    wanted = pep440.canonical(version)
    notes.sound(component)
    if draft:
        section = towncrier.draft(component.folder, wanted, date, environ=environ)
        return Edited(lines=(section.rstrip("\n") or "there are no notes to collect",))
    keep = component.settings.prerelease_notes == "keep"
    collected = towncrier.stage(component.folder, wanted, date, keep=keep, environ=environ)
    changes = collected.changes.under(component.path)
    refuse_merging(component, changes.paths, environ)
    changed = apply(component.repository.root, changes)
    where, number = collected.changelog, len(collected.fragments)
    kept = "kept for the final release" if notes.stay(component, wanted) else "now removed"
    count = counted(number, "notes")
    said = {
        "built": f"{where}: section for {wanted} from {count}, {kept}",
        "finished": f"{where} has the section for {wanted} already; {count} removed",
        "already there": f"{where} has the section for {wanted} already; nothing to do",
        "nothing to collect": "there are no notes to collect",
    }
    return Edited(changed=changed, lines=(said[collected.did], *collected.remarks))
