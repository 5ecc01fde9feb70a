"""The body of an upload, taken apart: multipart/form-data (RFC 7578) as twine, uv and browsers send it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

__all__ = ["Part", "parts"]

_BLANK = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of a form: ``filename`` is ``None`` for a text."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str = ""


def parts(content_type: str, body: bytes) -> Iterator[Part]:
    """Yield the fields of a form; raise ``ValueError`` for what is no multipart form."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_boundary()
    if header.get_content_type() != "multipart/form-data" or not boundary:
        what = "not a multipart form"
        raise ValueError(what)
    # Every delimiter stands at the start of a line; so does the first one, after the line break put before it here.
    chunks = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))
    if chunks[-1].strip() not in {b"--", b""} and not chunks[-1].startswith(b"--"):
        what = "the form is cut off"
        raise ValueError(what)
    for chunk in chunks[1:-1]:
        head, found, content = chunk.partition(_BLANK)
        if not found:
            what = "a field of the form has no header"
            raise ValueError(what)
        yield _part(BytesHeaderParser().parsebytes(head.lstrip(b"\r\n") + _BLANK), content)


def _part(header: Message, content: bytes) -> Part:
    name = header.get_param("name", "", header="content-disposition")
    filename = header.get_filename()
    return Part(
        name=str(name),
        content=content,
        filename=filename,
        # Without the header a field is plain text (RFC 7578, 4.4); uv sends the file so.
        content_type=header.get_content_type(),
    )
