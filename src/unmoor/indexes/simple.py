"""What an index serves, asked through its simple API (PEP 503, PEP 691), always anew and never from a cache.

An answer is an observation: ``files`` lists what is visible now. Indexes that state no digest have the file itself
fetched and hashed.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from unmoor.errors import Blocked
from unmoor.indexes import page
from unmoor.indexes.index_clock import time_of
from unmoor.runtime import http
from unmoor.runtime.deadline import TooLate
from unmoor.runtime.http import Unreachable
from unmoor.runtime.redact import redact
from unmoor.targets import IndexClient, IndexFile, IndexProject

if TYPE_CHECKING:
    from pypi_simple import DistributionPackage

__all__ = ["FILE_LIMIT", "PAGE_LIMIT", "OtherBytes", "about", "digest_of", "fetch", "files"]

FILE_LIMIT = 1 << 30
PAGE_LIMIT = 1 << 25  # bytes; the longest pages of today have half of it
_TIMEOUT = 15.0
_OK = 200
_UNKNOWN = frozenset({404})
_LOGIN_WANTED = frozenset({401, 403})


class OtherBytes(Blocked):
    """The index hands out bytes that are not those it states, or not ours."""


def files(
    simple_url: str, project: str, *, timeout: float = _TIMEOUT, login: http.Login | None = None
) -> tuple[IndexFile, ...]:
    """Return the files that the index lists for a project, none where the index does not know the project.

    ``timeout`` is for the whole answer, in seconds; ``login`` is for reading. Raises ``Unreachable`` when there is no
    answer, or none that can be understood.
    """
    return about(simple_url, project, timeout=timeout, login=login).files


def about(simple_url: str, project: str, *, timeout: float = _TIMEOUT, login: http.Login | None = None) -> IndexProject:
    """Return what the index says of a project: its files, and whether it takes further ones (PEP 792).

    Takes and raises what ``files`` does.
    """
    from packaging.utils import canonicalize_name
    from pypi_simple import ACCEPT_JSON_PREFERRED

    url = f"{simple_url.rstrip('/')}/{canonicalize_name(project)}/"
    until = time.monotonic() + timeout
    answer = http.get(url, limit=PAGE_LIMIT, seconds=timeout, accept=ACCEPT_JSON_PREFERRED, login=login)
    if answer.status in _UNKNOWN:
        return IndexProject(known=False)
    if answer.status in _LOGIN_WANTED:
        raise Unreachable(_refused(simple_url, project, login), hint=_how_to_read(simple_url))
    if answer.status != _OK:
        what = f"{redact(simple_url)} did not answer about '{project}': HTTP status {answer.status}"
        raise Unreachable(what, hint="run the same command again later")
    try:
        found = page.read(answer, project, lambda: until - time.monotonic())
    except TooLate:
        what = f"{redact(simple_url)} gave an answer about '{project}' that cannot be read within {timeout:g} seconds"
        raise Unreachable(what, hint="tell the operators of the index") from None
    if found is None:
        raise _no_page(simple_url, project)
    now = time_of(answer.headers)
    return IndexProject(
        files=tuple(replace(_file(package), asked_at=now) for package in found.packages),
        status=str(found.status.value) if found.status else "",
        reason=found.status_reason or "",
    )


def _refused(simple_url: str, project: str, login: http.Login | None) -> str:
    if login is None:
        return f"{redact(simple_url)} tells nobody about '{project}' without a login"
    return f"{redact(simple_url)} tells {login.username!r} nothing about '{project}'"


def _how_to_read(simple_url: str) -> str:
    return (
        "give it a login for reading: UNMOOR_<STAGE>_READ_TOKEN, or _READ_USERNAME and _READ_PASSWORD, with "
        f"UNMOOR_<STAGE>_READ_URL={redact(simple_url)} beside it"
    )


def _no_page(simple_url: str, project: str) -> Unreachable:
    what = f"{redact(simple_url)} gave an answer about '{project}' that is no simple API page"
    return Unreachable(what, hint="check the index's simple_url in the settings")


def _file(package: DistributionPackage) -> IndexFile:
    uploaded = package.upload_time
    return IndexFile(
        filename=package.filename,
        url=package.url,
        sha256=package.digests.get("sha256", "").lower(),
        size=-1 if package.size is None else package.size,
        upload_time=uploaded.replace(tzinfo=UTC) if uploaded and uploaded.tzinfo is None else uploaded,
        yanked=package.is_yanked,
        yanked_reason=package.yanked_reason or "",
        version=_version(package),
        requires_python=package.requires_python or "",
    )


def _version(package: DistributionPackage) -> str:
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    try:
        if package.filename.endswith(".whl"):
            return str(parse_wheel_filename(package.filename)[1])
        return str(parse_sdist_filename(package.filename)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return package.version or ""


def fetch(client: IndexClient, file: IndexFile, *, limit: int = FILE_LIMIT) -> bytes:
    """Return the bytes of a file, ``limit`` at most, checked against the digest the index states where it states one.

    Raises ``Unreachable`` and ``OtherBytes``.
    """
    content = client.fetch(file, limit=limit)
    if file.sha256 and hashlib.sha256(content).hexdigest() != file.sha256:
        what = f"the index states one digest for '{file.filename}' and hands out other bytes"
        raise OtherBytes(what, hint="ask again later; if it stays so, tell the operators of the index")
    return content


def digest_of(client: IndexClient, file: IndexFile, *, limit: int = FILE_LIMIT) -> str:
    """Return the sha256 of a file on an index: as stated, else of the bytes it hands out. Raises ``Unreachable``."""
    return file.sha256 or hashlib.sha256(fetch(client, file, limit=limit)).hexdigest()
