"""``report``: a release from its evidence alone, as Markdown, JSON or text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from unmoor.commands.stage_standing import PROVEN, standing
from unmoor.errors import Exit, Incomplete, SettingsError, UnmoorError
from unmoor.model import Finding, Mode
from unmoor.pipeline.open_plan import OpenRelease, open_plan
from unmoor.project.nearest_name import did_you_mean
from unmoor.rehearsal import select_targets
from unmoor.report.stage_rows import Row, matched
from unmoor.request import Request

__all__ = ["report"]

_FORMS = ("markdown", "json", "text")


def report(
    start: Path, environ: Mapping[str, str], *, live: str, form: str, out: str, say: Callable[[str], None]
) -> Exit:
    """Report every release of the plan, printed or written to the file ``out``."""
    if form not in _FORMS:
        hint = did_you_mean(form, _FORMS, otherwise=f"one of {', '.join(_FORMS)}")
        raise SettingsError([Finding(message=f"there is no form {form!r}", place="--form", hint=hint)])
    opened = open_plan(Request(start=start, environ=environ, live=live))
    found = [(each, standing(each)) for each in opened.releases]
    if all(row.record is None for _, rows in found for row in rows):
        hint = f"nox -s release -- --live {live}" if live else "unmoor rehearse"
        raise Incomplete("there is no evidence to report yet", place=str(opened.releases[0].state), hint=hint)
    text = _as_json(found) if form == "json" else "\n\n".join(_composed(each, rows, form) for each, rows in found)
    if not out:
        say(text)
        return Exit.PASS
    try:
        Path(out).write_text(text + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UnmoorError(
            f"cannot write: {error.strerror}", place=out, hint="name a file that can be written"
        ) from None
    say(f"wrote {out}")
    return Exit.PASS


def _as_json(found: Sequence[tuple[OpenRelease, Sequence[Row]]]) -> str:
    """Return one release as an object, several as a list of them."""
    data = [_as_data(each, rows) for each, rows in found]
    return json.dumps(data[0] if len(data) == 1 else data, indent=2)


def _composed(each: OpenRelease, found: Sequence[Row], form: str) -> str:
    if form == "text":
        from unmoor.report.final_summary import table

        return "\n".join([str(each.release), "", *table(found)])
    from unmoor.report.markdown import compose

    return compose(each.plan, each.release, found, matched(each.store))


def _as_data(each: OpenRelease, found: Sequence[Row]) -> dict[str, Any]:
    import msgspec

    stages = []
    for row in found:
        record = msgspec.to_builtins(row.record) if row.record else None
        stages.append({"stage": row.stage, "standing": row.how, "what": row.what, "record": record})
    return {
        "component": each.release.component,
        "version": each.release.version,
        "mode": str(each.plan.mode),
        "commit": each.plan.commit,
        "complete": all(row.how == PROVEN for row in found),
        "live": each.plan.mode is Mode.LIVE,
        "addresses": select_targets.by_stage(select_targets.addresses(each.component)),
        "stages": stages,
        "archives": [{"sha256": sha, "filename": name, "seen": where} for sha, name, where in matched(each.store)],
    }
