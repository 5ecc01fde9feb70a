"""flake8: its own checks and those of the plug-ins that are installed beside it.

How it lies: it says nothing when all is well, for no files too, so it is asked for its benchmark, which counts them;
and it ends with 1 for a remark and for an error of its own alike.
https://flake8.pycqa.org/en/latest/user/options.html
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
_FORMAT = "%(path)s:%(row)d:%(col)d: %(code)s %(text)s"
_REMARK = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+: (?P<code>[A-Z]+\d+) (?P<message>.+)$", re.MULTILINE)
_FILES = re.compile(r"^(\d+)\s+total files processed", re.MULTILINE)


def examine(tools: ToolEnvironment, runs: Sequence[ToolRun], log: Path) -> Findings:
    """Run flake8 as the project does; where it shows no ``runs``, on all there is."""
    program = tools.program("flake8")
    examined = 0
    problems: list[Finding] = []
    for run in runs or [ToolRun(arguments=(".",))]:
        folder = folder_of(tools, run)
        for words in argument_lists(tools, run):
            options = ("--benchmark", "--format", _FORMAT)
            done = tools.run(program, *words, *options, log=log, seconds=_SECONDS, cwd=folder, extra=dict(run.environ))
            found = _remarks(tools, done, folder)
            number = _FILES.search(done.out)
            if (done.status and not found) or number is None:
                what = f"flake8 could not look: {_cause(done)}"
                hint = "fix its configuration, or name its plug-ins beside it"
                raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint=hint)
            examined += int(number[1])
            problems += found
    return Findings(
        examined=examined, unit="files flake8", problems=truncated(problems), tools={"flake8": tools.version("flake8")}
    )


def _remarks(tools: ToolEnvironment, done: Completed, folder: Path) -> list[Finding]:
    return [
        Finding(
            message=f"{each['code']}: {each['message'].rstrip('.')}",
            place=tools.place(str(folder / each["path"]), each["line"]),
        )
        for each in _REMARK.finditer(done.out)
    ]


def _cause(done: Completed) -> str:
    errors = re.findall(r"^.*(?:Error|error:).*$", done.text, re.MULTILINE)
    return (errors[-1].strip() if errors else tail(done.text, 1)).rstrip(".")
