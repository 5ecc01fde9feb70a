"""What is printed while a run is at work: a line when a stage ends, and what went wrong where it did not pass."""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.evidence.record import GateRecord, Result
from unmoor.model import FindingKind, Resolution
from unmoor.report.stage_rows import summary

__all__ = ["failure", "headline", "problems"]

_MOST = 12


def headline(result: Result, *, named: bool = False) -> str:
    """Return the line that says how a stage ended, and why it was kept, found or run; ``named`` with its component."""
    name = f"{result.stage} of {result.component}" if named else result.stage
    what = summary(result.record) if result.record else ""
    if result.withheld:
        return f"unmoor: {name} was not begun: {result.why}"
    if result.record is not None and result.record.follows:
        after = f"after stages that did not pass: {what or 'nothing to do here'}"
        return f"unmoor: {name} rehearsed in {result.seconds:.1f}s, {after}"
    if result.code:
        return f"unmoor: {name} did not pass after {result.seconds:.1f}s"
    why = f" ({result.why})" if result.why else ""
    done = "cached" if result.how is Resolution.CACHED else f"{result.how}{why} in {result.seconds:.1f}s"
    reason = f" ({result.why})" if result.how is Resolution.CACHED else ""
    return f"unmoor: {name} {done}{reason}: {what}"


def failure(result: Result) -> str:
    """Return what did not hold: each gate, its findings with their places, and where the log lies."""
    record = result.record
    if record is None:
        return ""
    return "\n".join(line for gate in record.gates if not (gate.holds or gate.follows) for line in problems(gate))


def problems(gate: GateRecord, most: int = _MOST) -> Iterator[str]:
    """Yield the lines that explain one gate that did not hold, at most ``most`` findings."""
    yield f"\n{gate.name} does not hold" + (f" ({gate.asserts})" if gate.asserts else "")
    for finding in gate.problems[:most]:
        place = f"{finding.place}: " if finding.place else ""
        inset = "    " if finding.kind is FindingKind.OUTPUT else "  "
        yield f"{inset}{place}{finding.message}"
        if finding.hint:
            yield f"    → {finding.hint}"
    if len(gate.problems) > most:
        yield f"  … and {len(gate.problems) - most} more"
    if gate.log:
        yield f"  log: {gate.log}"
