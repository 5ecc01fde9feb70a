"""Every stage this one requires has passed, for exactly these inputs, and relied on what is there now.

nox counts a skipped session as a success and runs what depends on it, so the order of sessions proves nothing;
the records do.
"""

from __future__ import annotations

from unmoor.chain import CHAIN
from unmoor.context import Context
from unmoor.evidence.binding import JUDGED_BY, inputs_of
from unmoor.evidence.record import Kept
from unmoor.evidence.validity import about_other_files, chained, validity
from unmoor.model import Effect, Finding, FindingKind, Findings, Stage

ASSERTS = "every required stage has passed for exactly this content and these archives"


def check(context: Context) -> Findings:
    """Read the evidence of all stages before this one and compare what it is bound to with what is there now."""
    problems, unchained, notices = [], [], []
    live = f" -- --live {context.release.version}" if context.live else ""
    called = context.component.repository.session
    names = [stage.name for stage in CHAIN]
    earlier = CHAIN[: names.index(context.stage.name)]
    for stage in earlier:
        kept = context.store.read(stage.name)
        against, remark = _judge(stage, kept, context)
        chain = chained(kept, {name: context.store.read(name) for name in stage.requires})
        what = f"the evidence of {stage.name!r} does not count: {against or chain.why}"
        # A stage that came to its end and did not pass says itself what is to be mended.
        spoken = kept.record is not None and kept.record.finished and not kept.record.passed
        kind = FindingKind.FOLLOWS if spoken else FindingKind.REMARK
        found = Finding(message=what, hint=f"nox -s {called(stage.name)}{live}", kind=kind)
        if against and not (kept.record is not None and kept.record.follows):
            problems.append(found)
        elif against or not (chain.counts or context.is_finishing):
            unchained.append(found)
        elif remark:
            notices.append(Finding(message=f"the evidence of {stage.name!r} stands although {remark}: files are out"))
    # What relied on evidence that is missing, void or a failure is no problem of its own.
    return Findings(examined=len(earlier), unit="stages", problems=tuple(problems or unchained), notices=tuple(notices))


def _judge(stage: Stage, kept: Kept, context: Context) -> tuple[str, str]:
    """Return what speaks against the evidence of a stage, and what would have spoken against it before."""
    inputs = inputs_of(
        stage,
        context.component,
        context.release,
        context.plan,
        files=context.distributions,
        target=context.identities.get(stage.name, ""),
    )
    valid = context.store.standing(kept, inputs)
    # The build cannot be bound to what comes out of it, so its archives are compared by themselves.
    other = about_other_files(kept, context.distributions) if stage.effect > Effect.NONE else ""
    if kept.record is not None and kept.record.is_awaited and stage.effect is Effect.PERMANENT and not other:
        # What the index has accepted is out, whenever it comes to show it; the tag does not wait for that.
        return "", f"{stage.name} does not show yet what it accepted"
    if valid.counts or not context.is_finishing:
        return valid.why or other, ""
    lasting = validity(kept, inputs, ignoring=JUDGED_BY)
    return (lasting.why or other, valid.why) if _is_lasting(stage, kept) else (valid.why, "")


def _is_lasting(stage: Stage, kept: Kept) -> bool:
    """Say whether what was proven of archives and tree stays proven once the archives are out."""
    return kept.record is not None and stage.effect <= Effect.PUBLIC
