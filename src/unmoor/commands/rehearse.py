"""``unmoor rehearse``: hand over to nox, with the project's noxfile or, where it has none of ours, a borrowed one."""

from __future__ import annotations

import ast
import os
import shlex
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from unmoor.chain import CHAIN
from unmoor.errors import Exit, SettingsError, worst
from unmoor.model import Finding
from unmoor.pipeline.open_plan import open_plan
from unmoor.project.nearest_name import did_you_mean
from unmoor.report.stage_rows import last_run
from unmoor.request import Request
from unmoor.runtime import environment, process, scratch
from unmoor.tools import passers_by
from unmoor.tools.git import Git

__all__ = ["rehearse"]

_SHOWN = 5
_INTERRUPTED = 130  # as nox says it
_BORROWED = """import unmoor.sessions

unmoor.sessions.register({root!r})
"""


def rehearse(
    start: Path,
    environ: Mapping[str, str],
    *,
    jobs: str,
    stage: str,
    stop_at_first: bool = False,
    verbosity: int = 0,
    say: Callable[[str], None] = print,
) -> Exit:
    """Rehearse the chain up to ``stage`` and return the gravest exit code of its stages.

    Stages that do not pass are gone past, unless ``stop_at_first``. With a ``verbosity`` below zero only the end is
    shown, above it all about each gate.

    nox itself says 0 or 1 only; the codes are read from what each stage left.
    """
    _check(jobs, stage)
    # A rehearsal makes credentials of its own; the true ones are nothing for the noxfile, nor for what it runs.
    # But a company's index may want a login to be read.
    environ = environment.without_credentials(environ) | environment.readers(environ)
    run_id = f"{int(time.time() * 1000):x}-{os.getpid():x}"
    # What would stop every stage is met here, with its own exit code; the plan is taken up by what nox starts.
    opened = open_plan(Request(start=start, environ=environ, run=run_id))
    component, layout = opened.releases[0].component, opened.layout
    _parses(component.folder / "noxfile.py")
    env = environment.for_rehearsal(environ, component.settings.pass_env)
    env |= {"UNMOOR_RUN_ID": run_id, "UNMOOR_AGAIN": shlex.join(_again(jobs, stage, stop_at_first=stop_at_first))}
    git = Git(component.repository.root, environ)
    env |= (noted := passers_by.note(git, layout.run(run_id) / "untracked"))
    env |= {"UNMOOR_VERBOSITY": "-q" if verbosity < 0 else "-v"} if verbosity else {}
    with scratch.folder("nox") as folder:
        noxfile, session = component.folder / "noxfile.py", component.repository.session(stage)
        if not component.repository.adopted:
            env["UNMOOR_ADOPTED"] = "no"
            session = stage
            noxfile = folder / "noxfile.py"
            noxfile.write_text(_BORROWED.format(root=str(component.folder)), encoding="utf-8")
        command: list[str | Path] = [*process.module("nox"), "--noxfile", noxfile, "--sessions", session]
        command += ["--parallel", jobs] if jobs != "1" else []
        command += ["--", "--stop-at-first"] if stop_at_first else []
        status = process.attached(command, cwd=component.folder, env=env)
    _clear(Git(git.folder, {**environ, **noted}), layout.base / "left-behind" / run_id, say)
    if status == _INTERRUPTED:
        return Exit.INCOMPLETE
    codes = [int(each["code"]) for ended in last_run(layout.run(run_id)).values() for each in ended.values()]
    if status and not any(codes):
        return Exit.CRASH
    return worst(codes) if codes else Exit.CRASH


def _clear(git: Git, into: Path, say: Callable[[str], None]) -> None:
    """Leave the tree as it was: what the stages left behind goes to the state folder, where it can be had back."""
    if left := passers_by.put_away(git, into):
        shown = ", ".join(left[:_SHOWN]) + (f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else "")
        say(f"Left behind by the stages, and moved out of the tree: {shown}")
        say(f"  → {into} has them; have them written elsewhere, or ignore them in .gitignore")


def _again(jobs: str, stage: str, *, stop_at_first: bool) -> list[str]:
    """Return the command that was given, in the words that are not what they are anyway."""
    words = ["unmoor", "rehearse"]
    words += ["--jobs", jobs] if jobs != "auto" else []
    words += ["--stage", stage] if stage != CHAIN[-1].name else []
    return words + (["--stop-at-first"] if stop_at_first else [])


def _parses(noxfile: Path) -> None:
    """Refuse a noxfile that Python cannot read: whether the project has adopted unmoor stands in it."""
    if not noxfile.is_file():
        return
    try:
        ast.parse(noxfile.read_bytes())
    except (SyntaxError, ValueError) as error:
        where = f"noxfile.py:{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else "noxfile.py"
        what = f"Python cannot read it: {error.msg if isinstance(error, SyntaxError) else error}"
        raise SettingsError(
            [Finding(message=what, place=where, hint="correct the line; nox cannot read it either")]
        ) from None


def _check(jobs: str, stage: str) -> None:
    problems = []
    names = [each.name for each in CHAIN]
    if stage not in names:
        hint = did_you_mean(stage, names, otherwise=f"one of {', '.join(names)}")
        problems.append(Finding(message=f"there is no stage {stage!r}", place="--stage", hint=hint))
    if jobs != "auto" and not (jobs.isdigit() and int(jobs) > 0):
        problems.append(
            Finding(message=f"{jobs!r} is no number of jobs", place="--jobs", hint="a number from 1, or auto")
        )
    if problems:
        raise SettingsError(problems)
