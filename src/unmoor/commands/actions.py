"""The tasks that change the user's tree: note, changelog, bump.

They say what they did; git is touched only on request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.commands import edits
from unmoor.errors import Exit
from unmoor.project.load import load
from unmoor.tools.git import Git

if TYPE_CHECKING:
    from unmoor.project.types import Project

__all__ = ["bump", "changelog", "note"]

_Say = Callable[[str], None]


def note(start: Path, environ: Mapping[str, str], *, text: str, kind: str, issue: str, say: _Say) -> Exit:
    """Add a change note and say where."""
    done = edits.note(load(start, environ), text, kind, issue=issue, environ=environ)
    _tell(done.said, say)
    return Exit.PASS


def changelog(start: Path, environ: Mapping[str, str], *, version: str, draft: bool, say: _Say) -> Exit:
    """Collect the change notes for a version, by default the one the plan says."""
    project = load(start, environ)
    done = edits.changelog(project, version or _planned(start, environ), _today(), draft=draft, environ=environ)
    _tell(done.said, say)
    return Exit.PASS


def bump(start: Path, environ: Mapping[str, str], *, part: str, to: str, commit: bool, say: _Say) -> Exit:
    """Move the version everywhere, with the changelog in the same change set unless the settings keep them apart."""
    project = load(start, environ)
    together = project.settings.bump_commit == "together"
    done = edits.bump(project, part=part, to=to, with_changelog=together, date=_today(), environ=environ)
    _tell(done.said, say)
    if commit and done.changed:
        _commit(project, environ, done.changed, say)
    elif done.changed:
        say("Next: look at `git diff`, then commit")
    return Exit.PASS


def _commit(project: Project, environ: Mapping[str, str], changed: Sequence[Path], say: _Say) -> None:
    """Commit exactly the files that were edited; whatever else is changed or staged stays as it is."""
    version = load(project.folder, environ).component.sources[0].value
    git = Git(project.root, environ)
    paths = [str(path) for path in changed]
    git.run("add", "--all", "--", *paths)
    git.run("commit", "--quiet", "--message", f"Release {version}", "--only", "--", *paths)
    say(f"committed {len(paths)} files as {git.head()[:12]}")


def _planned(start: Path, environ: Mapping[str, str]) -> str:
    from unmoor.pipeline.open_release import open_release
    from unmoor.request import Request

    return open_release(Request(start=start, environ=environ)).plan.release.version


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _tell(lines: Sequence[str], say: _Say) -> None:
    for line in lines:
        say(line)
