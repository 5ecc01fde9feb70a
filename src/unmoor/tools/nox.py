"""nox: the project's own sessions, where it has some for a stage and has not joined them to the chain.

How it lies: a skipped session ends well and its dependants run; a missing interpreter skips one. So the report that
nox writes is read, and every session that was selected must stand in it with ``success``. What nox says and what the
tools say are one stream, in which a failure's cause stands above nox's own line. Environments go to a temporary place.
Report: ``nox --report``, https://nox.thea.codes/en/stable/usage.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unmoor.errors import ToolError, ToolFailed
from unmoor.model import Component, Finding, FindingKind, Findings, blocking_live, truncated
from unmoor.request import Memory, Reporter, Silent
from unmoor.runtime import environment, process
from unmoor.runtime.output import LastLine
from unmoor.runtime.process import Completed, tail
from unmoor.tools import interpreters, offered_pythons, session_output, uv
from unmoor.tools.tool_environment import scratch, surroundings

__all__ = ["Own", "covers", "examine", "in_place_of", "set_aside"]

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
_COMMAND_FAILED = re.compile(r"^nox > Command (?P<command>.+) failed with exit code \d+:?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The project's own sessions for a stage: their names, and the Pythons they want.

    ``lacking`` are those that this machine has not, where that leaves no session to run.
    """

    names: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.names) and not self.lacking

    @property
    def absence(self) -> str:
        """Why none of them can be run here; empty where one can, or there are none."""
        if not self.lacking:
            return ""
        named = f"session{'s' * (len(self.names) != 1)} {', '.join(map(repr, self.names))}"
        return f"no Python {', '.join(self.lacking)} on this machine for the project's own {named}"


def covers(component: Component, stage: str, environ: Mapping[str, str], memory: Memory) -> Own:
    """Return the project's own sessions that stand for ``stage``; none where it has adopted unmoor."""
    names = () if component.repository.adopted else tuple(component.repository.own_sessions.get(stage, ()))
    if not names:
        return Own()
    return memory.once(("own sessions", component.folder, names), lambda: _looked_at(component, names, environ))


def set_aside(
    component: Component, declared: object, what: str, environ: Mapping[str, str], memory: Memory
) -> Findings | None:
    """Return why a gate of lint has nothing to do: an empty list is ``declared``, or a session of the project's own."""
    if declared == ():
        return Findings(optional=f"the settings declare that {what}")
    if own := covers(component, "lint", environ, memory):
        return Findings(optional=f"the project's own nox session {own.names[0]!r} covers this")
    return None


def in_place_of(own: Own, found: Findings, *, live: bool) -> Findings:
    """Return what was ``found`` in another way, and that sessions which say it better cannot be run on this machine."""
    if not own.absence:
        return found
    lacking = Finding(message=f"not run: {own.absence}", hint="install one of them; unmoor downloads none")
    if live:
        return replace(found, problems=(*found.problems, lacking))
    return replace(found, notices=(*found.notices, *blocking_live((lacking,))))


def examine(
    component: Component,
    own: Own,
    environ: Mapping[str, str],
    *,
    live: bool,
    log: Path,
    seconds: float,
    posargs: Sequence[str] = (),
    reporter: Reporter | None = None,
) -> Findings:
    """Run the project's ``own`` sessions and require success of each.

    Rehearsing, a missing interpreter and a network that does not answer are only told.
    """
    work = scratch("nox")
    env = _env(component, environ)
    env["PATH"] = offered_pythons.path_with(own.pythons, env)
    folder = _folder(component)
    chosen = tuple(name for name, _ in _listed(own.names, folder, env, log))
    report, last = work / "report.json", LastLine()
    options: list[str | Path] = [*_OPTIONS, "--envdir", work / "envs", "--report", report]
    with (reporter or Silent()).working(f"nox session {', '.join(own.names)}", look=last.said):
        done = process.run(
            [*process.module("nox"), *options, "-s", *own.names, *_after(posargs)],
            cwd=folder,
            env=env,
            timeout=seconds,
            ok=None,
            log=log,
            leashed=True,
            one_stream=True,
            hear=last.hear,
        )
    results = _results(report, done)
    ended = {name: results.get(name, ("not run", "")) for name in chosen}
    return _judged(ended, done, own, live=live)


def _judged(ended: Mapping[str, tuple[str, str]], done: Completed, own: Own, *, live: bool) -> Findings:
    problems: list[Finding] = []
    notices: list[Finding] = []
    for name, (result, reason) in ended.items():
        if result == "success":
            continue
        if result == "skipped" and _MISSING.search(reason):
            remark = Finding(message=f"the session {name!r} was not run: {reason}", hint="install that Python")
            (problems if live else notices).extend((remark,) if live else blocking_live((remark,)))
            continue
        remarks, unreached = _remarks(name, result, reason, done)
        if unreached and not live:
            notices.append(_not_asked(name, unreached))
        else:
            problems += remarks
    well = [name for name, (result, _) in ended.items() if result == "success"]
    if done.status and not problems and not notices:
        what = f"nox ended with exit status {done.status}: {tail(done.text, 1)}"
        problems.append(Finding(message=what, hint=f"see {done.log}"))
    counts = session_output.count(done.text)
    if counts.get("tests") == 0 and not problems:
        problems.append(Finding(message="every test was skipped", hint=f"see {done.log}"))
    unasked = [each for each in notices if each.kind is FindingKind.NOT_ASKED]
    return Findings(
        examined=len(well) or len(problems),
        unit=session_output.unit(len(well) or len(problems), own.names, counts),
        problems=truncated(problems),
        notices=tuple(notices),
        unanswered=unasked[0].message if unasked and not well else "",
        hint=unasked[0].hint if unasked and not well else "",
        tools={"nox": _version()},
    )


def _looked_at(component: Component, names: tuple[str, ...], environ: Mapping[str, str]) -> Own:
    """Return the sessions with the Pythons that nox wants for them, and those that this machine lacks."""
    env = _env(component, environ)
    try:
        listed = _listed(names, _folder(component), env, None)
    except ToolError:
        # Whoever runs them says so.
        return Own(names=names)
    wanted = [python for _, python in listed]
    pythons = tuple(dict.fromkeys(filter(None, wanted)))
    lacking = [each for each in pythons if interpreters.is_version(each) and uv.find_python(each, env) is None]
    runnable = not wanted or any(python not in lacking for python in wanted)
    return Own(names=names, pythons=pythons, lacking=() if runnable else tuple(lacking))


def _env(component: Component, environ: Mapping[str, str]) -> dict[str, str]:
    # Its sessions install by themselves, so where from is theirs to know.
    return surroundings(environ, component.settings.pass_env) | environment.installing(environ)


def _folder(component: Component) -> Path:
    return component.folder if (component.folder / "noxfile.py").is_file() else component.repository.root


def _after(posargs: Sequence[str]) -> tuple[str, ...]:
    return ("--", *posargs) if posargs else ()


def _listed(
    names: Sequence[str], folder: Path, env: Mapping[str, str], log: Path | None
) -> tuple[tuple[str, str], ...]:
    """Return every session (with its Python and parameters) that the names select, and the Python it wants."""
    command = [*process.module("nox"), "--json", "-l", "-s", *names]
    done = process.run(command, cwd=folder, env=env, timeout=_LIST_SECONDS, ok=None, log=log)
    try:
        return tuple((each["session"], _plain(each.get("python"))) for each in json.loads(done.out))
    except (ValueError, KeyError, TypeError) as error:
        what = f"nox could not list the project's sessions: {tail(done.text, 1)}"
        hint = "what its noxfile imports has to be installed beside unmoor"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint=hint) from error


def _plain(python: object) -> str:
    return python if isinstance(python, str) else ""


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


def _remarks(name: str, result: str, reason: str, done: Completed) -> tuple[list[Finding], str]:
    """Return why a session did not succeed, and what it could not reach where that was the reason."""
    hint = f"nox -s {name}, or see {done.log}"
    failed = session_output.failure(_failing(name, done.out)) if result == "failed" else session_output.Failure()
    if not failed.causes:
        # It said nothing, so nox's own line is all there is.
        last = tail(done.out.split(f"nox > Session {name} {result}", 1)[0], 1).removeprefix("nox > ")
        why = f": {reason or (last if result == 'failed' else '')}".rstrip(": ")
        return [Finding(message=f"the session {name!r} {_WORDS.get(result, f'was {result}')}{why}", hint=hint)], ""
    first, *others = failed.causes
    named = replace(first, message=f"the session {name!r} failed: {first.message}", hint=hint)
    return [named, *others], failed.unreached


def _not_asked(name: str, unreached: str) -> Finding:
    return Finding(
        message=f"the session {name!r} was not rehearsed, for want of a network: {unreached}",
        hint="rehearse where that can be reached",
        kind=FindingKind.NOT_ASKED,
    )


def _failing(name: str, out: str) -> str:
    """Return what the command said that failed in a session: all between nox's naming it and its closing line."""
    after = out.split(f"nox > Running session {name}\n", 1)[-1]
    lines = after.split(f"nox > Session {name} failed", 1)[0].splitlines()
    last = next((number for number in reversed(range(len(lines))) if _COMMAND_FAILED.match(lines[number])), None)
    if last is None:
        return "\n".join(line.removeprefix("nox > ") for line in lines)
    command = _COMMAND_FAILED.match(lines[last])
    begun = f"nox > {command['command']}" if command else ""
    first = next((number for number in reversed(range(last)) if lines[number] == begun), -1)
    # What a silent command said stands below the line that it failed, where nox gives it a mark of its own.
    return "\n".join([*lines[first + 1 : last], *(line.removeprefix("nox > ") for line in lines[last + 1 :])])


def _version() -> str:
    from importlib.metadata import version

    return version("nox")
