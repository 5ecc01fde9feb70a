"""What an index's answer to an upload amounts to, by its status; and what a person can do about it.

Statuses are those of HTTP (RFC 9110) as PyPI's upload endpoint uses them; company indexes answer 409 where PyPI answers
400. The index's words choose the advice and never say what it holds: only reading it does. One exception, because it
decides no more than how long to try: PyPI says 403 also while it takes no uploads from anybody.
"""

from __future__ import annotations

import enum
import re

from unmoor.targets import Index, UploadAnswer

__all__ = ["Meaning", "advice", "meaning", "summary"]


class Meaning(enum.Enum):
    """Whether the file was taken, may have been, or was not; and why not."""

    TAKEN = "taken"
    BUSY = "no answer, or not now"
    WEB_PAGE = "a page for people"
    CREDENTIAL = "the credential"
    ELSEWHERE = "another address"
    FILE = "this file"
    UNSENT = "nothing was sent"

    @property
    def is_refusal(self) -> bool:
        """Whether the index has said that it did not take the file, and would say so again."""
        return self in {Meaning.CREDENTIAL, Meaning.ELSEWHERE, Meaning.FILE, Meaning.UNSENT}


_CREDENTIAL = frozenset({401, 403, 407})
_LATER = frozenset({0, 408, 425, 429})
_NO_UPLOADS = frozenset({404, 405, 410})
_TOO_LARGE = 413
_REDIRECT, _CLIENT, _SERVER = 300, 400, 500
_FOR_NOW = re.compile(r"temporarily disabled", re.IGNORECASE)
_USED_UP = re.compile(r"already exist|previously used|been deleted|only one sdist|older than", re.IGNORECASE)


def meaning(answer: UploadAnswer) -> Meaning:
    """Return what an answer amounts to."""
    status = answer.status
    if answer.accepted:
        return Meaning.TAKEN
    if not answer.sent:
        return Meaning.UNSENT
    if status in _LATER or status >= _SERVER or (status in _CREDENTIAL and _FOR_NOW.search(answer.reason)):
        return Meaning.BUSY
    if status < _REDIRECT:
        return Meaning.WEB_PAGE
    if status < _CLIENT:
        return Meaning.ELSEWHERE
    return Meaning.CREDENTIAL if status in _CREDENTIAL else Meaning.FILE


def summary(answer: UploadAnswer, index: Index) -> str:
    """Return what became of an upload that was not taken, in one line."""
    name, file = index.name, answer.filename
    why = " ".join(part for part in (str(answer.status or ""), answer.reason) if part)
    match meaning(answer):
        case Meaning.UNSENT:
            return f"twine cannot send {file}: {answer.reason}"
        case Meaning.CREDENTIAL:
            source = index.credential.source if index.credential else "nowhere"
            return f"{name} refused the credential from {source} for {file}: {why}"
        case Meaning.ELSEWHERE:
            return f"{name} would send {file} on to {answer.location or 'nowhere'} ({why}), and that is not followed"
        case Meaning.FILE:
            return f"{name} refused {file}: {why}"
        case Meaning.WEB_PAGE:
            return f"{name} answered {file} with a web page, as a login or a proxy does ({why})"
        case _:
            return f"{name} did not take {file}: {why or 'no answer'}"


def advice(answer: UploadAnswer, index: Index, *, begun: bool) -> str:
    """Return what to do about it; ``begun`` says that files of this version may be on an index already."""
    what, address = meaning(answer), f"upload-url in [tool.unmoor.indexes.{index.name}]"
    if what in {Meaning.FILE, Meaning.UNSENT}:
        return _about_file(answer, address, index.upload_url, begun=begun)
    source = index.credential.source if index.credential else "the environment"
    return {
        Meaning.CREDENTIAL: f"put a credential that may upload this project to {index.upload_url} there: {source}",
        Meaning.ELSEWHERE: f"if you trust that address, set {address} to it",
        Meaning.WEB_PAGE: f"see that {address} and the network lead to the index, then run the same command again",
    }.get(what, "nothing is lost; run the same command again when the cause is gone")


def _about_file(answer: UploadAnswer, address: str, upload_url: str, *, begun: bool) -> str:
    if answer.status in _NO_UPLOADS:
        return f"see that {address} is where this index takes uploads: it is {upload_url}"
    if answer.status == _TOO_LARGE:
        return "make it smaller, or have the index allow more"
    if _USED_UP.search(answer.reason):
        return "release the next version: a file name is used once and for all"
    if begun:
        return "mend what it names, and release that as the next version: bytes that are out cannot change"
    return "mend what it names and commit; nothing of this version was uploaded, so it is still yours"
