"""``plan``: say what would be released: version, base tag, notes, the rule behind the number, the edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from unmoor.errors import Exit
from unmoor.model import Plan, Release
from unmoor.pipeline.open_plan import open_plan
from unmoor.report.folding import folded
from unmoor.report.terminal import USUAL_WIDTH
from unmoor.request import Request

__all__ = ["plan"]


def plan(
    start: Path, environ: Mapping[str, str], *, as_json: bool, say: Callable[[str], None], width: int = USUAL_WIDTH
) -> Exit:
    """Say what would be released, release by release, as text or as JSON."""
    import msgspec

    made = open_plan(Request(start=start, environ=environ)).plan
    if as_json:
        say(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
        return Exit.PASS
    for release in made.releases:
        _say_release(made, release, say, width)
    for path in made.uncommitted:
        say(f"  included, uncommitted: {path}")
    for notice in made.notices:
        say("\n".join(folded(notice, width, first="  notice  ", hang=10)))
    return Exit.PASS


def _say_release(made: Plan, release: Release, say: Callable[[str], None], width: int) -> None:
    moved = f"{release.current or '(no version)'} -> " if release.current != release.version else ""

    def fold(text: str, first: str = "", hang: int = 2) -> None:
        say("\n".join(folded(text, width, first=first, hang=hang)))

    fold(f"{release.component} {moved}{release.version}, because {release.rule}")
    fold(
        f"tag {release.tag}, after {release.base_tag or 'no earlier tag'}, "
        f"on commit {made.commit[:12]} of {made.branch or 'a detached HEAD'}"
    )
    for change in release.changes:
        # A note whose text is not shown, as towncrier's "misc", may have none.
        text = (change.summary or change.category).splitlines()[0]
        fold(f"{text} ({change.origin})", f"  note    {change.bump.name.lower():<6} ", 17)
    for edit in release.edits:
        fold(f"{edit.path}: {edit.what}", "  edit    ", 12)
