"""The bodies of uploads: forms as uploaders send them, and what is none."""

from __future__ import annotations

import pytest

from unmoor.rehearsal.multipart import Part, parts

FORM = "multipart/form-data; boundary=x"
FIELD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
END = b"--x--\r\n"


def field(disposition: str, content: bytes, *headers: str) -> bytes:
    lines = [f"Content-Disposition: form-data; {disposition}", *headers]
    return b"--x\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n"


def test_texts_and_a_file():
    file = field('name="content"; filename="a.whl"', b"\r\n--y\r\n\x00", "Content-Type: application/octet-stream")
    found = list(parts(FORM, b"preamble\r\n" + FIELD * 2 + file + END + b"epilogue"))
    assert found[:2] == [Part(name="a", content=b"1", content_type="text/plain")] * 2
    kind = "application/octet-stream"
    assert found[2] == Part(name="content", content=b"\r\n--y\r\n\x00", filename="a.whl", content_type=kind)


def test_a_file_without_a_type_is_plain_text_and_may_have_any_name():
    (found,) = parts(FORM, field('name="content"; filename="schön.whl"', b"") + END)
    assert (found.filename, found.content, found.content_type) == ("schön.whl", b"", "text/plain")


def test_a_long_list_of_fields_is_taken_whole():
    assert len(list(parts(FORM, FIELD * 2000 + END))) == 2000


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", FIELD + END),
        ("multipart/form-data", FIELD + END),
        ("multipart/form-data; boundary=", FIELD + END),
        ("application/x-www-form-urlencoded", b"a=1"),
        (FORM, b""),
        (FORM, b"nonsense"),
        (FORM, FIELD),
        (FORM, FIELD + b"--x"),
        (FORM, FIELD[:30]),
        (FORM, (FIELD + END).replace(b"\r\n", b"\n")),
        (FORM, b"--x\r\n\r\n1\r\n" + END),
        (FORM, b"--x\r\nOther: header\r\n\r\n1\r\n" + END),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n' + END),
        (FORM, field('name="a"', b"", "A: " + "b" * 10_000) + END),
        (FORM, field('name="a"', b"", *["A: b"] * 1000) + END),
        (FORM, FIELD * 10_001 + END),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes):
    with pytest.raises(ValueError, match=r"\w"):
        list(parts(kind, body))
