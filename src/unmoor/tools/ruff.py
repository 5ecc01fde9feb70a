"""ruff: lint and format, looked at and never fixed.

How it lies: "All checks passed!" also for no files at all, so the files are counted first; ``fix = true`` in the
configuration makes a check edit the tree, so fixing is switched off. From 0.16 on it formats Markdown too: a project
that shows no paths of its own gets Python and notebooks looked at and nothing else.
Rules: https://docs.astral.sh/ruff/linter/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import FileSelection, Finding, Findings, ToolRun, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools.file_selection import argument_lists, folder_of
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_FOUND = 1
_SECONDS = 120.0
_LOOKED_AT = (".py", ".pyi", ".ipynb", ".toml", ".pyw", ".md")
# A line a file until 0.15; from 0.16 on as a diagnostic like any other.
_REFORMAT = re.compile(r"^(?:Would reformat: | *--> )(?P<path>.+?)(?::\d+:\d+)?$", re.MULTILINE)
_PYTHON = FileSelection(types=("file",), types_or=("python", "pyi", "jupyter"))
_USUAL = {
    "check": ToolRun(arguments=("check", ".")),
    "format": ToolRun(arguments=("format", "--force-exclude"), selection=_PYTHON),
}


def examine(tools: ToolEnvironment, runs: Sequence[ToolRun], log: Path, *, jobs: Sequence[str] = ()) -> Findings:
    """Run ruff as the project does; where it shows no ``runs``, do the ``jobs`` (check, format) on all there is."""
    program = tools.program("ruff")
    seen: set[Path] = set()
    problems: list[Finding] = []
    for run in runs or [_USUAL[job] for job in jobs]:
        job, *rest = run.arguments
        for _, *words in argument_lists(tools, ToolRun(arguments=("", *rest), selection=run.selection)):
            files = _files(tools, program, run, words, log)
            seen |= files
            if files:
                look = _violations if job == "check" else _unformed
                problems += look(tools, run, _looked(tools, program, run, words, log))
    return Findings(
        examined=len(seen), unit="files ruff", problems=tuple(problems), tools={"ruff": tools.version("ruff")}
    )


def _files(tools: ToolEnvironment, program: Path, run: ToolRun, words: Sequence[str], log: Path) -> set[Path]:
    """Return the files that a run looks at, as ruff itself lists them.

    ``format`` has no such list; that of ``check`` for the same paths is about the same files.
    """
    kept = words if run.arguments[0] == "check" else _paths(words)
    folder = folder_of(tools, run)
    listed = _run(tools, program, run, "check", *kept, "--show-files", "--no-cache", log=log)
    _understood(listed)
    return {folder / line for line in listed.out.splitlines() if line.endswith(_LOOKED_AT)}


def _paths(words: Sequence[str]) -> list[str]:
    """Return the paths among the words of a command, and the options that both jobs know."""
    paths, valued = list[str](), False
    for word in words:
        if valued or word in {"--force-exclude", "--isolated"} or not word.startswith("-"):
            paths.append(word)
            valued = False
        elif word in {"--config", "--exclude", "--extension", "--target-version"}:
            paths.append(word)
            valued = True
        elif word.startswith(("--config=", "--exclude=")):
            paths.append(word)
    return paths


def _looked(tools: ToolEnvironment, program: Path, run: ToolRun, words: Sequence[str], log: Path) -> Completed:
    if run.arguments[0] == "check":
        options = ("--no-fix", "--no-fix-only", "--no-cache", "--output-format", "json")
        return _run(tools, program, run, "check", *words, *options, log=log)
    return _run(tools, program, run, "format", *words, "--check", "--no-cache", log=log)


def _run(tools: ToolEnvironment, program: Path, run: ToolRun, *words: str, log: Path) -> Completed:
    return tools.run(program, *words, log=log, seconds=_SECONDS, cwd=folder_of(tools, run), extra=dict(run.environ))


def _understood(done: Completed) -> None:
    if done.status not in {0, _FOUND}:
        what = f"ruff could not look: {_cause(done)}"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint="fix its configuration")


def _cause(done: Completed) -> str:
    """Return the line that says what is wrong: ruff names the innermost cause last."""
    causes = re.findall(r"^\s*(?:Cause|error|cause): (.+)$", done.text, re.MULTILINE)
    return causes[-1] if causes else tail(done.text, 1)


def _violations(tools: ToolEnvironment, run: ToolRun, done: Completed) -> tuple[Finding, ...]:
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
        command = _command(run, "check", "--fix")
        shown += (Finding(message=f"ruff can fix {fixable} of {len(found)}", hint=f"run `{command}`"),)
    return shown


def _unformed(tools: ToolEnvironment, run: ToolRun, done: Completed) -> tuple[Finding, ...]:
    _understood(done)
    if not done.status:
        return ()
    found = [
        Finding(message="is not formatted", place=tools.place(str(folder_of(tools, run) / path)))
        for path in dict.fromkeys(_REFORMAT.findall(done.out))
    ]
    command = _command(run, "format")
    return (*truncated(found), Finding(message=tail(done.out, 1).lower(), hint=f"run `{command}`"))


def _command(run: ToolRun, *words: str) -> str:
    """Return what to type to mend it: with the paths of the run, where it has any."""
    paths = () if run.selection else tuple(word for word in run.arguments[1:] if word != ".")
    return " ".join(("ruff", *words, *paths))
