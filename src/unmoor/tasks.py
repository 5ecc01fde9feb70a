"""The invoke face: what looks at the tree or changes it. The command ``unmoor`` has the same tasks.

    from unmoor.tasks import namespace as ns

Every task ends with the exit codes of ``unmoor.errors.Exit``: 0 pass, 1 crash or wrong usage, 2 a gate failed,
3 nothing configured, 4 incomplete, run again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from invoke.collection import Collection
from invoke.context import Context  # noqa: TC002 - invoke reads the annotations of tasks
from invoke.exceptions import Exit as Stop
from invoke.tasks import Task, task

from unmoor.cli.encodings import must_know_file_names, outlive_readers, take_every_character
from unmoor.errors import Exit, SettingsError, UnmoorError
from unmoor.model import Finding
from unmoor.runtime import environment, private_memory, shortage
from unmoor.tools.known_secrets import learn

if TYPE_CHECKING:
    from unmoor.report.terminal import Terminal

__all__ = ["namespace"]

_Task = TypeVar("_Task", bound=Callable[..., Any])
# One word: a sentence that begins with an option is a sentence.
_LETTERS = frozenset({"jobs", "stage", "quiet", "verbose"})
_OPTION = re.compile(r"-\S*")


class _WithShortFlags(Task[Any]):
    """A task of which some options have a letter of their own: those that nox has too, and how much is shown."""

    def arg_opts(self, name: str, default: Any, taken_names: set[str]) -> dict[str, Any]:
        """Return what invoke makes an option of; it would give every one of them some letter."""
        opts: dict[str, Any] = super().arg_opts(name, default, taken_names)
        return opts if name in _LETTERS else {**opts, "names": [each for each in opts["names"] if len(each) > 1]}


def _exits(function: _Task) -> _Task:
    """Turn what a task raises or returns into a message and an exit code; a traceback is a bug."""

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        take_every_character()
        outlive_readers()
        try:
            _refuse_options(function.__name__, kwargs)
            must_know_file_names()
            with shortage.told():
                code = function(*args, **kwargs) or Exit.PASS
        except UnmoorError as error:
            _terminal().say(error.message, error=True)
            raise Stop(code=int(error.code)) from None
        if code:
            raise Stop(code=int(code))

    return wrapped  # type: ignore[return-value]


def _refuse_options(name: str, values: Mapping[str, object]) -> None:
    """Raise ``SettingsError`` where invoke took an option for a value: it gives a task's value whatever comes next."""
    hint = f"invoke --help {name}, or unmoor --help {name}, shows what it takes"
    problems = [
        Finding(message=f"{value!r} is no value for {argument!r}", place="command line", hint=hint)
        for argument, value in values.items()
        if isinstance(value, str) and _OPTION.fullmatch(value)
    ]
    if problems:
        raise SettingsError(problems)


def _here() -> tuple[Path, dict[str, str]]:
    """Return where we are and the environment; what is secret in it is hidden from now on, and from what we start."""
    environ = dict(os.environ)
    learn(environ)
    secret = environment.secrets(environ)
    private_memory.blot_out(secret)
    # Other tasks of the project's own, in this very process, may need it.
    os.environ.update(secret)
    return Path.cwd(), environ


def _terminal() -> Terminal:
    from unmoor.report import terminal

    return terminal.of_this_process(os.environ)


def _say(text: str) -> None:
    """Print what people may be shown of a text."""
    _terminal().say(text)


@task(
    help={
        "jobs": "how many stages run side by side: a number, or auto for as many as there are cores",
        "stage": "rehearse up to this stage (check, lint, tests, docs-strict, build, testpypi, pypi, release)",
        "stop_at_first": "end at the first stage that does not pass, instead of going on to show everything",
        "quiet": "show how it ended, what stopped it and what to do next, and nothing else",
        "verbose": "show all about each gate: what it asserts, its tools, its time, its log",
    },
    klass=_WithShortFlags,
)
@_exits
def rehearse(
    _: Context,
    jobs: str = "auto",
    stage: str = "release",
    stop_at_first: bool = False,  # noqa: FBT001, FBT002 - a flag
    quiet: bool = False,  # noqa: FBT001, FBT002
    verbose: bool = False,  # noqa: FBT001, FBT002
) -> Exit:
    """Rehearse the release of this clone as it is, against loopback indexes and a bare remote."""
    from unmoor.commands.rehearse import rehearse as run

    verbosity = int(verbose) - int(quiet)
    return run(*_here(), jobs=jobs, stage=stage, stop_at_first=stop_at_first, verbosity=verbosity, say=_say)


@task(
    optional=["issue"],
    help={
        "text": "what users should know, one sentence",
        "kind": "one of the project's note types, such as feature or bugfix",
        "issue": "the issue it belongs to; left out, the note stands alone",
    },
    auto_shortflags=False,
)
@_exits
def note(_: Context, text: str, kind: str = "feature", issue: str = "") -> Exit:
    """Add a change note (a towncrier fragment)."""
    from unmoor.commands.note import note as act

    return act(*_here(), text=text, kind=kind, issue=issue, say=_say)


@task(
    help={"since": "a branch or commit: see that a note was added since then (as towncrier check does)"},
    auto_shortflags=False,
)
@_exits
def notes(_: Context, since: str = "") -> Exit:
    """List the change notes, and see that they are good."""
    from unmoor.commands.notes import notes as look

    return look(*_here(), since=since, say=_say)


@task(
    help={
        "version": "the version the section is for; by default the one the plan says",
        "draft": "show the section, change nothing",
    },
    auto_shortflags=False,
)
@_exits
def changelog(_: Context, version: str = "", draft: bool = False) -> Exit:  # noqa: FBT001, FBT002 - invoke makes a flag of it
    """Collect the change notes into the changelog; a second time adds nothing."""
    from unmoor.commands.changelog import changelog as act

    return act(*_here(), version=version, draft=draft, say=_say)


@task(
    help={
        "part": "major, minor, patch, pre, a, b, rc, post, dev or final; also as a word: unmoor bump minor",
        "to": "the very version; also as a word: unmoor bump 2.0.0",
        "commit": "commit the edits too",
        "dry_run": "show what would be written, file by file, and change nothing",
    },
    auto_shortflags=False,
)
@_exits
def bump(_: Context, part: str = "", to: str = "", commit: bool = False, dry_run: bool = False) -> Exit:  # noqa: FBT001, FBT002 - flags
    """Move the version in every place that states it, and collect the change notes with it."""
    from unmoor.commands.bump import bump as act

    return act(*_here(), part=part, to=to, commit=commit, dry_run=dry_run, say=_say)


@task(help={"json": "print it as JSON"}, auto_shortflags=False)
@_exits
def plan(_: Context, json: bool = False) -> Exit:  # noqa: FBT001, FBT002 - a flag
    """Say what would be released: version, base tag, notes, the rule behind the number, the edits."""
    from unmoor.commands.plan import plan as look

    return look(*_here(), as_json=json, say=_say, width=_terminal().width)


@task(
    help={"live": "tell of the live release of this version, instead of the rehearsal", "json": "print it as JSON"},
    auto_shortflags=False,
)
@_exits
def status(_: Context, live: str = "", json: bool = False) -> Exit:  # noqa: FBT001, FBT002 - a flag
    """Say what is proven, what is not, why, and the one next command; runs nothing."""
    from unmoor.commands.status import status as look

    return look(*_here(), live=live, as_json=json, say=_say, width=_terminal().width)


@task(
    help={
        "live": "tell of the live release of this version, instead of the rehearsal",
        "format": "markdown, html (one page with everything in it), json or text",
        "out": "write it to this file instead of printing it",
    },
    auto_shortflags=False,
)
@_exits
def report(_: Context, live: str = "", format: str = "markdown", out: str = "") -> Exit:  # noqa: A002 - its word
    """Report a release from its evidence alone."""
    from unmoor.commands.report import report as look

    return look(*_here(), live=live, form=format, out=out, say=_say, width=_terminal().width)


@task(help={"json": "print it as JSON"}, auto_shortflags=False)
@_exits
def settings(_: Context, json: bool = False) -> Exit:  # noqa: FBT001, FBT002 - a flag
    """Show every setting as resolved, and where it comes from."""
    from unmoor.commands.settings import settings as look

    return look(*_here(), as_json=json, say=_say)


namespace = Collection(
    rehearse,
    note,
    notes,
    changelog,
    bump,
    plan,
    status,
    report,
    settings,
)
