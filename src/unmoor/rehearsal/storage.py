"""The files of a rehearsal index, in a folder; nothing that matters is kept in memory.

A file is there when its record is: bytes and metadata are written first, whole, and the record last. A process that
is killed in between leaves bytes without a record, which count for nothing and are overwritten by the next upload.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import canonicalize_name

from unmoor.indexes.rules import HeldFile, IndexContents
from unmoor.runtime.files import ensure_folder, write_whole

__all__ = ["Storage", "StoredFile"]

_LONGEST = 255  # as file systems have it


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file on the index; ``project`` is the normalized name, ``uploaded`` an ISO time in UTC.

    ``metadata_sha256`` is empty where no core metadata is served; ``yanked`` is ``None`` or the reason, maybe empty.
    """

    filename: str
    project: str
    name: str
    version: str
    kind: str
    size: int
    sha256: str
    blake2: str
    uploaded: str
    requires_python: str = ""
    metadata_sha256: str = ""
    yanked: str | None = None


class Storage:
    """The folder of one index: ``files`` and ``records``."""

    def __init__(self, root: Path) -> None:
        self._files = ensure_folder(root / "files")
        self._records = ensure_folder(root / "records")

    def now(self) -> datetime:
        """Return the time as this index has it."""
        return datetime.now(UTC)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

    def records(self, project: str = "") -> tuple[StoredFile, ...]:
        """Return the files of a project, or all, oldest first."""
        found = (StoredFile(**json.loads(path.read_bytes())) for path in self._records.glob("*.json"))
        wanted = canonicalize_name(project)
        return tuple(sorted((each for each in found if wanted in {"", each.project}), key=lambda each: each.uploaded))

    def record(self, filename: str) -> StoredFile | None:
        """Return the record of a file, where it is there."""
        path = self._records / f"{filename}.json"
        if "/" in filename or len(path.name) > _LONGEST or not path.is_file():
            return None
        return StoredFile(**json.loads(path.read_bytes()))

    def content(self, filename: str) -> bytes:
        """Return the bytes of a file that has a record, or of its core metadata (``….metadata``)."""
        return (self._files / filename).read_bytes()

    def contents(self) -> IndexContents:
        """Return what the upload rules ask about."""
        held = tuple(
            HeldFile(
                filename=each.filename,
                project=each.project,
                version=each.version,
                kind=each.kind,
                sha256=each.sha256,
                blake2=each.blake2,
                size=each.size,
                uploaded=datetime.fromisoformat(each.uploaded),
            )
            for each in self.records()
        )
        return IndexContents(files=held, now=self.now())

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────

    def put(
        self, filename: str, content: bytes, metadata: bytes | None, fields: Mapping[str, Sequence[str]]
    ) -> StoredFile:
        """Take a file that the rules have accepted, and return its record; durable when this returns."""

        def value(name: str) -> str:
            return next(iter(fields.get(name, ())), "")

        record = StoredFile(
            filename=filename,
            project=canonicalize_name(value("name")),
            name=value("name"),
            version=value("version"),
            kind=value("filetype"),
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            blake2=hashlib.blake2b(content, digest_size=32).hexdigest(),
            uploaded=self.now().isoformat(),
            requires_python=value("requires_python"),
            metadata_sha256=hashlib.sha256(metadata).hexdigest() if metadata is not None else "",
        )
        write_whole(self._files / filename, content)
        if metadata is not None:
            write_whole(self._files / f"{filename}.metadata", metadata)
        write_whole(self._records / f"{filename}.json", json.dumps(asdict(record), indent=1).encode() + b"\n")
        return record
