"""Evidence of the project's own sessions: what their wrapper leaves, and whether it still counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from unmoor.chain import BUILD, stage
from unmoor.errors import Blocked, UnmoorError
from unmoor.evidence.binding import JUDGED_BY, binds_files, inputs_of
from unmoor.evidence.part_records import begun
from unmoor.evidence.record import Record
from unmoor.evidence.validity import validity
from unmoor.model import Distribution, Effect, Outcome
from unmoor.pipeline.open_plan import OpenPlan, OpenRelease
from unmoor.request import OwnSession
from unmoor.runtime.clock import now

__all__ = ["is_proven", "prove"]


def is_proven(own: OwnSession, part: str, opened: OpenPlan) -> bool:
    """Say whether the evidence of the session, run as ``part``, counts for every release of the plan."""
    return all(_counts(own, part, each) for each in opened.releases)


def prove(own: OwnSession, part: str, opened: OpenPlan, run: Callable[[], None]) -> None:
    """Run the session's own function and keep that it succeeded, for every release of the plan.

    Whatever it raises passes through, recorded.
    """
    clock = time.monotonic()
    intents = [(each, _begun(own, part, each)) for each in opened.releases]
    for each, intent in intents:
        each.store.write(intent)

    def keep(outcome: Outcome, detail: str = "") -> None:
        seconds = round(time.monotonic() - clock, 2)
        for each, intent in intents:
            each.store.write(replace(intent, outcome=outcome, detail=detail, finished=now(), seconds=seconds))

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
