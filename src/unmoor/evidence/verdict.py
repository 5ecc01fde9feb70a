"""The verdict of a release: an SLSA Verification Summary over all its evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from unmoor.chain import BUILD, CHAIN
from unmoor.evidence.record import Kept, Record
from unmoor.evidence.validity import about_other_files, chained
from unmoor.model import Effect, Outcome, Plan, Release, Resolution, Stage
from unmoor.runtime.clock import now

__all__ = ["VERDICT", "verdict"]

VERDICT = "verdict"


def verdict(
    kept: Mapping[str, Kept], release: Release, plan: Plan, inputs: Mapping[str, str], *, settled: Collection[str] = ()
) -> Record:
    """Return the verdict over what is ``kept`` of every stage of the chain, by the stage's name.

    ``settled`` are stages whose question was settled for good before the last ones went ahead on it: what they relied
    on was looked at then, and may have been made again since, where it was damaged.
    """
    against = _against(kept, settled)
    last = kept[CHAIN[-1].name].record
    files = last.files if last is not None else ()
    verified = now()
    return Record(
        stage=VERDICT,
        component=release.component,
        version=release.version,
        mode=plan.mode,
        outcome=Outcome.FAILED if against else Outcome.PASSED,
        how=Resolution.RAN,
        detail=against,
        inputs=dict(inputs),
        subjects={each.filename: {"sha256": each.sha256} for each in files} or {"commit": {"gitCommit": plan.commit}},
        files=files,
        relied_on={name: each.digest for name, each in kept.items()},
        started=verified,
        finished=verified,
        actor=plan.actor,
    )


def _relies_on(each: Kept, kept: Mapping[str, Kept], stage: Stage) -> bool:
    """Say whether a stage relied on the records that are there now, or on those that they speak for."""
    return chained(each, {name: kept[name] for name in stage.requires}).counts


def _against(kept: Mapping[str, Kept], settled: Collection[str]) -> str:
    """Say what speaks against the release, whatever the last stage says; an empty string when nothing does."""
    # What is missing, damaged or did not pass.
    missed = [name for name, each in kept.items() if each.record is None or not each.record.passed]
    if missed:
        return f"not passed: {', '.join(missed)}"
    built = kept[BUILD.name].record
    files = built.files if built else ()
    if not files:
        return "no archives were built"
    others = [
        stage.name for stage in CHAIN if stage.effect > Effect.LOCAL and about_other_files(kept[stage.name], files)
    ]
    if others:
        return f"other archives than were built: {', '.join(others)}"
    open_ones = [stage for stage in CHAIN if stage.name not in settled]
    unchained = [stage.name for stage in open_ones if not _relies_on(kept[stage.name], kept, stage)]
    return f"they relied on other evidence than is there: {', '.join(unchained)}" if unchained else ""
