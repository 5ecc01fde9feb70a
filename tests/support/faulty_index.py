"""A rehearsal index at which things go wrong on demand, and that says what it was asked and what it holds."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from unmoor.indexes.rules import IndexContents
from unmoor.rehearsal.loopback_index import RehearsalIndex
from unmoor.rehearsal.response import Answer, failure
from unmoor.rehearsal.storage import Storage, StoredFile


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that happens ``times`` times to each file whose name matches ``files`` (a shell pattern)."""

    times: int = 0
    files: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong; by default nothing.

    ``lag`` hides a file from that many reads of the simple API. ``error_before`` and ``error_after`` answer an upload
    with ``error_status`` without and after taking the file; ``drop_before`` and ``drop_after`` close the connection
    instead. ``refuse`` refuses an upload with 400, ``too_many`` with 429 and ``retry_after`` seconds. ``redirect``
    sends the client to ``elsewhere``. ``other_bytes`` lists other bytes than were uploaded; ``damage``
    hands out other bytes than it lists. ``read_only`` refuses every upload. ``clock`` is added to the index's time.
    """

    lag: Fault = field(default_factory=Fault)
    error_before: Fault = field(default_factory=Fault)
    error_after: Fault = field(default_factory=Fault)
    drop_before: Fault = field(default_factory=Fault)
    drop_after: Fault = field(default_factory=Fault)
    refuse: Fault = field(default_factory=Fault)
    too_many: Fault = field(default_factory=Fault)
    redirect: Fault = field(default_factory=Fault)
    other_bytes: Fault = field(default_factory=Fault)
    damage: Fault = field(default_factory=Fault)
    error_status: int = 503
    retry_after: int = 1
    elsewhere: str = ""
    read_only: bool = False
    clock: timedelta = timedelta()


class Struck:
    """Counts how often each fault has happened to each file."""

    def __init__(self, faults: Faults) -> None:
        self._faults, self._lock = faults, threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def __call__(self, name: str, filename: str) -> bool:
        """Say whether the fault happens to a file now, and count it if so."""
        fault: Fault = getattr(self._faults, name)
        with self._lock:
            happens = fnmatchcase(filename, fault.files) and self._counts[name, filename] < fault.times
            self._counts[name, filename] += happens
        return happens


class FaultyStorage(Storage):
    """Hides files from pages, lists and hands out other bytes, and has its own idea of the time."""

    def __init__(self, root: Path, faults: Faults, struck: Struck) -> None:
        super().__init__(root)
        self._root, self._clock, self._struck = root, faults.clock, struck
        self.yanked: dict[tuple[str, str], str] = {}
        self.gone: set[str] = set()

    def now(self) -> datetime:
        return super().now() + self._clock

    def records(self, project: str = "") -> tuple[StoredFile, ...]:
        every = (
            replace(each, yanked=self.yanked.get((each.project, each.version)))
            for each in super().records(project)
            if each.filename not in self.gone
        )
        if not project:
            return tuple(every)
        # Only a project's page asks for one project.
        return tuple(self._listed(each) for each in every if not self._struck("lag", each.filename))

    def _listed(self, record: StoredFile) -> StoredFile:
        if not self._struck("other_bytes", record.filename):
            return record
        return replace(record, sha256=hashlib.sha256(_other(super().content(record.filename))).hexdigest())

    def content(self, filename: str) -> bytes:
        content = super().content(filename)
        is_file = not filename.endswith(".metadata")
        return _other(content) if is_file and self._struck("damage", filename) else content

    def contents(self) -> IndexContents:
        return replace(super().contents(), deleted=frozenset(self.gone))


class FaultyIndex(RehearsalIndex):
    """A rehearsal index with ``faults``."""

    def __init__(self, root: Path, *, token: str, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._struck = Struck(self._faults)
        self._kept = FaultyStorage(root, self._faults, self._struck)
        super().__init__(root, token=token, storage=self._kept)

    # ── what it holds, and what it was asked ─────────────────────────────────────────────────────────────────

    @property
    def records(self) -> tuple[StoredFile, ...]:
        """The files it holds, oldest first."""
        return self._kept.records()

    @property
    def requests(self) -> tuple[Asked, ...]:
        """Every request so far, those of earlier runs included; a line torn by a kill is left out."""
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        return tuple(Asked(**json.loads(line)) for line in lines if line.endswith("}"))

    def uploads(self, filename: str = "") -> tuple[Asked, ...]:
        """Return the uploads that were tried, of one file or of all."""
        return tuple(each for each in self.requests if each.method == "POST" and filename in {"", each.filename})

    def yank(self, project: str, version: str, reason: str = "") -> None:
        """Yank a release, given by its normalized name."""
        self._kept.yanked[project, version] = reason

    def delete(self, filename: str) -> None:
        """Delete a file; its name can never be used again."""
        self._kept.gone.add(filename)

    # ── uploads ──────────────────────────────────────────────────────────────────────────────────────────────

    def post(self, path: str, authorization: str, content_type: str, body: bytes) -> Answer:
        found = re.search(rb'filename="([^"]+)"', body)
        if found is None:
            return super().post(path, authorization, content_type, body)
        name = found[1].decode()
        before = self._before(name)
        if before is not None:
            return replace(before, filename=name)
        answer = super().post(path, authorization, content_type, body)
        return self._after(name, answer) if answer.status == 200 else answer

    def _before(self, filename: str) -> Answer | None:
        """Return what happens instead of looking at the file, if something does."""
        faults = self._faults
        answers = {
            "error_before": failure(faults.error_status, "Service unavailable"),
            "too_many": failure(429, "Too many requests", Retry_After=str(faults.retry_after)),
            "redirect": failure(307, "Temporary redirect", Location=faults.elsewhere),
            "refuse": failure(400, "This file is refused."),
        }
        if self._struck("drop_before", filename):
            return Answer(status=0, filename=filename)
        if self._faults.read_only:
            return failure(403, "Read-only mode: Uploads are temporarily disabled.")
        return next((answer for name, answer in answers.items() if self._struck(name, filename)), None)

    def _after(self, filename: str, answer: Answer) -> Answer:
        """Return what the client gets to hear once the file is there."""
        if self._struck("drop_after", filename):
            return Answer(status=0, filename=filename)
        if self._struck("error_after", filename):
            return failure(self._faults.error_status, "Service unavailable", filename=filename)
        return answer

    def _post(self, path: str, authorization: str, content_type: str, body: bytes) -> Answer:
        answer = super()._post(path, authorization, content_type, body)
        if answer.status == 0 and self._server is not None:
            # It is written down by now; what would be sent reaches nobody.
            self._server.hang_up()
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, as the index wrote it down: ``status`` 0 where the connection was dropped."""

    time: str
    method: str
    path: str
    status: int
    filename: str
    message: str


def _other(content: bytes) -> bytes:
    """Return other bytes of the same length."""
    return content[:-1] + bytes([content[-1] ^ 1])
