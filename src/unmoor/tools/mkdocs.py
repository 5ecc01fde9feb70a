"""MkDocs and its fork ProperDocs: the documentation, strictly, into a temporary place.

How it lies: ``--quiet`` hides the warnings that ``--strict`` counts, so it is never used; a link to a heading that is
not there is only information unless the configuration has ``validation: {anchors: warn}``, so those are shown here.
https://www.mkdocs.org/user-guide/configuration/#validation
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

_SAID = re.compile(r"^(?P<level>WARNING|ERROR|CRITICAL)\s+-\s+(?P<message>.+)$", re.MULTILINE)
_ANCHOR = re.compile(
    r"^INFO\s+-\s+(?P<message>.*(?:does not contain an anchor|there is no such anchor).*)$", re.MULTILINE
)
_PAGE = re.compile(r"[Dd]oc file '(?P<page>[^']+)'")
# Theme authors' advertisements end up on the screen; both names silence the same one.
_QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "NO_COLOR": "1"}


def examine(
    tools: ToolEnvironment, engine: str, source: str, *, live: bool = True, log: Path, seconds: float
) -> Findings:
    """Build with ``engine`` (``mkdocs`` or ``properdocs``); ``source`` is its configuration file, if any.

    ``live`` says that other projects' inventories must answer.
    """
    site = tools.scratch / "site"
    config = ("--config-file", source) if source.endswith((".yml", ".yaml")) else ()
    done = tools.run(
        tools.program(engine),
        *("build", "--strict", "--site-dir", site),
        *config,
        log=log,
        seconds=seconds,
        extra=_QUIET,
        limit="docs.seconds",
    )
    problems = [_finding(tools, each["message"]) for each in _SAID.finditer(done.text)]
    if done.status and not problems:
        what = f"{engine} could not build: {tail(done.text, 1)}"
        raise ToolFailed(
            what, status=done.status, tail=tail(done.text), log=done.log, hint=f"run {engine} build --strict"
        )
    # Strict counts what the network did not answer as well; there is no other way to let it go.
    blocking, unanswered = unreachable.weighed(problems, live=live)
    pages = [page for page in site.rglob("*.html") if page.name != "404.html"]
    return Findings(
        examined=len(pages) or _read(done),
        unit="pages",
        problems=truncated(blocking) if done.status else (),
        notices=_anchors(tools, engine, done) + (unanswered if done.status else truncated(problems)),
        tools={engine: tools.version(engine)},
    )


def _read(done: Completed) -> int:
    """Count what an aborted build warned about: it writes no page, but that much it did examine."""
    return len(_SAID.findall(done.text)) if done.status else 0


def _finding(tools: ToolEnvironment, message: str) -> Finding:
    page = _PAGE.search(message)
    return Finding(message=message.rstrip("."), place=tools.place(page["page"]) if page else "")


def _anchors(tools: ToolEnvironment, engine: str, done: Completed) -> tuple[Finding, ...]:
    found = [_finding(tools, each["message"]) for each in _ANCHOR.finditer(done.text)]
    if not found:
        return ()
    message = f"{len(found)} links to headings that are not there; to {engine} that is only information"
    return (
        Finding(message=message, hint="set `validation: {anchors: warn}` in its configuration"),
        *truncated(found, 5),
    )
