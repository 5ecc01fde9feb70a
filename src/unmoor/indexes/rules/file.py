"""Rules for the file as such: its name, its type, its size, its digests.

Source of all: PyPI's upload endpoint, read in August 2026.
"""

# ruff: noqa: D401 - the docstring of a rule says what it asserts
from __future__ import annotations

import re
from collections.abc import Iterator

from unmoor.indexes.rules.upload_check import UploadCheck, Violation

_MIB = 1 << 20
_FILE_LIMIT = 100 * _MIB
_PROJECT_LIMIT = 10 << 30
_EXTENSIONS = {"sdist": (".zip", ".tar.gz"), "bdist_wheel": (".whl",)}
_EXTENSION = re.compile(r".+?(\.(?:tar\.gz|zip|whl))", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_REBUILD = "build it again, and upload it under the name the backend gave it"


def file_name_is_printable(case: UploadCheck) -> Iterator[Violation]:
    """The file name has no control characters. Source: PyPI, file name checks."""
    if _CONTROL.search(case.filename):
        yield Violation("the file name has characters that cannot be printed", _REBUILD)


def file_name_is_no_path(case: UploadCheck) -> Iterator[Violation]:
    """The file name has no '/' and no backslash. Source: PyPI, file name checks."""
    if "/" in case.filename or "\\" in case.filename:
        yield Violation("the file name holds '/' or a backslash", _REBUILD)


def extension_fits_file_type(case: UploadCheck) -> Iterator[Violation]:
    """The extension is the one of the file type. Source: PyPI, file name checks (PEP 527)."""
    kind = case.value("filetype")
    found = _EXTENSION.fullmatch(case.filename)
    if found is None:
        yield Violation(f"'{case.filename}' has an extension that is not taken", "upload only .whl and .tar.gz files")
    elif kind in _EXTENSIONS and found.group(1) not in _EXTENSIONS[kind]:
        yield Violation(f"the extension '{found.group(1)}' is invalid for the file type '{kind}'", _REBUILD)


def content_type_is_an_archive(case: UploadCheck) -> Iterator[Violation]:
    """The client calls the file something, and not an image. Source: PyPI, file_upload."""
    stated = case.submission.content_type
    if case.submission.content is not None and (not stated or stated.startswith("image/")):
        yield Violation("invalid distribution file: its content type says so", "upload with twine or uv")


def file_is_not_too_large(case: UploadCheck) -> Iterator[Violation]:
    """The file has at most 100 MiB, the limit without a grant. Source: PyPI, file_upload."""
    if case.size > _FILE_LIMIT:
        what = f"file too large: {case.size} bytes, the limit is {_FILE_LIMIT // _MIB} MB"
        yield Violation(what, "leave out what users do not need, or ask the index for a higher limit")


def project_is_not_too_large(case: UploadCheck) -> Iterator[Violation]:
    """All files of the project have at most 10 GiB. Source: PyPI, file_upload."""
    if case.contents is None:
        return
    held = sum(each.size for each in case.contents.of_project(case.value("name")))
    if held + case.size > _PROJECT_LIMIT:
        hint = "ask the index for a higher limit, or remove old releases"
        yield Violation(f"project size too large: the limit is {_PROJECT_LIMIT >> 30} GB", hint)


def digests_are_of_this_file(case: UploadCheck) -> Iterator[Violation]:
    """Every digest sent is the one of the file received. Source: PyPI, file_upload."""
    for name, digest in case.digests.items():
        stated = case.value(f"{name}_digest")
        if stated and stated.lower() != digest:
            yield Violation(
                f"the {name} digest supplied does not match the file", "the file changed on its way: upload it again"
            )
