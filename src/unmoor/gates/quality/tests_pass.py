"""The test suite passes on every Python the project supports.

The suite's own record counts, not its exit status: tests have to have run, and not all be skipped. A Python that is
not here is told in a rehearsal and blocks a live release. The package has to come from where it is thought to come
from: the tree, or the sealed wheel with ``tests.against = "wheel"``; the test process itself is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from unmoor.context import Context
from unmoor.errors import ToolError, ToolFailed, ToolMissing
from unmoor.model import Component, Finding, Findings, blocking_live, truncated
from unmoor.tools import coverage, nox, test_runs, tool_environment
from unmoor.tools.pytest import Run

ASSERTS = "tests have run on every supported Python, and each of them passed"

_NONE = "no Python the project supports is on this machine"


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
        return Findings(absent="no tests were found", hint=hint)
    against = component.settings.tests.against == "wheel"
    wheel = next((path for path in context.archives if path.suffix == ".whl"), None) if against else None
    if against and wheel is None:
        problem = Finding(message="there is no sealed wheel to test", hint="build must run first: nox -s build")
        return Findings(examined=1, unit="wheel", problems=(problem,))
    return _on_every_python(context, wheel)


def _on_every_python(context: Context, wheel: Path | None) -> Findings:
    component = context.component
    assert component.tests is not None  # noqa: S101 - check has seen to it
    found, lacking = test_runs.interpreters(component, context.environ)
    if not found:
        raise ToolMissing(
            f"{_NONE}: {', '.join(lacking) or 'none is named'}", hint="install one; unmoor downloads none"
        )
    measured = tool_environment.scratch("coverage") if component.settings.tests.coverage > 0 else None
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
    runs = test_runs.run_all(asked, found)
    _raise_first(runs)
    absent = tuple(_lacking(version) for version in lacking)
    parts = [_judge(component, ran.python, ran.run, wheel) for ran in runs if ran.run is not None]
    parts.append(_covered(context, runs, measured))
    # What every Python has to say is said once.
    told = dict.fromkeys(each for part in parts for each in part.problems)
    origins = dict.fromkeys(each for part in parts for each in part.notices)
    problems = (*_failures(context, runs), *told, *(absent if context.live else ()))
    return Findings(
        examined=sum(part.examined for part in parts),
        unit=f"tests x {' '.join(found)}",
        problems=problems,
        notices=(*(() if context.live else blocking_live(absent)), *origins),
        tools=_tools(runs),
    )


def _raise_first(runs: Sequence[test_runs.Ran]) -> None:
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
    error.problems = tuple(others)
    raise error


def _lacking(version: str) -> Finding:
    hint = "install it, or let CI run the tests there and merge its evidence"
    return Finding(message=f"not run: no Python {version} on this machine", hint=hint)


def _failures(context: Context, runs: Sequence[test_runs.Ran]) -> tuple[Finding, ...]:
    """Return the failing tests, each once with all the Pythons it fails on, and where the whole output is."""
    found: dict[tuple[str, str, int], tuple[str, list[str]]] = {}
    for ran in runs:
        for each in ran.run.report.failures if ran.run else ():
            found.setdefault((each.test, each.file, each.line), (each.why, []))[1].append(ran.python)
    if not found:
        return ()
    again = "nox -s tests -- {}" if context.repository.adopted else "pytest {}"
    failures = [
        Finding(
            message=f"{test.rpartition('::')[2]} failed on Python {' '.join(pythons)}: {why}",
            place=_place(context.component, file, line),
            hint=again.format(f"'{test}'" if "[" in test else test),
        )
        for (test, file, line), (why, pythons) in found.items()
    ]
    logs = context.logs / "tests.pytest-*.log"
    word = "test" if len(found) == 1 else "tests"
    return (*truncated(failures), Finding(message=f"{len(found)} {word} failed", hint=f"see {logs}"))


def _judge(component: Component, python: str, run: Run, wheel: Path | None) -> Findings:
    """Judge the record of one run, but for the tests that failed."""
    problems = []
    failed = len(run.report.failures)
    if not failed and run.report.passed == 0:
        why = f"all {run.report.skipped} were skipped" if run.report.skipped else "none were found"
        problems.append(Finding(message=f"no test ran on Python {python}: {why}", hint=f"see {run.log}"))
    elif not failed and run.status:
        last = run.tail.splitlines()[-1] if run.tail else ""
        message = f"the tests ended with exit status {run.status} on Python {python}, though none failed: {last}"
        problems.append(Finding(message=message, hint=f"see {run.log}"))
    wrong, right = _origins(component, run, wheel)
    return Findings(examined=run.report.passed + failed, problems=(*problems, *wrong), notices=right)


def _place(component: Component, file: str, line: int) -> str:
    prefix = component.folder.relative_to(component.repository.root)
    return f"{(prefix / file).as_posix()}:{line}" if file and line else file


def _origins(component: Component, run: Run, wheel: Path | None) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Say where the package was imported from; anywhere else than it should be is a problem."""
    wrong, right = [], []
    for name, origin in run.origins.items():
        path = Path(origin).resolve()
        inside = path.is_relative_to(component.repository.root.resolve())
        if wheel is not None and inside:
            message, hint = f"{name} was imported from the tree, not from the wheel", "use a src/ layout"
            wrong.append(
                Finding(
                    message=message, place=path.relative_to(component.repository.root.resolve()).as_posix(), hint=hint
                )
            )
        elif wheel is None and not inside:
            message = f"{name} was imported from {path.parent}, not from the tree"
            wrong.append(Finding(message=message, hint="a released version is in the way; check the test requirements"))
        else:
            place = (
                path.relative_to(component.repository.root.resolve()).parent.as_posix()
                if inside
                else "the sealed wheel"
            )
            right.append(Finding(message=f"{name} was imported from {place}"))
    if not run.origins and component.import_names:
        names = ", ".join(component.import_names)
        wrong.append(
            Finding(message=f"{names} cannot be imported where the tests ran", hint="see how the tests are installed")
        )
    return tuple(wrong), tuple(right)


def _covered(context: Context, runs: Sequence[test_runs.Ran], measured: Path | None) -> Findings:
    """Judge the covered percentage of all runs together against the floor of the settings."""
    component, floor = context.component, context.component.settings.tests.coverage
    if measured is None:
        own = coverage.own_floor(component.folder)
        hint = f"set coverage = {own:g} under [tool.unmoor.tests] to have it measured"
        notice = Finding(message=f"the project's own coverage floor of {own:g} % is not measured here", hint=hint)
        return Findings(notices=(notice,) if own else ())
    tools = next((ran.tools for ran in reversed(runs) if ran.tools is not None), None)
    if tools is None:
        raise ToolError("coverage could not be measured without a run")
    try:
        percent = coverage.percent(tools, measured, context.log("coverage"))
    except ToolFailed as error:
        return Findings(problems=(Finding(message=error.problems[0].message, hint=f"see {error.log}"),))
    said = Finding(message=f"coverage is {percent:.2f} %, the floor is {floor:g} %")
    return Findings(problems=(said,)) if percent < floor else Findings(notices=(said,))


def _tools(runs: Sequence[test_runs.Ran]) -> dict[str, str]:
    tools = next((ran.tools for ran in reversed(runs) if ran.tools is not None), None)
    names = ("pytest", "coverage")
    return {name: version for name in names if tools is not None and (version := tools.version(name))}
