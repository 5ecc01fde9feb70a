"""``report``: a release from its evidence alone, as Markdown, an HTML page, JSON or text."""

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
from unmoor.report import html_page, markdown
from unmoor.report.command_line import shown
from unmoor.report.ending import word
from unmoor.report.final_summary import closing, digest_lines, table
from unmoor.report.folding import folded
from unmoor.report.progress import gate_lines, problems
from unmoor.report.stage_rows import matched
from unmoor.report.terminal import USUAL_WIDTH

__all__ = ["report"]

_FORMS = ("markdown", "html", "json", "text")


def report(
    start: Path,
    environ: Mapping[str, str],
    *,
    live: str,
    form: str,
    out: str,
    say: Callable[[str], None],
    width: int = USUAL_WIDTH,
) -> Exit:
    """Report the releases asked about, printed or written to the file ``out``."""
    if form not in _FORMS:
        hint = did_you_mean(form, _FORMS, otherwise=f"one of {', '.join(_FORMS)}")
        raise SettingsError([Finding(message=f"there is no form {form!r}", place="--format", hint=hint)])
    asked = select(start, environ, live=live)
    if asked.nothing:
        raise Incomplete(f"there is no evidence to report yet: {asked.nothing}", hint=str(asked.first))
    found = asked.shown
    if all(row.record is None for each in found for row in each.rows):
        raise Incomplete(
            "there is no evidence to report yet", place=str(found[0].kept.state), hint=shown(found[0].end.again)
        )
    text = _composed(found, form, USUAL_WIDTH if out else width)
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


def _composed(found: Sequence[Shown], form: str, width: int) -> str:
    if form == "json":
        return _as_json(found)
    if form == "html":
        return html_page.page([(each.end, each.rows) for each in found])
    return "\n\n".join(_as_text(each, width) if form == "text" else _as_markdown(each) for each in found)


def _as_markdown(each: Shown) -> str:
    return markdown.compose(
        each.kept.plan, each.kept.release, each.rows, matched(each.kept.store), ended=word(each.end)
    )


def _as_text(each: Shown, width: int) -> str:
    """Return what the end of a run says, with every gate, and the archives by their whole digests."""
    head = f"{each.kept.release}   {word(each.end)}   commit {each.kept.plan.commit[:7]}"
    verdict = each.end.verdict
    why = f"The verdict is against it: {verdict.detail}." if verdict is not None and verdict.detail else ""
    lines = [head, "", *(folded(why, width, hang=2) if why else []), *table(each.rows, width), ""]
    lines += [*digest_lines(each.kept.store, width), *closing(each.end, None, width)]
    for row in each.rows:
        if row.record is None or not row.record.gates:
            continue
        lines += ["", f"{row.stage}:"]
        for gate in row.record.gates:
            lines += gate_lines(gate, width=width, verbose=True)
            lines += problems(gate, most=len(gate.problems), width=width) if not gate.holds else []
    digests = [f"{sha}  {name}" for sha, name, _ in matched(each.kept.store)]
    return "\n".join([*lines, *(["", "sha256:", *digests] if digests else [])])


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
