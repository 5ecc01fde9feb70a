"""nox: the project's own sessions, where it has some for a stage and has not joined them to the chain.

How it lies: a skipped session ends well and its dependants run; a missing interpreter skips one. So the report that
nox writes is read, and every session that was selected must stand in it with ``success``. Environments go to a
temporary place. Report: ``nox --report``, https://nox.thea.codes/en/stable/usage.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unmoor.errors import ToolFailed
from unmoor.model import Component, Finding, Findings, blocking_live, truncated
from unmoor.request import Reporter, Silent
from unmoor.runtime import environment, process
from unmoor.runtime.output import LastLine
from unmoor.runtime.process import Completed, tail
from unmoor.tools.tool_environment import scratch, surroundings

__all__ = ["covers", "examine", "set_aside"]

_LIST_SECONDS = 60.0
_OPTIONS = (
    "--no-color",
    "--non-interactive",
    "--download-python=never",
    "--no-stop-on-first-error",
    "--no-error-on-missing-interpreters",
)
_WORDS = {"failed": "failed", "not run": "did not run"}
_MISSING = re.compile(r"interpreter .* not found", re.IGNORECASE)
# pytest's last line, with and without -q; a session that only skips tests ends well too.
_TESTS = re.compile(r"^(?:=+ )?(?P<words>(?:\d+ [a-z]+,? ?)+)in [\d.]+s.*$", re.MULTILINE)
_PASSED = re.compile(r"(\d+) passed")


def covers(component: Component, stage: str) -> tuple[str, ...]:
    """Return the project's own sessions that stand for ``stage``; none where it has adopted unmoor."""
    return () if component.repository.adopted else tuple(component.repository.own_sessions.get(stage, ()))


def set_aside(component: Component, declared: object, what: str) -> Findings | None:
    """Return why a gate of lint has nothing to do: an empty list is ``declared``, or a session of the project's own."""
    if declared == ():
        return Findings(optional=f"the settings declare that {what}")
    if own := covers(component, "lint"):
        return Findings(optional=f"the project's own nox session {own[0]!r} covers this")
    return None


def examine(
    component: Component,
    names: Sequence[str],
    environ: Mapping[str, str],
    *,
    live: bool,
    log: Path,
    seconds: float,
    posargs: Sequence[str] = (),
    reporter: Reporter | None = None,
) -> Findings:
    """Run the sessions ``names`` and require success of each; rehearsing, a missing interpreter is a notice."""
    work = scratch("nox")
    # Its sessions install by themselves, so where from is theirs to know.
    env = surroundings(environ, component.settings.pass_env) | environment.installing(environ)
    folder = component.folder if (component.folder / "noxfile.py").is_file() else component.repository.root
    program = process.module("nox")
    chosen = _chosen(program, names, folder, env, log)
    report, last = work / "report.json", LastLine()
    with (reporter or Silent()).working(f"nox session {', '.join(names)}", look=last.said):
        done = process.run(
            [*program, *_OPTIONS, "--envdir", work / "envs", "--report", report, "-s", *names, *_after(posargs)],
            cwd=folder,
            env=env,
            timeout=seconds,
            ok=None,
            log=log,
            leashed=True,
            hear=last.hear,
        )
    results = _results(report, done)
    problems: list[Finding] = []
    notices: list[Finding] = []
    for name in chosen:
        result, reason = results.get(name, ("not run", ""))
        if result == "success":
            continue
        remark = _remark(name, result, reason, done)
        missing = result == "skipped" and _MISSING.search(reason)
        (notices if missing and not live else problems).append(remark)
    if done.status and not problems:
        problems.append(
            Finding(message=f"nox ended with exit status {done.status}: {tail(done.text, 1)}", hint=f"see {done.log}")
        )
    well = [name for name in chosen if results.get(name, ("",))[0] == "success"]
    tests = _tests(done)
    if tests == 0:
        problems.append(Finding(message="every test was skipped", hint=f"see {done.log}"))
    counted = f"{'s' * (len(well) != 1)} of the project's own ({', '.join(names)})" + (
        f", {tests} tests" if tests else ""
    )
    return Findings(
        examined=len(well) or len(problems),
        unit=f"session{counted}",
        problems=truncated(problems),
        notices=blocking_live(notices),
        tools={"nox": _version()},
    )


def _after(posargs: Sequence[str]) -> tuple[str, ...]:
    return ("--", *posargs) if posargs else ()


def _chosen(
    program: Sequence[str], names: Sequence[str], folder: Path, env: Mapping[str, str], log: Path
) -> tuple[str, ...]:
    """Return every session (with its Python and parameters) that the names select."""
    done = process.run(
        [*program, "--json", "-l", "-s", *names], cwd=folder, env=env, timeout=_LIST_SECONDS, ok=None, log=log
    )
    try:
        return tuple(each["session"] for each in json.loads(done.out))
    except (ValueError, KeyError, TypeError) as error:
        what = f"nox could not list the project's sessions: {tail(done.text, 1)}"
        hint = "what its noxfile imports has to be installed beside unmoor"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint=hint) from error


def _results(report: Path, done: Completed) -> dict[str, tuple[str, str]]:
    try:
        said: Mapping[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        sessions = said["sessions"]
        return {
            name: (str(each["result"]), str(each.get("reason") or ""))
            for each in sessions
            for name in each["signatures"]
        }
    except (OSError, ValueError, KeyError) as error:
        what = f"nox left no report: {tail(done.text, 1)}"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log) from error


def _remark(name: str, result: str, reason: str, done: Completed) -> Finding:
    why = f": {reason}" if reason else ""
    last = tail(done.text.split(f"nox > Session {name} {result}", 1)[0], 2).splitlines()
    if result == "failed" and last:
        why = f": {last[-1].removeprefix('nox > ')}"
    return Finding(
        message=f"the session {name!r} {_WORDS.get(result, f'was {result}')}{why}",
        hint=f"nox -s {name}, or see {done.log}",
    )


def _tests(done: Completed) -> int | None:
    """Return how many tests passed by what pytest printed in the sessions; ``None`` where it printed nothing."""
    lines = [match["words"] for match in _TESTS.finditer(done.out)]
    if not lines:
        return None
    return sum(int(number) for line in lines for number in _PASSED.findall(line))


def _version() -> str:
    from importlib.metadata import version

    return version("nox")
