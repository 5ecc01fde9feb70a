"""Evidence of the project's own sessions: what their wrapper leaves, and whether it still counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from unmoor.errors import UnmoorError
from unmoor.evidence.record import Record
from unmoor.model import How, Outcome, Plan

if TYPE_CHECKING:
    from unmoor.state.evidence_store import Store

__all__ = ["prove"]


def prove(name: str, plan: Plan, store: Store, inputs: Mapping[str, str], run: Callable[[], None]) -> Record:
    """Run the session's own function and keep that it succeeded; whatever it raises passes through, recorded."""
    started, clock = _now(), time.monotonic()

    def record(outcome: Outcome, detail: str = "", *, finished: bool = True) -> Record:
        made = Record(
            stage=name,
            component=plan.release.component,
            version=plan.release.version,
            mode=plan.mode,
            outcome=outcome,
            how=How.RAN,
            detail=detail,
            inputs=dict(inputs),
            subjects={"tree": {"gitTree": plan.tree}, "commit": {"gitCommit": plan.commit}},
            started=started,
            finished=_now() if finished else "",
            seconds=round(time.monotonic() - clock, 2),
            actor=plan.actor,
        )
        store.write(made)
        return made

    record(Outcome.ERROR, "begun", finished=False)
    try:
        run()
    except UnmoorError as error:
        record(Outcome.FAILED, error.problems[0].what)
        raise
    except BaseException as error:
        record(Outcome.FAILED, f"{type(error).__name__}: {error}")
        raise
    return record(Outcome.PASSED)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
