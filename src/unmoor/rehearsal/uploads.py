"""Uploads to a rehearsal index: who may, what the rules say, and what is kept."""

from __future__ import annotations

import base64
import binascii
import hmac
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from unmoor.indexes import rules
from unmoor.indexes.rules import Submission
from unmoor.rehearsal.multipart import Part, parts
from unmoor.rehearsal.response import Answer, failure
from unmoor.rehearsal.storage import Storage
from unmoor.runtime.bounded_archives import zip_member
from unmoor.runtime.files import ensure_folder

__all__ = ["Uploads"]

_USER = "__token__"
_WHO = "Invalid or non-existent authentication information."


class Uploads:
    """The upload side of one index."""

    def __init__(self, root: Path, *, storage: Storage, token: str) -> None:
        self._incoming = ensure_folder(root / "incoming")
        self._storage, self._token = storage, token
        self._lock = threading.Lock()

    def receive(self, authorization: str, content_type: str, body: bytes) -> Answer:
        """Take the body of a POST and answer it; a 200 means that the file is durably there."""
        try:
            form = list(parts(content_type, body))
        except ValueError as error:
            return failure(400, f"Bad request: {error}")
        sent = next((part for part in form if part.name == "content" and part.filename is not None), None)
        name = (sent.filename or "") if sent else ""
        if not self._knows(authorization):
            return failure(403, _WHO, filename=name)
        with self._lock, self._kept(sent) as path:
            return self._judge(_submission(form, sent, path), sent)

    def _knows(self, authorization: str) -> bool:
        scheme, _, encoded = authorization.partition(" ")
        try:
            user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeError):
            return False
        return (
            scheme.lower() == "basic" and user == _USER and hmac.compare_digest(secret.encode(), self._token.encode())
        )

    @contextmanager
    def _kept(self, sent: Part | None) -> Iterator[Path | None]:
        """Keep the file in a place of its own while it is judged."""
        if sent is None:
            yield None
            return
        with tempfile.TemporaryDirectory(dir=self._incoming) as folder:
            path = Path(folder) / "content"
            path.write_bytes(sent.content)
            yield path

    def _judge(self, submission: Submission, sent: Part | None) -> Answer:
        contents = self._storage.contents()
        # A rehearsal says of such a wheel that an index would refuse it; here it stands in for those that are taken.
        found = rules.judge(submission, contents=contents)
        refusals = [each for each in found if each.rule != rules.OF_ONE_MACHINE]
        if refusals or sent is None:
            first = refusals[0]
            return failure(first.status, first.message, filename=submission.filename)
        if rules.is_known(submission, contents):
            return Answer(status=200, filename=submission.filename)
        self._storage.put(submission.filename, sent.content, _core_metadata(submission), submission.fields)
        return Answer(status=200, filename=submission.filename)


def _submission(form: Sequence[Part], sent: Part | None, path: Path | None) -> Submission:
    fields: dict[str, tuple[str, ...]] = {}
    for part in form:
        if part.filename is None:
            text = part.content.decode("utf-8", "replace").replace("\x00", "\\x00")
            fields[part.name] = (*fields.get(part.name, ()), text)
    as_file = {part.name for part in form if part.filename is not None} - {"content", "gpg_signature"}
    return Submission(
        fields=fields,
        filename=(sent.filename or "") if sent else "",
        content=path,
        content_type=sent.content_type if sent else "",
        file_fields=tuple(sorted(as_file)),
    )


def _core_metadata(submission: Submission) -> bytes | None:
    """Return the METADATA of a wheel, which the index serves beside it (PEP 658)."""
    if submission.content is None or not submission.filename.endswith(".whl"):
        return None
    name, version = submission.filename.split("-")[:2]
    with zipfile.ZipFile(submission.content) as archive:
        return zip_member(archive, f"{name}-{version}.dist-info/METADATA")
