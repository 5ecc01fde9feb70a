"""Run gates and judge what they found: fail closed, waive only what is waived, crash into an error.

A gate that raises, times out, lacks its tool or examined nothing has not passed. A waiver covers a failure, never
a crash; something that is absent from the project is shown in a rehearsal and blocks a live release.
"""

from __future__ import annotations

import shlex
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from unmoor import gates
from unmoor.context import Context
from unmoor.errors import Exit, ToolFailed, ToolTimeout, UnmoorError, worst
from unmoor.evidence.binding import NOT_PASSED, why_void
from unmoor.evidence.record import GateRecord
from unmoor.model import Finding, Findings, Mode, Outcome, Plan
from unmoor.pipeline.command_gate import CommandAsGate
from unmoor.project.types import Waiver
from unmoor.request import OwnSession
from unmoor.runtime.redact import redact
from unmoor.tools.git import Git
from unmoor.tools.tool_environment import narrowing

__all__ = ["changes", "judge", "judge_all", "judge_commands", "judge_session", "judge_tree", "stopped"]

_AT_ONCE = 4
_SHOWN_LINES = 8


def judge_all(names: Sequence[str], context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Run the gates side by side and return their records in the order given, and the gravest exit code."""
    if not names:
        return (), Exit.PASS
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        judged = list(pool.map(lambda name: judge(name, context), names))
    return tuple(record for record, _ in judged), worst([code for _, code in judged])


def judge(name: str, context: Context) -> tuple[GateRecord, Exit]:
    """Run one gate and return what became of it."""
    if name in context.project.settings.leave_out:
        return GateRecord(name=name, asserts="", outcome=Outcome.SKIPPED, reason="left out in the settings"), Exit.PASS
    return _guarded(name, lambda: gates.load(name), context)


def judge_commands(context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Run the project's own commands that are gates of this stage, one after the other, as the settings list them."""
    chosen = [each for each in context.project.settings.commands if each.stage == context.stage.name]
    judged = [_guarded(each.name, partial(CommandAsGate, each), context) for each in chosen]
    return tuple(record for record, _ in judged), worst([code for _, code in judged])


def _guarded(name: str, find: Callable[[], gates.Gate], context: Context) -> tuple[GateRecord, Exit]:
    """Find and run a gate; whatever it dies of, it has not passed."""
    started = time.monotonic()
    asserts = ""
    try:
        gate = find()
        asserts = gate.ASSERTS
        record, code = _weigh(name, asserts, gate.check(context), context)
    except UnmoorError as error:
        record, code = stopped(name, asserts, error)
    except Exception:  # noqa: BLE001 - a crash is a result too: the gate could not tell
        record, code = _crashed(name, asserts, context)
    record = replace(record, seconds=round(time.monotonic() - started, 3))
    context.say(_line(record))
    return record, code


def judge_tree(context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Judge whether the tree is what it was when the plan was made: a stage that only looks changes nothing.

    Returns no record where it is.
    """
    found = changes(context.plan, Git(context.project.root, context.environ), context.stage.name)
    if not found.examined:
        return (), Exit.PASS
    record = GateRecord(
        name="tree-is-untouched",
        asserts="the stage leaves the tree as it was",
        outcome=Outcome.FAILED if found.problems else Outcome.PASSED,
        examined=found.examined,
        problems=found.problems,
        notices=found.notices,
    )
    return (record,), Exit.GATE_FAILED if found.problems else Exit.PASS


def changes(plan: Plan, git: Git, at_work: str) -> Findings:
    """Return what became of the tree since the plan was made, while ``at_work`` was; empty where it is the same.

    A new file that tools left behind is a notice in a rehearsal; what else changed is not what was examined, and is
    a problem.
    """
    if git.working_tree() == plan.tree:
        return Findings()
    before = set(plan.uncommitted)
    changed = [path for path in git.changed() if path not in before]
    tracked = set(git.files(plan.commit))
    left_behind = bool(changed) and tracked.isdisjoint(changed)
    shown = ", ".join(changed[:5]) or "a file that was changed before"
    finding = Finding(
        message=f"the tree changed while {at_work} was at work: {shown}",
        hint="ignore what tools leave behind in .gitignore, or do not edit meanwhile; then run the same command again",
    )
    if left_behind and plan.mode is Mode.REHEARSAL:
        return Findings(examined=1, notices=(finding,))
    return Findings(examined=1, problems=(finding,))


def judge_session(own: OwnSession, context: Context) -> tuple[GateRecord, Exit]:
    """Judge one of the project's own sessions by the evidence that its wrapper left, for every Python it runs on."""
    name = f"session {own.name}"
    problems, passed, seconds = [], 0, 0.0
    narrowed = ", ".join(narrowing(context.environ))
    unset = f"unset {narrowed}, then: " if narrowed else ""
    for part in own.parts or ("",):
        kept = context.store.read(own.evidence(part))
        if reason := why_void(kept, context.inputs):
            called = own.called(part)
            hint = f"{unset}nox -s {shlex.quote(called)}"
            what = f"the evidence of {called!r} does not count: {reason}"
            if kept.record is not None and reason == NOT_PASSED:
                what = f"the session {called!r} failed: {kept.record.detail}"
            problems.append(Finding(message=what, hint=hint))
        else:
            passed += 1
        seconds += kept.record.seconds if kept.record else 0.0
    record = GateRecord(
        name=name,
        seconds=round(seconds, 3),
        asserts="the project's own session succeeds",
        outcome=Outcome.FAILED if problems else Outcome.PASSED,
        examined=passed,
        unit="runs of the project's own session" if passed > 1 else "run of the project's own session",
        problems=tuple(problems),
    )
    context.say(_line(record))
    return _waived(record, context) if problems else (record, Exit.PASS)


def _weigh(name: str, asserts: str, found: Findings, context: Context) -> tuple[GateRecord, Exit]:
    record = GateRecord(
        name=name,
        asserts=asserts,
        outcome=Outcome.PASSED,
        examined=found.examined,
        unit=found.unit,
        problems=found.problems,
        notices=found.notices,
        hint=found.hint,
        tools=dict(found.tools),
    )
    # A gate that has found a problem has found something: neither absence nor option makes up for it.
    if found.optional and not found.problems:
        return replace(record, outcome=Outcome.SKIPPED, reason=found.optional), Exit.PASS
    if found.absent and not context.live and not found.problems:
        return replace(record, outcome=Outcome.SKIPPED, reason=f"not rehearsed: {found.absent}"), Exit.PASS
    if found.absent:
        record = replace(record, problems=(*found.problems, Finding(message=found.absent, hint=found.hint)))
    if record.problems:
        return _waived(replace(record, outcome=Outcome.FAILED), context)
    if found.examined <= 0:
        nothing = Finding(message="it examined nothing, and that is no pass", hint=found.hint)
        return replace(record, outcome=Outcome.FAILED, problems=(nothing,)), Exit.GATE_FAILED
    return record, Exit.PASS


def _waived(record: GateRecord, context: Context) -> tuple[GateRecord, Exit]:
    waiver = next((each for each in context.project.settings.waivers if each.gate == record.name), None)
    if waiver is None:
        return record, Exit.GATE_FAILED
    if waiver.until and waiver.until < context.plan.date:
        late = Finding(message=f"its waiver ended on {waiver.until}", hint="mend the cause, or renew the waiver")
        return replace(record, problems=(*record.problems, late)), Exit.GATE_FAILED
    return replace(record, outcome=Outcome.WAIVED, reason=_said(waiver)), Exit.PASS


def _said(waiver: Waiver) -> str:
    return f"waived by {waiver.by}" + (f" until {waiver.until}" if waiver.until else "") + f": {waiver.reason}"


def stopped(name: str, asserts: str, error: UnmoorError) -> tuple[GateRecord, Exit]:
    """Turn an error raised on purpose into a record: Blocked is a failure, everything else could not tell."""
    outcome = Outcome.FAILED if error.code is Exit.GATE_FAILED else Outcome.ERROR
    late = isinstance(error, ToolTimeout)
    log = error.problems[0].where if late else ""
    places = ["" if late else each.where for each in error.problems]
    problems = [
        Finding(message=each.what, place=place, hint=each.hint)
        for each, place in zip(error.problems, places, strict=True)
    ]
    if isinstance(error, ToolFailed):
        log = error.log
        problems += [Finding(message=f"  {line}") for line in error.tail.splitlines()[-_SHOWN_LINES:]]
    return GateRecord(name=name, asserts=asserts, outcome=outcome, problems=tuple(problems), log=log), Exit(error.code)


def _crashed(name: str, asserts: str, context: Context) -> tuple[GateRecord, Exit]:
    log = context.log(f"{name}.crash")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(redact(traceback.format_exc()), encoding="utf-8")
    last = redact(traceback.format_exc(limit=0).strip().splitlines()[-1])
    problem = Finding(message=f"the gate itself crashed: {last}", hint=f"please report this, with {log}")
    return GateRecord(name=name, asserts=asserts, outcome=Outcome.ERROR, problems=(problem,), log=str(log)), Exit.CRASH


_SIGNS = {
    Outcome.PASSED: "ok",
    Outcome.FAILED: "FAILED",
    Outcome.ERROR: "ERROR",
    Outcome.WAIVED: "waived",
    Outcome.SKIPPED: "skipped",
}


def _line(record: GateRecord) -> str:
    """Return the one line of progress that tells what became of a gate."""
    what = record.counted if record.outcome is Outcome.PASSED else record.reason
    seconds = f"{record.seconds:.1f}s" if record.seconds >= 0.1 else ""  # noqa: PLR2004 - shorter is not worth a word
    return f"{_SIGNS[record.outcome]:<8}{record.name:<30}{what}  {seconds}".rstrip()
