"""Web addresses asked whether they are there, side by side and with a short patience.

A server that says *not found* or *gone* has answered the question (RFC 9110, 404 and 410). Whatever else goes wrong
says little about the address: servers turn programs away (401, 403, 405, 429), are busy, or are out of reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from unmoor.runtime import http

__all__ = ["Missing", "missing"]

_SECONDS = 10.0
_AT_ONCE = 8
_PAGE = 1 << 20
_NOT_THERE = frozenset({404, 410})
_SERVER = 500


@dataclass(frozen=True, slots=True)
class Missing:
    """An address without a page behind it: ``why`` in words, and whether that is ``sure``."""

    url: str
    why: str
    sure: bool


def missing(urls: Sequence[str]) -> tuple[Missing, ...]:
    """Ask for every address, once each, and return those that did not hand out a page, in the order given."""
    asked = [url for url in dict.fromkeys(urls) if urlsplit(url).scheme in {"http", "https"}]
    if not asked:
        return ()
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return tuple(each for each in pool.map(_ask, asked) if each is not None)


def _ask(url: str) -> Missing | None:
    try:
        status = http.get(url, limit=_PAGE, seconds=_SECONDS).status
    except http.TooLarge:
        return None
    except http.Unreachable as error:
        return Missing(url, error.problems[0].message, sure=False)
    if status in _NOT_THERE:
        return Missing(url, f"{url} is not there: HTTP status {status}", sure=True)
    return Missing(url, f"{url} did not answer: HTTP status {status}", sure=False) if status >= _SERVER else None
