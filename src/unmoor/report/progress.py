"""What is printed while a run is at work: a line a gate and a stage, what is to be noted, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unmoor.evidence.record import GateRecord, Result
from unmoor.model import Finding, FindingKind, Outcome, Resolution, Skip
from unmoor.report.folding import folded, hint, padded
from unmoor.report.stage_rows import summary
from unmoor.report.terminal import USUAL_WIDTH

__all__ = [
    "SIGNS",
    "beginning",
    "duration",
    "failure",
    "gate_lines",
    "headline",
    "notices",
    "problems",
    "whole",
]

_MOST = 12
_NOTICES = 3
_SIGN, _NAME = 8, 28
_INSET = " " * _SIGN
_MINUTE = 60
_SHORT = 10
# What stands before the name of a gate.
SIGNS = {
    Outcome.PASSED: "ok",
    Outcome.FAILED: "FAILED",
    Outcome.ERROR: "ERROR",
    Outcome.WAIVED: "waived",
    Outcome.SKIPPED: "skipped",
}
# What says nothing by its outcome alone, so that its reason has to.
_PLAIN = {Skip.NOT_REHEARSED: "not rehearsed", Skip.NOT_ASKED: "not asked"}
_VERDICTS = {Outcome.FAILED: "does not hold", Outcome.ERROR: "could not tell"}


def duration(seconds: float) -> str:
    """Return seconds as people say them: ``0.4s``, ``41s``, ``2m10s``."""
    return f"{seconds:.1f}s" if seconds < _SHORT else whole(seconds)


def whole(seconds: float) -> str:
    """Return whole seconds as people say them: ``4s``, ``41s``, ``2m10s``."""
    number = round(seconds)
    return f"{number}s" if number < _MINUTE else f"{number // _MINUTE}m{number % _MINUTE:02d}s"


def beginning(stage: str, *, component: str = "", before: float = 0.0) -> str:
    """Return the line that says that a stage is at work, with what it took ``before``, in seconds."""
    name = f"{stage} of {component}" if component else stage
    return f"unmoor: {name} is at work" + (f", last time for {duration(before)}" if before else "")


def gate_lines(gate: GateRecord, *, width: int = USUAL_WIDTH, verbose: bool = False) -> list[str]:
    """Return what became of a gate: a line, what is to be noted below it, and with ``verbose`` all about it."""
    what = gate.counted if gate.outcome is Outcome.PASSED else gate.reason
    if gate.follows:
        what = "stages before it did not pass"
    if gate.skipped in _PLAIN:
        what = f"{_PLAIN[gate.skipped]}: {what}"
    took = duration(gate.seconds) if gate.seconds >= 0.1 else ""  # noqa: PLR2004 - shorter is not worth a word
    sign = "not finished" if gate.is_unfinished else SIGNS[gate.outcome]
    head = f"{padded(sign, _SIGN - 1)} {padded(gate.name, _NAME - 1)} "
    lines = folded(what, width - len(took) - 2 if took else width, first=head, hang=_SIGN)
    lines[-1] = f"{lines[-1]}  {took}".rstrip()
    more = _all_about(gate, width) if verbose else []
    return [*lines, *more, *notices(gate.notices, width=width, most=len(gate.notices) if verbose else _NOTICES)]


def _all_about(gate: GateRecord, width: int) -> list[str]:
    tools = ", ".join(f"{name} {version}" for name, version in gate.tools.items())
    said = (
        gate.asserts,
        f"examined: {gate.counted}" if gate.examined and gate.outcome is not Outcome.PASSED else "",
        f"tools: {tools}" if tools else "",
        f"took: {gate.seconds:.3f}s",
        f"log: {gate.log}" if gate.log else "",
    )
    return [line for each in said if each for line in folded(each, width, first=_INSET, hang=_SIGN + 2)]


def notices(found: Sequence[Finding], *, width: int = USUAL_WIDTH, most: int = _NOTICES) -> list[str]:
    """Return notices as lines, at most ``most`` of them, and how many more there are."""
    lines = []
    for each in found[:most]:
        lines += folded(_placed(each), width, first=f"{_INSET}notice: ", hang=_SIGN + 2)
        if each.hint:
            lines += hint(each.hint, width, inset=_SIGN + 2)
    if len(found) > most:
        rest = f"notice: and {len(found) - most} more; `unmoor report` has all of them"
        lines += folded(rest, width, first=_INSET, hang=_SIGN + 2)
    return lines


def headline(result: Result, *, named: bool = False) -> str:
    """Return the line that says how a stage ended, and why it was kept, found or run; ``named`` with its component."""
    name = f"{result.stage} of {result.component}" if named else result.stage
    what = f": {summary(result.record)}" if result.record else ""
    took = duration(result.seconds)
    if result.withheld:
        return f"unmoor: {name} was not begun: {result.why}"
    if result.record is not None and result.record.follows:
        return f"unmoor: {name} rehearsed in {took}, after stages that did not pass{what or ': nothing to do here'}"
    if result.code:
        return f"unmoor: {name} did not pass after {took}"
    if result.how is Resolution.CACHED:
        return f"unmoor: {name} cached ({result.why}){what}"
    # What is there already is so by what the index or the remote holds, whatever made us look.
    why = ""
    if result.narrowed:
        why = f" ({result.why})"
    elif result.why and result.how is Resolution.RAN:
        why = f" because {result.why},"
    return f"unmoor: {name} {result.how}{why} in {took}{what}"


def failure(result: Result, *, width: int = USUAL_WIDTH) -> str:
    """Return what did not hold: each gate, its findings with their places, and where the log lies."""
    record = result.record
    if record is None:
        return ""
    told = [gate for gate in record.gates if not (gate.holds or gate.follows)]
    return "\n".join(line for gate in told for line in problems(gate, width=width))


def problems(gate: GateRecord, most: int = _MOST, *, width: int = USUAL_WIDTH) -> Iterator[str]:
    """Yield the lines that explain one gate that did not hold, at most ``most`` findings.

    What its tool printed is set in below the finding that it explains, as it was printed, and once.
    """
    verdict = "was not finished" if gate.is_unfinished else _VERDICTS.get(gate.outcome, "does not hold")
    yield ""
    yield from folded(f"{gate.name} {verdict}" + (f" ({gate.asserts})" if gate.asserts else ""), width, hang=2)
    told = ""
    for finding in gate.problems[:most]:
        if finding.kind is FindingKind.OUTPUT:
            if finding.message.strip() and finding.message.strip() not in told:
                yield f"    {finding.message}"
            continue
        told = finding.message
        yield from folded(_placed(finding), width, first="  ", hang=4)
        if finding.hint:
            yield from hint(finding.hint, width, inset=4)
    if len(gate.problems) > most:
        yield f"  … and {len(gate.problems) - most} more; `unmoor report` has all of them"
    if gate.log:
        yield f"  log: {gate.log}"


def _placed(finding: Finding) -> str:
    return f"{finding.place}: {finding.message}" if finding.place else finding.message
