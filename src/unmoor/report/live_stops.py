"""What a rehearsal has seen that would stop the live release, and what no rehearsal can try.

Gates that did not hold, gates with nothing to examine in this project, and notices that are marked as blocking live.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from unmoor.evidence.record import GateRecord, Record
from unmoor.model import Finding, FindingKind, Outcome, Plan, Skip

__all__ = ["LiveStop", "live_stops", "not_tried", "stop_of", "waivers"]

# Nothing here can know them: they are another machine's, another job's, or tomorrow's.
_NEVER_TRIED = (
    "the credentials of the indexes",
    "the right to push the tag, the remote's rules and hooks",
    "the network's delays",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStop:
    """One gate that would stop the live release: why, what solves it, and how many more findings it has."""

    stage: str
    gate: str
    finding: Finding
    more: int = 0

    @property
    def reason(self) -> str:
        """What is wrong, with its place, in one line."""
        place = f"{self.finding.place}: " if self.finding.place else ""
        return f"{place}{self.finding.message}" + (f" (and {self.more} more)" if self.more else "")


def stop_of(stage: str, gate: GateRecord) -> LiveStop:
    """Return what a gate that does not hold has to say first."""
    first = gate.problems[0] if gate.problems else Finding(message=gate.reason or "it did not say why", hint=gate.hint)
    if not first.hint:
        first = replace(first, hint=next((each.hint for each in gate.problems if each.hint), gate.hint))
    more = sum(each.kind is not FindingKind.OUTPUT for each in gate.problems[1:])
    return LiveStop(stage=stage, gate=gate.name, finding=first, more=more)


def live_stops(records: Iterable[Record | None]) -> tuple[LiveStop, ...]:
    """Return every gate of these records that would stop the live release, in the order of the records.

    A gate that is asked again at a later stage, and says the same, is named where it would stop first; one that only
    says that an earlier stage did not pass adds nothing to what that stage says.
    """
    found: dict[tuple[str, Finding], LiveStop] = {}
    for record in records:
        for each in _of(record) if record is not None else ():
            found.setdefault((each.gate, each.finding), each)
    return tuple(found.values())


def _of(record: Record) -> Iterator[LiveStop]:
    for gate in record.gates:
        if gate.follows:
            continue
        if not gate.holds:
            yield stop_of(record.stage, gate)
        elif gate.skipped is Skip.NOT_REHEARSED:
            yield LiveStop(stage=record.stage, gate=gate.name, finding=Finding(message=gate.reason, hint=gate.hint))
        elif marked := [each for each in gate.notices if each.kind is FindingKind.BLOCKS_LIVE]:
            yield LiveStop(stage=record.stage, gate=gate.name, finding=marked[0], more=len(marked) - 1)


def not_tried(plan: Plan, records: Iterable[Record | None]) -> tuple[str, ...]:
    """Return what the rehearsal could not try: what none can, and what nobody answered."""
    return tuple(dict.fromkeys([*_NEVER_TRIED, *plan.notices, *_unanswered(records)]))


def _unanswered(records: Iterable[Record | None]) -> Iterator[str]:
    for record in records:
        for gate in record.gates if record is not None else ():
            if gate.skipped is Skip.NOT_ASKED:
                yield gate.reason
            yield from (each.message for each in gate.notices if each.kind is FindingKind.NOT_ASKED)


def waivers(records: Sequence[Record | None]) -> tuple[str, ...]:
    """Return every gate that was waived, by whom, for how long and why."""
    return tuple(
        f"{gate.name}, {gate.reason}"
        for record in records
        for gate in (record.gates if record is not None else ())
        if gate.outcome is Outcome.WAIVED
    )
