"""The final summary of a run: the table, what matches what, what would stop it live, and what to do next.

Printed once, at process exit, whatever happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from unmoor.chain import BUILD
from unmoor.chain import stage as stage_called
from unmoor.errors import UnmoorError
from unmoor.model import Effect, FindingKind
from unmoor.model.counting import counted
from unmoor.report import in_repository, manual_steps, markdown, next_step
from unmoor.report.ci_runner import Runner, recognised
from unmoor.report.ending import Ending, next_steps, word
from unmoor.report.folding import cells, folded, hint, padded
from unmoor.report.live_stops import LiveStop, not_tried, stop_of, waivers
from unmoor.report.next_step import NextStep
from unmoor.report.progress import duration
from unmoor.report.screen import Screen
from unmoor.report.stage_rows import Row, last_run, matched, rows
from unmoor.report.terminal import USUAL_WIDTH
from unmoor.report.uploads import own_addresses
from unmoor.runtime.redact import redact
from unmoor.state import plans
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout, trim
from unmoor.targets import Addresses
from unmoor.tools.git import Git, find_root

__all__ = ["closing", "compose", "digest_lines", "live_stop_lines", "speak", "table"]

_KEPT_RUNS = 10
_STOPS = 3
# What is left for words where the terminal is very narrow.
_NARROWEST = 24


def speak(
    start: Path,
    environ: Mapping[str, str],
    run_id: str,
    *,
    again: Sequence[str],
    adopted: bool,
    seconds: float,
    screen: Screen,
    known: tuple[Path, StateLayout] | None = None,
    sessions: Mapping[str, str] | None = None,
) -> None:
    """Print the final summary of the run on the ``screen``; say nothing where the run left nothing to speak of.

    ``known`` are the repository's root and the layout of its state, where the run has found them already. ``again``
    are the words of the command that was given, ``adopted`` says whether the project has unmoor in its noxfile, where
    nox calls the stages by the names in ``sessions``. On GitHub the same goes into the summary of the job's step, as
    Markdown.
    """
    try:
        root = known[0] if known else find_root(start, environ)
        git = Git(root, environ)
        layout = known[1] if known else StateLayout.of(git.common_dir(), environ)
    except UnmoorError:
        return
    run = last_run(layout.run(run_id))
    trim(layout.base / "runs", _KEPT_RUNS)
    width = screen.terminal.width
    for component, stages in run.items():
        ended = next(iter(stages.values()))
        state = Path(ended["state"])
        plan = plans.read(state / "plan.json")
        release = next((each for each in plan.releases if each.component == component), None) if plan else None
        if plan is None or release is None:
            screen.terminal.say("\n" + _without_plan(component, state, again, width))
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
        text = compose(end, seconds=seconds, addresses=addresses, width=width, verbosity=screen.verbosity)
        above = "" if screen.verbosity < 0 else "\n"
        screen.terminal.say(above + (f"{component}\n{text}" if _is_daily(end) and len(run) > 1 else text))
        _summarised(end, environ)


def _summarised(end: Ending, environ: Mapping[str, str]) -> None:
    """Append the release to the summary of the job's step, where the runner has named a file for it.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
    """
    file = environ.get("GITHUB_STEP_SUMMARY", "")
    if not file or recognised(environ) is not Runner.GITHUB:
        return
    text = markdown.compose(end.plan, end.release, end.rows, matched(end.store), ended=word(end))
    # What cannot be written there is on the screen all the same.
    with suppress(OSError), Path(file).open("a", encoding="utf-8") as stream:
        stream.write(f"{redact(text)}\n")


def _without_plan(component: str, state: Path, again: Sequence[str], width: int) -> str:
    what = f"{component}: the plan {state / 'plan.json'} is gone or damaged; the same command makes it again"
    return "\n".join([*folded(what, width, hang=2), *next_step.lines([NextStep.AGAIN.step(*again)], width)])


def compose(
    end: Ending,
    *,
    seconds: float,
    addresses: Addresses | None = None,
    width: int = USUAL_WIDTH,
    verbosity: int = 0,
) -> str:
    """Return the final summary of a release: headline, table, digests, what is left to know, and what to do next.

    ``addresses`` is where a live release goes, for what a person would do by hand. With a ``verbosity`` below zero it
    is the headline, what stopped it or would, and what to do next; above it says where logs and evidence lie, too.
    """
    if _is_daily(end):
        # Lint and tests are run all day long: a line a stage; what is wrong stands right above it.
        stopped = _stopped(end.failed, width) if verbosity < 0 else []
        again = ["", *stopped, *_next(end, width)] if end.failed else []
        return "\n".join([*table(end.reached, width), *again])
    commit = f"commit {end.plan.commit[:7]}"
    head = f"{end.release}   {word(end)}   {commit}   {int(seconds) // 60}m{int(seconds) % 60:02d}s"
    if verbosity < 0:
        stops = [*_stopped(end.failed, width), *live_stop_lines(end.stops, width)]
        return "\n".join([head, *([""] if stops else []), *stops, *_next(end, width)])
    kept = end.store.folder.parent
    where = [f"Logs: {kept / 'logs'}", f"Evidence: {end.store.folder}"] if verbosity > 0 else []
    lines = [head, "", *table(end.rows, width), "", *digest_lines(end.store, width)]
    return "\n".join([*lines, *(line for line in where), *closing(end, addresses, width)])


def _is_daily(end: Ending) -> bool:
    """Say whether single stages without an effect were named, and nothing was released or rehearsed."""
    outward = {row.stage for row in end.rows if stage_called(row.stage).effect is not Effect.NONE}
    return (
        end.again[:1] == ("nox",)
        and {end.session(name) for name in outward}.isdisjoint(end.again)
        and outward.isdisjoint(row.stage for row in end.reached)
    )


def digest_lines(store: EvidenceStore, width: int = USUAL_WIDTH) -> list[str]:
    """Return a line for every archive that was built: its digest, its name, and where the same bytes were seen."""
    same = matched(store)
    wide = max((len(name) for _, name, _ in same), default=0)
    lines = []
    for sha, name, where in same:
        line = f"{sha[:4]}…{sha[-4:]}  {name:<{wide}}   {where}"
        lines += [line] if cells(line) <= width else [f"{sha[:4]}…{sha[-4:]}  {name}", f"           {where}"]
    return [*lines, ""] if lines else []


def table(found: Sequence[Row], width: int = USUAL_WIDTH) -> list[str]:
    """Return an aligned line a stage, and more where it has more to say than the width has room for.

    Its columns are the stage's name, how it ended, what it did, and how long that took.
    """
    took = ["-" if row.seconds is None else duration(row.seconds) for row in found]
    name = max(len(row.stage) for row in found) + 2
    how = max(len(row.how) for row in found) + 2
    last = max(len(each) for each in took) + 2
    room = max(width - name - how - last, _NARROWEST)
    texts = [folded(row.what, room) for row in found]
    what = max(cells(line) for text in texts for line in text)
    lines = []
    for row, text, seconds in zip(found, texts, took, strict=True):
        first = f"{row.stage:<{name}}{row.how:<{how}}{padded(text[0], what)}{seconds:>{last}}"
        lines += [first.rstrip(), *(" " * (name + how) + line for line in text[1:])]
    return lines


def closing(end: Ending, addresses: Addresses | None = None, width: int = USUAL_WIDTH) -> list[str]:
    """Return what is left to know, the last lines being what to do next."""
    if end.live or len(end.reached) < len(end.rows):
        evidence = [f"Evidence: {end.store.folder}"] if end.failed or end.finished else []
        stopped = _stopped(end.failed, width)
        return [*stopped, *_about(end, width), *_left(end, addresses, width), *evidence, *_next(end, width)]
    files = sum(len(row.record.files) for row in end.rows if row.stage == BUILD.name and row.record)
    return [
        *_about(end, width),
        *live_stop_lines(end.stops, width),
        "Nothing left this machine. Not tried here:",
        *(
            line
            for each in not_tried(end.plan, [row.record for row in end.rows])
            for line in folded(each, width, first="  ", hang=4)
        ),
        f"Permanent when live: {counted(files, 'files')} on PyPI, tag {end.release.tag}.",
        *_next(end, width),
    ]


def _next(end: Ending, width: int) -> list[str]:
    steps = next_steps(end)
    return next_step.lines(steps, width)


def _about(end: Ending, width: int) -> list[str]:
    """Say of what is not stopped which version it is and why, what was included, and what is waived."""
    lines = []
    if not end.failed:
        lines += folded(f"Version: {end.release.version}, because {end.release.rule}.", width, hang=2)
    if not end.live and not end.failed:
        if end.plan.uncommitted:
            lines += _wrapped("Uncommitted work included", _few(end.plan.uncommitted), width)
        if end.release.edits:
            edits = [f"{edit.path} ({edit.what})" for edit in end.release.edits]
            lines += _wrapped("Prepared in the clone", _few(edits), width)
    waived = waivers([row.record for row in end.reached])
    return lines + [line for each in waived for line in folded(f"Waived: {each}", width, hang=2)]


def _left(end: Ending, addresses: Addresses | None, width: int) -> list[str]:
    """Return what is out, what is missing, and how a person would finish, where a live release is under way."""
    if not end.live or end.finished:
        return []
    out = manual_steps.out_and_missing(end, width)
    by_hand = manual_steps.commands(end, addresses) if addresses and end.failed else []
    head = ["What is left, by hand, if unmoor itself is the trouble:"] if by_hand else []
    return [*out, *head, *(f"    {each}" for each in by_hand)]


def _stopped(failed: Sequence[Row], width: int) -> list[str]:
    """Repeat what stopped the run, the first findings of each gate: with -j the details scrolled by long ago."""
    lines = []
    for row in failed:
        for gate in (gate for gate in (row.record.gates if row.record else ()) if not gate.holds):
            found = [each for each in gate.problems if each.kind is not FindingKind.OUTPUT]
            first = stop_of(row.stage, gate)
            for each in [first.finding, *found[1:_STOPS]]:
                place = f"{each.place}: " if each.place else ""
                lines += folded(f"{row.stage}: {gate.name}: {place}{each.message}", width, hang=2)
                lines += hint(each.hint, width, inset=4) if each.hint else []
            if len(found) > _STOPS:
                lines.append(f"    and {len(found) - _STOPS} more; `unmoor report` has all of them")
    return [*lines, ""] if lines else []


def live_stop_lines(stops: Sequence[LiveStop], width: int = USUAL_WIDTH) -> list[str]:
    """Return what would stop the live release, each with its gate, the reason and what solves it."""
    if not stops:
        return []
    stage = max(len(each.stage) for each in stops) + 2
    gate = max(len(each.gate) for each in stops) + 2
    lines = ["Live would stop at:"]
    for each in stops:
        whole = f"  {each.stage:<{stage}}{each.gate:<{gate}}{each.reason}"
        if cells(whole) <= width:
            lines.append(whole)
        else:
            lines.append(f"  {each.stage:<{stage}}{each.gate}")
            lines += folded(each.reason, width, first=" " * (stage + 2), hang=stage + 4)
        if each.finding.hint:
            lines += hint(each.finding.hint, width, inset=stage + 2)
    return lines


def _wrapped(head: str, items: Iterable[str], width: int) -> list[str]:
    return folded(f"{head}: {', '.join(items)}.", width, hang=2)


def _few(items: Sequence[str], most: int = 4) -> list[str]:
    more = [f"and {len(items) - most} more"] if len(items) > most else []
    return [*items[:most], *more]
