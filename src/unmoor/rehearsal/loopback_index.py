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
from unmoor.rehearsal.request_log import write_down
from unmoor.rehearsal.response import Answer, failure
from unmoor.rehearsal.server import Loopback
from unmoor.rehearsal.storage import Storage
from unmoor.rehearsal.uploads import Uploads
from unmoor.runtime.files import ensure_folder
from unmoor.runtime.redact import register

__all__ = ["RehearsalIndex"]

_UPLOAD, _SIMPLE = "/legacy/", "/simple/"


class RehearsalIndex:
    """A running index as a context manager; ``root`` keeps what it holds, ``token`` is what uploads must show.

    ``get`` and ``post`` answer for it: whoever wants other answers overrides them, or gives another ``storage``.
    """

    def __init__(self, root: Path, *, token: str, storage: Storage | None = None) -> None:
        register(token)
        ensure_folder(root)
        storage = storage or Storage(root)
        self._log = root / "requests.jsonl"
        self._reading = Reading(storage)
        self._uploads = Uploads(root, storage=storage, token=token)
        self._server: Loopback | None = None
        self._thread: threading.Thread | None = None

    # ── life ─────────────────────────────────────────────────────────────────────────────────────────────────

    def __enter__(self) -> Self:
        self._server = Loopback(self._get, self._post)
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
        return f"http://127.0.0.1:{self._server.port}{self._server.prefix}"

    @property
    def upload_url(self) -> str:
        """Where files are posted to."""
        return self._base + _UPLOAD

    @property
    def simple_url(self) -> str:
        """Where the simple API is."""
        return self._base + _SIMPLE

    # ── requests ─────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, path: str, accept: str) -> Answer:
        """Answer a GET."""
        return self._reading.answer(path, accept) if path != _UPLOAD else failure(405, "Method not allowed")

    def post(self, path: str, authorization: str, content_type: str, body: bytes) -> Answer:
        """Answer a POST."""
        if path == _UPLOAD:
            return self._uploads.receive(authorization, content_type, body)
        if path == _UPLOAD.rstrip("/"):
            return failure(308, "Permanent redirect", Location=_UPLOAD)
        return failure(404, "Not found")

    def _get(self, path: str, accept: str) -> Answer:
        return self._written_down("GET", path, self.get(path, accept))

    def _post(self, path: str, authorization: str, content_type: str, body: bytes) -> Answer:
        return self._written_down("POST", path, self.post(path, authorization, content_type, body))

    def _written_down(self, method: str, path: str, answer: Answer) -> Answer:
        write_down(self._log, method, path, answer)
        return answer
