"""MkDocs and its fork ProperDocs: the documentation into a temporary place, strictly where the project has it so.

How it lies: ``--quiet`` hides the warnings that ``--strict`` counts, so it is never used; a link to a heading that is
not there is only information unless the configuration has ``validation: {anchors: warn}``, so those are shown here.
https://www.mkdocs.org/user-guide/configuration/#validation
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from unmoor.model import Finding, Findings, truncated
from unmoor.model.counting import counted
from unmoor.runtime.process import Completed
from unmoor.tools.docs_verdict import judged, not_built, without_pages
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_SAID = re.compile(r"^(?P<level>WARNING|ERROR|CRITICAL)\s+-\s+(?P<message>.+)$", re.MULTILINE)
_ANCHOR = re.compile(
    r"^INFO\s+-\s+(?P<message>.*(?:does not contain an anchor|there is no such anchor).*)$", re.MULTILINE
)
# Warnings end it with "Aborted with 3 warnings in strict mode!"; everything else that ends it breaks the build.
_BROKEN = re.compile(r"^Aborted with (?!\d+ (?:warnings?|errors?)\b)|^Traceback \(most recent", re.MULTILINE)
_PAGE = re.compile(r"[Dd]oc file '(?P<page>[^']+)'")
# Theme authors' advertisements end up on the screen; both names silence the same one.
_QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "NO_COLOR": "1"}


def examine(
    tools: ToolEnvironment,
    engine: str,
    source: str,
    *,
    live: bool = True,
    log: Path,
    seconds: float,
    strict: bool = True,
    why: str = "",
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Findings:
    """Build with ``engine`` (``mkdocs`` or ``properdocs``); ``source`` is its configuration file, if any.

    ``live`` says that other projects' inventories must answer; ``strict`` that warnings fail, ``why`` the reason where
    they do not. Raises ``Broken`` with the cause where the build broke.
    """
    site = tools.scratch / "site"
    config = ("--config-file", source) if source.endswith((".yml", ".yaml")) else ()
    done = tools.run(
        tools.program(engine),
        *("build", *(("--strict",) if strict else ("--no-strict",)), "--site-dir", site),
        *config,
        log=log,
        seconds=seconds,
        cwd=cwd,
        extra={**_QUIET, **(environ or {})},
        limit="docs.seconds",
    )
    said = [_finding(tools, each["message"]) for each in _SAID.finditer(done.text)]
    if done.status and not (said and strict and not _BROKEN.search(done.text)):
        return not_built(f"{engine} could not build", done, live=live, by_hand=f"{engine} build")
    # Strict counts what the network did not answer as well; there is no other way to let it go.
    problems, notices = judged(said, live=live, strict=strict, why=why)
    pages = [page for page in site.rglob("*.html") if page.name != "404.html"]
    return Findings(
        examined=len(pages) or _read(done),
        hint=without_pages(done, len(pages)),
        unit="pages",
        problems=problems if done.status else (),
        notices=_anchors(tools, engine, done) + notices + (() if done.status else problems),
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
    message = f"{counted(len(found), 'links')} to headings that are not there; to {engine} that is only information"
    return (
        Finding(message=message, hint="set `validation: {anchors: warn}` in its configuration"),
        *truncated(found, 5),
    )
