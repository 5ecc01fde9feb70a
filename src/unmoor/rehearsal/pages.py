"""The simple API of a rehearsal index: one project's files as JSON (PEP 691) or HTML (PEP 503), API version 1.4."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence

from unmoor.rehearsal.storage import StoredFile

__all__ = ["HTML", "JSON", "choose", "project_page", "root_page"]

JSON = "application/vnd.pypi.simple.v1+json"
_SIMPLE_HTML = "application/vnd.pypi.simple.v1+html"
HTML = "text/html"
_LATEST = {
    "application/vnd.pypi.simple.latest+json": JSON,
    "application/vnd.pypi.simple.latest+html": _SIMPLE_HTML,
}
_VERSION = "1.4"
# As seen from a project's page: what stands before it in the address is the server's business.
_FILES = "../../files/"


def choose(accept: str) -> str:
    """Return the content type to answer with, by the request's ``Accept``; HTML where it leaves the choice."""
    best, chosen = 0.0, HTML
    for offer in accept.split(","):
        kind, *parameters = (word.strip() for word in offer.split(";"))
        kind = _LATEST.get(kind, kind)
        weight = next((_number(word[2:]) for word in parameters if word.startswith("q=")), 1.0)
        if kind in {JSON, _SIMPLE_HTML, HTML} and weight > best:
            best, chosen = weight, kind
    return chosen


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def root_page(kind: str, projects: Sequence[str]) -> bytes:
    """Return the list of projects."""
    if kind == JSON:
        return _json({"meta": _meta(), "projects": [{"name": name} for name in projects]})
    return _html("Simple index", [f'<a href="{name}/">{name}</a>' for name in projects])


def project_page(kind: str, project: str, records: Sequence[StoredFile]) -> bytes:
    """Return the page of one project with the files of ``records``."""
    if kind != JSON:
        return _html(f"Links for {project}", [_link(each) for each in records])
    return _json(
        {
            "meta": _meta(),
            "name": project,
            "project-status": {"status": "active"},
            "versions": sorted({each.version for each in records}),
            "files": [_file(each) for each in records],
        }
    )


def _meta() -> dict[str, object]:
    return {"api-version": _VERSION, "_last-serial": 0}


def _file(record: StoredFile) -> dict[str, object]:
    metadata: object = {"sha256": record.metadata_sha256} if record.metadata_sha256 else False
    return {
        "filename": record.filename,
        "url": f"{_FILES}{record.filename}",
        "hashes": {"sha256": record.sha256},
        "requires-python": record.requires_python or None,
        "size": record.size,
        "upload-time": record.uploaded.replace("+00:00", "Z"),
        "yanked": False if record.yanked is None else record.yanked or True,
        "core-metadata": metadata,
        "data-dist-info-metadata": metadata,
        "provenance": None,
    }


def _link(record: StoredFile) -> str:
    attributes = {"href": f"{_FILES}{record.filename}#sha256={record.sha256}"}
    if record.requires_python:
        attributes["data-requires-python"] = record.requires_python
    if record.yanked is not None:
        attributes["data-yanked"] = record.yanked
    if record.metadata_sha256:
        attributes["data-core-metadata"] = f"sha256={record.metadata_sha256}"
        attributes["data-dist-info-metadata"] = f"sha256={record.metadata_sha256}"
    written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<a {written}>{html.escape(record.filename)}</a><br />"


def _json(content: object) -> bytes:
    return json.dumps(content).encode()


def _html(title: str, lines: Sequence[str]) -> bytes:
    head = f'<meta name="pypi:repository-version" content="{_VERSION}"><title>{html.escape(title)}</title>'
    body = "\n".join(lines)
    page = f"<html><head>{head}</head>\n<body><h1>{html.escape(title)}</h1>\n{body}\n</body></html>\n"
    return b"<!DOCTYPE html>\n" + page.encode()
