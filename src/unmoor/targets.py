"""Whom outward stages speak to: the configured indexes and remote, the rehearsal's, or a test's in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from unmoor.model import Finding

__all__ = ["Addresses", "Credential", "Index", "IndexClient", "IndexFile", "Remote", "UploadAnswer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """User name and secret for one index, and where they come from. The secret never shows in a representation."""

    username: str
    secret: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """A file as an index lists it: ``sha256`` and ``version`` empty, ``size`` -1 where the index does not say."""

    filename: str
    url: str
    sha256: str = ""
    size: int = -1
    upload_time: datetime | None = None
    yanked: bool = False
    yanked_reason: str = ""
    version: str = ""
    requires_python: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadAnswer:
    """What came back from an upload: ``accepted`` is the uploader's claim, ``output`` its last lines, without secrets.

    ``status`` is its exit status, -1 where it did not end in time. Either way only the index knows what it has.
    """

    filename: str
    accepted: bool
    output: str
    status: int
    seconds: float = 0.0
    log: str = ""


class IndexClient(Protocol):
    """What can be asked of an index, and done to it."""

    def files(self, project: str) -> tuple[IndexFile, ...]:
        """Return what the index lists for a project now; raise ``Unreachable`` without an answer."""

    def fetch(self, file: IndexFile, *, limit: int) -> bytes:
        """Return the bytes the index hands out for a file, ``limit`` at most; raise ``Unreachable`` without them."""

    def upload(self, file: Path, *, log: Path, locks: Sequence[int] = ()) -> UploadAnswer:
        """Send one file; the uploader keeps ``locks``, file descriptors, open for as long as it lives."""


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
