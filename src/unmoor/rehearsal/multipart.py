"""The body of an upload, taken apart: multipart/form-data (RFC 7578) as twine, uv and browsers send it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from multipart import MultipartParser, parse_options_header  # type: ignore[import-untyped] # one file cannot say that it is typed

__all__ = ["Part", "parts"]

_FIELDS = 10_000  # a classifier and a requirement is a field each
_BYTES = 1 << 31  # the body is in memory already: nothing of it goes to a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of a form: ``filename`` is ``None`` for a text."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str = ""


def parts(content_type: str, body: bytes) -> Iterator[Part]:
    """Yield the fields of a form; raise ``ValueError`` for what is no multipart form."""
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or not options.get("boundary"):
        what = "not a multipart form"
        raise ValueError(what)
    limits = {"part_limit": _FIELDS, "spool_limit": _BYTES, "memory_limit": _BYTES}
    for each in MultipartParser(BytesIO(body), options["boundary"], **limits):
        # Without the header a field is plain text (RFC 7578, 4.4); uv sends the file so.
        stated, _ = parse_options_header(each.headers.get("Content-Type", "text/plain"))
        yield Part(name=each.name, content=each.raw, filename=each.filename, content_type=stated)
