"""What a CI runner is told beside the log: what folds up, what it shows at its place in a file.

GitHub's workflow commands, which Gitea and Forgejo take as well:
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands . In a message a percent sign and line
ends are escaped, in a property also the colon and the comma, as GitHub's own toolkit does it. GitLab folds sections:
https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections , whose names are letters, digits, ``_.-`` alone.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping

from unmoor.model import Finding
from unmoor.runtime.redact import redact
from unmoor.runtime.shown_text import shown

__all__ = ["Runner", "annotation", "begins", "ends", "recognised"]

# A file may have colons in its name; the number after the last one is its line, or the column after that.
_PLACE = re.compile(r"(?P<file>.+?)(?::(?P<line>[1-9]\d{0,8}))?(?::\d{1,9})?")
_NO_NAME = re.compile(r"[^A-Za-z0-9_.-]")


class Runner(enum.Enum):
    """Who runs us: nobody who is told more than a person is, GitHub or one of its kind, GitLab."""

    NONE = "none"
    GITHUB = "github"
    GITLAB = "gitlab"


def recognised(environ: Mapping[str, str]) -> Runner:
    """Return the runner that these variables are of; each sets one of its own to ``true``."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return Runner.GITHUB
    return Runner.GITLAB if environ.get("GITLAB_CI") == "true" else Runner.NONE


def begins(runner: Runner, name: str, title: str, clock: Callable[[], float]) -> str:
    """Return the line that begins a part of the log that folds up; empty where there is none."""
    if runner is Runner.GITHUB:
        return f"::group::{_message(title)}"
    if runner is Runner.GITLAB:
        return f"\x1b[0Ksection_start:{int(clock())}:{_named(name)}\r\x1b[0K{shown(_one_line(title), {})}"
    return ""


def ends(runner: Runner, name: str, clock: Callable[[], float]) -> str:
    """Return the line that ends it."""
    if runner is Runner.GITHUB:
        return "::endgroup::"
    return f"\x1b[0Ksection_end:{int(clock())}:{_named(name)}\r\x1b[0K" if runner is Runner.GITLAB else ""


def annotation(runner: Runner, level: str, title: str, finding: Finding) -> str:
    """Return the line that shows a finding at its file and line; ``level`` is error, warning or notice.

    Empty where the runner has no such thing. What stands before a number is the file: names may hold colons.
    """
    if runner is not Runner.GITHUB:
        return ""
    properties = {"title": title}
    placed = _PLACE.fullmatch(finding.place)
    if placed and ("/" in placed["file"] or "." in placed["file"]):
        properties = {"file": placed["file"], **({"line": placed["line"]} if placed["line"] else {}), **properties}
    elif finding.place:
        properties["title"] = f"{title}: {finding.place}"
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    advice = f"\n→ {finding.hint}" if finding.hint else ""
    return f"::{level} {said}::{_message(finding.message + advice)}"


def _named(name: str) -> str:
    return _NO_NAME.sub("_", name)


def _one_line(text: str) -> str:
    return " ".join(redact(text).split())


def _message(text: str) -> str:
    """Escape what would end the message; everything else that a terminal obeys is written so that it can be read."""
    escaped = redact(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return shown(escaped, {})


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
