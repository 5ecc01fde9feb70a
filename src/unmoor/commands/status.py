"""``status``: say how a release stands, why, and the one next command, and which releases there are; runs nothing.

All of it is read from the state folder: neither the tree has to state the version, nor is an index or a remote asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unmoor.commands.select_release import Found, Shown, select
from unmoor.commands.stage_standing import as_ended, by_its_plan
from unmoor.errors import Exit, worst
from unmoor.rehearsal import select_targets
from unmoor.report import manual_steps, next_step
from unmoor.report.ending import Ending, next_steps, word
from unmoor.report.final_summary import digest_lines, live_stop_lines
from unmoor.report.folding import folded
from unmoor.report.next_step import NextStep, Step
from unmoor.report.stage_rows import matched
from unmoor.report.terminal import USUAL_WIDTH
from unmoor.state.kept_releases import KeptRelease

__all__ = ["status"]

_LISTED = 20
_COLUMNS = 26


def status(
    start: Path,
    environ: Mapping[str, str],
    *,
    live: str,
    as_json: bool,
    say: Callable[[str], None],
    width: int = USUAL_WIDTH,
) -> Exit:
    """Say how the releases asked about stand; return 4 where something is still to do."""
    found = select(start, environ, live=live, by_tree=True)
    code = worst([Exit.PASS if each.proven else Exit.INCOMPLETE for each in found.shown] or [Exit.INCOMPLETE])
    if as_json:
        data = [_as_data(each) for each in found.shown]
        # One release is an object, several are a list of them, and so is none.
        say(json.dumps(data[0] if len(data) == 1 else data, indent=2))
        return code
    for each in found.shown:
        for line in _lines(each, width):
            say(line)
    if found.nothing:
        say(found.nothing)
        for line in next_step.lines([found.first], width):
            say(line)
    for line in _list(found):
        say(line)
    return code


def _lines(each: Shown, width: int) -> list[str]:
    end, built = each.end, each.end.build
    commit = built.facts.get("commit", "") if built is not None and each.kept.live else ""
    left = [str(step) for step in manual_steps.commands(end, each.addresses)] if not each.proven else []
    return [
        f"{each.kept.release}   {word(end)}   commit {(commit or each.kept.plan.commit)[:7]}\n",
        *(
            line
            for row in each.rows
            for line in folded(row.what, width, first=f"{row.stage:<13}{row.how:<13}", hang=_COLUMNS)
        ),
        "",
        *digest_lines(end.store, width),
        *live_stop_lines(end.stops, width),
        *(manual_steps.out_and_missing(end, width) if each.kept.live else []),
        *(["By hand, if unmoor itself is the trouble:", *(f"    {line}" for line in left)] if left else []),
        *next_step.lines(_next(each), width),
    ]


def _next(each: Shown) -> tuple[Step, ...]:
    if each.end.failed or each.end.finished:
        return next_steps(each.end)
    return (NextStep.AGAIN.step(*each.end.again),)


def _list(found: Found) -> list[str]:
    """Return a line for every release there is, the latest first, where there are more than were shown."""
    shown = {each.kept.state for each in found.shown}
    if not found.damaged and shown == {each.state for each in found.every}:
        return []
    lines = [[str(each.release), str(each.plan.mode), _how_far(each), _when(each)] for each in found.every[:_LISTED]]
    wide = [max(len(line[column]) for line in lines) + 2 for column in range(3)] if lines else []
    told = ["  " + "".join(f"{text:<{width}}" for text, width in zip(line, [*wide, 0], strict=True)) for line in lines]
    if len(found.every) > _LISTED:
        told.append(f"  and {len(found.every) - _LISTED} more")
    told += [f"  {folder.name}: its plan is gone or damaged; a run of it makes it again" for folder in found.damaged]
    return ["", "Releases here:", *told]


def _how_far(kept: KeptRelease) -> str:
    end = Ending(plan=kept.plan, release=kept.release, rows=as_ended(by_its_plan(kept)), store=kept.store, again=())
    if end.failed or end.finished or not end.reached:
        return word(end) if end.reached or end.failed else "not begun"
    return f"{word(end)}: {end.reached[-1].stage} passed"


def _when(kept: KeptRelease) -> str:
    return datetime.fromtimestamp(kept.touched, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _as_data(each: Shown) -> dict[str, Any]:
    kept = each.kept
    return {
        "component": kept.release.component,
        "version": kept.release.version,
        "mode": str(kept.plan.mode),
        "commit": kept.plan.commit,
        "ended": word(each.end),
        "addresses": select_targets.by_stage(each.addresses) if each.addresses.indexes else {},
        "stages": [{"stage": row.stage, "standing": row.how, "what": row.what} for row in each.rows],
        "archives": archives(kept),
        "next": "" if each.proven else ", then ".join(map(str, _next(each))),
    }


def archives(kept: KeptRelease) -> Sequence[Mapping[str, str]]:
    """Return every archive that was built, and where the same bytes are."""
    return [{"sha256": sha, "filename": name, "seen": where} for sha, name, where in matched(kept.store)]
