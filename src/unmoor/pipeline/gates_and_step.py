"""What a stage does once it is its turn: gates, step, gates; live, each part only where the one before it holds.

A rehearsal goes on past a gate that does not hold, so that one run shows everything; its record still says so.

Whatever it dies of leaves a record: an error raised on purpose, and a crash of a gate, the step or the pipeline itself.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from unmoor.context import Context
from unmoor.errors import Exit, UnmoorError, worst
from unmoor.evidence.record import GateRecord, Record
from unmoor.model import Effect, Skip
from unmoor.pipeline.attempt_history import ended
from unmoor.pipeline.finishing import noticed
from unmoor.request import Request
from unmoor.state import progress

if TYPE_CHECKING:
    from unmoor.stages import Done

__all__ = ["carry_through"]


def carry_through(context: Context, intent: Record, request: Request) -> tuple[Record, Exit]:
    """Run gates and step; a crash of the pipeline itself leaves a record too, and says where to go on."""
    from unmoor.pipeline import gate_runner

    clock = time.monotonic()
    try:
        return _gates_and_step(context, intent, request)
    except UnmoorError as error:
        gate, code = gate_runner.stopped(context.stage.name, "the stage is carried out", error)
    except Exception:  # noqa: BLE001 - whatever it was, files may be out
        gate, code = gate_runner.crashed(context.stage.name, "the stage is carried out", context)
        code = _resumable(context, code)
    context.say(f"STOPPED {gate.name}: {gate.problems[0].message}")
    return ended(context, intent, (gate,), None, code, time.monotonic() - clock), code


def _resumable(context: Context, code: Exit) -> Exit:
    """Return the code of a crash: once files may be out, what matters is that the same command goes on."""
    begun = context.live and progress.reached(context.state, context.store) > Effect.LOCAL
    return Exit.INCOMPLETE if begun else code


def _gates_and_step(context: Context, intent: Record, request: Request) -> tuple[Record, Exit]:
    """Run gates, step, gates; live, stop at the first part that does not hold."""
    from unmoor.pipeline import gate_runner, session_gate, tree_gate

    clock, stage = time.monotonic(), context.stage
    makes = stage.effect is Effect.LOCAL
    if stage.effect is Effect.NONE:
        tree_gate.take_note(context)
    records, code = session_gate.judge_sessions(request.own, context)
    # Where this machine lacks their Python, unmoor's own gates are better than none.
    replaced = any(each.skipped is not Skip.NOT_REHEARSED for each in records)
    if not (replaced and stage.replaceable):
        records, code = _and(records, code, gate_runner.run_gates(stage.before, context))
    if not makes:
        records, code = _and(records, code, gate_runner.run_command_gates(context))
    records, code = noticed(records, code, context)
    done: Done | None = None
    if stage.step and (code is Exit.PASS or request.goes_on):
        done, stopped, ended_with = _step(context)
        records, code = records + stopped, worst([code, ended_with])
    if done is not None:
        after = replace(context, distributions=done.files)
        later, judged = gate_runner.run_gates(stage.after, after)
        if makes:
            # The project's own gates are about what is made here, which is there only now.
            later, judged = _and(later, judged, gate_runner.run_command_gates(after))
        records, code = _and(records, code, noticed(later, judged, context))
    if stage.effect is Effect.NONE:
        records, code = _and(records, code, noticed(*tree_gate.judge_tree(context), context))
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
        code = _resumable(context, code)
    context.say(f"STOPPED {name}: {record.problems[0].message}")
    return None, (record,), code
