"""black: format, looked at and never changed.

How it lies: "All done!" for no files too, so the files in its summary are counted; it is read from the error stream,
whose words have been the same since 18.9. Exit statuses: 0 all formed, 1 some would change, 123 it could not read one.
https://black.readthedocs.io/en/stable/usage_and_configuration/the_basics.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Finding, Findings, ToolRun, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools.file_selection import argument_lists, folder_of
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_SECONDS = 600.0
_WOULD, _UNREADABLE = 1, 123
_COUNT = re.compile(r"(\d+) files? would")
_REFORMAT = re.compile(r"^would reformat (?P<path>.+?)(?::cell_\d+)?$", re.MULTILINE)
_ERROR = re.compile(r"^error: cannot format (?P<path>.+?): (?P<message>.+)$", re.MULTILINE)


def examine(tools: ToolEnvironment, runs: Sequence[ToolRun], log: Path) -> Findings:
    """Run black as the project does; where it shows no ``runs``, on all there is."""
    program = tools.program("black")
    examined = 0
    problems: list[Finding] = []
    for run in runs or [ToolRun(arguments=(".",))]:
        for words in argument_lists(tools, run):
            options = ("--check", "--no-color")
            folder = folder_of(tools, run)
            done = tools.run(program, *options, *words, log=log, seconds=_SECONDS, cwd=folder, extra=dict(run.environ))
            if done.status not in {0, _WOULD, _UNREADABLE}:
                what = f"black could not look: {_cause(done)}"
                hint = "fix its configuration"
                raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint=hint)
            examined += sum(map(int, _COUNT.findall(done.err)))
            problems += _problems(tools, done, folder)
    return Findings(
        examined=examined, unit="files black", problems=truncated(problems), tools={"black": tools.version("black")}
    )


def _problems(tools: ToolEnvironment, done: Completed, folder: Path) -> list[Finding]:
    unread = [
        Finding(message=each["message"].rstrip("."), place=tools.place(str(folder / each["path"])))
        for each in _ERROR.finditer(done.err)
    ]
    found = [
        Finding(message="is not formatted", place=tools.place(str(folder / path)), hint="run `black` on it")
        for path in dict.fromkeys(_REFORMAT.findall(done.err))
    ]
    if done.status and not (unread or found):
        return [Finding(message=f"black ended with exit status {done.status}: {_cause(done)}", hint=f"see {done.log}")]
    return unread + found


def _cause(done: Completed) -> str:
    errors = re.findall(r"^(?:Error|error): (.+)$", done.text, re.MULTILINE)
    return (errors[0] if errors else tail(done.text, 1)).rstrip(".")
