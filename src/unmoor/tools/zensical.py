"""Zensical: the documentation in a throw-away copy, because it knows no other place for its site.

How it lies: not much; but it ends in a traceback when it fails, of which only the last lines mean anything to people.
It is young and may be impossible to install. https://zensical.org/docs/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from unmoor.model import Finding, Findings
from unmoor.runtime.process import Completed
from unmoor.tools.cause import cause
from unmoor.tools.docs_verdict import judged, not_built, without_pages
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LOCATED = re.compile(r"[╭┌]─\[\s*(?P<path>[^:\]]+):(?P<line>\d+)")


def examine(
    tools: ToolEnvironment,
    source: str,
    copy: Path,
    *,
    live: bool = True,
    log: Path,
    seconds: float,
    strict: bool = True,
    why: str = "",
    environ: Mapping[str, str] | None = None,
) -> Findings:
    """Build in ``copy``, a clone that may be written to; ``source`` is the configuration, empty for the usual one.

    ``live`` says that others must answer; ``strict`` that warnings fail, ``why`` the reason where they do not. Raises
    ``Broken`` with the cause where the build broke.
    """
    config = ("--config-file", source) if source.endswith((".yml", ".yaml", ".toml")) else ()
    before = set(copy.rglob("*.html"))
    done = tools.run(
        tools.program("zensical"),
        *("build", *(("--strict",) if strict else ())),
        *config,
        log=log,
        seconds=seconds,
        cwd=copy,
        extra={"NO_COLOR": "1", **(environ or {})},
        limit="docs.seconds",
    )
    pages = [page for page in copy.rglob("*.html") if page not in before and page.name != "404.html"]
    said = _said(tools, done)
    if done.status and not pages and not said:
        return not_built("zensical could not build", done, live=live, by_hand="zensical build")
    if done.status and not said:
        said = [Finding(message=cause(done.text), hint=f"see {done.log}")]
    # What ends it without --strict is no warning.
    problems, notices = judged(said, live=live, strict=strict or bool(done.status), why=why)
    return Findings(
        examined=len(pages) or len(problems),
        hint=without_pages(done, len(pages)),
        unit="pages",
        problems=problems,
        notices=notices,
        tools={"zensical": tools.version("zensical")},
    )


def _said(tools: ToolEnvironment, done: Completed) -> list[Finding]:
    """Return the warnings it printed, never the traceback that it ends in."""
    lines = _ANSI.sub("", done.text).splitlines()
    found: list[Finding] = []
    for number, line in enumerate(lines):
        if not line.startswith(("Warning:", "Error:", "warning:", "error:")):
            continue
        below = next(filter(None, (_LOCATED.search(each) for each in lines[number : number + 3])), None)
        place = tools.place(below["path"].strip(), below["line"]) if below else ""
        found.append(Finding(message=line.partition(":")[2].strip().rstrip("."), place=place))
    return found
