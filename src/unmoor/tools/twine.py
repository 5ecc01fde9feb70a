"""twine, as a program: one file up, in one request.

What is said of an upload is a claim, to be compared with what the index serves; nothing here raises because an index
was not content. How twine lies: its command ends with exit status 1 alike for a wrong token, a name that is taken and
an index that is busy, and sends a file again by itself. So ``upload_once`` sends, and tells the answer as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path

import msgspec

from unmoor.errors import Blocked, ToolTimeout
from unmoor.runtime import environment, process
from unmoor.runtime.http import gist
from unmoor.runtime.loopback import is_loopback
from unmoor.runtime.redact import redact, register
from unmoor.targets import Credential, UploadAnswer
from unmoor.tools.cause import cause

__all__ = ["upload"]

_UPLOAD_SECONDS = 900.0
_REASON_WIDTH = 300
# twine prints with rich, which colours and wraps; it believes COLUMNS unless the terminal is called dumb.
_PLAIN = {"COLUMNS": "4000", "NO_COLOR": "1", "TERM": "xterm", "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}
_NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
_WEB_PAGE = re.compile(r"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)


class _Said(msgspec.Struct, frozen=True):
    """The one line of the uploader."""

    status: int
    reason: str = ""
    body: str = ""
    sent: bool = True
    content_type: str = ""
    date: str = ""
    location: str = ""
    retry_after: str = ""


def upload(
    file: Path,
    upload_url: str,
    *,
    name: str,
    credential: Credential | None,
    env: Mapping[str, str],
    log: Path | None = None,
    locks: Sequence[int] = (),
    seconds: float = _UPLOAD_SECONDS,
) -> UploadAnswer:
    """Upload one file to ``upload_url``, the index called ``name``, in one request, and return what was answered.

    The credential goes to the child's standard input, and stands in no environment; the child dies with this process
    and keeps ``locks`` (file descriptors) open while it lives. Raises ``Blocked`` without a credential.
    """
    if credential is None:
        what = f"there is no credential for the index '{name}'"
        raise Blocked(what, hint=f"set UNMOOR_{re.sub('[^A-Z0-9]+', '_', name.upper())}_TOKEN")
    register(credential.secret)
    child = environment.clean(env) | _PLAIN | _NO_KEYRING
    target = json.dumps({"url": upload_url, "username": credential.username, "password": credential.secret})
    if is_loopback(upload_url):
        # Also where only the system knows a proxy.
        child = environment.past_proxies(child)
    command = [*process.module("unmoor.tools.upload_once"), str(file)]
    try:
        done = process.run(
            command, env=child, timeout=seconds, ok=None, log=log, stdin=target, leashed=True, inherit=locks
        )
    except ToolTimeout:
        return UploadAnswer(filename=file.name, status=0, reason=f"no answer within {seconds:g} s", seconds=seconds)
    return _answer(file.name, done)


def _answer(filename: str, done: process.Completed) -> UploadAnswer:
    try:
        said = msgspec.json.decode(done.out, type=_Said)
    except (msgspec.MsgspecError, UnicodeError):
        # It was ended, or died: how much of the file had left is unknown.
        what = _line(cause(done.err) if done.err.strip() else "") or f"exit status {done.status}"
        said = _Said(status=0, reason=f"the uploader ended without an answer: {what}")
    return UploadAnswer(
        filename=filename,
        status=said.status,
        reason=_reason(said),
        sent=said.sent,
        web_page=said.status < HTTPStatus.MULTIPLE_CHOICES and bool(_WEB_PAGE.match(said.body)),
        retry_after=_seconds(said.retry_after, said.date),
        location=_line(said.location),
        seconds=done.seconds,
        log=done.log,
    )


def _reason(said: _Said) -> str:
    """Return why, in one line. PyPI puts it into the status line; others into the body, as a page or as text."""
    if not said.status:
        return _line(gist(OSError(said.reason)))
    usual = HTTPStatus(said.status).phrase if said.status in set(HTTPStatus) else ""
    told = said.reason if said.reason.lower() not in {"", usual.lower()} else ""
    return _line(told) or _line(_text(said.body)) or usual


class _Words(HTMLParser):
    """Collects what a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the library's signature
        self._hidden = tag in {"title", "style", "script"}

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the library's signature
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _text(body: str) -> str:
    if "<" not in body:
        return body
    page = _Words()
    page.feed(body)
    page.close()
    return " ".join(page.words)


def _line(text: str) -> str:
    """Return the beginning of what somebody else wrote as one line that can be printed."""
    plain = "".join(each if each.isprintable() else " " for each in redact(text))
    line = " ".join(plain.split())
    return line if len(line) <= _REASON_WIDTH else f"{line[:_REASON_WIDTH]}…"


def _seconds(retry_after: str, date: str) -> float | None:
    """Return what ``Retry-After`` says in seconds: a number, or a date by the index's own clock (RFC 9110, 10.2.3)."""
    if re.fullmatch(r"[0-9]{1,9}", retry_after.strip()):
        return float(retry_after)
    until, now = _moment(retry_after), _moment(date) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0) if until else None


def _moment(date: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(date)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
