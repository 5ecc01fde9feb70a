"""Evidence of the project's own sessions: what their wrapper leaves, and whether it still counts.

What their tools have counted and why one failed is kept with it: whoever judges later was not there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from unmoor.chain import BUILD, stage
from unmoor.errors import Blocked, UnmoorError
from unmoor.evidence.binding import JUDGED_BY, binds_files, inputs_of
from unmoor.evidence.part_records import begun
from unmoor.evidence.record import GateRecord, Record
from unmoor.evidence.validity import validity
from unmoor.model import Distribution, Effect, Mode, Outcome, truncated
from unmoor.pipeline.open_plan import OpenPlan, OpenRelease
from unmoor.request import OwnSession
from unmoor.runtime.clock import now
from unmoor.tools import interpreters, uv
from unmoor.tools.session_output import Said

__all__ = ["UNREACHED", "gate_of", "is_complete", "is_proven", "lacks", "prove"]

# The fact that says what a session could not reach, where that is why it failed.
UNREACHED = "unreached"


def is_proven(own: OwnSession, part: str, opened: OpenPlan) -> bool:
    """Say whether the evidence of the session, run as ``part``, counts for every release of the plan."""
    return all(_counts(own, part, each) for each in opened.releases)


def lacks(own: OwnSession, part: str, environ: Mapping[str, str]) -> str:
    """Return the Python that a session, run as ``part``, wants and this machine has not; empty where it has it."""
    python = own.python_of(part)
    return python if interpreters.is_version(python) and uv.find_python(python, environ) is None else ""


def is_complete(own: Sequence[OwnSession], stage: str, opened: OpenPlan, environ: Mapping[str, str]) -> bool:
    """Say whether all of the project's own sessions for a stage have had their turn: proven, or not to be had here."""
    return all(
        is_proven(each, part, opened) or _has_failed(each, part, opened) or lacks(each, part, environ)
        for each in own
        if each.stage == stage
        for part in each.parts or ("",)
    )


def _has_failed(own: OwnSession, part: str, opened: OpenPlan) -> bool:
    """Say whether it failed on what is being rehearsed now: there its stage tells of it, and goes on."""
    if opened.plan.mode is Mode.LIVE:
        return False
    kept = [(each, each.store.read(own.stage, own.called(part)).record) for each in opened.releases]
    return all(
        record is not None and record.outcome is Outcome.FAILED and record.inputs == _inputs(own, each)
        for each, record in kept
    )


def prove(
    own: OwnSession, part: str, opened: OpenPlan, run: Callable[[], None], said: Callable[[], Said] = Said
) -> None:
    """Run the session's own function and keep that it succeeded, for every release of the plan.

    ``said`` tells what its tools have said by then. Whatever it raises passes through, recorded.
    """
    clock = time.monotonic()
    intents = [(each, _begun(own, part, each)) for each in opened.releases]
    for each, intent in intents:
        each.store.write(intent)

    def keep(outcome: Outcome, detail: str = "") -> None:
        seconds, told = round(time.monotonic() - clock, 2), said()
        facts = {kind: str(number) for kind, number in told.counts.items()}
        gates: tuple[GateRecord, ...] = ()
        if outcome is not Outcome.PASSED and told.failure is not None and told.failure.causes:
            detail = told.failure.causes[0].message
            facts |= {UNREACHED: told.failure.unreached} if told.failure.unreached else {}
            gates = (gate_of(own, outcome, problems=truncated(told.failure.causes)),)
        for each, intent in intents:
            ended = replace(intent, outcome=outcome, detail=detail, finished=now(), seconds=seconds)
            each.store.write(replace(ended, facts=facts, gates=gates))

    try:
        run()
    except UnmoorError as error:
        keep(Outcome.FAILED, error.problems[0].message)
        raise
    except SystemExit as error:
        # nox would end with its status, perhaps zero, and would not come to the stage any more.
        ended = Blocked("it ended the program instead of itself", hint="let it return, or call session.error")
        keep(Outcome.FAILED, ended.problems[0].message)
        raise ended from error
    except BaseException as error:
        keep(Outcome.FAILED, f"{type(error).__name__}: {error}")
        raise
    keep(Outcome.PASSED)


def gate_of(own: OwnSession, outcome: Outcome, **more: Any) -> GateRecord:
    """Return the record of a session as the gate of its stage."""
    asserts = "the project's own session succeeds"
    return GateRecord(name=f"session {own.name}", asserts=asserts, outcome=outcome, **more)


def _counts(own: OwnSession, part: str, each: OpenRelease) -> bool:
    kept = each.store.read(own.stage, own.called(part))
    days = 0.0 if each.progress > Effect.LOCAL else each.component.settings.evidence.days
    # Once files are out for good, who judges by then changes nothing: a failure now would only keep the finish away.
    ignoring = JUDGED_BY if each.progress is Effect.PERMANENT else ()
    return validity(kept, _inputs(own, each), days=days, ignoring=ignoring).counts


def _begun(own: OwnSession, part: str, each: OpenRelease) -> Record:
    called, files = own.called(part), _files(own, each)
    kept = each.store.read(own.stage, called)
    return begun(own.stage, called, each.release, each.plan, _inputs(own, each), kept=kept, files=files)


def _inputs(own: OwnSession, each: OpenRelease) -> dict[str, str]:
    return inputs_of(stage(own.stage), each.component, each.release, each.plan, files=_files(own, each))


def _files(own: OwnSession, each: OpenRelease) -> tuple[Distribution, ...]:
    """Return the archives that the session's stage is about, as their build recorded them; none for most."""
    if not binds_files(stage(own.stage), each.component):
        return ()
    built = each.store.read(BUILD.name).record
    return built.files if built else ()
