"""An index of one's own for the time of a rehearsal: PyPI's upload rules and simple API on the loopback interface.

It starts in milliseconds, in this process, on a free port. What it holds lies in the folder it is given and is there
again when it is started anew; killing the process at any moment leaves nothing half done.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from unmoor.errors import UnmoorError
from unmoor.rehearsal.downloads import Reading
from unmoor.rehearsal.faults import Faults
from unmoor.rehearsal.request_log import Asked, Ledger
from unmoor.rehearsal.response import Answer, failure
from unmoor.rehearsal.server import Loopback
from unmoor.rehearsal.storage import Record, Storage
from unmoor.rehearsal.uploads import Uploads
from unmoor.runtime.files import ensure_folder
from unmoor.runtime.redact import register

__all__ = ["RehearsalIndex"]

_UPLOAD, _SIMPLE = "/legacy/", "/simple/"


class RehearsalIndex:
    """A running index as a context manager; ``root`` keeps what it holds, ``token`` is what uploads must show.

    ``faults`` is what goes wrong on purpose.
    """

    def __init__(self, root: Path, *, token: str, faults: Faults | None = None) -> None:
        faults = faults or Faults()
        register(token)
        ensure_folder(root)
        self._storage = Storage(root, clock=faults.clock)
        self._ledger = Ledger(root / "requests.jsonl")
        self._reading = Reading(self._storage, self._ledger, faults)
        self._uploads = Uploads(root, storage=self._storage, ledger=self._ledger, faults=faults, token=token)
        self._server: Loopback | None = None
        self._thread: threading.Thread | None = None

    # ── life ─────────────────────────────────────────────────────────────────────────────────────────────────

    def __enter__(self) -> Self:
        self._server = Loopback(self.get, self.post)
        self._thread = threading.Thread(target=self._server.run, name="rehearsal-index", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join()
        self._server = self._thread = None

    @property
    def _base(self) -> str:
        if self._server is None:
            what = "the rehearsal index is not running"
            raise UnmoorError(what)
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def upload_url(self) -> str:
        """Where files are posted to."""
        return self._base + _UPLOAD

    @property
    def simple_url(self) -> str:
        """Where the simple API is."""
        return self._base + _SIMPLE

    # ── what it holds, and what it was asked ─────────────────────────────────────────────────────────────────

    @property
    def records(self) -> tuple[Record, ...]:
        """The files it holds, oldest first."""
        return self._storage.records()

    @property
    def requests(self) -> tuple[Asked, ...]:
        """Every request so far, those of earlier processes included."""
        return self._ledger.read()

    def uploads(self, filename: str = "") -> tuple[Asked, ...]:
        """Return the uploads that were tried, of one file or of all."""
        return tuple(each for each in self.requests if each.method == "POST" and filename in {"", each.filename})

    def yank(self, project: str, version: str, reason: str = "") -> None:
        """Yank a release: installers leave it alone unless it is asked for exactly (PEP 592)."""
        if not self._storage.yank(project, version, reason):
            what = f"there is no release {version} of '{project}' to yank"
            raise UnmoorError(what)

    def delete(self, filename: str) -> None:
        """Delete a file; its name can never be used again."""
        self._storage.delete(filename)

    # ── requests ─────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, path: str, accept: str) -> Answer:
        """Answer a GET, and write it down."""
        answer = self._reading.answer(path, accept) if path != _UPLOAD else failure(405, "Method not allowed")
        self._note("GET", path, answer)
        return answer

    def post(self, path: str, authorization: str, content_type: str, body: bytes) -> Answer:
        """Answer a POST, and write it down."""
        if path == _UPLOAD:
            answer = self._uploads.receive(authorization, content_type, body)
        elif path == _UPLOAD.rstrip("/"):
            answer = failure(308, "Permanent redirect", Location=_UPLOAD)
        else:
            answer = failure(404, "Not found")
        self._note("POST", path, answer)
        return answer

    def _note(self, method: str, path: str, answer: Answer) -> None:
        self._ledger.add(
            method, path, answer.status, filename=answer.filename, faults=answer.faults, message=answer.reason
        )
