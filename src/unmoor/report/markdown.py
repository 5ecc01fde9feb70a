"""A release as Markdown: for a pull request, a step summary, or the release's folder."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unmoor.evidence.record import GateRecord
from unmoor.model import Mode, Outcome, Plan, Release, Skip
from unmoor.report.stage_rows import Row
from unmoor.runtime.shown_text import shown

__all__ = ["compose"]

_WORDS = {
    Outcome.PASSED: "holds",
    Outcome.FAILED: "**does not hold**",
    Outcome.ERROR: "**could not tell**",
    Outcome.WAIVED: "waived",
    Outcome.SKIPPED: "skipped",
}

_MARKUP = re.compile(r"[\\|\[\]*_~!$]")
# Names of commits become links too, and are welcome: they are ours.
_LINKS = re.compile(
    r"@|:(?=[a-z_+-][\w+-]*:)|#(?=\d)|\bGH(?=-\d)|\b(?:https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.)", re.IGNORECASE
)


def compose(
    plan: Plan, release: Release, rows: Sequence[Row], digests: Sequence[tuple[str, str, str]], *, ended: str = ""
) -> str:
    """Return the report: headline, how it ended, stages, archives, then every gate with what it examined and found."""
    mode = "Live release" if plan.mode is Mode.LIVE else "Rehearsal"
    lines = [
        f"# {mode} of {_cell(release.component)} {release.version}",
        "",
        *([f"**{_cell(ended)}**", ""] if ended else []),
        (
            f"Commit `{plan.commit}`, tag `{_code(release.tag)}`, planned on {plan.date} by {_cell(plan.actor)}. "
            f"Version: {_cell(release.rule)}."
        ),
        "",
        "| stage | result | what | seconds |",
        "|---|---|---|--:|",
        *(f"| {row.stage} | {row.how} | {_cell(row.what)} | {_seconds(row)} |" for row in rows),
        "",
    ]
    if digests:
        lines += ["| archive | sha256 | same bytes at |", "|---|---|---|"]
        lines += [f"| {_cell(name)} | `{sha}` | {where} |" for sha, name, where in digests]
        lines.append("")
    if release.edits:
        lines += [
            "## Edits of the plan",
            "",
            *(f"- `{_code(each.path)}`: {_cell(each.what)}" for each in release.edits),
            "",
        ]
    for row in rows:
        if row.record is not None and row.record.gates:
            lines += [f"## {row.stage}", "", *_gates(row.record.gates), ""]
    # For a page, where no runner looks for commands.
    return shown("\n".join(lines), {})


def _gates(gates: Sequence[GateRecord]) -> list[str]:
    lines = ["| gate | result | examined | remarks |", "|---|---|---|---|"]
    for gate in gates:
        missed = gate.skipped in (Skip.NOT_REHEARSED, Skip.NOT_ASKED)
        why = f"{gate.skipped}: {gate.reason}" if missed else gate.reason
        remarks = [why, *(str(each) for each in (*gate.problems, *gate.notices))]
        shown = "<br>".join(_cell(remark) for remark in remarks[:10] if remark)
        lines.append(f"| {gate.name} | {_WORDS[gate.outcome]} | {_cell(gate.counted)} | {shown} |")
    return lines


def _seconds(row: Row) -> str:
    return "" if row.seconds is None else f"{row.seconds:.1f}"


def _cell(text: str) -> str:
    """Make text from outside harmless in a table cell: no new row, no markup, no mention of people or issues, no link.

    https://github.github.com/gfm/: what emphasises, strikes out, begins a tag or a code is escaped; a character of no
    width keeps bare addresses, ``@name``, ``#123`` and ``:name:`` from being taken for more.
    """
    plain = _MARKUP.sub(r"\\\g<0>", " ".join(text.split()).replace("&", "&amp;"))
    plain = _LINKS.sub(r"\g<0>&#8203;", plain)
    return plain.replace("<", "&lt;").replace(">", "&gt;").replace("`", "&#96;")


def _code(text: str) -> str:
    return " ".join(text.split()).replace("`", "'").replace("|", "\\|")
