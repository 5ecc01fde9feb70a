"""A project page of a simple API, taken apart; and whether an answer is such a page at all.

A page without files says that every version is free, so a page of something else must not pass for one: many indexes
and proxies answer with status 200 and a form to log in. What shows a page for what it is:

- JSON says so itself: content type, API version, and the normalized name of the project (PEP 691).
- HTML of the content type that PEP 691 gave it, or with ``pypi:repository-version`` (PEP 629).
- Plain HTML, as PEP 503 left it, has no mark. It is taken for the project's page where a link is a distribution of the
  project, or the title or heading names the project, as that of every index known to us does (*Links for …*).
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from unmoor.runtime.deadline import TooLate, within
from unmoor.runtime.http import Answer

if TYPE_CHECKING:
    from pypi_simple import ProjectPage

__all__ = ["read"]

_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = "application/vnd.pypi.simple.v1+html"
_PLAIN_HTML = "text/html"
_HEADING = re.compile(rb"<(?:title|h1)\b[^<>]*>([^<]*)<", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9._-]+")
# What stands at the top of a page; a heading further down is about something else.
_TOP = 1 << 16  # bytes


def read(answer: Answer, project: str, left: Callable[[], float]) -> ProjectPage | None:
    """Return the page in ``answer`` about a project; ``None`` where it is no such page.

    ``left`` says how many seconds it may still take: a page can be made so that a parser takes hours for it. Raises
    ``TooLate`` when they are over.
    """
    from pypi_simple import UnexpectedRepoVersionWarning

    kind, _, parameters = answer.headers.get("Content-Type", _PLAIN_HTML).partition(";")
    kind = kind.strip().lower()
    with warnings.catch_warnings():
        # A newer minor version of the API only adds what we do not ask for.
        warnings.simplefilter("ignore", UnexpectedRepoVersionWarning)
        try:
            page = within(left, lambda: _parsed(answer, kind, parameters, project))
        except TooLate:
            raise
        except Exception:  # noqa: BLE001 - whoever made the page chose what parsers stumble over
            return None
    if page is None or not (kind == _HTML or page.repository_version or _is_about(page, answer, project)):
        return None
    return page


def _parsed(answer: Answer, kind: str, parameters: str, project: str) -> ProjectPage | None:
    from pypi_simple import ProjectPage

    if kind == _JSON:
        page = ProjectPage.from_json_data(json.loads(answer.content), answer.url)
        return page if canonicalize_name(page.project) == canonicalize_name(project) else None
    if kind not in {_HTML, _PLAIN_HTML}:
        return None
    name, _, charset = parameters.strip().partition("=")
    encoding = charset.strip("\"' ") if name.lower() == "charset" else None
    return ProjectPage.from_html(project, answer.content, answer.url, encoding or None)


def _is_about(page: ProjectPage, answer: Answer, project: str) -> bool:
    wanted = canonicalize_name(project)
    if any(each.package_type and canonicalize_name(each.project or "") == wanted for each in page.packages):
        return True
    headings = b" ".join(_HEADING.findall(answer.content[:_TOP])).decode("utf-8", "replace")
    return wanted in {canonicalize_name(word) for word in _WORD.findall(headings)}
