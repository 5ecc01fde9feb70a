"""A release as one HTML page that needs nothing else: no script, no picture, no address it would fetch from.

Everything from outside is escaped, and the page's own policy forbids it to load or to run anything:
https://www.w3.org/TR/CSP3/. Colours go by the reader's scheme, and no meaning stands in a colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from unmoor.evidence.record import GateRecord
from unmoor.model import Mode, Skip
from unmoor.report import next_step
from unmoor.report.ending import Ending, next_steps, word
from unmoor.report.progress import SIGNS, duration
from unmoor.report.stage_rows import Row, matched
from unmoor.runtime.redact import redact
from unmoor.runtime.shown_text import shown

__all__ = ["page", "section"]

_GOOD = frozenset({"ok", "ran", "proven", "cached", "already there"})
_BAD = frozenset({"FAILED", "ERROR", "STOPPED", "failed", "damaged"})
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --doubt: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --doubt: #d29922 } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
code, .digest { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem } td, th { text-align: left; vertical-align: top;
  padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line) } td.number { text-align: right }
.verdict { font-size: 1.4rem; font-weight: 600; border-left: .4rem solid var(--doubt); padding-left: .75rem }
.good { color: var(--good) } .bad { color: var(--bad) } .doubt { color: var(--doubt) }
.verdict.good { border-color: var(--good) } .verdict.bad { border-color: var(--bad) }
details { margin: .5rem 0 } summary { cursor: pointer; font-weight: 600 } .hint::before { content: "\\2192\\00a0" }
ul { margin: .25rem 0; padding-left: 1.25rem } .scroll { overflow-x: auto }
"""


def page(ends: Sequence[tuple[Ending, Sequence[Row]]]) -> str:
    """Return the page of these releases, each with the rows of its stages; the verdict stands on top."""
    title = ", ".join(f"{end.release} {word(end)}" for end, _ in ends)
    body = "\n".join(section(end, rows) for end, rows in ends)
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>"
    )


def section(end: Ending, rows: Sequence[Row]) -> str:
    """Return one release: verdict, what to do next, stages, archives, then every gate."""
    plan, release, said = end.plan, end.release, word(end)
    mode = "Live release" if plan.mode is Mode.LIVE else "Rehearsal"
    kind = "good" if said in ("RELEASED", "REHEARSED") else "bad" if said.startswith(("STOPPED", "FAILED")) else "doubt"
    about = (
        f"<p>Commit <code>{_text(plan.commit)}</code>, tag <code>{_text(release.tag)}</code>, planned on "
        f"{_text(plan.date)} by {_text(plan.actor)}. Version: {_text(release.rule)}.</p>"
    )
    parts = [
        f"<h1>{mode} of {_text(release.component)} {_text(release.version)}</h1>",
        f'<p class="verdict {kind}">{_text(said)}</p>',
        _against(end),
        f"<p>{_text(next_step.line(next_steps(end)))}</p>" if end.again else "",
        about,
        "<h2>Stages</h2>",
        _table(("stage", "result", "what", "time"), (_stage(row) for row in rows)),
        _archives(end),
        *(_gates(row) for row in rows if row.record is not None and row.record.gates),
    ]
    return "\n".join(part for part in parts if part)


def _against(end: Ending) -> str:
    """Return why it is not complete: what the verdict says, and what would stop the live release."""
    lines = [f"{row.stage}: {row.what}" for row in end.failed]
    if end.verdict is not None and not end.verdict.passed and end.verdict.detail:
        lines.append(end.verdict.detail)
    lines += [f"{each.stage}: {each.gate}: {each.reason}" for each in end.stops]
    return f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in lines)}</ul>" if lines else ""


def _archives(end: Ending) -> str:
    rows = [
        f'<td>{_text(name)}</td><td class="digest">{_text(sha)}</td><td>{_text(where)}</td>'
        for sha, name, where in matched(end.store)
    ]
    return f"<h2>Archives</h2>\n{_table(('archive', 'sha256', 'same bytes at'), rows)}" if rows else ""


def _stage(row: Row) -> str:
    took = "" if row.seconds is None else duration(row.seconds)
    return f'<td>{_text(row.stage)}</td>{_state(row.how)}<td>{_text(row.what)}</td><td class="number">{took}</td>'


def _gates(row: Row) -> str:
    gates = row.record.gates if row.record is not None else ()
    stands_out = any(not gate.holds or gate.notices for gate in gates)
    table = _table(("gate", "result", "examined", "remarks"), (_gate(gate) for gate in gates))
    return f"<details{' open' if stands_out else ''}><summary>{_text(row.stage)}</summary>\n{table}</details>"


def _gate(gate: GateRecord) -> str:
    said = "not finished" if gate.is_unfinished else SIGNS[gate.outcome]
    missed = gate.skipped in (Skip.NOT_REHEARSED, Skip.NOT_ASKED)
    remarks = [_text(f"{gate.skipped}: {gate.reason}" if missed else gate.reason)] if gate.reason else []
    for each in (*gate.problems, *gate.notices):
        place = f"<code>{_text(each.place)}</code>: " if each.place else ""
        advice = f'<div class="hint">{_text(each.hint)}</div>' if each.hint else ""
        remarks.append(f"{place}{_text(each.message)}{advice}")
    shown_all = f"<ul>{''.join(f'<li>{each}</li>' for each in remarks)}</ul>" if remarks else ""
    asserts = f' title="{_text(gate.asserts)}"' if gate.asserts else ""
    return f"<td{asserts}>{_text(gate.name)}</td>{_state(said)}<td>{_text(gate.counted)}</td><td>{shown_all}</td>"


def _state(said: str) -> str:
    kind = "good" if said in _GOOD else "bad" if said in _BAD else "doubt"
    return f'<td class="{kind}">{_text(said)}</td>'


def _table(head: Iterable[str], rows: Iterable[str]) -> str:
    heads = "".join(f"<th>{each}</th>" for each in head)
    return (
        f'<div class="scroll"><table><tr>{heads}</tr>\n'
        + "\n".join(f"<tr>{row}</tr>" for row in rows)
        + "</table></div>"
    )


def _text(text: str) -> str:
    """Return text from outside as text: escaped, without secrets, and without what turns the order of letters round."""
    return escape(shown(redact(text), {}))
