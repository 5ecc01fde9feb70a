"""Evidence of the project's own sessions: what their wrapper leaves, and whether it still counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from unmoor.chain import stage
from unmoor.errors import UnmoorError
from unmoor.evidence.binding import inputs_of
from unmoor.evidence.record import Record
from unmoor.evidence.validity import validity
from unmoor.model import Outcome, Resolution
from unmoor.pipeline.open_plan import OpenPlan, OpenRelease
from unmoor.request import OwnSession
from unmoor.runtime.clock import now

__all__ = ["is_proven", "prove"]


def is_proven(own: OwnSession, part: str, opened: OpenPlan) -> bool:
    """Say whether the evidence of the session, run as ``part``, counts for every release of the plan."""
    return all(
        validity(each.store.read(own.stage, own.called(part)), _inputs(own, each)).counts for each in opened.releases
    )


def prove(own: OwnSession, part: str, opened: OpenPlan, run: Callable[[], None]) -> None:
    """Run the session's own function and keep that it succeeded, for every release of the plan.

    Whatever it raises passes through, recorded.
    """
    started, clock = now(), time.monotonic()

    def keep(outcome: Outcome, detail: str = "", *, finished: bool = True) -> None:
        for each in opened.releases:
            made = _record(own, part, each, outcome, detail)
            seconds = round(time.monotonic() - clock, 2)
            each.store.write(replace(made, started=started, finished=now() if finished else "", seconds=seconds))

    keep(Outcome.ERROR, "begun", finished=False)
    try:
        run()
    except UnmoorError as error:
        keep(Outcome.FAILED, error.problems[0].message)
        raise
    except BaseException as error:
        keep(Outcome.FAILED, f"{type(error).__name__}: {error}")
        raise
    keep(Outcome.PASSED)


def _inputs(own: OwnSession, each: OpenRelease) -> dict[str, str]:
    return inputs_of(stage(own.stage), each.component, each.release, each.plan)


def _record(own: OwnSession, part: str, each: OpenRelease, outcome: Outcome, detail: str) -> Record:
    return Record(
        stage=own.stage,
        part=own.called(part),
        component=each.release.component,
        version=each.release.version,
        mode=each.plan.mode,
        outcome=outcome,
        how=Resolution.RAN,
        detail=detail,
        inputs=_inputs(own, each),
        subjects={"tree": {"gitTree": each.plan.tree}, "commit": {"gitCommit": each.plan.commit}},
        actor=each.plan.actor,
    )
