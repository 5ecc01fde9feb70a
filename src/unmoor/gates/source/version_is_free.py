"""The main index holds nothing of this version, or exactly what this release put there.

A file name can be used on an index once and for all: a version that is there in part, yanked, or spelled another way
is not free either. A release that was interrupted meets its own files again, known by sha256.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from unmoor.chain import BUILD
from unmoor.context import Context
from unmoor.indexes.held_release import held_release, moment
from unmoor.model import Finding, FindingKind, Findings
from unmoor.model.counting import counted
from unmoor.planning.versions.pep440 import next_free, try_parse
from unmoor.runtime.http import Unreachable
from unmoor.targets import IndexFile

__all__ = ["ASSERTS", "check"]

ASSERTS = "the index holds nothing of this version but what this release put there"
_SHOWN = 3


def check(context: Context) -> Findings:
    """Ask the main index, also in a rehearsal, for every file of the planned version, in any spelling."""
    try:
        files = context.observer.index_files(context.component)
    except Unreachable as error:
        unanswered = f"the index was not asked which versions are taken: {error.problems[0].message}"
        return Findings(unanswered=unanswered, hint="run again when the index can be reached")
    version = context.release.version
    planned = try_parse(version)
    there = [each for each in files if each.version and try_parse(each.version) == planned]
    if not there:
        # Asking is what was done: an index that holds nothing yet has been looked at too.
        among = f"among {counted(len(files), 'files')} on the index" if files else "and no files on the index"
        return Findings(examined=1, unit=f"versions {among}")
    ours = _ours(context)
    if all(each.sha256 and ours.get(each.filename) == each.sha256 for each in there):
        return _resumed(context, there, ours, len(files))
    if _may_be_ours(context, there, ours):
        notice = Finding(
            message=f"the index holds {counted(len(there), 'files')} of {version!r}, and nothing here says whose: "
            "what is built is compared with them",
        )
        return Findings(examined=len(files), unit="files on the index", notices=(notice,))
    taken = [each.version for each in files]
    hint = f"release another version; the next free one is {next_free(version, taken)}"
    problems = [Finding(message=_what(version, there, ours), hint=hint)]
    return Findings(examined=len(files), unit="files on the index", problems=tuple(problems))


def _ours(context: Context) -> dict[str, str]:
    """Return the sha256 of this release's archives by file name, as their build recorded it; nothing before that."""
    built = context.store.read(BUILD.name).record
    return {each.filename: each.sha256 for each in built.files} if built else {}


def _may_be_ours(context: Context, there: list[IndexFile], ours: object) -> bool:
    """Say whether these files can be this release's own, published before all that was kept of it got lost.

    What was on the index before the commit was made cannot be of it. The build decides, by the bytes.
    """
    made = datetime.fromtimestamp(context.plan.epoch, UTC)
    younger = all(each.upload_time is None or each.upload_time >= made for each in there)
    return context.live and not ours and younger and not all(each.yanked for each in there)


def _what(version: str, there: list[IndexFile], ours: object) -> str:
    spelled = sorted({each.version for each in there} - {version})
    other = f" (as {', '.join(map(repr, spelled))})" if spelled else ""
    yanked = ", yanked" if all(each.yanked for each in there) else ""
    names = ", ".join(repr(each.filename) for each in there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
    held = f"the index holds {counted(len(there), 'files')} of it"
    differ = ", not the sealed ones" if ours else ""
    return f"version {version!r}{other} is taken: {held}{yanked}{differ}: {names}"


def _resumed(context: Context, there: list[IndexFile], ours: Mapping[str, str], examined: int) -> Findings:
    """Judge a version that holds only our own files: whole it is finished, in part it can be, for 14 days."""
    version, held = context.release.version, held_release(there, ours)
    missing = ", ".join(held.missing)
    until = f"it takes the rest until {moment(held.until)}" if missing and held.until and not held.closed else ""
    what = f"the index already holds {len(held.there)} of {len(ours)} files of this very release"
    problems, notices = list[Finding](), [Finding(message=what, hint=until)]
    if any(each.yanked for each in there):
        message = f"version {version!r} holds our files, but was yanked"
        yanked = Finding(message=message, hint="lift the yank on the index, or release another version")
        # What is withdrawn can be finished all the same: whoever pins it gets it still.
        (notices if context.is_finishing else problems).append(yanked)
    if missing and held.closed and held.since:
        message = f"version {version!r} is there in part since {moment(held.since)}, and takes no new files: {missing}"
        hint = f"yank {version} and release {next_free(version, [version])}"
        problems.append(Finding(message=message, hint=hint, kind=FindingKind.FINAL))
    return Findings(examined=examined, unit="files on the index", problems=tuple(problems), notices=tuple(notices))
