"""The reading side of a rehearsal index: project pages, files, their metadata, and delays and damage on demand."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from urllib.parse import unquote

from packaging.utils import canonicalize_name

from unmoor.rehearsal import pages
from unmoor.rehearsal.faults import Faults
from unmoor.rehearsal.request_log import Ledger
from unmoor.rehearsal.response import Answer, failure
from unmoor.rehearsal.storage import Record, Storage

__all__ = ["Reading"]

_METADATA = ".metadata"


class Reading:
    """What an index serves, from its storage."""

    def __init__(self, storage: Storage, ledger: Ledger, faults: Faults) -> None:
        self._storage, self._ledger, self._faults = storage, ledger, faults

    def answer(self, path: str, accept: str) -> Answer:
        """Answer a GET for a path without its query."""
        room, _, rest = unquote(path).lstrip("/").partition("/")
        if room == "simple":
            return self._root(accept) if not rest else self._project(rest, accept)
        if room == "files" and rest:
            return self._file(rest)
        return failure(404, "Not found")

    def _root(self, accept: str) -> Answer:
        kind = pages.choose(accept)
        names = sorted({each.project for each in self._storage.records()})
        return _page(kind, pages.root_page(kind, names))

    def _project(self, rest: str, accept: str) -> Answer:
        name = canonicalize_name(rest.rstrip("/"))
        if rest != f"{name}/":
            return failure(301, "Moved permanently", Location=f"/simple/{name}/")
        shown, hidden, faults = [], [], []
        for record in self._storage.records(name):
            if self._ledger.strikes("lag", self._faults.lag, record.filename):
                hidden.append(f"lag:{record.filename}")
            elif self._ledger.strikes("other_bytes", self._faults.other_bytes, record.filename):
                faults.append(f"other_bytes:{record.filename}")
                other = hashlib.sha256(_other(self._storage.content(record.filename))).hexdigest()
                shown.append(replace(record, sha256=other))
            else:
                shown.append(record)
        if not shown:
            return replace(failure(404, "Not found"), faults=tuple(hidden))
        kind = pages.choose(accept)
        return replace(_page(kind, pages.project_page(kind, name, shown)), faults=(*hidden, *faults))

    def _file(self, rest: str) -> Answer:
        record = self._storage.record(rest.removesuffix(_METADATA))
        if record is None or (rest.endswith(_METADATA) and not record.metadata_sha256):
            return failure(404, "Not found", filename=rest)
        content = self._storage.content(rest)
        faults: tuple[str, ...] = ()
        if rest == record.filename and self._is_other(record):
            content, faults = _other(content), (f"damage:{rest}",)
        headers = {"Cache-Control": "max-age=365000000, immutable, public"}
        return Answer(
            status=200,
            body=content,
            content_type="application/octet-stream",
            filename=rest,
            headers=headers,
            faults=faults,
        )

    def _is_other(self, record: Record) -> bool:
        return self._ledger.strikes("damage", self._faults.damage, record.filename)


def _page(kind: str, body: bytes) -> Answer:
    return Answer(status=200, body=body, content_type=kind, headers={"Vary": "Accept", "Cache-Control": "no-cache"})


def _other(content: bytes) -> bytes:
    """Return other bytes of the same length."""
    return content[:-1] + bytes([content[-1] ^ 1])
