"""Carry one stage out: cached, already there, or run; and leave evidence either way.

    open the release -> what is it bound to? -> evidence for that? cached
                     -> gates before -> does the world have it? already there, else run -> gates after -> evidence

The faces call ``carry_out`` and nothing else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from unmoor import chain
from unmoor.context import Context
from unmoor.errors import Exit, UnmoorError, worst
from unmoor.evidence.binding import inputs_of, why_void
from unmoor.evidence.record import GateRecord, Kept, Record, Result
from unmoor.model import Distribution, Effect, How, Mode, Stage
from unmoor.pipeline.attempts import begun, ended
from unmoor.pipeline.open_release import Opened, open_release
from unmoor.rehearsal import select_targets
from unmoor.request import Request
from unmoor.runtime import lock
from unmoor.runtime.files import write_whole

if TYPE_CHECKING:
    from unmoor.stages import Done

__all__ = ["Result", "carry_out"]

_LOCK_PATIENCE = 2.0


def carry_out(name: str, request: Request) -> Result:
    """Carry out the stage called ``name`` and return how it ended.

    Raises ``UnmoorError`` only when there is no release to speak of (wrong settings, no repository, a version that
    is not the tree's); everything else ends in a result and in evidence.
    """
    started = time.monotonic()
    opened = open_release(request)
    try:
        result = _carry_out(chain.stage(name), opened, request)
    except KeyboardInterrupt:
        result = Result(stage=name, how=How.RAN, code=Exit.INCOMPLETE, why="interrupted")
        _tell(opened, request, replace(result, seconds=round(time.monotonic() - started, 2)))
        raise
    except UnmoorError as error:
        # Another run is at this stage, say: no evidence of ours, but the last words have to know.
        result = Result(stage=name, how=How.RAN, code=Exit(error.code), why=error.problems[0].what)
        _tell(opened, request, replace(result, seconds=round(time.monotonic() - started, 2)))
        raise
    result = replace(result, seconds=round(time.monotonic() - started, 2))
    _tell(opened, request, result)
    return result


def _carry_out(stage: Stage, opened: Opened, request: Request) -> Result:
    try:
        files, damaged = _sealed(stage, opened), None
    except UnmoorError as error:
        files, damaged = (), error
    context = _context(stage, opened, request, files)
    kept = context.store.read(stage.name)
    why = why_void(kept, context.inputs)
    if damaged is not None:
        result = _refused(context, kept, damaged)
    elif not why and not request.asked and kept.record is not None:
        result = Result(stage=stage.name, how=How.CACHED, code=Exit.PASS, why=_same(stage), record=kept.record)
    else:
        result = _work(context, opened, request, kept, why or "it was asked for")
    if stage is chain.CHAIN[-1] and result.code is Exit.PASS:
        from unmoor.evidence import verdict

        verdict.give(context.store, opened.plan, context.inputs)
    return result


def _context(stage: Stage, opened: Opened, request: Request, files: tuple[Distribution, ...]) -> Context:
    from unmoor.pipeline.clone import Clone

    identities = select_targets.identities(opened.project, opened.plan)
    inputs = inputs_of(stage, opened.project, opened.plan, files=files, target=identities.get(stage.name, ""))
    return Context(
        stage=stage,
        project=opened.project,
        plan=opened.plan,
        targets=select_targets.targets(opened.project, opened.plan, opened.state),
        store=opened.store,
        state=opened.state,
        environ=request.environ,
        workspace=Clone(opened, request),
        say=request.say,
        posargs=request.posargs,
        approval=request.approval,
        inputs=inputs,
        identities=identities,
        distributions=files,
    )


def _sealed(stage: Stage, opened: Opened) -> tuple[Distribution, ...]:
    """Return the archives that a stage works with: the outward ones do, and tests of the wheel.

    They are what the build recorded, never what happens to lie there: raises ``Blocked`` where the two differ.
    """
    against_wheel = stage.name == "tests" and opened.project.settings.tests.against == "wheel"
    if stage.effect <= Effect.LOCAL and not against_wheel:
        return ()
    from unmoor.archives import seal

    build = opened.store.read("build").record
    return seal.verified(opened.state / "dist", build.files if build else ())


def _refused(context: Context, kept: Kept, error: UnmoorError) -> Result:
    """Leave evidence that the stage was not begun, because the archives it is about are not what was sealed."""
    from unmoor.pipeline.gate_runner import stopped

    gate, code = stopped("archives-are-sealed", "the archives are the ones that were built and tested", error)
    record = ended(context, begun(context, kept), (gate,), None, code, 0.0)
    context.store.write(record)
    return Result(stage=context.stage.name, how=How.RAN, code=code, why="", record=record)


def _same(stage: Stage) -> str:
    return (
        "same tree" if stage.effect is Effect.NONE else "same plan" if stage.effect is Effect.LOCAL else "same archives"
    )


def _work(context: Context, opened: Opened, request: Request, kept: Kept, why: str) -> Result:
    """Run the stage under its lock, leaving an intent before and a record after."""
    stage = context.stage
    busy = f"{stage.name} of {opened.plan.release.component} {opened.plan.release.version}"
    with lock.held(context.state / "locks" / stage.name, what=busy, patience=_LOCK_PATIENCE) as handles:
        now = context.store.read(stage.name)
        narrowed = bool(context.posargs) and stage.effect is Effect.NONE
        if now.digest != kept.digest and not narrowed and not why_void(now, context.inputs):
            return Result(stage=stage.name, how=How.CACHED, code=Exit.PASS, why="by another run", record=now.record)
        intent = begun(context, now)
        if not narrowed:
            context.store.write(intent)
        with _index(replace(context, locks=handles, mark=_marker(context, intent))) as ready:
            record, code = _gates_and_step(ready, intent, request)
        if narrowed:
            return Result(stage=stage.name, how=How.RAN, code=code, why="narrowed, so it proves nothing", record=record)
        context.store.write(record)
        return Result(stage=stage.name, how=record.how, code=code, why=why, record=record)


def _marker(context: Context, intent: Record) -> Callable[[str], None]:
    def mark(detail: str) -> None:
        context.store.write(replace(intent, detail=detail))

    return mark


def _gates_and_step(context: Context, intent: Record, request: Request) -> tuple[Record, Exit]:
    """Run gates, step, gates; stop at the first part that does not hold."""
    from unmoor.pipeline.gate_runner import judge_all, judge_tree

    clock = time.monotonic()
    stage = context.stage
    records, code = _own_gates(context, request)
    if not (records and stage.replaceable):
        ours, our_code = judge_all(stage.before, context)
        records, code = records + ours, worst([code, our_code])
    if stage.step != "build":
        records, code = _and_commands(records, code, context)
    done: Done | None = None
    if code is Exit.PASS and stage.step:
        done, stopped, code = _step(context)
        records += stopped
    if done is not None:
        after, code = judge_all(stage.after, replace(context, distributions=done.files))
        records += after
    if done is not None and stage.step == "build":
        # The project's own gates of the build are about the archives, which are there only now.
        records, code = _and_commands(records, code, replace(context, distributions=done.files))
    if stage.effect is Effect.NONE:
        touched, touched_code = judge_tree(context)
        records += touched
        code = worst([code, touched_code])
    return ended(context, intent, records, done, code, time.monotonic() - clock), code


def _and_commands(records: tuple[GateRecord, ...], code: Exit, context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    from unmoor.pipeline.gate_runner import judge_commands

    more, more_code = judge_commands(context)
    return records + more, worst([code, more_code])


@contextmanager
def _index(context: Context) -> Iterator[Context]:
    """Open whom the stage speaks to for as long as it is at work."""
    if context.stage.step == "tag":
        select_targets.ready(context)
    if context.stage.step != "publish":
        yield context
        return
    with select_targets.open_index(context, context.stage.name) as index:
        yield replace(context, index=index)


def _own_gates(context: Context, request: Request) -> tuple[tuple[GateRecord, ...], Exit]:
    """Judge the project's own sessions where they prove this stage; no record where none does."""
    from unmoor.pipeline.gate_runner import judge_session

    judged = [judge_session(own, context) for own in request.own if own.stage == context.stage.name]
    return tuple(record for record, _ in judged), worst([code for _, code in judged])


def _step(context: Context) -> tuple[Done | None, tuple[GateRecord, ...], Exit]:
    from unmoor import stages
    from unmoor.pipeline.gate_runner import stopped

    step = stages.load(context.stage.step)
    try:
        return (step.observe(context) or step.run(context)), (), Exit.PASS
    except UnmoorError as error:
        record, code = stopped(context.stage.step, "the step is done", error)
        context.say(f"STOPPED {context.stage.step}: {error.problems[0].what}")
        return None, (record,), code


def _tell(opened: Opened, request: Request, result: Result) -> None:
    """Leave how the stage ended where the last words of the run look for it."""
    said = {
        "how": str(result.how),
        "code": int(result.code),
        "why": result.why,
        "recorded": result.record.stage if result.record else "",
        "seconds": result.seconds,
        "state": str(opened.state),
        "mode": str(opened.plan.mode),
        "addresses": asdict(select_targets.addresses(opened.project)) if opened.plan.mode is Mode.LIVE else None,
    }
    write_whole(opened.places.run(request.run) / f"{result.stage}.json", json.dumps(said).encode())
