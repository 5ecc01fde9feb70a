"""The final summary of a run: the table, what matches what, and the one next command; printed once, at process exit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from unmoor.chain import BUILD, CHAIN
from unmoor.errors import Exit, UnmoorError, worst
from unmoor.evidence.record import Record
from unmoor.model import Effect, FindingKind, Mode, Plan, Release
from unmoor.report import manual_steps
from unmoor.report.stage_rows import Row, last_run, matched, rows, unrehearsed
from unmoor.runtime.shown_text import shown
from unmoor.state import plans
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout, trim
from unmoor.targets import Addresses
from unmoor.tools.git import Git, find_root

__all__ = ["compose", "speak", "table"]

_KEPT_RUNS = 10


def speak(start: Path, environ: Mapping[str, str], run_id: str, *, again: str, adopted: bool, seconds: float) -> None:
    """Print the final summary of the run; say nothing where the run left nothing to speak of.

    ``again`` is the command that was given, ``adopted`` whether the project has unmoor in its noxfile.
    """
    try:
        root = find_root(start, environ)
        layout = StateLayout.of(Git(root, environ).common_dir(), environ)
    except UnmoorError:
        return
    run = last_run(layout.run(run_id))
    trim(layout.base / "runs", _KEPT_RUNS)
    for component, stages in run.items():
        ended = next(iter(stages.values()))
        state = Path(ended["state"])
        plan = plans.read(state / "plan.json")
        release = next((each for each in plan.releases if each.component == component), None) if plan else None
        if plan is None or release is None:
            continue
        found = rows(EvidenceStore(state / "evidence", component), stages)
        addresses = Addresses(**ended["addresses"]) if ended.get("addresses") else None
        text = compose(plan, release, found, state, seconds=seconds, again=again, adopted=adopted, addresses=addresses)
        print("\n" + shown(text, environ), flush=True)  # noqa: T201 - a face


def compose(
    plan: Plan,
    release: Release,
    found: Sequence[Row],
    state: Path,
    *,
    seconds: float,
    again: str,
    adopted: bool = True,
    addresses: Addresses | None = None,
) -> str:
    """Return the final summary of a release: headline, table, digests, what is left to know, and the next command.

    ``addresses`` is where a live release goes, for what a person would do by hand.
    """
    took = f"{int(seconds) // 60}m{int(seconds) % 60:02d}s"
    head = f"{release}   {_verdict(plan, found)}   commit {plan.commit[:7]}   {took}"
    parts = [head, "", *table(found), ""]
    same = matched(EvidenceStore(state / "evidence", release.component))
    wide = max((len(name) for _, name, _ in same), default=0)
    digests = [f"{sha[:4]}…{sha[-4:]}  {name:<{wide}}   {where}" for sha, name, where in same]
    if digests:
        parts += [*digests, ""]
    parts += _closing(plan, release, found, state, again, adopted=adopted, addresses=addresses)
    return "\n".join(parts)


def _finished(found: Sequence[Row]) -> bool:
    return all(row.code == 0 and row.how != "-" for row in found)


def _verdict(plan: Plan, found: Sequence[Row]) -> str:
    failed = [row.stage for row in found if row.code]
    if failed:
        return f"STOPPED at {', '.join(failed)}"
    if _finished(found):
        return "RELEASED" if plan.mode is Mode.LIVE else "REHEARSED"
    return f"{'live' if plan.mode is Mode.LIVE else 'rehearsal'}, in part"


def table(found: Sequence[Row]) -> list[str]:
    """Return one aligned line a stage: name, how it ended, what it did, seconds."""
    name = max(len(row.stage) for row in found) + 2
    how = max(len(row.how) for row in found) + 2
    what = max([len(row.what) for row in found if len(row.what) <= 60] or [20]) + 2  # noqa: PLR2004 - one long row bends
    lines = []
    for row in found:
        seconds = "-" if row.seconds is None else f"{row.seconds:.1f}s"
        lines.append(f"{row.stage:<{name}}{row.how:<{how}}{row.what:<{what}}{seconds:>6}".rstrip())
    return lines


def _closing(
    plan: Plan,
    release: Release,
    found: Sequence[Row],
    state: Path,
    again: str,
    *,
    adopted: bool,
    addresses: Addresses | None,
) -> list[str]:
    failed = [row for row in found if row.code]
    if failed:
        return [
            *_stops(failed),
            f"Evidence: {state / 'evidence'}",
            *_by_hand(plan, release, state, addresses),
            f"Next: {_approval(failed) or _after(failed) + again}",
        ]
    lines = [f"Version: {release.version}, because {release.rule}."]
    if plan.uncommitted:
        lines.append(f"Uncommitted work included: {_some(plan.uncommitted)}.")
    if release.edits and plan.mode is Mode.REHEARSAL:
        lines.append(f"Prepared in the clone: {_some([f'{edit.path} ({edit.what})' for edit in release.edits])}.")
    if not _finished(found):
        return [*lines, f"Next: {_next_stage(plan, release, found) if adopted else 'unmoor rehearse'}"]
    files = sum(len(row.record.files) for row in found if row.stage == BUILD.name and row.record)
    if plan.mode is Mode.LIVE:
        return [*lines, f"Evidence: {state / 'evidence'}", "Next: nothing; the release is complete."]
    missed = ["PyPI credential", "push rights", "the network's delays", *plan.notices, *unrehearsed(_records(found))]
    missed = list(dict.fromkeys(missed))
    return [
        *lines,
        f"Nothing left this machine. Not rehearsed: {'; '.join(missed)}.",
        f"Permanent when live: {files} files on PyPI, tag {release.tag}.",
        f"Next: {_go_live(release, adopted=adopted)}",
    ]


def _by_hand(plan: Plan, release: Release, state: Path, addresses: Addresses | None) -> list[str]:
    left = manual_steps.commands(release, plan.mode, state, addresses) if addresses else []
    head = ["What is left, by hand, if unmoor itself is the trouble:"] if left else []
    return head + [f"    {each}" for each in left]


def _records(found: Sequence[Row]) -> list[Record | None]:
    return [row.record for row in found]


def _stops(failed: Sequence[Row]) -> list[str]:
    """Repeat what stopped the run in one line a gate: with -j the details scrolled by long ago."""
    lines = []
    for row in failed:
        for gate in (gate for gate in (row.record.gates if row.record else ()) if not gate.holds):
            first = gate.problems[0] if gate.problems else None
            place = f"{first.place}: " if first and first.place else ""
            others = sum(each.kind is not FindingKind.OUTPUT for each in gate.problems[1:])
            more = f" (and {others} more)" if others else ""
            lines.append(f"{row.stage}: {gate.name}: {place}{first.message if first else gate.reason}{more}")
            if first and first.hint:
                lines.append(f"    → {first.hint}")
    return [*lines, ""] if lines else []


def _approval(failed: Sequence[Row]) -> str:
    """Return the command that approves, where nothing but the approval is missing."""
    missing = [gate for row in failed if row.record for gate in row.record.gates if not gate.holds]
    if [gate.name for gate in missing] == ["release-is-approved"] and missing[0].problems:
        return missing[0].problems[0].hint
    return ""


def _after(failed: Sequence[Row]) -> str:
    return "" if worst([row.code for row in failed]) is Exit.INCOMPLETE else "fix that, then run again: "


def _next_stage(plan: Plan, release: Release, found: Sequence[Row]) -> str:
    live = f" -- --live {release.version}" if plan.mode is Mode.LIVE else ""
    reached = [row.stage for row in found if row.how != "-"]
    names = [stage.name for stage in CHAIN]
    outward = any(stage.effect > Effect.NONE for stage in CHAIN if stage.name in reached)
    after = names[min(names.index(reached[-1]) + 1, len(names) - 1)] if outward and reached else "release"
    return f"nox -s {after}{live}"


def _go_live(release: Release, *, adopted: bool) -> str:
    steps = []
    if not adopted:
        steps.append("add to noxfile.py `import unmoor.sessions` and `unmoor.sessions.register()`")
    if release.edits:
        steps.append(f"unmoor bump --to {release.version} --commit")
    return ", then ".join([*steps, f"nox -s release -- --live {release.version}"])


def _some(items: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(items[:most])
    return shown + (f" and {len(items) - most} more" if len(items) > most else "")
