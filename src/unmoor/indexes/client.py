"""An index over HTTP: read through its simple API, uploaded to by twine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unmoor.indexes import simple
from unmoor.runtime import environment, http
from unmoor.targets import Credential, IndexFile, UploadAnswer
from unmoor.tools import twine

__all__ = ["HttpIndexClient"]

_ASK_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpIndexClient:
    """The client of one index by its two URLs; ``credential`` is for uploads alone, ``login`` for reading."""

    name: str
    upload_url: str
    simple_url: str
    credential: Credential | None = None
    login: http.Login | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    def files(self, project: str) -> tuple[IndexFile, ...]:
        """Return what the index lists for a project now; raise ``Unreachable`` without an answer."""
        return simple.files(self.simple_url, project, timeout=_ASK_SECONDS, login=self.login)

    def fetch(self, file: IndexFile, *, limit: int) -> bytes:
        """Return the bytes the index hands out for a file, ``limit`` at most; raise ``Unreachable`` without them."""
        # What is longer than the index itself states is not what it states.
        most = limit if file.size < 0 else min(limit, file.size)
        return http.download(file.url, limit=most, login=self.login, named_by=self.simple_url)

    def upload(self, file: Path, *, log: Path, locks: Sequence[int] = ()) -> UploadAnswer:
        """Send one file in one request with twine, in an environment of its own."""
        return twine.upload(
            file,
            self.upload_url,
            name=self.name,
            credential=self.credential,
            env=environment.clean(self.environ),
            log=log,
            locks=locks,
        )
