"""Sphinx: the documentation from scratch, into a temporary place, with warnings as errors where the project has it so.

How it lies: a kept doctree hides the warnings of pages that did not change, so nothing is kept; a build can succeed
and write no page; an extension that breaks (exit status 2) hides behind the warnings that came before it. Inventories
of other projects that do not answer are warnings too: they tell about the network and not about the documentation.
https://www.sphinx-doc.org/en/master/man/sphinx-build.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from unmoor.model import Finding, Findings
from unmoor.runtime.process import Completed
from unmoor.tools.cause import cause
from unmoor.tools.docs_verdict import judged, not_built, without_pages
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_WARNING = re.compile(
    r"^(?:(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*)(?P<inner>:docstring of [^:]+)?(?::(?P<line>\d+))?: )?"
    r"(?P<level>WARNING|ERROR|CRITICAL): (?P<message>.+)$"
)
_INVENTORY = re.compile(r"failed to reach any of the inventories|intersphinx inventory .* not fetchable")
# Sphinx's own pages, as a file each (html) or as a folder each (dirhtml).
_MADE = frozenset({"genindex", "search", "py-modindex", "http-index"})
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ENDS = ("build succeeded", "build finished with problems")


def examine(
    tools: ToolEnvironment,
    source: Path,
    *,
    live: bool,
    log: Path,
    seconds: float,
    strict: bool = True,
    why: str = "",
    builder: str = "html",
    options: Sequence[str] = (),
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Findings:
    """Build the documentation in ``source`` with ``builder`` and ``options``, run in ``cwd`` with ``environ``.

    ``live`` says that inventories must answer; ``strict`` that warnings fail, ``why`` the reason where they do not.
    Raises ``Broken`` with the cause where the build broke.
    """
    out, warnings = tools.scratch / "html", tools.scratch / "warnings.txt"
    done = tools.run(
        tools.program("sphinx-build"),
        *(("-W", "--keep-going") if strict else ()),
        *("-E", "-b", builder, "--no-color", "-d", tools.scratch / "doctrees", "-w", warnings),
        *options,
        *(source, out),
        log=log,
        seconds=seconds,
        cwd=cwd,
        extra=environ,
        limit="docs.seconds",
    )
    said = _warnings(tools, warnings)
    if done.status and not (said and any(end in done.out for end in _ENDS)):
        return not_built("sphinx could not build", done, live=live, by_hand=f"sphinx-build -b {builder}")
    problems, notices = judged(said, live=live, strict=strict, why=why)
    if not said and "build succeeded" not in done.out:
        what = f"sphinx did not say that the build succeeded: {cause(done.out)}"
        problems = (Finding(message=what, hint=f"see {done.log}"),)
    pages = _pages(out, done)
    return Findings(
        examined=pages,
        hint=without_pages(done, pages),
        unit="pages",
        problems=problems,
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
    if not any(end in done.out for end in _ENDS):
        return 0
    pages = (page.relative_to(out) for page in out.rglob("*.html"))
    return sum(1 for page in pages if not {page.stem, page.parent.name} & _MADE and not page.parts[0].startswith("_"))
