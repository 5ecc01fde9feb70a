"""ruff: lint and format, looked at and never fixed.

How it lies: "All checks passed!" also for no files at all, so the files are counted first; ``fix = true`` in the
configuration makes a check edit the tree, so fixing is switched off. Rules: https://docs.astral.sh/ruff/linter/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Finding, Findings, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_FOUND = 1
_SECONDS = 120.0
_PYTHON = (".py", ".pyi", ".ipynb")
# A line a file until 0.15; from 0.16 on as a diagnostic like any other.
_REFORMAT = re.compile(r"^(?:Would reformat: | *--> )(?P<path>.+?)(?::\d+:\d+)?$", re.MULTILINE)


def examine(tools: ToolEnvironment, jobs: Sequence[str], log: Path) -> Findings:
    """Let ruff look at every file it would look at; ``jobs`` are the ones the project gives it: check, format."""
    program = tools.program("ruff")
    listed = tools.run(program, "check", "--show-files", "--no-cache", ".", log=log, seconds=_SECONDS)
    _understood(listed)
    problems: tuple[Finding, ...] = ()
    if "check" in jobs:
        options = ("--no-fix", "--no-fix-only", "--no-cache", "--output-format", "json")
        problems += _violations(tools, tools.run(program, "check", *options, ".", log=log, seconds=_SECONDS))
    if "format" in jobs:
        problems += _unformed(
            tools, tools.run(program, "format", "--check", "--no-cache", ".", log=log, seconds=_SECONDS)
        )
    return Findings(
        examined=len([line for line in listed.out.splitlines() if line.endswith(_PYTHON)]) if jobs else 0,
        unit="files ruff",
        problems=problems,
        tools={"ruff": tools.version("ruff")},
    )


def _understood(done: Completed) -> None:
    if done.status not in {0, _FOUND}:
        what = f"ruff could not look: {tail(done.text, 1)}"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint="fix its configuration")


def _violations(tools: ToolEnvironment, done: Completed) -> tuple[Finding, ...]:
    _understood(done)
    try:
        found = json.loads(done.out)
    except ValueError as error:
        raise ToolFailed(
            "ruff's report cannot be read", status=done.status, tail=tail(done.text), log=done.log
        ) from error
    findings = [
        Finding(
            message=f"{each.get('code') or 'syntax'}: {each['message'].rstrip('.')}",
            place=tools.place(each["filename"], each["location"]["row"]),
        )
        for each in found
    ]
    if done.status and not findings:
        findings = [Finding(message="ruff failed without naming a violation", hint=f"see {done.log}")]
    shown = truncated(findings)
    fixable = sum(1 for each in found if (each.get("fix") or {}).get("applicability") == "safe")
    if fixable:
        shown += (Finding(message=f"ruff can fix {fixable} of {len(found)}", hint="run `ruff check --fix`"),)
    return shown


def _unformed(tools: ToolEnvironment, done: Completed) -> tuple[Finding, ...]:
    _understood(done)
    if not done.status:
        return ()
    found = [
        Finding(message="is not formatted", place=tools.place(path))
        for path in dict.fromkeys(_REFORMAT.findall(done.out))
    ]
    return (*truncated(found), Finding(message=tail(done.out, 1).lower(), hint="run `ruff format`"))
