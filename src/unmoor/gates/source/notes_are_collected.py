"""No change note is left lying beside the changelog when the version goes out: its change would never be told.

towncrier leaves a fragment of a mistyped kind behind without a word; such strays are shown. The notes of a pre-release
stay for the final one, unless the settings say otherwise; its section in the changelog says them all the same.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from unmoor.context import Context
from unmoor.errors import UnmoorError
from unmoor.model import Finding, FindingKind, Findings, truncated
from unmoor.model.counting import counted
from unmoor.planning import hand_kept, notes
from unmoor.tools import towncrier, towncrier_settings

__all__ = ["ASSERTS", "check"]

ASSERTS = "every change note is in the changelog"
_SHOWN = 10


def check(context: Context) -> Findings:
    """List the fragments that towncrier would collect, and what only looks like one."""
    component = context.component
    if component.notes.style != "towncrier":
        return _of_others(context)
    if not towncrier_settings.is_configured(component.folder):
        return Findings(absent="towncrier is not configured", hint='add [tool.towncrier], or set notes = "none"')
    fragments, strays = towncrier_settings.load(component.folder).files(component.folder)
    notices = [
        Finding(
            message="looks like a note, but is of no known kind", place=_shown(context, path), hint="correct its name"
        )
        for path in strays[:_SHOWN]
    ]
    found = len(fragments) + len(strays)
    examined = found + 1
    unit = f"files, the changelog and {counted(found, 'notes')}" if found else "changelogs, and no note beside it"
    if fragments and notes.stay(component, context.release.version) and not context.release.edits:
        problems = truncated(_unsaid(context), _SHOWN)
        return Findings(examined=examined, unit=unit, problems=problems, notices=tuple(notices))
    if context.live:
        left = [
            Finding(
                message="this note is not in the changelog", place=_shown(context, path), hint="run `unmoor changelog`"
            )
            for path in fragments
        ]
        return Findings(examined=examined, unit=unit, problems=truncated(left, _SHOWN), notices=tuple(notices))
    if fragments:
        notices.append(_rehearsed(context, len(fragments)))
    return Findings(examined=examined, unit=unit, notices=tuple(notices))


def _of_others(context: Context) -> Findings:
    """Judge the change notes of a project that does not keep them as towncrier's fragments."""
    kept = context.component.notes
    if (found := hand_kept.changelog_of(context.component, context.release.version, context.plan.date)) is not None:
        return _by_hand(context, found[0], found[2])
    if kept.unread:
        return Findings(optional=f"its change notes are those of {kept.unread}, which unmoor does not read")
    what = "no change notes" if kept.style == "none" else "change notes that stay where they are"
    return Findings(optional=f"the project keeps {what} ({kept.reason or 'none found'})")


def _by_hand(context: Context, path: str, found: hand_kept.Unreleased) -> Findings:
    """Judge a changelog that is kept by hand, whose newest section is still called unreleased."""
    place, version = f"{_shown(context, path)}:{found.line}", context.release.version
    hint = "run `unmoor bump --commit`" if found.text else f"write {version} and the day there"
    still = Finding(message=f"what {version} brings is still called unreleased: {found.said!r}", place=place, hint=hint)
    if context.live:
        return Findings(examined=1, unit="changelog", problems=(still,))
    if any(edit.path == _shown(context, path) for edit in context.release.edits):
        said = Finding(
            message=f"its section {found.said!r} is named and dated by the plan",
            place=place,
            hint=f"live, {hint} first",
        )
        return Findings(examined=1, unit="changelog", notices=(said,))
    return Findings(examined=1, unit="changelog", notices=(replace(still, kind=FindingKind.BLOCKS_LIVE),))


def _unsaid(context: Context) -> list[Finding]:
    """Return what the changelog's section of a pre-release lacks, though its notes stay for the final release."""
    component, version = context.component, context.release.version
    try:
        collected = towncrier.stage(component.folder, version, context.plan.date, keep=True, environ=context.environ)
    except UnmoorError as error:
        return [replace(each, place=_shown(context, each.place)) for each in error.problems]
    if not collected.changes:
        return []
    what = f"its section for {version} does not say every note"
    hint = f"run `unmoor changelog --version {version}`"
    return [Finding(message=what, place=_shown(context, collected.changelog), hint=hint)]


def _rehearsed(context: Context, count: int) -> Finding:
    notes = f"{counted(count, 'notes')} {'is' if count == 1 else 'are'}"
    changelog = context.component.notes.changelog
    if any(PurePosixPath(edit.path).name == PurePosixPath(changelog).name for edit in context.release.edits):
        hint = "live, run `unmoor bump --commit` first"
        return Finding(message=f"{notes} put into the changelog by the plan", hint=hint)
    missed = f"{notes} not in the changelog"
    return Finding(message=missed, hint="run `unmoor changelog`", kind=FindingKind.BLOCKS_LIVE)


def _shown(context: Context, path: str) -> str:
    return (PurePosixPath(context.component.path) / path).as_posix()
