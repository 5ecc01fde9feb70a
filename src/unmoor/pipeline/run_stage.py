"""Carry one stage of one release out: cached, already there, or run; and leave evidence either way.

what is it bound to? -> evidence for that? cached
-> gates before -> is it so already? already there, else run -> gates after -> evidence
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace

from unmoor import chain
from unmoor.context import Context
from unmoor.errors import Blocked, Exit, UnmoorError
from unmoor.evidence.binding import binds_files, inputs_of, same_content
from unmoor.evidence.record import Kept, Narrowing, Record, Result
from unmoor.evidence.validity import Standing, Validity, chained
from unmoor.model import Distribution, Effect, Outcome, Resolution, Stage
from unmoor.pipeline import one_writer
from unmoor.pipeline.attempt_history import begun, ended
from unmoor.pipeline.gates_and_step import carry_through
from unmoor.pipeline.open_plan import OpenPlan, OpenRelease
from unmoor.rehearsal import select_targets
from unmoor.request import Request

__all__ = ["run_stage"]

_SAME = {Effect.NONE: "same tree", Effect.LOCAL: "same plan"}


def run_stage(stage: Stage, opened: OpenRelease, plan: OpenPlan, request: Request) -> Result:
    """Carry out a stage of a release and return how it ended; ``plan`` is the open plan that the release is of.

    Raises ``Incomplete`` where another run is at work on it, ``Blocked`` where it would need another tree.
    """
    context = _context(stage, opened, plan, request)
    try:
        context = _with_archives(context, plan)
    except Blocked as error:
        return _refused(context, context.store.read(stage.name), error)
    kept = context.store.read(stage.name)
    valid = _standing(context, kept)
    if plan.away and stage.effect is Effect.NONE:
        result = _from_elsewhere(context, kept, valid)
    elif _stands(context, kept, valid) and not request.asked:
        result = _cached(context, request, kept)
    else:
        result = _work(context, request, kept, valid.why if valid.standing is not Standing.MISSING else "")
    if chain.is_last(stage) and result.code is Exit.PASS:
        result = _with_verdict(context, result)
    return result


def _context(stage: Stage, opened: OpenRelease, plan: OpenPlan, request: Request) -> Context:
    outward = stage.effect > Effect.LOCAL
    return Context(
        stage=stage,
        component=opened.component,
        release=opened.release,
        plan=plan.plan,
        store=opened.store,
        state=opened.state,
        environ=request.environ,
        workspace=plan.clone(request),
        # What was so when the run began is no reason to do what cannot be undone.
        observer=plan.observer.afresh() if outward and request.live else plan.observer,
        memory=request.memory,
        say=request.say,
        reporter=request.reporter,
        posargs=request.posargs,
        approval=request.approval,
        asked=request.asked,
        goal=request.goal,
        send_again=request.send_again,
        identities=select_targets.identities(opened.component, plan.plan.mode),
        progress=opened.progress,
    )


def _with_archives(context: Context, plan: OpenPlan) -> Context:
    """Return the context with the archives that the stage works with, and with what its evidence is bound to.

    They are what the build recorded, never what happens to lie there: raises ``Blocked`` where the two differ.
    """
    stage, component, files = context.stage, context.component, tuple[Distribution, ...]()
    if binds_files(stage, component):
        from unmoor.archives import seal

        build = context.store.read(chain.BUILD.name).record
        try:
            files = seal.verified(context.dist, build.files if build else ())
        except Blocked as error:
            raise _with_way_back(error, context) from error
    target = context.identities.get(stage.name, "")
    inputs = inputs_of(stage, component, context.release, plan.plan, files=files, target=target)
    return replace(context, distributions=files, inputs=inputs)


def _with_way_back(error: Blocked, context: Context) -> Blocked:
    """Return the error with the command that brings the right archives back."""
    live = f" -- --live {context.release.version}" if context.live else ""
    does = "fetches what was built back by its digests" if context.has_begun else "builds anew"
    hint = f"publish none of these; nox -s {context.component.repository.session(chain.BUILD.name)}{live}  ({does})"
    return Blocked.of([replace(each, hint=hint) for each in error.problems])


def _standing(context: Context, kept: Kept) -> Validity:
    """Return how the stage's kept evidence stands, with the evidence that it relied on."""
    # Evidence ages until the first file goes out, and never again: an approval may take its time.
    valid = context.store.standing(kept, context.inputs, days=context.evidence_days)
    if not valid.counts:
        return valid
    return chained(kept, {name: context.store.read(name) for name in context.stage.requires})


def _stands(context: Context, kept: Kept, valid: Validity) -> bool:
    """Say whether the stage need not be carried out: its evidence counts, or its question was settled for good.

    Once the main index has a file, what was proven of the same content before stays proven, whoever would judge now;
    whatever becomes of the test index then proves nothing any more.
    """
    if valid.counts or not context.is_finishing or context.stage.effect > Effect.PUBLIC:
        return valid.counts
    return kept.record is not None and kept.record.passed and same_content(kept.record.inputs, context.inputs)


def _cached(context: Context, request: Request, kept: Kept) -> Result:
    """Return the result of a stage whose evidence counts; the build's does as long as its archives are there."""
    if context.stage.effect is Effect.LOCAL and kept.record is not None:
        from unmoor.archives import seal

        if not seal.is_whole(context.dist, kept.record.files):
            return _work(context, request, kept, "the archives are gone")
        try:
            seal.verified(context.dist, kept.record.files)
        except Blocked as error:
            return _refused(context, kept, _with_way_back(error, context))
    why = _SAME.get(context.stage.effect, "same archives")
    return _result(context, Resolution.CACHED, Exit.PASS, why, kept.record)


def _from_elsewhere(context: Context, kept: Kept, valid: Validity) -> Result:
    """Return what was proven of the planned tree: the working tree is another one, and says nothing about it."""
    record = kept.record
    if valid.counts or (context.is_finishing and record is not None and record.passed):
        why = f"of commit {context.plan.commit[:7]}, which the tree is not at"
        return _result(context, Resolution.CACHED, Exit.PASS, why, record)
    raise Blocked(
        f"the evidence of {context.stage.name!r} does not count ({valid.why}), and the tree is not at the commit "
        f"{context.plan.commit[:12]} that {context.release.version} is released from",
        hint=f"git worktree add --detach ../{context.release.tag} {context.plan.commit}, and there: "
        f"nox -s {context.component.repository.session(context.stage.name)} -- --live {context.release.version}",
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
    narrowed = Narrowing.ARGUMENTS if context.posargs and stage.effect is Effect.NONE else Narrowing.NOT
    with ExitStack() as held:
        locks = held.enter_context(one_writer.at_work(context))
        now = context.store.read(stage.name)
        if now.digest != kept.digest and not narrowed and _standing(context, now).counts:
            return _result(context, Resolution.CACHED, Exit.PASS, "by another run", now.record)
        intent = begun(context, now)
        if not narrowed:
            context.store.write(intent)
        ready = held.enter_context(
            select_targets.open_target(replace(context, locks=locks, mark=_marker(context, intent)))
        )
        last = now.record if now.record is not None and now.record.finished else None
        request.reporter.begins(stage.name, context.component.name, before=last.seconds if last else 0.0)
        record, code = carry_through(ready, intent, request)
        if narrowed:
            result = _result(context, Resolution.RAN, code, "narrowed, so it proves nothing", record)
            return replace(result, narrowed=narrowed)
        left = "" if code else next((gate.elsewhere for gate in record.gates if gate.elsewhere), "")
        if left:
            # What was done here is proven by itself; the stage is not, until the rest of it is there too.
            record = replace(record, outcome=Outcome.ERROR, detail=left, code=int(Exit.INCOMPLETE))
        context.store.write(record)
        result = _result(context, record.how, code, left or why, record)
        return replace(result, narrowed=Narrowing.PART) if left else result


def _marker(context: Context, intent: Record) -> Callable[[str], None]:
    def mark(detail: str) -> None:
        context.store.write(replace(intent, detail=detail))

    return mark


def _with_verdict(context: Context, result: Result) -> Result:
    """Leave the verdict over all that is kept; one that speaks against the release is what the stage ends with.

    Nothing new is said when it stands already for the same records.
    """
    from unmoor.evidence.verdict import VERDICT, verdict

    kept: Mapping[str, Kept] = {each.name: context.store.read(each.name) for each in chain.CHAIN}
    settled = [each.name for each in chain.CHAIN if context.is_finishing and each.effect <= Effect.PUBLIC]
    given = verdict(kept, context.release, context.plan, context.inputs, settled=settled)
    before = context.store.read(VERDICT).record
    if before is None or (before.relied_on, before.outcome) != (given.relied_on, given.outcome):
        context.store.write(given)
    if given.passed:
        return result
    missed = [name for name, each in kept.items() if each.record is None or not each.record.passed]
    awaited = [name for name, each in kept.items() if each.record is not None and each.record.is_awaited]
    if awaited == missed:
        why = f"the tag is there, and {', '.join(awaited)} does not show yet what it accepted: no verdict before that"
        return replace(result, how=Resolution.RAN, code=Exit.INCOMPLETE, why=why, record=None)
    why = f"the verdict is against it: {given.detail}"
    return replace(result, how=Resolution.RAN, code=Exit.GATE_FAILED, why=why, record=None)
