"""``status``: say what is proven for the tree as it is, what is not, why, and the one next command; runs nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from unmoor.commands.stage_standing import PROVEN, standing
from unmoor.errors import Exit, worst
from unmoor.pipeline.open_plan import OpenRelease, open_plan
from unmoor.rehearsal import select_targets
from unmoor.report.stage_rows import Row
from unmoor.request import Request

__all__ = ["status"]


def status(start: Path, environ: Mapping[str, str], *, live: str, as_json: bool, say: Callable[[str], None]) -> Exit:
    """Say how each release of the plan stands; return 4 where something is still to do."""
    opened = open_plan(Request(start=start, environ=environ, live=live))
    after = f"nox -s release -- --live {live}" if live else "unmoor rehearse"
    codes, data = [], []
    for each in opened.releases:
        found = standing(each)
        missing = any(row.how != PROVEN for row in found)
        codes.append(Exit.INCOMPLETE if missing else Exit.PASS)
        if as_json:
            data.append(_as_data(each, found) | {"next": after if missing else ""})
            continue
        say(f"{each.release}   {'live' if live else 'rehearsal'}   commit {each.plan.commit[:7]}\n")
        for row in found:
            say(f"{row.stage:<13}{row.how:<10}{row.what}")
        say(f"\nNext: {after if missing else 'nothing; every stage is proven'}")
    if as_json:
        # One release is an object, several are a list of them.
        say(json.dumps(data[0] if len(data) == 1 else data, indent=2))
    return worst(codes)


def _as_data(each: OpenRelease, found: Sequence[Row]) -> dict[str, Any]:
    addresses = select_targets.addresses(each.component)
    return {
        "component": each.release.component,
        "version": each.release.version,
        "mode": str(each.plan.mode),
        "addresses": select_targets.by_stage(addresses),
        "stages": [{"stage": row.stage, "standing": row.how, "what": row.what} for row in found],
    }
