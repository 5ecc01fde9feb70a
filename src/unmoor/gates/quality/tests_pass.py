"""The test suite passes on every Python the project supports.

The suite's own record counts, not its exit status: tests have to have run, and not all be skipped. The package has to
come from where it is thought to come from: the tree, or the sealed wheel with ``tests.against = "wheel"``; the test
process itself is asked.

Each Python leaves a record of its own, as soon as its tests have ended, so that what several machines have proven
merges by copying. One that has passed for the same content counts wherever that was. What no machine has proven is told
in a rehearsal and blocks a live release; a machine that is only there for some says so in ``UNMOOR_PYTHONS``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from unmoor.context import Context
from unmoor.errors import Blocked, Exit, ToolError, ToolFailed, ToolMissing
from unmoor.evidence.part_records import begun, ended
from unmoor.evidence.python_shares import Shares, deal_out
from unmoor.evidence.record import GateRecord, Kept, Record
from unmoor.model import Finding, Findings, Outcome, blocking_live
from unmoor.project.detect.detected import UNTOLD
from unmoor.tools import coverage, nox, pytest_findings, test_advice, test_runs, tool_environment

ASSERTS = "tests have run on every supported Python, and each of them passed"

_NAME = "tests-pass"
_ONLY = "UNMOOR_PYTHONS"


def check(context: Context) -> Findings:
    """Run the suite on every supported Python that is here, or the project's own session."""
    component = context.component
    if own := nox.covers(component, context.stage.name):
        log, seconds = context.log("nox"), component.settings.tests.seconds
        return nox.examine(
            component, own, context.environ, live=context.live, log=log, seconds=seconds, posargs=context.posargs
        )
    if component.tests is None:
        hint = 'name what they need in a dependency group "tests", or say disable = ["tests-pass"] in [tool.unmoor]'
        why = next((row.reason for row in component.resolved if row.key == "tests"), "")
        untold = f": {why}" if why.startswith(UNTOLD) else ""
        return Findings(absent=f"no tests were found{untold}", hint=hint)
    against = component.settings.tests.against == "wheel"
    wheel = next((path for path in context.archives if path.suffix == ".whl"), None) if against else None
    if against and wheel is None:
        problem = Finding(message="there is no sealed wheel to test", hint="build must run first: nox -s build")
        return Findings(examined=1, unit="wheel", problems=(problem,))
    return _on_every_python(context, wheel)


def _on_every_python(context: Context, wheel: Path | None) -> Findings:
    shares = _dealt_out(context)
    measured = tool_environment.scratch("coverage") if context.component.settings.tests.coverage > 0 else None
    runs, intents = _run(context, shares, wheel, measured)
    _raise_first(context, runs)
    numbers, covered = _covered(context, runs, measured, shares.counted.values())
    made = {ran.python: _part(context, ran, intents[ran.python], wheel, numbers) for ran in runs}
    if not context.posargs:
        for each in made.values():
            context.store.write(each)
    parts = {**shares.counted, **made}
    counted = {python: parts[python] for python in test_runs.wanted(context.component) if python in parts}
    gates = [gate for each in counted.values() for gate in each.gates]
    # What every Python has to say is said once; failing tests with all the Pythons they fail on.
    logs = str(context.logs / "tests.pytest-*.log")
    done = {ran.python: ran.run for ran in runs if ran.run}
    # A rehearsal tells what fails for want of something on this machine; live it fails like anything else.
    failed = pytest_findings.failures(context.component, done, logs, every=context.live)
    beyond = () if context.live else blocking_live(pytest_findings.not_rehearsed(done))
    judged = [_judged(context, ran, wheel) for ran in runs]
    absent = _lacking(context, shares)
    blocking = context.live or _ONLY in context.environ
    failed = (*failed, *_advice(context, runs))
    problems = dict.fromkeys((*failed, *(one for each in judged for one in each.problems), *covered.problems))
    return Findings(
        examined=sum(gate.examined for gate in gates),
        unit=f"tests x {' '.join(counted)}",
        problems=(*problems, *_failed_elsewhere(shares), *(absent if blocking else ())),
        notices=tuple(
            dict.fromkeys(
                (
                    *(() if blocking else blocking_live(absent)),
                    *beyond,
                    *(n for g in gates for n in g.notices),
                    *covered.notices,
                )
            )
        ),
        tools=_tools(gates),
        relied_on={} if context.posargs else _digests(context, (*counted, *shares.failed)),
        elsewhere=f"left to other machines: Python {' '.join(shares.left)}" if shares.left else "",
    )


def _dealt_out(context: Context) -> Shares:
    component = context.component
    found, _ = test_runs.interpreters(component, context.environ)
    every = test_runs.wanted(component)
    # A run that is narrowed neither leaves evidence of a Python nor counts on any.
    kept = {} if context.posargs else {each: context.store.read(context.stage.name, each) for each in every}
    mine = _mine(context, every)
    shares = deal_out(
        mine,
        every,
        found,
        kept,
        context.inputs,
        again=context.asked,
        # Coverage is measured over all that can run: one Python alone would say too little.
        together=component.settings.tests.coverage > 0,
        days=context.evidence_days,
    )
    for python in shares.counted:
        context.say(f"cached  tests on Python {python}: passed for this very content")
    if not shares.due and not shares.counted:
        named = ", ".join(shares.lacking or every) or "none is named"
        raise ToolMissing(
            f"no Python the project supports is on this machine: {named}", hint="install one; unmoor downloads none"
        )
    return shares


def _mine(context: Context, every: Sequence[str]) -> tuple[str, ...]:
    """Return the Pythons that this machine is there for: all of them, or those that the variable names."""
    named = context.environ.get(_ONLY, "").replace(",", " ").split()
    unknown = [each for each in named if each not in every]
    if unknown:
        what = f"{_ONLY} names {', '.join(unknown)}, which the tests are not to run on"
        raise Blocked(what, hint=f"name some of {', '.join(every)}, or unset it")
    return tuple(named) or tuple(every)


def _run(
    context: Context, shares: Shares, wheel: Path | None, measured: Path | None
) -> tuple[Sequence[test_runs.Ran], Mapping[str, Record]]:
    """Run what is due, leaving a record of each Python before and after."""
    component = context.component
    assert component.tests is not None  # noqa: S101 - check has seen to it
    files = context.distributions if wheel is not None else ()
    intents = {
        python: begun(
            context.stage.name,
            python,
            context.release,
            context.plan,
            context.inputs,
            kept=shares.kept.get(python, Kept()),
            files=files,
        )
        for python in shares.due
    }

    def keep(ran: test_runs.Ran) -> None:
        if not context.posargs:
            context.store.write(_part(context, ran, intents[ran.python], wheel, {}))

    if not context.posargs:
        for intent in intents.values():
            context.store.write(intent)
    asked = test_runs.Asked(
        component=component,
        tool=component.tests,
        environ=context.environ,
        posargs=context.posargs,
        wheel=wheel,
        coverage=measured,
        logs=context.logs,
        memory=context.memory,
    )
    return (test_runs.run_all(asked, shares.due, keep) if shares.due else ()), intents


def _part(
    context: Context, ran: test_runs.Ran, intent: Record, wheel: Path | None, numbers: Mapping[str, str]
) -> Record:
    """Return the record of one Python: what it ran on, and what came out."""
    if ran.run is None:
        error = ran.error or ToolError("the tests did not run")
        gate = GateRecord(name=_NAME, asserts=ASSERTS, outcome=Outcome.ERROR, problems=error.problems)
        return ended(intent, gate, code=Exit(error.code), seconds=ran.seconds)
    failed = pytest_findings.failures(context.component, {ran.python: ran.run}, ran.run.log)
    found = _judged(context, ran, wheel)
    problems = (*failed, *found.problems)
    gate = GateRecord(
        name=_NAME,
        asserts=ASSERTS,
        outcome=Outcome.FAILED if problems else Outcome.PASSED,
        examined=found.examined,
        unit=found.unit,
        seconds=round(ran.seconds, 2),
        problems=problems,
        notices=found.notices,
        log=ran.run.log,
        tools=found.tools,
    )
    code = Exit.GATE_FAILED if problems else Exit.PASS
    return ended(intent, gate, code=code, seconds=ran.seconds, facts={**ran.run.made_of, **numbers})


def _judged(context: Context, ran: test_runs.Ran, wheel: Path | None) -> Findings:
    if ran.run is None or ran.tools is None:
        return Findings()
    return ran.tools.telling(pytest_findings.judge(context.component, ran.python, ran.run, wheel))


def _raise_first(context: Context, runs: Sequence[test_runs.Ran]) -> None:
    """Raise what kept a Python from being tested, naming it; what the others found is told with it."""
    broken = [ran for ran in runs if ran.error is not None]
    if not broken:
        return
    error = broken[0].error
    assert error is not None  # noqa: S101 - chosen for that
    others = [
        replace(each, message=f"on Python {ran.python}: {each.message}")
        for ran in broken
        if ran.error
        for each in ran.error.problems
    ]
    error.problems = (*others, *test_advice.advice(context.component, _said(runs)))
    raise error


def _said(runs: Sequence[test_runs.Ran]) -> list[str]:
    """Return what runs said of themselves, those that broke and those in which tests failed."""
    tails = [str(getattr(ran.error, "tail", "")) for ran in runs if ran.error is not None]
    return [*tails, *(each.why for ran in runs if ran.run for each in ran.run.report.failures)]


def _advice(context: Context, runs: Sequence[test_runs.Ran]) -> tuple[Finding, ...]:
    """Return what to try, where tests failed for what they ran in rather than for what they test."""
    said = [each for each in _said(runs) if test_advice.points_at_setup(each)]
    return test_advice.advice(context.component, said) if said else ()


def _lacking(context: Context, shares: Shares) -> tuple[Finding, ...]:
    hint = "install it, or let CI run the tests there and merge its evidence" if context.live else "install it"
    return tuple(Finding(message=f"not run: no Python {each} on this machine", hint=hint) for each in shares.lacking)


def _failed_elsewhere(shares: Shares) -> tuple[Finding, ...]:
    """Return the Pythons that are not here, and on which the tests failed where they are."""
    hint = "run them there again, and merge the evidence"
    return tuple(
        Finding(message=f"the tests failed on Python {python} elsewhere: {record.detail}", hint=hint)
        for python, record in shares.failed.items()
    )


def _digests(context: Context, counted: Iterable[str]) -> dict[str, str]:
    read = (context.store.read(context.stage.name, python) for python in counted)
    return {str(kept.record.key): kept.digest for kept in read if kept.record is not None}


def _covered(
    context: Context, runs: Sequence[test_runs.Ran], measured: Path | None, counted: Iterable[Record]
) -> tuple[Mapping[str, str], Findings]:
    """Judge the covered percentage of all runs together against the floor of the settings.

    What other runs have measured covers that much too, so the highest number counts. Returns the fact to keep with
    each Python that was measured now.
    """
    if measured is None:
        return {}, coverage.unmeasured(context.component.folder)
    numbers = [float(number) for each in counted if (number := each.facts.get("coverage"))]
    facts: dict[str, str] = {}
    tools = next((ran.tools for ran in reversed(runs) if ran.tools is not None), None)
    if tools is not None:
        try:
            percent = coverage.percent(tools, measured, context.log("coverage"))
        except ToolFailed as error:
            return {}, Findings(problems=(Finding(message=error.problems[0].message, hint=f"see {error.log}"),))
        facts = {"coverage": f"{percent:.2f}"}
        numbers.append(percent)
    return facts, coverage.judge(numbers, context.component.settings.tests.coverage)


def _tools(gates: Iterable[GateRecord]) -> dict[str, str]:
    """Return the versions of what tested; where the Pythons differ in one, all of its versions."""
    found: dict[str, dict[str, None]] = {}
    for gate in gates:
        for name, version in gate.tools.items():
            found.setdefault(name, {})[version] = None
    return {name: ", ".join(versions) for name, versions in found.items()}
