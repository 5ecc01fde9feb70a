"""``report``: a release from its evidence alone, as Markdown, JSON or text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from unmoor.commands.select_release import Shown, select
from unmoor.commands.status import archives
from unmoor.errors import Exit, Incomplete, SettingsError, UnmoorError
from unmoor.model import Finding
from unmoor.project.nearest_name import did_you_mean
from unmoor.rehearsal import select_targets
from unmoor.report import markdown
from unmoor.report.command_line import shown
from unmoor.report.ending import word
from unmoor.report.final_summary import closing, digest_lines, table
from unmoor.report.stage_rows import matched

__all__ = ["report"]

_FORMS = ("markdown", "json", "text")


def report(
    start: Path, environ: Mapping[str, str], *, live: str, form: str, out: str, say: Callable[[str], None]
) -> Exit:
    """Report the releases asked about, printed or written to the file ``out``."""
    if form not in _FORMS:
        hint = did_you_mean(form, _FORMS, otherwise=f"one of {', '.join(_FORMS)}")
        raise SettingsError([Finding(message=f"there is no form {form!r}", place="--form", hint=hint)])
    asked = select(start, environ, live=live)
    if asked.nothing:
        raise Incomplete(f"there is no evidence to report yet: {asked.nothing}", hint=str(asked.first))
    found = asked.shown
    if all(row.record is None for each in found for row in each.rows):
        raise Incomplete(
            "there is no evidence to report yet", place=str(found[0].kept.state), hint=shown(found[0].end.again)
        )
    text = _as_json(found) if form == "json" else "\n\n".join(_composed(each, form) for each in found)
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


def _as_json(found: Sequence[Shown]) -> str:
    """Return one release as an object, several as a list of them."""
    data = [_as_data(each) for each in found]
    return json.dumps(data[0] if len(data) == 1 else data, indent=2)


def _composed(each: Shown, form: str) -> str:
    if form == "text":
        head = f"{each.kept.release}   {word(each.end)}   commit {each.kept.plan.commit[:7]}"
        return "\n".join([head, "", *table(each.rows), "", *digest_lines(each.kept.store), *closing(each.end)])
    return markdown.compose(
        each.kept.plan, each.kept.release, each.rows, matched(each.kept.store), ended=word(each.end)
    )


def _as_data(each: Shown) -> dict[str, Any]:
    import msgspec

    kept, stages = each.kept, []
    for row in each.rows:
        record = msgspec.to_builtins(row.record) if row.record else None
        stages.append({"stage": row.stage, "standing": row.how, "what": row.what, "record": record})
    return {
        "component": kept.release.component,
        "version": kept.release.version,
        "mode": str(kept.plan.mode),
        "commit": kept.plan.commit,
        "ended": word(each.end),
        "complete": each.proven,
        "live": kept.live,
        "addresses": select_targets.by_stage(each.addresses) if each.addresses.indexes else {},
        "stages": stages,
        "archives": archives(kept),
    }
