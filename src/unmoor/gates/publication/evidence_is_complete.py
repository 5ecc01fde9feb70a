"""Every stage this one requires has passed, for exactly these inputs.

nox counts a skipped session as a success and runs what depends on it, so the order of sessions proves nothing;
the records do.
"""

from __future__ import annotations

from unmoor.chain import CHAIN
from unmoor.context import Context
from unmoor.evidence.binding import inputs_of
from unmoor.evidence.validity import about_other_files, validity
from unmoor.model import Effect, Finding, Findings

ASSERTS = "every required stage has passed for exactly this content and these archives"


def check(context: Context) -> Findings:
    """Read the evidence of all stages before this one and compare what it is bound to with what is there now."""
    problems = []
    live = f" -- --live {context.release.version}" if context.live else ""
    names = [stage.name for stage in CHAIN]
    earlier = CHAIN[: names.index(context.stage.name)]
    for stage in earlier:
        inputs = inputs_of(
            stage,
            context.component,
            context.release,
            context.plan,
            files=context.distributions,
            target=context.identities.get(stage.name, ""),
        )
        kept = context.store.read(stage.name)
        reason = validity(kept, inputs).why
        if stage.effect > Effect.NONE:
            # The build cannot be bound to what comes out of it, so its archives are compared by themselves.
            reason = reason or about_other_files(kept, context.distributions)
        if reason:
            what = f"the evidence of {stage.name!r} does not count: {reason}"
            problems.append(Finding(message=what, hint=f"nox -s {stage.name}{live}"))
    return Findings(examined=len(earlier), unit="stages", problems=tuple(problems))
