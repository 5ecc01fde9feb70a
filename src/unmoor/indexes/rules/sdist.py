"""Rules for the names and content of an sdist (PEP 625, PEP 639)."""

# ruff: noqa: D401 - the docstring of a rule says what it asserts
from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from unmoor.indexes.rules.archive import top_folder
from unmoor.indexes.rules.upload_check import UploadCheck, Violation


def _is_sdist(case: UploadCheck) -> bool:
    return case.value("filetype") == "sdist"


def sdist_name_is_normalized(case: UploadCheck) -> Iterator[Violation]:
    """An sdist is called ``{normalized_name}-{version}.tar.gz``, to the letter. Source: PEP 625; PyPI."""
    if not _is_sdist(case) or case.version is None or not case.value("name"):
        return
    expected = f"{canonicalize_name(case.value('name')).replace('-', '_')}-{case.version}.tar.gz"
    if case.filename != expected:
        hint = "build it again with an up-to-date build backend"
        yield Violation(f"the file name '{case.filename}' is invalid, it should be '{expected}'", hint)


def sdist_holds_its_license_files(case: UploadCheck) -> Iterator[Violation]:
    """Every License-File is in the sdist. Source: PEP 639; PyPI."""
    top = top_folder(case)
    for path in case.fields.get("license_file", ()) if _is_sdist(case) and top else ():
        if f"{top}/{path}" not in case.names:
            yield Violation(f"License-File '{path}' does not exist at '{top}/{path}'", "include the file in the sdist")
