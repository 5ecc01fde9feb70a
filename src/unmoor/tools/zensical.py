"""Zensical: the documentation, strictly, in a throw-away copy, because it knows no other place for its site.

How it lies: not much; but it ends in a traceback when it fails, of which only the last lines mean anything to people.
It is young and may be impossible to install. https://zensical.org/docs/
"""

from __future__ import annotations

import re
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Finding, Findings, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LOCATED = re.compile(r"[╭┌]─\[\s*(?P<path>[^:\]]+):(?P<line>\d+)")
_NOISE = re.compile(r"^(Traceback|  |Build |Serving|$)|During handling|direct cause")


def examine(tools: ToolEnvironment, source: str, copy: Path, *, log: Path, seconds: float) -> Findings:
    """Build in ``copy``, a clone that may be written to; ``source`` is the configuration, empty for the usual one."""
    config = ("--config-file", source) if source.endswith((".yml", ".yaml", ".toml")) else ()
    before = set(copy.rglob("*.html"))
    program = tools.program("zensical")
    done = tools.run(
        program,
        "build",
        "--strict",
        *config,
        log=log,
        seconds=seconds,
        cwd=copy,
        extra={"NO_COLOR": "1"},
        limit="docs.seconds",
    )
    pages = [page for page in copy.rglob("*.html") if page not in before and page.name != "404.html"]
    problems = _problems(tools, done) if done.status else []
    if done.status and not pages and not problems:
        what = f"zensical could not build: {tail(done.text, 1)}"
        raise ToolFailed(
            what, status=done.status, tail=tail(done.text), log=done.log, hint="run zensical build --strict"
        )
    return Findings(
        examined=len(pages) or len(problems),
        unit="pages",
        problems=truncated(problems),
        tools={"zensical": tools.version("zensical")},
    )


def _problems(tools: ToolEnvironment, done: Completed) -> list[Finding]:
    """Return the warnings it printed, or its last words where it printed none; never the traceback."""
    lines = _ANSI.sub("", done.text).splitlines()
    found: list[Finding] = []
    for number, line in enumerate(lines):
        if not line.startswith(("Warning:", "Error:", "warning:", "error:")):
            continue
        below = next(filter(None, (_LOCATED.search(each) for each in lines[number : number + 3])), None)
        place = tools.place(below["path"].strip(), below["line"]) if below else ""
        found.append(Finding(message=line.partition(":")[2].strip().rstrip("."), place=place))
    if found:
        return found
    said = [line.strip() for line in lines if not _NOISE.search(line)]
    return [Finding(message=said[-1].rstrip("."), hint=f"see {done.log}")] if said else []
