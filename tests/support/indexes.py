"""A rehearsal index as a target, with a token made for the occasion."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from support.faulty_index import Faults, FaultyIndex
from unmoor.indexes import rules
from unmoor.indexes.client import HttpIndexClient
from unmoor.model import Finding
from unmoor.runtime import http
from unmoor.targets import Credential, Index

if TYPE_CHECKING:
    from requests import Response


def new_token() -> str:
    return "pypi-" + secrets.token_urlsafe(24)


@contextmanager
def running(root: Path, *, token: str = "", faults: Faults | None = None) -> Iterator[tuple[FaultyIndex, Index]]:
    """Run an index over ``root`` and yield it together with the target that an upload takes."""
    token = token or new_token()
    with FaultyIndex(root, token=token, faults=faults) as index:
        credential = Credential(username="__token__", secret=token, source="test")
        urls = {"upload_url": index.upload_url, "simple_url": index.simple_url}
        yield index, over_http("pypi", **urls, credential=credential)


def over_http(
    name: str,
    *,
    upload_url: str,
    simple_url: str,
    identity: str = "test",
    credential: Credential | None = None,
    passed_over: tuple[Finding, ...] = (),
) -> Index:
    """Return the index at these URLs as a stage is given it."""
    urls = {"upload_url": upload_url, "simple_url": simple_url}
    client = HttpIndexClient(name=name, **urls, credential=credential, environ=dict(os.environ))
    words = {"credential": credential, "passed_over": passed_over}
    return Index(name=name, **urls, identity=identity, client=client, **words)


def post(index: Index, path: Path, **changed: str) -> Response:
    """Post a file as an uploader does, quicker than starting one; return the answer."""
    form = rules.submission_of(path)
    fields = {name: list(values) for name, values in form.fields.items()} | changed
    assert index.credential is not None
    with http.session() as session, path.open("rb") as stream:
        return session.post(
            index.upload_url,
            data=fields,
            files={"content": (path.name, stream, "application/octet-stream")},
            auth=(index.credential.username, index.credential.secret),
            allow_redirects=False,
            timeout=30,
        )
