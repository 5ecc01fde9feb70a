"""What runs of the suite say, as findings: failing tests, none that ran, a package from the wrong place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from unmoor.model import Component, Finding, Findings, truncated
from unmoor.tools.junit import Failure
from unmoor.tools.pytest import Run

__all__ = ["failures", "judge", "not_rehearsed"]

_NAMED = 5
_PARAMETERS = 60  # characters


def failures(component: Component, runs: Mapping[str, Run], logs: str, *, every: bool = True) -> tuple[Finding, ...]:
    """Return the failing tests, each once with all the Pythons it fails on, and where the whole output is.

    ``runs`` are by Python, ``logs`` is what to name as the place of their output. Without ``every``, tests that fail
    for what this machine lacks are left to ``not_rehearsed``.
    """
    found: dict[tuple[str, str, int], tuple[str, list[str]]] = {}
    for python, run in runs.items():
        for each in run.report.failures if every else _of_the_code(run):
            found.setdefault((each.test, each.file, each.line), (each.why, []))[1].append(python)
    if not found:
        return ()
    again = f"nox -s {component.repository.session('tests')} -- {{}}" if component.repository.adopted else "pytest {}"
    each_once = [
        Finding(
            message=f"{_what_failed(test, file)} on Python {', '.join(pythons)}: {why}",
            place=_place(component, file, line),
            hint=again.format(_as_argument(test)),
        )
        for (test, file, line), (why, pythons) in found.items()
    ]
    word = "test" if len(found) == 1 else "tests"
    return (*truncated(each_once), Finding(message=f"{len(found)} {word} failed", hint=f"see {logs}"))


def _what_failed(test: str, file: str) -> str:
    return "could not be collected" if test == file else f"{_shortened(_name(test))} failed"


def not_rehearsed(runs: Mapping[str, Run]) -> tuple[Finding, ...]:
    """Return, by what this machine lacks, the tests that could not be run for want of it."""
    found: dict[str, dict[str, None]] = {}
    for run in runs.values():
        of_the_code = _of_the_code(run)
        for each in run.report.failures:
            if each not in of_the_code:
                found.setdefault(each.lacks, {})[_shortened(each.test)] = None
    return tuple(
        Finding(
            message=f"not rehearsed: {len(names)} {'test needs' if len(names) == 1 else 'tests need'} {lacks}, "
            f"which this machine does not have: {_listed([*names])}",
            hint="run them where it is there",
        )
        for lacks, names in found.items()
    )


def _of_the_code(run: Run) -> tuple[Failure, ...]:
    """Return the failures that may be the code's; where nothing passed at all, that is all of them."""
    return tuple(each for each in run.report.failures if not each.lacks or not run.report.passed)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _name(test: str) -> str:
    """Return the last part of a test's id, with parameters that may hold anything."""
    plain, bracket, parameters = test.partition("[")
    return f"{plain.rpartition('::')[2]}{bracket}{parameters}"


def _shortened(name: str) -> str:
    """Return a test's name with no more of its parameters than leaves room for the reason."""
    plain, bracket, parameters = name.partition("[")
    if not bracket or len(parameters) <= _PARAMETERS:
        return name
    return f"{plain}[{parameters[:_PARAMETERS].strip()}…]"


def _as_argument(test: str) -> str:
    """Return a test's id for a shell; where its parameters are a text of their own, that of all of them."""
    plain, bracket, parameters = test.partition("[")
    if bracket and (len(parameters) > 2 * _PARAMETERS or "\\" in parameters or "'" in parameters):
        return plain
    return f"'{test}'" if bracket else test


def judge(component: Component, python: str, run: Run, wheel: Path | None) -> Findings:
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
    if not failed and run.ran < run.collected:
        what = f"only {run.ran} of {run.collected} tests ran on Python {python}, though none failed"
        problems.append(Finding(message=what, hint=f"something stops the run early; see {run.log}"))
    if run.starts > 1:
        what = f"pytest was started {run.starts} times on Python {python}, and the last run took the others' record"
        problems.append(Finding(message=what, hint="have tests.command start it once"))
    wrong, right = _origins(component, run, wheel)
    return Findings(
        examined=run.report.passed + failed,
        unit=f"tests on Python {python}",
        problems=(*problems, *wrong),
        notices=right,
        tools={name: version for name, version in _tools(run) if version},
    )


def _tools(run: Run) -> Iterator[tuple[str, str]]:
    yield "python", run.python
    for name in ("pytest", "pytest-xdist", "coverage"):
        yield name, run.version(name)


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
