"""Sphinx: the documentation with warnings as errors, from scratch, into a temporary place.

How it lies: a kept doctree hides the warnings of pages that did not change, so nothing is kept; a build can succeed
and write no page. Inventories of other projects that do not answer are warnings too: they tell about the network and
not about the documentation. https://www.sphinx-doc.org/en/master/man/sphinx-build.html
"""

from __future__ import annotations

import re
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Finding, Findings, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools import unreachable
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_WARNING = re.compile(
    r"^(?:(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*)(?P<inner>:docstring of [^:]+)?(?::(?P<line>\d+))?: )?"
    r"(?P<level>WARNING|ERROR|CRITICAL): (?P<message>.+)$"
)
_INVENTORY = re.compile(r"failed to reach any of the inventories|intersphinx inventory .* not fetchable")
_MADE = frozenset({"genindex.html", "search.html", "py-modindex.html", "http-index.html"})
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def examine(tools: ToolEnvironment, source: Path, *, live: bool, log: Path, seconds: float) -> Findings:
    """Build the documentation in ``source``; ``live`` says that inventories must answer."""
    out, warnings = tools.scratch / "html", tools.scratch / "warnings.txt"
    done = tools.run(
        tools.program("sphinx-build"),
        *("-W", "--keep-going", "-E", "-b", "html", "--no-color", "-d", tools.scratch / "doctrees", "-w", warnings),
        *(source, out),
        log=log,
        seconds=seconds,
        limit="docs.seconds",
    )
    said = _warnings(tools, warnings)
    if done.status and not said:
        what = f"sphinx could not build: {tail(done.text, 1)}"
        raise ToolFailed(
            what, status=done.status, tail=tail(done.text), log=done.log, hint="run sphinx-build -W by hand"
        )
    problems, notices = unreachable.weighed(said, live=live)
    if not said and "build succeeded" not in done.out:
        problems = [
            Finding(message=f"sphinx did not say that the build succeeded: {tail(done.out, 1)}", hint=f"see {done.log}")
        ]
    return Findings(
        examined=_pages(out, done),
        unit="pages",
        problems=truncated(problems),
        notices=notices,
        tools={"sphinx": tools.version("sphinx")},
    )


def _warnings(tools: ToolEnvironment, path: Path) -> list[Finding]:
    found = []
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    lines = iter(_ANSI.sub("", text).splitlines())
    for line in lines:
        match = _WARNING.match(line)
        if match is None:
            continue
        message = match["message"].rstrip(".")
        if message.endswith(":") or _INVENTORY.search(message):
            message = f"{message} {next(lines, '').strip()}".strip()
        message += f" ({match['inner'].lstrip(':')})" if match["inner"] else ""
        place = tools.place(match["path"], match["line"] or "") if match["path"] else ""
        found.append(Finding(message=message, place=place))
    return found


def _pages(out: Path, done: Completed) -> int:
    """Count the pages of the documentation itself; those Sphinx makes up (indices, sources, themes) do not count."""
    if "build succeeded" not in done.out and "build finished with problems" not in done.out:
        return 0
    pages = (page.relative_to(out) for page in out.rglob("*.html"))
    return sum(1 for page in pages if page.name not in _MADE and not page.parts[0].startswith("_"))
