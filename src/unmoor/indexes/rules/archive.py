"""Rules for the archive: one kind of it, whole, without tricks.

Source of all: PyPI's upload endpoint, read in August 2026. PyPI's scan for known malware is not done here.
"""

# ruff: noqa: D401 - the docstring of a rule says what it asserts
from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator

from unmoor.indexes.rules.submission import ARCHIVE_ERRORS
from unmoor.indexes.rules.upload_check import UploadCheck, Violation
from unmoor.indexes.rules.zip_records import fault_of

_BOMB_SIZE = 64 << 20
_BOMB_RATIO = 50
_REBUILD = "build the file again with an up-to-date build backend, and do not repack it"


def _is_there(case: UploadCheck) -> bool:
    return case.submission.content is not None


def archive_is_of_one_kind(case: UploadCheck) -> Iterator[Violation]:
    """The file is not a zip and a tar archive at once. Source: PyPI, archive checks."""
    if case.looks_like_zip and case.looks_like_tar:
        yield Violation("invalid distribution file: it is both a zip and a tar file", _REBUILD)


def archive_opens(case: UploadCheck) -> Iterator[Violation]:
    """The file is an archive of the kind its name says, readable to its end. Source: PyPI, archive checks."""
    if not _is_there(case):
        return
    if case.filename.endswith((".whl", ".zip")) and (not case.looks_like_zip or case.zip is None):
        yield Violation("invalid distribution file: it is not a zip file", _REBUILD)
    if case.filename.endswith(".tar.gz") and (not case.looks_like_tar or case.tar_members is None):
        yield Violation("invalid distribution file: it is not a tar.gz file", _REBUILD)


def archive_is_no_bomb(case: UploadCheck) -> Iterator[Violation]:
    """Above 64 MiB, a zip unpacks to at most 50 times its size. Source: PyPI, archive checks."""
    if case.zip is None:
        return
    plain = sum(each.file_size for each in case.zip.infolist())
    if plain > _BOMB_SIZE and plain / case.size > _BOMB_RATIO:
        what = f"invalid distribution file: it unpacks to {plain} bytes, more than {_BOMB_RATIO} times its size"
        yield Violation(what, "leave large compressible data out of the archive")


def compression_is_common(case: UploadCheck) -> Iterator[Violation]:
    """Members of a zip are stored or deflated. Source: PyPI, archive checks."""
    for each in case.zip.infolist() if case.zip else ():
        if each.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            yield Violation(
                f"invalid distribution file: '{each.filename}' uses a compression that is not supported", _REBUILD
            )
            return


def zip_records_agree(case: UploadCheck) -> Iterator[Violation]:
    """The zip's headers agree with its directory; nothing is there twice, between or behind them.

    Source: PyPI, zip record checks (August 2025); APPNOTE.TXT.
    """
    if case.zip is None or case.submission.content is None:
        return
    central = {each.orig_filename: (each.compress_size, each.file_size) for each in case.zip.filelist}
    if fault := fault_of(case.submission.content.read_bytes(), central):
        yield Violation(f"invalid distribution file: {fault}", _REBUILD)


def sdist_has_one_top_folder(case: UploadCheck) -> Iterator[Violation]:
    """All of an sdist lies in one top folder. Source: PEP 625; PyPI, archive checks."""
    if _sdist_names(case) and not top_folder(case):
        yield Violation("invalid distribution file: an sdist has exactly one top folder", _REBUILD)


def sdist_has_pkg_info(case: UploadCheck) -> Iterator[Violation]:
    """An sdist has PKG-INFO in its top folder. Source: sdist specification; PyPI, archive checks."""
    if (top := top_folder(case)) and f"{top}/PKG-INFO" not in case.names:
        yield Violation(f"invalid distribution file: PKG-INFO was not found at '{top}/PKG-INFO'", _REBUILD)


def sdist_has_no_sparse_members(case: UploadCheck) -> Iterator[Violation]:
    """No member of an sdist is sparse. Source: PyPI, archive checks (PEP 625 asks for plain tar)."""
    for member in case.tar_members or ():
        if member.issparse():
            yield Violation(f"invalid distribution file: '{member.name}' is a sparse member", _REBUILD)
            return


def _sdist_names(case: UploadCheck) -> tuple[str, ...]:
    return () if case.is_wheel else case.names


def top_folder(case: UploadCheck) -> str:
    """Return the one folder that holds everything in an sdist, or an empty string."""
    names = _sdist_names(case)
    try:
        found = posixpath.commonpath(names) if names else ""
    except ARCHIVE_ERRORS:
        return ""
    return "" if found in {".", "/"} else found
