"""The final summary of a run: the table, what matches what, what would stop it live, and what to do next.

Printed once, at process exit, whatever happened.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from unmoor.chain import BUILD
from unmoor.chain import stage as stage_called
from unmoor.errors import UnmoorError
from unmoor.model import Effect
from unmoor.report import in_repository, manual_steps, next_step
from unmoor.report.ending import Ending, next_steps, word
from unmoor.report.live_stops import LiveStop, not_tried, stop_of, waivers
from unmoor.report.next_step import NextStep
from unmoor.report.stage_rows import Row, last_run, matched, rows
from unmoor.report.uploads import own_addresses
from unmoor.runtime.shown_text import shown
from unmoor.state import plans
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout, trim
from unmoor.targets import Addresses
from unmoor.tools.git import Git, find_root

__all__ = ["closing", "compose", "digest_lines", "live_stop_lines", "speak", "table"]

_KEPT_RUNS = 10
_WIDTH = 100
# A longer one bends the line and not the table.
_WIDEST = 60


def speak(
    start: Path,
    environ: Mapping[str, str],
    run_id: str,
    *,
    again: Sequence[str],
    adopted: bool,
    seconds: float,
    known: tuple[Path, StateLayout] | None = None,
    sessions: Mapping[str, str] | None = None,
) -> None:
    """Print the final summary of the run; say nothing where the run left nothing to speak of.

    ``known`` are the repository's root and the layout of its state, where the run has found them already. ``again``
    are the words of the command that was given, ``adopted`` says whether the project has unmoor in its noxfile, where
    nox calls the stages by the names in ``sessions``.
    """
    try:
        root = known[0] if known else find_root(start, environ)
        git = Git(root, environ)
        layout = known[1] if known else StateLayout.of(git.common_dir(), environ)
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
            print("\n" + shown(_without_plan(component, state, again), environ), flush=True)  # noqa: T201 - a face
            continue
        said = Addresses(**ended["addresses"]) if ended.get("addresses") else None
        addresses = own_addresses(plan, component, said) if said else None
        store = EvidenceStore(state / "evidence", component)
        end = Ending(
            plan=plan,
            release=release,
            rows=rows(store, stages),
            store=store,
            again=tuple(again),
            adopted=adopted,
            sessions=sessions or {},
        )
        if end.live or len(end.reached) == len(end.rows):
            # Only then is anything said that depends on it, and git takes its time.
            remote = addresses.remote if addresses else ""
            end = replace(end, here=in_repository.look(plan, store, release, git, remote))
        text = compose(end, seconds=seconds, addresses=addresses)
        print("\n" + shown(text, environ), flush=True)  # noqa: T201 - a face


def _without_plan(component: str, state: Path, again: Sequence[str]) -> str:
    what = f"{component}: the plan {state / 'plan.json'} is gone or damaged; the same command makes it again"
    return f"{what}\n{next_step.line([NextStep.AGAIN.step(*again)])}"


def compose(end: Ending, *, seconds: float, addresses: Addresses | None = None) -> str:
    """Return the final summary of a release: headline, table, digests, what is left to know, and what to do next.

    ``addresses`` is where a live release goes, for what a person would do by hand.
    """
    took = f"{int(seconds) // 60}m{int(seconds) % 60:02d}s"
    commit = f"commit {end.plan.commit[:7]}"
    if _is_daily(end):
        # Lint and tests are run all day long, and nox has said how they ended.
        ran = "" if end.failed else f": {', '.join(row.stage for row in end.reached)}"
        stops = _stopped(end.failed)
        return "\n".join([f"{end.release}   {word(end)}{ran}   {commit}   {took}", *stops, _next(end)])
    head = f"{end.release}   {word(end)}   {commit}   {took}"
    return "\n".join([head, "", *table(end.rows), "", *digest_lines(end.store), *closing(end, addresses)])


def _is_daily(end: Ending) -> bool:
    """Say whether single stages without an effect were named, and nothing was released or rehearsed."""
    outward = {row.stage for row in end.rows if stage_called(row.stage).effect is not Effect.NONE}
    return (
        end.again[:1] == ("nox",)
        and {end.session(name) for name in outward}.isdisjoint(end.again)
        and outward.isdisjoint(row.stage for row in end.reached)
    )


def digest_lines(store: EvidenceStore) -> list[str]:
    """Return a line for every archive that was built: its digest, its name, and where the same bytes were seen."""
    same = matched(store)
    wide = max((len(name) for _, name, _ in same), default=0)
    lines = [f"{sha[:4]}…{sha[-4:]}  {name:<{wide}}   {where}" for sha, name, where in same]
    return [*lines, ""] if lines else []


def table(found: Sequence[Row]) -> list[str]:
    """Return one aligned line a stage: name, how it ended, what it did, seconds."""
    from rich.cells import cell_len

    name = max(len(row.stage) for row in found) + 2
    how = max(len(row.how) for row in found) + 2
    what = max([cell_len(row.what) for row in found if cell_len(row.what) <= _WIDEST] or [20]) + 2
    lines = []
    for row in found:
        seconds = "-" if row.seconds is None else f"{row.seconds:.1f}s"
        padded = row.what + " " * (what - cell_len(row.what))
        lines.append(f"{row.stage:<{name}}{row.how:<{how}}{padded}{seconds:>6}".rstrip())
    return lines


def closing(end: Ending, addresses: Addresses | None = None) -> list[str]:
    """Return what is left to know, the last line being what to do next."""
    if end.live or len(end.reached) < len(end.rows):
        evidence = [f"Evidence: {end.store.folder}"] if end.failed or end.finished else []
        return [*_stopped(end.failed), *_about(end), *_left(end, addresses), *evidence, _next(end)]
    files = sum(len(row.record.files) for row in end.rows if row.stage == BUILD.name and row.record)
    return [
        *_about(end),
        *live_stop_lines(end.stops),
        *_wrapped("Nothing left this machine. Not tried here", not_tried(end.plan, [row.record for row in end.rows])),
        f"Permanent when live: {files} files on PyPI, tag {end.release.tag}.",
        _next(end),
    ]


def _next(end: Ending) -> str:
    return next_step.line(next_steps(end))


def _about(end: Ending) -> list[str]:
    """Say of what is not stopped which version it is and why, what was included, and what is waived."""
    lines = [] if end.failed else [f"Version: {end.release.version}, because {end.release.rule}."]
    if not end.live and not end.failed:
        if end.plan.uncommitted:
            lines += _wrapped("Uncommitted work included", _few(end.plan.uncommitted), join=", ")
        if end.release.edits:
            edits = [f"{edit.path} ({edit.what})" for edit in end.release.edits]
            lines += _wrapped("Prepared in the clone", _few(edits), join=", ")
    return lines + [f"Waived: {each}" for each in waivers([row.record for row in end.reached])]


def _left(end: Ending, addresses: Addresses | None) -> list[str]:
    """Return what is out, what is missing, and how a person would finish, where a live release is under way."""
    if not end.live or end.finished:
        return []
    out = manual_steps.out_and_missing(end)
    by_hand = manual_steps.commands(end, addresses) if addresses and end.failed else []
    head = ["What is left, by hand, if unmoor itself is the trouble:"] if by_hand else []
    return [*out, *head, *(f"    {each}" for each in by_hand)]


def _stopped(failed: Sequence[Row]) -> list[str]:
    """Repeat what stopped the run in one line a gate: with -j the details scrolled by long ago."""
    lines = []
    for row in failed:
        for gate in (gate for gate in (row.record.gates if row.record else ()) if not gate.holds):
            stop = stop_of(row.stage, gate)
            lines.append(f"{row.stage}: {gate.name}: {stop.reason}")
            if stop.finding.hint:
                lines.append(f"    → {stop.finding.hint}")
    return [*lines, ""] if lines else []


def live_stop_lines(stops: Sequence[LiveStop]) -> list[str]:
    """Return what would stop the live release, each with its gate, the reason and what solves it."""
    if not stops:
        return []
    stage = max(len(each.stage) for each in stops) + 2
    gate = max(len(each.gate) for each in stops) + 2
    lines = ["Live would stop at:"]
    for each in stops:
        lines.append(f"  {each.stage:<{stage}}{each.gate:<{gate}}{each.reason}")
        if each.finding.hint:
            lines.append(f"  {'':<{stage}}→ {each.finding.hint}")
    return lines


def _wrapped(head: str, items: Iterable[str], *, join: str = "; ") -> list[str]:
    text = f"{head}: {join.join(items)}."
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _few(items: Sequence[str], most: int = 4) -> list[str]:
    more = [f"and {len(items) - most} more"] if len(items) > most else []
    return [*items[:most], *more]
