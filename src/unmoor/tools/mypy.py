"""mypy: types, with a fresh cache outside the tree.

How it lies: "Success: no issues found in 0 source files", and nothing to say at all where the configuration turns
the summary off. The summary is therefore always asked for, and its number of files is what counts.
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

_SECONDS = 900.0
_CLEAN = re.compile(r"^Success: no issues found in (\d+) source file", re.MULTILINE)
_CHECKED = re.compile(r"^Found \d+ errors? in \d+ files? \(checked (\d+) source file", re.MULTILINE)
_ERROR = re.compile(r"^(?P<path>.+?):(?P<line>\d+): error: (?P<message>.+)$", re.MULTILINE)
_MISSING = re.compile(
    r'(?:Library stubs not installed for|Cannot find implementation or library stub for module named) "([^"]+)"'
)
_STUBS = re.compile(r'note: Hint: "[^"]*pip install ([^"]+)"')


def examine(tools: ToolEnvironment, runs: Sequence[ToolRun], log: Path) -> Findings:
    """Check types as the project does; one without arguments checks what the project's configuration names."""
    parts = [
        _examined(tools, run, _run(tools, run, words, log))
        for run in runs
        for words in argument_lists(tools, run, whole=True)
    ]
    problems = tuple(dict.fromkeys(each for _, found in parts for each in found))
    return Findings(
        # Several runs are mostly about the same files, for several platforms.
        examined=max((number for number, _ in parts), default=0),
        unit="files mypy",
        problems=truncated(problems),
        tools={"mypy": tools.version("mypy")},
    )


def _examined(tools: ToolEnvironment, run: ToolRun, done: Completed) -> tuple[int, tuple[Finding, ...]]:
    """Return how many files were checked, and the errors in them, those first that explain others."""
    folder = folder_of(tools, run)
    problems = [
        Finding(
            message=_short(each["message"]),
            place=tools.place(str(folder / each["path"]), each["line"]),
            hint=_lacking(each["message"], done.out),
        )
        for each in _ERROR.finditer(done.out)
    ]
    clean, checked = _CLEAN.search(done.out), _CHECKED.search(done.out)
    if done.status == 0 and clean is None:
        raise ToolFailed("mypy did not say what it checked", status=0, tail=tail(done.text), log=done.log)
    if done.status and not problems:
        what = f"mypy could not look: {_cause(done)}"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint="fix its configuration")
    number = clean or checked
    examined = int(number.group(1)) if number else len({each["path"] for each in _ERROR.finditer(done.out)})
    return examined, tuple(sorted(problems, key=lambda each: not each.hint))


def _run(tools: ToolEnvironment, run: ToolRun, words: Sequence[str], log: Path) -> Completed:
    options: list[str | Path] = [
        "--cache-dir",
        tools.scratch / "mypy",
        "--no-pretty",
        "--show-error-codes",
        "--error-summary",
        "--no-color-output",
    ]
    extra = dict(run.environ)
    return tools.run(
        tools.program("mypy"), *options, *words, log=log, seconds=_SECONDS, cwd=folder_of(tools, run), extra=extra
    )


def _lacking(message: str, out: str) -> str:
    """Return what to do about a module that is not there, an empty text for any other error."""
    missing = _MISSING.search(message)
    if not missing:
        return ""
    stubs = _STUBS.search(out)
    what = stubs[1] if stubs and "stubs" in message else f"what brings {missing[1].partition('.')[0]!r}"
    return f"install {what} beside mypy: name it in its list, or in types-requirements in [tool.unmoor]"


def _cause(done: Completed) -> str:
    errors = re.findall(r"^(?:mypy: )?(?:error|.*: error): (.+)$", done.text, re.MULTILINE)
    return (errors[0] if errors else tail(done.text, 1)).rstrip(".")


def _short(message: str) -> str:
    return re.sub(r"\s{2,}", "  ", message).rstrip(".")
