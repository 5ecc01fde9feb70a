"""Rules that depend on what the index already holds; without its contents they have nothing to say.

Source of all: PyPI's upload endpoint, read in August 2026. The same bytes under the same name are no refusal but a
no-op: ``is_known`` says so, and what comes after it is not asked.
"""

# ruff: noqa: D401 - the docstring of a rule says what it asserts
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from unmoor.indexes.rules.upload_check import UploadCheck, Violation

CLOSES_AFTER = timedelta(days=14)
_NEXT = "release the next version; a file name is used once and for all"


def is_known(case: UploadCheck) -> bool:
    """Say whether the index holds this very file: the same name and the same digests."""
    held = case.contents.named(case.filename) if case.contents else None
    if held is None or not case.digests or held.sha256 != case.digests["sha256"]:
        return False
    return held.blake2 in {"", case.digests["blake2_256"]}


def file_name_is_free(case: UploadCheck) -> Iterator[Violation]:
    """No file of that name with other bytes is on the index. Source: PyPI, duplicate files."""
    held = case.contents.named(case.filename) if case.contents else None
    if held is not None and not is_known(case):
        yield Violation(f"File already exists: '{case.filename}' with other bytes (sha256 {held.sha256})", _NEXT)


def bytes_are_new(case: UploadCheck) -> Iterator[Violation]:
    """These bytes are not on the index under another name. Source: PyPI, duplicate files by blake2."""
    digest = case.digests.get("blake2_256", "")
    for held in case.contents.files if case.contents and digest else ():
        if held.filename != case.filename and held.blake2 == digest:
            what = f"File already exists: the bytes of '{case.filename}' are there as '{held.filename}'"
            yield Violation(what, "build the file again under its own version")


def file_name_was_never_deleted(case: UploadCheck) -> Iterator[Violation]:
    """No file of that name was there and deleted. Source: PyPI, file name log."""
    if case.contents and case.filename in case.contents.deleted:
        yield Violation("this file name was used before by a file that has since been deleted", _NEXT)


def release_is_still_open(case: UploadCheck) -> Iterator[Violation]:
    """The release is new or at most 14 days old. Source: PyPI, since July 2026."""
    if case.contents is None:
        return
    times = [
        each.uploaded for each in case.contents.of_release(case.value("name"), case.value("version")) if each.uploaded
    ]
    if times and case.contents.now - min(times) > CLOSES_AFTER:
        what = f"uploading new files to releases older than {CLOSES_AFTER.days} days is not allowed"
        yield Violation(what, "release the next version with all its files")


def sdist_is_the_only_one(case: UploadCheck) -> Iterator[Violation]:
    """A release has one sdist. Source: PyPI (PEP 527)."""
    if case.contents is None or case.value("filetype") != "sdist":
        return
    for held in case.contents.of_release(case.value("name"), case.value("version")):
        if held.kind == "sdist" and held.filename != case.filename:
            yield Violation(f"only one sdist may be uploaded per release, and '{held.filename}' is there", _NEXT)
