"""mypy: types, with a fresh cache outside the tree.

How it lies: "Success: no issues found in 0 source files", and nothing to say at all where the configuration turns
the summary off. The summary is therefore always asked for, and its number of files is what counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Finding, Findings, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_SECONDS = 900.0
_CLEAN = re.compile(r"^Success: no issues found in (\d+) source file", re.MULTILINE)
_CHECKED = re.compile(r"^Found \d+ errors? in \d+ files? \(checked (\d+) source file", re.MULTILINE)
_ERROR = re.compile(r"^(?P<path>.+?):(?P<line>\d+): error: (?P<message>.+)$", re.MULTILINE)


def examine(tools: ToolEnvironment, targets: Sequence[str], log: Path) -> Findings:
    """Check ``targets``, paths in the project; without any, what the project's configuration names."""
    done = _run(tools, targets, log)
    problems = [
        Finding(message=_short(each["message"]), place=tools.place(each["path"], each["line"]))
        for each in _ERROR.finditer(done.out)
    ]
    clean, checked = _CLEAN.search(done.out), _CHECKED.search(done.out)
    if done.status == 0 and clean is None:
        raise ToolFailed("mypy did not say what it checked", status=0, tail=tail(done.text), log=done.log)
    if done.status and not problems:
        what = f"mypy could not look: {tail(done.text, 1)}"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint="fix its configuration")
    number = clean or checked
    examined = int(number.group(1)) if number else len({each["path"] for each in _ERROR.finditer(done.out)})
    return Findings(
        examined=examined, unit="files mypy", problems=truncated(problems), tools={"mypy": tools.version("mypy")}
    )


def _run(tools: ToolEnvironment, targets: Sequence[str], log: Path) -> Completed:
    options: list[str | Path] = [
        "--cache-dir",
        tools.scratch / "mypy",
        "--no-pretty",
        "--show-error-codes",
        "--error-summary",
        "--no-color-output",
    ]
    return tools.run(tools.program("mypy"), *options, *targets, log=log, seconds=_SECONDS)


def _short(message: str) -> str:
    return re.sub(r"\s{2,}", "  ", message).rstrip(".")
