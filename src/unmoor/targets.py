"""Whom outward stages speak to: the configured indexes and remote, the rehearsal's, or a test's in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from unmoor.model import Finding

__all__ = ["Addresses", "Credential", "Index", "IndexClient", "IndexFile", "IndexProject", "Remote", "UploadAnswer"]

_SUCCESS, _REDIRECTION = 200, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """User name and secret for one index, and where they come from. The secret never shows in a representation."""

    username: str
    secret: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """A file as an index lists it: ``sha256`` and ``version`` empty, ``size`` -1 where the index does not say.

    ``asked_at`` is when that was, by the index's own clock: the one that its rules about days go by.
    """

    filename: str
    url: str
    sha256: str = ""
    size: int = -1
    upload_time: datetime | None = None
    yanked: bool = False
    yanked_reason: str = ""
    version: str = ""
    requires_python: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadAnswer:
    """What came back from an upload, which is one request: a claim, for only the index knows what it has.

    ``status`` is that of HTTP, 0 where no answer came. ``reason`` is why, in the index's own words, in one line and
    without secrets. ``sent`` is false where the uploader could make nothing of the file, so that no byte left.
    ``web_page`` says that a success is a page for people, as a login is. ``retry_after`` is how many seconds the index
    wants to be left alone, ``location`` where it would send the upload on to. ``log`` is the path of the uploader's
    output.
    """

    filename: str
    status: int
    reason: str = ""
    sent: bool = True
    web_page: bool = False
    retry_after: float | None = None
    location: str = ""
    seconds: float = 0.0
    log: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the index says that it took the file (RFC 9110, 15.3)."""
        return _SUCCESS <= self.status < _REDIRECTION and not self.web_page


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexProject:
    """What an index says of a project: its files, and its standing as PEP 792 calls it (``archived``, say), or nothing.

    ``known`` is false where the index does not know the project.
    """

    files: tuple[IndexFile, ...] = ()
    status: str = ""
    reason: str = ""
    known: bool = True


class IndexClient(Protocol):
    """What can be asked of an index, and done to it."""

    def files(self, project: str) -> tuple[IndexFile, ...]:
        """Return what the index lists for a project now; raise ``Unreachable`` without an answer."""

    def fetch(self, file: IndexFile, *, limit: int) -> bytes:
        """Return the bytes the index hands out for a file, ``limit`` at most; raise ``Unreachable`` without them."""

    def upload(self, file: Path, *, log: Path, locks: Sequence[int] = ()) -> UploadAnswer:
        """Send one file, in one request; the uploader keeps ``locks``, file descriptors, open as long as it lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A package index: ``upload_url`` takes files, ``simple_url`` serves them (PEP 503 and 691).

    ``identity`` is what evidence is bound to: the upload URL, or the rehearsal. ``credential`` is for uploads,
    ``reader`` for reading. ``passed_over`` are credentials that were found and are not for this index, each with the
    reason. ``client`` speaks to it.
    """

    name: str
    upload_url: str
    simple_url: str
    identity: str
    client: IndexClient = field(repr=False)
    credential: Credential | None = None
    reader: Credential | None = None
    passed_over: tuple[Finding, ...] = ()


class Remote(Protocol):
    """The git remote that a release's tag goes to."""

    @property
    def label(self) -> str:
        """What to call it when people are spoken to."""

    def refs(self) -> Mapping[str, str] | None:
        """Return its branches and tags by full name with the commits they lead to; ``None`` without an answer."""

    def push_tag(self, clone: Path, tag: str, commit: str) -> None:
        """Push a tag that ``clone`` has on ``commit``, and nothing else.

        Raises ``ToolError`` where the remote does not take it. Where the remote is the user's, their own clone has the
        tag afterwards too.
        """

    def try_push(self, clone: Path, trial: str, tag: str) -> None:
        """Do all that a push of the tag does but the push, with the tag ``trial`` that ``clone`` has in its place.

        Raises ``ToolError`` where the remote cannot be reached or would refuse it. What only its own rules and hooks
        know does not show.
        """

    def keep_tag(self, tag: str) -> None:
        """See that the user's own clone has a tag that the remote has; nothing is done where it cannot be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a live release goes, as a person would type it: upload URLs by index, in order, and the git remote.

    ``remote`` is the remote's name and ``remote_address`` where that leads. ``signed`` says whether its tags are.
    """

    indexes: Mapping[str, str]
    remote: str
    remote_address: str = ""
    signed: bool = False
