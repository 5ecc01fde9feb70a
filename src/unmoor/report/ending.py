"""How a run of a release ended, in one word, and what to do next: both from what is kept, and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from unmoor.chain import BUILD, CHAIN
from unmoor.chain import stage as stage_called
from unmoor.errors import Exit, worst
from unmoor.evidence.binding import files_digest
from unmoor.evidence.record import GateRecord, Record
from unmoor.evidence.verdict import VERDICT
from unmoor.model import Effect, FindingKind, Mode, Plan, Release, Target
from unmoor.planning.versions.pep440 import next_free
from unmoor.report.in_repository import InRepository
from unmoor.report.live_stops import LiveStop, live_stops
from unmoor.report.next_step import NextStep, Step
from unmoor.report.stage_rows import Row
from unmoor.state import upload_intents
from unmoor.state.evidence_store import EvidenceStore

__all__ = ["Ending", "named_base", "next_steps", "tag_is_taken", "word"]

_APPROVAL = "release-is-approved"
_BY_DIGEST = "--approve"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """One release at the end of a run.

    ``again`` are the words of the command that was given, ``adopted`` says whether the project calls unmoor in its
    noxfile, ``here`` what the repository has of the release. ``sessions`` are what nox calls the stages.
    """

    plan: Plan
    release: Release
    rows: Sequence[Row]
    store: EvidenceStore
    again: tuple[str, ...]
    adopted: bool = True
    here: InRepository = field(default_factory=InRepository)
    sessions: Mapping[str, str] = field(default_factory=dict)

    def session(self, stage: str) -> str:
        """Return what nox calls a stage in this project; where it is left out, the last one that is not."""
        return self.sessions.get(stage) or [stage, *self.sessions.values()][-1]

    @property
    def live(self) -> bool:
        """Whether it is a live release."""
        return self.plan.mode is Mode.LIVE

    @property
    def failed(self) -> tuple[Row, ...]:
        """The stages that stopped."""
        return tuple(row for row in self.rows if row.code)

    @property
    def reached(self) -> tuple[Row, ...]:
        """The stages that the run came to."""
        return tuple(row for row in self.rows if row.how != "-")

    @property
    def finished(self) -> bool:
        """Whether every stage was reached, and none stopped."""
        return not self.failed and len(self.reached) == len(self.rows)

    @property
    def begun(self) -> bool:
        """Whether anything of a live release has begun to leave this machine."""
        return self.live and upload_intents.anything_may_be_there(self.store.folder.parent)

    @cached_property
    def build(self) -> Record | None:
        """The record of the build, whoever made it."""
        return self.store.read(BUILD.name).record

    @cached_property
    def verdict(self) -> Record | None:
        """The verdict over all stages, where it was given."""
        return self.store.read(VERDICT).record

    @cached_property
    def stops(self) -> tuple[LiveStop, ...]:
        """What would stop the live release, as far as a rehearsal that came to its end has seen."""
        if self.live or len(self.reached) < len(self.rows):
            return ()
        return live_stops(row.record for row in self.rows)


def word(end: Ending) -> str:
    """Return the word over everything: nothing that the verdict speaks against is called released, or rehearsed."""
    if not end.live and len(end.reached) == len(end.rows) and (end.failed or end.stops):
        return "REHEARSED, with findings"
    if end.failed and not _by_verdict_alone(end):
        incomplete = worst([row.code for row in end.failed]) is Exit.INCOMPLETE
        return f"{'INCOMPLETE' if incomplete else 'STOPPED'} at {', '.join(row.stage for row in end.failed)}"
    if end.finished or end.failed:
        return _by_verdict(end)
    return "INCOMPLETE" if end.begun else f"{'live' if end.live else 'rehearsal'}, in part"


def _by_verdict_alone(end: Ending) -> bool:
    """Say whether nothing but the verdict speaks against the release: every stage by itself has passed."""
    if end.verdict is None or end.verdict.passed or len(end.reached) < len(end.rows):
        return False
    return all(row.record is None or row.record.passed for row in end.failed)


def _by_verdict(end: Ending) -> str:
    if end.verdict is None:
        return "INCOMPLETE: there is no verdict yet"
    if not end.verdict.passed:
        return f"FAILED: {end.verdict.detail or 'the verdict is against it'}"
    return "RELEASED" if end.live else "REHEARSED"


def next_steps(end: Ending) -> tuple[Step, ...]:
    """Return what to do next, in order."""
    if end.failed:
        return _after_stop(end)
    if not end.finished:
        return (_next_stage(end),)
    if end.verdict is None or not end.verdict.passed:
        return (_again(end),)
    if end.live:
        return (NextStep.NOTHING.step(),)
    if end.stops:
        return (NextStep.MEND.step(), _then_again(end))
    return _go_live(end)


def _again(end: Ending) -> Step:
    return NextStep.AGAIN.step(*end.again)


def _then_again(end: Ending) -> Step:
    return NextStep.AGAIN_AFTER.step(*end.again)


def _after_stop(end: Ending) -> tuple[Step, ...]:
    gates = [(row, gate) for row in end.failed if row.record for gate in row.record.gates if not gate.holds]
    if [gate.name for _, gate in gates] == [_APPROVAL]:
        return (_approval(end, gates[0][1]),)
    final = {stage_called(row.stage).target for row, gate in gates if _is_final(gate)}
    if Target.INDEX in final:
        version = next_free(end.release.version, [end.release.version])
        return (NextStep.NEXT_VERSION.step(version=version), NextStep.REHEARSE.step())
    if Target.REMOTE in final and end.here.remote:
        return (NextStep.WHOSE_TAG.step(remote=end.here.remote, tag=end.release.tag), _then_again(end))
    if worst([row.code for row in end.failed]) is Exit.INCOMPLETE:
        return (_again(end),)
    return (NextStep.MEND.step(), _then_again(end))


def tag_is_taken(end: Ending, commit: str) -> bool:
    """Say whether the release's tag leads elsewhere than to ``commit``, here or as the last attempt found it."""
    if end.here.tag_at not in ("", commit):
        return True
    record = end.store.read(CHAIN[-1].name).record
    return record is not None and any(_is_final(gate) for gate in record.gates)


def _is_final(gate: GateRecord) -> bool:
    return any(each.kind is FindingKind.FINAL for each in gate.problems)


def _approval(end: Ending, gate: GateRecord) -> Step:
    if end.build is None or all(each.kind is not FindingKind.UNAPPROVED for each in gate.problems):
        return NextStep.REVIEW.step()
    words = list(end.again)
    if _BY_DIGEST in words:
        # What was given does not fit.
        at = words.index(_BY_DIGEST)
        del words[at : at + 2]
    return NextStep.APPROVE.step(*words, _BY_DIGEST, files_digest(end.build.files)[:12])


def _next_stage(end: Ending) -> Step:
    if not end.adopted:
        return NextStep.REHEARSE.step()
    names = [stage.name for stage in CHAIN]
    reached = [row.stage for row in end.reached]
    outward = any(stage_called(name).effect > Effect.NONE for name in reached)
    after = names[min(names.index(reached[-1]) + 1, len(names) - 1)] if outward else names[-1]
    if end.live:
        return NextStep.STAGE_LIVE.step(*named_base(end.release), stage=end.session(after), version=end.release.version)
    return NextStep.STAGE.step(stage=end.session(after))


def _go_live(end: Ending) -> tuple[Step, ...]:
    before = []
    if not end.adopted:
        before.append(NextStep.ADOPT.step())
    if end.release.edits:
        before.append(NextStep.BUMP.step(version=end.release.version))
    if end.here.remote and end.plan.branch and (before or not end.here.is_pushed):
        before.append(NextStep.PUSH.step(remote=end.here.remote, branch=end.plan.branch))
    session, version = end.session(CHAIN[-1].name), end.release.version
    return (*before, NextStep.GO_LIVE.step(*named_base(end.release), version=version, session=session))


def named_base(release: Release) -> tuple[str, ...]:
    """Return the words that name the release before, where the rule leaves open which one that is."""
    if not release.base_candidates:
        return ()
    return ("--base", release.base_tag or release.base_candidates[0])
