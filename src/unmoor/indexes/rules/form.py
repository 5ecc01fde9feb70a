"""Rules for the upload form itself, before anything is known about the metadata or the file.

Source of all: PyPI's upload endpoint (its ``sanitize`` step and its upload form), read in August 2026.
"""

# ruff: noqa: D401 - the docstring of a rule says what it asserts
from __future__ import annotations

import re
from collections.abc import Iterator

from unmoor.indexes.rules.upload_check import UploadCheck, Violation

_NAME = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE | re.ASCII)
_HEX = re.compile(r"[A-F0-9]{64}", re.IGNORECASE)
_BY_HAND = "upload with twine or uv, which fill in the form"


def values_are_text(case: UploadCheck) -> Iterator[Violation]:
    """Only the file itself is sent as a file. Source: PyPI, sanitize."""
    for name in case.submission.file_fields:
        yield Violation(f"{name}: should be a text, not a file", _BY_HAND)


def protocol_is_known(case: UploadCheck) -> Iterator[Violation]:
    """The protocol version is 1. Source: PyPI, file_upload."""
    if (case.value("protocol_version") or "1") != "1":
        yield Violation("unknown protocol version", _BY_HAND)


def name_is_valid(case: UploadCheck) -> Iterator[Violation]:
    """The name is ASCII letters, digits, '.', '_' and '-', and begins and ends with a letter or digit.

    Source: core metadata specification, Name; PyPI, upload form.
    """
    name = case.value("name")
    if not name:
        yield Violation("the name is missing", "set `name` in [project]")
    elif not _NAME.fullmatch(name):
        yield Violation(
            f"'{name}' is not a valid name", "use ASCII letters, digits, '.', '_' and '-' between letters or digits"
        )


def file_type_is_known(case: UploadCheck) -> Iterator[Violation]:
    """The file is an sdist or a wheel. Source: PyPI, upload form (PEP 527)."""
    if case.value("filetype") not in {"sdist", "bdist_wheel"}:
        yield Violation(
            f"'{case.value('filetype')}' is not a known file type", "upload an sdist or a wheel, nothing else"
        )


def python_tag_fits(case: UploadCheck) -> Iterator[Violation]:
    """A wheel states its Python tag, an sdist says ``source`` or nothing. Source: PyPI, upload form."""
    kind, tag = case.value("filetype"), case.value("pyversion")
    if kind == "sdist" and tag not in {"", "source"}:
        yield Violation(f"an sdist is for Python 'source', not '{tag}'", _BY_HAND)
    if kind not in {"", "sdist"} and not tag:
        yield Violation("a built file needs its Python tag", _BY_HAND)


def digests_are_hex(case: UploadCheck) -> Iterator[Violation]:
    """sha256 and blake2 digests are 64 hexadecimal digits. Source: PyPI, upload form."""
    for name in ("sha256_digest", "blake2_256_digest"):
        if case.value(name) and not _HEX.fullmatch(case.value(name)):
            yield Violation(f"{name}: not a hexadecimal digest of 64 digits", _BY_HAND)


def digest_is_given(case: UploadCheck) -> Iterator[Violation]:
    """At least one digest of the file is sent. Source: PyPI, upload form."""
    if not any(case.value(f"{name}_digest") for name in ("md5", "sha256", "blake2_256")):
        yield Violation("no digest of the file was sent", _BY_HAND)


def file_is_given(case: UploadCheck) -> Iterator[Violation]:
    """The form has a file. Source: PyPI, file_upload."""
    if case.submission.content is None:
        yield Violation("the upload has no file", _BY_HAND)
