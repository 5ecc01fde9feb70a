"""Run gates and judge what they found: fail closed, waive only what is waived, crash into an error.

A gate that raises, times out, lacks its tool or examined nothing has not passed. A waiver covers a failure, never
a crash; something that is absent from the project is shown in a rehearsal and blocks a live release.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial

from unmoor import gates
from unmoor.context import Context
from unmoor.errors import Exit, ToolFailed, ToolTimeout, UnmoorError, worst
from unmoor.evidence.record import GateRecord
from unmoor.model import Finding, FindingKind, Findings, Outcome, Scope, Skip
from unmoor.model.settings import Waiver
from unmoor.pipeline.command_gate import CommandGateRunner
from unmoor.runtime import clock, process
from unmoor.runtime.files import write_whole
from unmoor.runtime.redact import redact
from unmoor.runtime.shortage import shortage

__all__ = ["crashed", "run_command_gates", "run_gate", "run_gates", "stopped", "waived"]

_AT_ONCE = 4
_SHOWN_LINES = 8
_EXPLAINING = 3


def run_gates(names: Sequence[str], context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Run the gates side by side and return their records in the order given, and the gravest exit code."""
    if not names:
        return (), Exit.PASS
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        judged = list(pool.map(lambda name: run_gate(name, context), names))
    return tuple(record for record, _ in judged), worst([code for _, code in judged])


def run_gate(name: str, context: Context) -> tuple[GateRecord, Exit]:
    """Run one gate and return what became of it."""
    if name in context.component.settings.disable:
        record = GateRecord(
            name=name, asserts="", outcome=Outcome.SKIPPED, skipped=Skip.DISABLED, reason="disabled in the settings"
        )
        context.reporter.judged(record)
        return record, Exit.PASS
    return _guarded(name, lambda: gates.load(name), context)


def run_command_gates(context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Run the project's own commands that are gates of this stage, one after the other, as the settings list them."""
    chosen = [each for each in context.component.settings.commands if each.stage == context.stage.name]
    judged = [_guarded(each.name, partial(CommandGateRunner, each), context) for each in chosen]
    return tuple(record for record, _ in judged), worst([code for _, code in judged])


def _guarded(name: str, find: Callable[[], gates.Gate], context: Context) -> tuple[GateRecord, Exit]:
    """Find and run a gate; whatever it dies of, it has not passed."""
    started = time.monotonic()
    asserts = ""
    try:
        gate = find()
        asserts = gate.ASSERTS
        with context.reporter.working(name):
            found = _found(name, gate, context)
        record, code = _outcome_of(name, asserts, found, context)
    except UnmoorError as error:
        record, code = stopped(name, asserts, error)
    except Exception:  # noqa: BLE001 - a crash is a result too: the gate could not tell
        record, code = crashed(name, asserts, context)
    if code is not Exit.PASS and process.is_ending():
        # What it looked at was ended under its hands: that says nothing about the project.
        record, code = _unfinished(name, asserts), Exit.INCOMPLETE
    # Not all of it came through the door for programs: some was read from files that they wrote.
    problems, notices = _hidden(record.problems), _hidden(record.notices)
    record = replace(record, problems=problems, notices=notices, seconds=round(time.monotonic() - started, 3))
    context.reporter.judged(record)
    return record, code


def _unfinished(name: str, asserts: str) -> GateRecord:
    """Return the record of a gate that was at work when the run was told to end."""
    problem = Finding(message="it was not finished: the run was ended", kind=FindingKind.UNFINISHED)
    return GateRecord(name=name, asserts=asserts, outcome=Outcome.ERROR, problems=(problem,))


def _hidden(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings without secrets."""
    return tuple(
        replace(each, message=redact(each.message), place=redact(each.place), hint=redact(each.hint))
        for each in findings
    )


def _found(name: str, gate: gates.Gate, context: Context) -> Findings:
    """Return what the gate found; one about the repository is asked once for all its components."""
    if getattr(gate, "SCOPE", Scope.COMPONENT) is Scope.REPOSITORY:
        # Where a later stage asks again, it wants to know what is so by then.
        key = ("gate", name, context.plan.key, context.stage.name)
        return context.memory.once(key, lambda: gate.check(context))
    return gate.check(context)


def _outcome_of(name: str, asserts: str, found: Findings, context: Context) -> tuple[GateRecord, Exit]:
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
        relied_on=dict(found.relied_on),
        elsewhere=found.elsewhere,
    )
    # A gate that has found a problem has found something: neither absence nor option makes up for it.
    if found.optional and not found.problems:
        skipped = replace(record, outcome=Outcome.SKIPPED, skipped=Skip.NOT_APPLICABLE, reason=found.optional)
        return skipped, Exit.PASS
    if (lacking := found.absent or found.unanswered) and not context.live and not found.problems:
        why = Skip.NOT_REHEARSED if found.absent else Skip.NOT_ASKED
        return replace(record, outcome=Outcome.SKIPPED, skipped=why, reason=lacking), Exit.PASS
    if lacking:
        record = replace(record, problems=(*found.problems, Finding(message=lacking, hint=found.hint)))
    if record.problems:
        return waived(replace(record, outcome=Outcome.FAILED), context)
    if found.examined <= 0:
        # Where something keeps it from looking, that was said beside.
        beside = "".join(f"; {each.message}" for each in found.notices[:_EXPLAINING])
        nothing = Finding(message=f"it examined nothing, and that is no pass{beside}", hint=found.hint)
        return replace(record, outcome=Outcome.FAILED, problems=(nothing,)), Exit.GATE_FAILED
    return record, Exit.PASS


def waived(record: GateRecord, context: Context) -> tuple[GateRecord, Exit]:
    """Return a failed gate as it was, or waived where the settings say so and the day has not come."""
    waiver = next((each for each in context.component.settings.waivers if each.gate == record.name), None)
    if waiver is None:
        return record, Exit.GATE_FAILED
    if waiver.until and waiver.until < clock.today():
        late = Finding(message=f"its waiver ended on {waiver.until}", hint="fix the cause, or renew the waiver")
        return replace(record, problems=(*record.problems, late)), Exit.GATE_FAILED
    return replace(record, outcome=Outcome.WAIVED, reason=_by_whom(waiver)), Exit.PASS


def _by_whom(waiver: Waiver) -> str:
    return f"waived by {waiver.by}" + (f" until {waiver.until}" if waiver.until else "") + f": {waiver.reason}"


def stopped(name: str, asserts: str, error: UnmoorError) -> tuple[GateRecord, Exit]:
    """Turn an error raised on purpose into a record: Blocked is a failure, everything else could not tell."""
    outcome = Outcome.FAILED if error.code is Exit.GATE_FAILED else Outcome.ERROR
    late = isinstance(error, ToolTimeout)
    log = error.problems[0].place if late else ""
    problems = [replace(each, place="") if late else each for each in error.problems]
    if isinstance(error, ToolFailed):
        log = error.log
        problems += [Finding(message=line, kind=FindingKind.OUTPUT) for line in error.tail.splitlines()[-_SHOWN_LINES:]]
    return GateRecord(name=name, asserts=asserts, outcome=outcome, problems=tuple(problems), log=log), Exit(error.code)


def crashed(name: str, asserts: str, context: Context) -> tuple[GateRecord, Exit]:
    """Turn the exception at hand, one that nobody raised on purpose, into a record; its traceback goes to a log."""
    error = sys.exception()
    if error is not None and (short := shortage(error)) is not None:
        return stopped(name, asserts, short)
    log = context.log(f"{name}.crash")
    with suppress(OSError, UnmoorError):
        # A disk that is full must not hide what happened.
        write_whole(log, redact(traceback.format_exc()).encode())
    last = redact(traceback.format_exc(limit=0).strip().splitlines()[-1])
    problem = Finding(message=f"{name} itself crashed: {last}", hint=f"please report this, with {log}")
    return GateRecord(name=name, asserts=asserts, outcome=Outcome.ERROR, problems=(problem,), log=str(log)), Exit.CRASH
