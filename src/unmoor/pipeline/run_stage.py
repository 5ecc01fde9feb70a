"""Carry one stage of one release out: cached, already there, or run; and leave evidence either way.

what is it bound to? -> evidence for that? cached
-> gates before -> is it so already? already there, else run -> gates after -> evidence
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from unmoor import chain
from unmoor.context import Context
from unmoor.errors import Exit, UnmoorError, worst
from unmoor.evidence.binding import binds_files, inputs_of
from unmoor.evidence.record import GateRecord, Kept, Narrowing, Record, Result
from unmoor.evidence.validity import validity
from unmoor.model import Distribution, Effect, Resolution, Stage
from unmoor.pipeline.attempt_history import begun, ended
from unmoor.pipeline.open_plan import OpenPlan, OpenRelease
from unmoor.rehearsal import select_targets
from unmoor.request import Request
from unmoor.runtime import lock

if TYPE_CHECKING:
    from unmoor.stages import Done

__all__ = ["run_stage"]

_LOCK_PATIENCE = 2.0  # seconds
_SAME = {Effect.NONE: "same tree", Effect.LOCAL: "same plan"}


def run_stage(stage: Stage, opened: OpenRelease, plan: OpenPlan, request: Request) -> Result:
    """Carry out a stage of a release and return how it ended; ``plan`` is the open plan that the release is of.

    Raises ``Incomplete`` where another run is at work on it.
    """
    try:
        files, damaged = _archives(stage, opened), None
    except UnmoorError as error:
        files, damaged = (), error
    context = _context(stage, opened, plan, request, files)
    kept = context.store.read(stage.name)
    valid = validity(kept, context.inputs)
    if damaged is not None:
        result = _refused(context, kept, damaged)
    elif valid.counts and not request.asked:
        result = _result(context, Resolution.CACHED, Exit.PASS, _SAME.get(stage.effect, "same archives"), kept.record)
    else:
        result = _work(context, request, kept, valid.why or "it was asked for")
    if chain.is_last(stage) and result.code is Exit.PASS:
        _give_verdict(context)
    return result


def _archives(stage: Stage, opened: OpenRelease) -> tuple[Distribution, ...]:
    """Return the archives that a stage works with, none where it is about the tree.

    They are what the build recorded, never what happens to lie there: raises ``Blocked`` where the two differ.
    """
    if not binds_files(stage, opened.component):
        return ()
    from unmoor.archives import seal

    build = opened.store.read(chain.BUILD.name).record
    return seal.verified(opened.state / "dist", build.files if build else ())


def _context(
    stage: Stage, opened: OpenRelease, plan: OpenPlan, request: Request, files: tuple[Distribution, ...]
) -> Context:
    identities = select_targets.identities(opened.component, plan.plan.mode)
    inputs = inputs_of(
        stage, opened.component, opened.release, plan.plan, files=files, target=identities.get(stage.name, "")
    )
    return Context(
        stage=stage,
        component=opened.component,
        release=opened.release,
        plan=plan.plan,
        store=opened.store,
        state=opened.state,
        environ=request.environ,
        workspace=plan.clone(request),
        observer=plan.observer,
        memory=request.memory,
        say=request.say,
        posargs=request.posargs,
        approval=request.approval,
        inputs=inputs,
        identities=identities,
        distributions=files,
    )


def _result(context: Context, how: Resolution, code: Exit, why: str, record: Record | None) -> Result:
    return Result(
        stage=context.stage.name, component=context.component.name, how=how, code=code, why=why, record=record
    )


def _refused(context: Context, kept: Kept, error: UnmoorError) -> Result:
    """Leave evidence that the stage was not begun, because the archives it is about are not what was sealed."""
    from unmoor.pipeline.gate_runner import stopped

    gate, code = stopped("archives-are-sealed", "the archives are the ones that were built and tested", error)
    record = ended(context, begun(context, kept), (gate,), None, code, 0.0)
    context.store.write(record)
    return _result(context, Resolution.RAN, code, "", record)


def _work(context: Context, request: Request, kept: Kept, why: str) -> Result:
    """Run the stage under its lock, leaving an intent before and a record after."""
    stage = context.stage
    busy = f"{stage.name} of {context.release}"
    narrowed = Narrowing.ARGUMENTS if context.posargs and stage.effect is Effect.NONE else Narrowing.NOT
    with ExitStack() as held:
        locks = held.enter_context(lock.held(context.state / "locks" / stage.name, what=busy, patience=_LOCK_PATIENCE))
        now = context.store.read(stage.name)
        if now.digest != kept.digest and not narrowed and validity(now, context.inputs).counts:
            return _result(context, Resolution.CACHED, Exit.PASS, "by another run", now.record)
        intent = begun(context, now)
        if not narrowed:
            context.store.write(intent)
        ready = held.enter_context(
            select_targets.open_target(replace(context, locks=locks, mark=_marker(context, intent)))
        )
        record, code = _gates_and_step(ready, intent, request)
        if narrowed:
            result = _result(context, Resolution.RAN, code, "narrowed, so it proves nothing", record)
            return replace(result, narrowed=narrowed)
        context.store.write(record)
        return _result(context, record.how, code, why, record)


def _marker(context: Context, intent: Record) -> Callable[[str], None]:
    def mark(detail: str) -> None:
        context.store.write(replace(intent, detail=detail))

    return mark


def _gates_and_step(context: Context, intent: Record, request: Request) -> tuple[Record, Exit]:
    """Run gates, step, gates; stop at the first part that does not hold."""
    from unmoor.pipeline import gate_runner, session_gate, tree_gate

    clock, stage = time.monotonic(), context.stage
    makes = stage.effect is Effect.LOCAL
    records, code = session_gate.judge_sessions(request.own, context)
    if not (records and stage.replaceable):
        records, code = _and(records, code, gate_runner.run_gates(stage.before, context))
    if not makes:
        records, code = _and(records, code, gate_runner.run_command_gates(context))
    done: Done | None = None
    if code is Exit.PASS and stage.step:
        done, stopped, code = _step(context)
        records += stopped
    if done is not None:
        after = replace(context, distributions=done.files)
        records, code = _and(records, code, gate_runner.run_gates(stage.after, after))
        if makes:
            # The project's own gates are about what is made here, which is there only now.
            records, code = _and(records, code, gate_runner.run_command_gates(after))
    if stage.effect is Effect.NONE:
        records, code = _and(records, code, tree_gate.judge_tree(context))
    return ended(context, intent, records, done, code, time.monotonic() - clock), code


def _and(
    records: tuple[GateRecord, ...], code: Exit, more: tuple[tuple[GateRecord, ...], Exit]
) -> tuple[tuple[GateRecord, ...], Exit]:
    return records + more[0], worst([code, more[1]])


def _step(context: Context) -> tuple[Done | None, tuple[GateRecord, ...], Exit]:
    from unmoor import stages
    from unmoor.pipeline.gate_runner import crashed, stopped

    name, asserts = context.stage.step, "the step is done"
    step = stages.load(name)
    try:
        return (step.observe(context) or step.run(context)), (), Exit.PASS
    except UnmoorError as error:
        record, code = stopped(name, asserts, error)
    except Exception:  # noqa: BLE001 - a crash leaves a record and a line too, whatever was published before it
        record, code = crashed(name, asserts, context)
    context.say(f"STOPPED {name}: {record.problems[0].message}")
    return None, (record,), code


def _give_verdict(context: Context) -> None:
    """Leave the verdict over all that is kept; say nothing new when it stands already for the same records."""
    from unmoor.evidence.verdict import VERDICT, verdict

    kept: Mapping[str, Kept] = {each.name: context.store.read(each.name) for each in chain.CHAIN}
    given = verdict(kept, context.release, context.plan, context.inputs)
    before = context.store.read(VERDICT).record
    if before is None or (before.relied_on, before.outcome) != (given.relied_on, given.outcome):
        context.store.write(given)
