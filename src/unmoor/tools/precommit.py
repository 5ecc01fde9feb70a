"""pre-commit and prek: all hooks on all files, in a throw-away copy, because hooks fix what they look at.

How it lies: a hook without files is "Skipped" and the run succeeds all the same; ``SKIP`` in the environment skips
more, so it is not passed on. Exit statuses: 0 all well, 1 a hook failed or fixed something, 3 pre-commit itself
could not go on, most often because a hook's repository did not answer. https://pre-commit.com/#pre-commit-run
"""

from __future__ import annotations

import re
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Finding, Findings, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools import unreachable
from unmoor.tools.cause import cause
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_SECONDS = 900.0
_HOOK = re.compile(r"^(?P<name>.+?)\.{3,}(?:\([^)]*\))?(?P<result>Passed|Failed|Skipped)$", re.MULTILINE)


def examine(tools: ToolEnvironment, copy: Path, log: Path, *, program: str = "pre-commit") -> Findings:
    """Run every hook on every file of ``copy``, a clone that may be written to; ``program`` may be ``prek`` as well."""
    done = tools.run(
        tools.program(program),
        *("run", "--all-files", "--show-diff-on-failure", "--color", "never"),
        log=log,
        seconds=_SECONDS,
        cwd=copy,
    )
    if done.status not in {0, 1}:
        return _stopped(tools, program, done)
    results = [(hook["name"], hook["result"]) for hook in _HOOK.finditer(done.out)]
    failed = [name for name, result in results if result == "Failed"]
    problems = [
        Finding(message=f"the hook {name!r} failed{_why(done.out, name)}", hint=f"run `{program} run --all-files`")
        for name in failed
    ]
    if done.status and not failed:
        problems.append(Finding(message=f"{program} failed: {cause(done.text)}", hint=f"see {done.log}"))
    idle = tuple(name for name, result in results if result == "Skipped")
    notice = Finding(message=f"{len(idle)} of {len(results)} hooks had no files to look at: {', '.join(idle[:5])}")
    return Findings(
        examined=len(results) - len(idle),
        unit=f"hooks {program}",
        problems=truncated(problems),
        notices=(notice,) if idle else (),
        tools={program: tools.version(program)},
    )


def _why(out: str, name: str) -> str:
    """Return what the hook did, from the lines below its own: the files it changed, or its first line of output."""
    below = out.split(f"{name}.", 1)[-1].split("\n")[1:]
    said = []
    for line in below:
        if _HOOK.match(line):
            break
        if line.strip() and not line.startswith("- "):
            said.append(line.strip())
    if "- files were modified by this hook" in below[:6]:
        return ": it would change files"
    return f": {said[0]}" if said else ""


def _stopped(tools: ToolEnvironment, program: str, done: Completed) -> Findings:
    if unreachable.sign(done.text):
        where = re.search(r"Initializing environment for (\S+?)\.?$", done.text, re.MULTILINE)
        name = where[1] if where else unreachable.address(done.text)
        named = f": {name}" if name else ""
        return Findings(
            unanswered=f"hook repositories did not answer{named}",
            hint=f"run `{program} install-hooks` where they can be reached; its cache is used",
            tools={program: tools.version(program)},
        )
    what = f"{program} could not go on: {cause(done.text)}"
    raise ToolFailed(
        what, status=done.status, tail=tail(done.text), log=done.log, hint=f"run `{program} run --all-files`"
    )
