"""The reading side of a rehearsal index: project pages, files and their metadata."""

from __future__ import annotations

from urllib.parse import unquote

from packaging.utils import InvalidName, canonicalize_name

from unmoor.rehearsal import pages
from unmoor.rehearsal.response import Answer, failure
from unmoor.rehearsal.storage import Storage

__all__ = ["Reading"]

_METADATA = ".metadata"


class Reading:
    """What an index serves, from its storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

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
        try:
            name = canonicalize_name(rest.rstrip("/"), validate=True)
        except InvalidName:
            return failure(404, "Not found")
        if rest != f"{name}/":
            return failure(301, "Moved permanently", Location=f"/simple/{name}/")
        records = self._storage.records(name)
        if not records:
            return failure(404, "Not found")
        kind = pages.choose(accept)
        return _page(kind, pages.project_page(kind, name, records))

    def _file(self, rest: str) -> Answer:
        record = self._storage.record(rest.removesuffix(_METADATA))
        if record is None or (rest.endswith(_METADATA) and not record.metadata_sha256):
            return failure(404, "Not found", filename=rest)
        return Answer(
            status=200,
            body=self._storage.content(rest),
            content_type="application/octet-stream",
            filename=rest,
            headers={"Cache-Control": "max-age=365000000, immutable, public"},
        )


def _page(kind: str, body: bytes) -> Answer:
    return Answer(status=200, body=body, content_type=kind, headers={"Vary": "Accept", "Cache-Control": "no-cache"})
