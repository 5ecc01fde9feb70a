"""isort: the order of imports, looked at and never changed.

How it lies: it says nothing at all when all is well, for no files too; so the files it would look at are listed first.
Exit statuses: 0 all sorted, 1 some are not. https://pycqa.github.io/isort/docs/configuration/options.html
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
_UNSORTED = re.compile(r"^ERROR: (?P<path>.+?) Imports are incorrectly sorted", re.MULTILINE)


def examine(tools: ToolEnvironment, runs: Sequence[ToolRun], log: Path) -> Findings:
    """Run isort as the project does; where it shows no ``runs``, on all there is."""
    program = tools.program("isort")
    examined = 0
    problems: list[Finding] = []
    for run in runs or [ToolRun(arguments=(".",))]:
        for words in argument_lists(tools, run):
            files = _run(tools, program, run, "--show-files", *words, log=log)
            _understood(files)
            if number := len([line for line in files.out.splitlines() if line.strip()]):
                examined += number
                problems += _problems(tools, run, _run(tools, program, run, "--check-only", *words, log=log))
    return Findings(
        examined=examined, unit="files isort", problems=truncated(problems), tools={"isort": tools.version("isort")}
    )


def _run(tools: ToolEnvironment, program: Path, run: ToolRun, *words: str, log: Path) -> Completed:
    return tools.run(program, *words, log=log, seconds=_SECONDS, cwd=folder_of(tools, run), extra=dict(run.environ))


def _understood(done: Completed) -> None:
    if done.status not in {0, 1}:
        what = f"isort could not look: {tail(done.text, 1)}"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint="fix its configuration")


def _problems(tools: ToolEnvironment, run: ToolRun, done: Completed) -> list[Finding]:
    _understood(done)
    found = [
        Finding(
            message="its imports are not sorted",
            place=tools.place(str(folder_of(tools, run) / path)),
            hint="run `isort` on it",
        )
        for path in dict.fromkeys(_UNSORTED.findall(done.text))
    ]
    if done.status and not found:
        return [Finding(message=f"isort failed: {tail(done.text, 1)}", hint=f"see {done.log}")]
    return found
