"""Carry a stage out for every release of the plan, in dependency order, and roll up how they ended.

A release that is stopped takes only those out that wait for it; the others go on. The faces call ``carry_out`` and
nothing else.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from graphlib import TopologicalSorter

from unmoor import chain
from unmoor.errors import Exit, Incomplete, UnmoorError, worst
from unmoor.evidence.record import Result
from unmoor.model import Effect, Mode, Resolution, Scope, Stage
from unmoor.pipeline.open_plan import OpenPlan, OpenRelease, open_plan
from unmoor.pipeline.run_stage import run_stage
from unmoor.rehearsal import select_targets
from unmoor.request import Request
from unmoor.runtime.files import write_whole
from unmoor.runtime.redact import redact
from unmoor.runtime.shortage import shortage

__all__ = ["StageResult", "carry_out", "carry_out_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """How a stage ended for every release of the plan, in the plan's order.

    ``errors`` are what kept releases from being begun or ended, other than their gates and steps. ``shows_all`` says
    that it is a rehearsal that goes on past what does not pass, ``passed_over`` are those
    stages.
    """

    stage: str
    results: tuple[Result, ...]
    errors: tuple[UnmoorError, ...] = ()
    shows_all: bool = False
    passed_over: tuple[str, ...] = ()

    @property
    def code(self) -> Exit:
        """The gravest exit code of all releases."""
        return worst([each.code for each in self.results])

    @property
    def goes_on(self) -> bool:
        """Whether there is something to go on with.

        Any release that has passed, or only waits to be seen; in a rehearsal all but one that has no archives.
        """
        stage = chain.stage(self.stage)
        if self.shows_all and any(_leaves_archives(stage, each) for each in self.results):
            return True
        permanent = stage.effect is Effect.PERMANENT
        return any(each.code is Exit.PASS or (permanent and _is_awaited(each)) for each in self.results)


def _is_awaited(result: Result) -> bool:
    return result.record is not None and result.record.is_awaited


def _leaves_archives(stage: Stage, result: Result) -> bool:
    """Say whether what comes after a stage has archives to work with, as far as this stage has to make them."""
    if stage.effect is not Effect.LOCAL:
        return True
    record = result.record
    # A step that failed has left none, whatever is kept from earlier.
    failed = {gate.name for gate in record.gates if not gate.holds} if record is not None else set()
    return record is not None and bool(record.files) and stage.step not in failed


def carry_out(name: str, request: Request) -> StageResult:
    """Carry out the stage called ``name`` for the plan that the request opens.

    Raises ``UnmoorError`` only when there is nothing to speak of (wrong settings, no repository, a version that is
    not the tree's, another run at work); everything else ends in results and in evidence.
    """
    stage = chain.stage(name)
    return carry_out_plan(stage, open_plan(request, local=stage.is_local), request)


def carry_out_plan(stage: Stage, opened: OpenPlan, request: Request) -> StageResult:
    """Carry out a stage for an open plan; raise ``UnmoorError`` where its only release could not be begun."""
    ended: dict[str, Result] = {}
    errors: dict[str, UnmoorError] = {}

    def one(each: OpenRelease) -> None:
        started = time.monotonic()
        try:
            result = _withheld(stage, each, opened, ended, request) or run_stage(stage, each, opened, request)
        except UnmoorError as error:
            # Another run is at this stage, say: no evidence of ours, but the final summary has to know.
            errors[each.component.name] = error
            result = _stopped(stage, each, Exit(error.code), error.problems[0].message)
        except Exception as error:  # noqa: BLE001 - a crash leaves a line and a code, whatever went out before it
            errors[each.component.name] = told = _crash(stage, each, error)
            result = _stopped(stage, each, Exit(told.code), told.problems[0].message)
        except KeyboardInterrupt:
            result = _stopped(stage, each, Exit.INCOMPLETE, "interrupted")
            ended[each.component.name] = replace(result, seconds=round(time.monotonic() - started, 2))
            raise
        ended[each.component.name] = replace(result, seconds=round(time.monotonic() - started, 2))

    try:
        _in_order(opened.releases if stage.scope is Scope.COMPONENT else opened.releases[:1], one)
    finally:
        _tell(stage, opened, request, ended)
    if errors and len(opened.releases) == 1:
        raise next(iter(errors.values()))
    results = tuple(ended[each.component.name] for each in opened.releases if each.component.name in ended)
    return StageResult(
        stage=stage.name,
        results=results,
        errors=tuple(errors.values()),
        shows_all=request.goes_on,
        passed_over=_passed_over(stage, opened, request) if request.goes_on else (),
    )


def _in_order(releases: Iterable[OpenRelease], one: Callable[[OpenRelease], None]) -> None:
    """Call ``one`` for each release after those it waits for, as many at once as the machine has cores."""
    named = {each.component.name: each for each in releases}
    if len(named) == 1:
        # Here and now: an interruption reaches the main thread, and what it is doing.
        one(next(iter(named.values())))
        return
    order = TopologicalSorter({name: set(each.release.waits_for) & set(named) for name, each in named.items()})
    order.prepare()
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        while order.is_active():
            running |= {pool.submit(one, named[name]): name for name in order.get_ready()}
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for each in finished:
                name = running.pop(each)
                each.result()
                order.done(name)


def _withheld(
    stage: Stage, each: OpenRelease, opened: OpenPlan, ended: Mapping[str, Result], request: Request
) -> Result | None:
    """Return the result of a release that is not begun, because it or one that it waits for was stopped before.

    Stages that only look are for everybody, and so is a rehearsal that goes on, as far as there are archives. With a
    single release nox has seen to it already.
    """
    if stage.effect is Effect.NONE or len(opened.releases) == 1:
        return None
    for name in each.release.waits_for:
        before = ended.get(name)
        if before is not None and before.code is not Exit.PASS and _takes_along(stage, before, request):
            return _stopped(stage, each, Exit.GATE_FAILED, f"it waits for {name}, which was stopped", withheld=True)
    for name in stage.requires:
        record = each.store.read(name).record
        if request.goes_on and record is not None and (record.files or chain.stage(name).effect is Effect.NONE):
            continue
        if record is not None and record.finished and not record.passed and not record.is_awaited:
            return _stopped(stage, each, Exit.GATE_FAILED, f"its stage {name} did not pass", withheld=True)
    return None


def _takes_along(stage: Stage, before: Result, request: Request) -> bool:
    """Say whether a release that did not pass a stage takes those out that wait for it."""
    return before.withheld or not request.goes_on or not _leaves_archives(stage, before)


def _crash(stage: Stage, each: OpenRelease, error: Exception) -> UnmoorError:
    """Return what to say of an error that nobody raised on purpose; where it came from is kept in a log."""
    if (short := shortage(error)) is not None:
        return short
    log = each.state / "logs" / f"{stage.name}.crash.log"
    with suppress(OSError, UnmoorError):
        write_whole(log, redact("".join(traceback.format_exception(error))).encode())
    what = f"unmoor itself crashed: {redact(''.join(traceback.format_exception_only(error)).strip())}"
    hint = f"please report this, with {log}"
    if each.progress > Effect.LOCAL:
        return Incomplete(what, hint=f"files are out; run the same command again to finish, and {hint}")
    return UnmoorError(what, hint=hint)


def _stopped(stage: Stage, each: OpenRelease, code: Exit, why: str, *, withheld: bool = False) -> Result:
    return Result(
        stage=stage.name, component=each.component.name, how=Resolution.RAN, code=code, why=why, withheld=withheld
    )


def _tell(stage: Stage, opened: OpenPlan, request: Request, ended: Mapping[str, Result]) -> None:
    """Leave how the stage ended where the final summary looks for it."""
    live = opened.plan.mode is Mode.LIVE
    said = [
        {
            "component": each.component.name,
            "how": str(result.how),
            "code": int(result.code),
            "why": result.why,
            "narrowed": str(result.narrowed),
            "recorded": str(result.record.key) if result.record else "",
            "seconds": result.seconds,
            "state": str(each.state),
            "addresses": asdict(select_targets.addresses(each.component)) if live else None,
        }
        for each in opened.releases
        if (result := ended.get(each.component.name)) is not None
    ]
    write_whole(opened.layout.run(request.run) / f"{stage.name}.json", json.dumps(said).encode())


def _passed_over(stage: Stage, opened: OpenPlan, request: Request) -> tuple[str, ...]:
    """Return the stages before this one that this very run has gone past although they did not pass."""
    required, found = chain.required_by(stage.name), []
    for name in (each.name for each in chain.CHAIN if each.name in required):
        with suppress(OSError, ValueError, TypeError, KeyError):
            if any(each["code"] for each in json.loads((opened.layout.run(request.run) / f"{name}.json").read_bytes())):
                found.append(name)
    return tuple(found)
