"""Rules for the name and content of a wheel (PEP 427, PEP 491, PEP 639).

Source of all: PyPI's upload endpoint, read in August 2026, and the wheel specification.
"""

# ruff: noqa: D401 - the docstring of a rule says what it asserts
from __future__ import annotations

import configparser
import csv
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from unmoor.indexes.rules.platforms import is_taken
from unmoor.indexes.rules.upload_check import UploadCheck, Violation

if TYPE_CHECKING:
    from packaging.tags import Tag
    from packaging.version import Version

_REBUILD = "build it again with an up-to-date build backend, and do not rename or repack it"
_ENTRY_POINT = re.compile(r"[\w.-]+")


def _name(case: UploadCheck) -> tuple[str, Version, frozenset[Tag]] | None:
    """Return normalized project name, version and tags of the wheel's name, or ``None`` where it has none."""
    if not case.is_wheel:
        return None
    try:
        name, version, _, tags = parse_wheel_filename(case.filename)
    except InvalidWheelFilename:
        return None
    return name, version, tags


def wheel_name_is_valid(case: UploadCheck) -> Iterator[Violation]:
    """The file name is one of a wheel. Source: wheel specification, by packaging."""
    if case.is_wheel:
        try:
            parse_wheel_filename(case.filename)
        except InvalidWheelFilename as error:
            yield Violation(str(error), _REBUILD)


def platform_tag_is_taken(case: UploadCheck) -> Iterator[Violation]:
    """The platform is one that PyPI takes: plain linux is not. Source: PyPI, platform tags; PEP 600."""
    found = _name(case)
    for platform in sorted({tag.platform for tag in found[2]} if found else ()):
        if not is_taken(platform):
            hint = "repair the wheel with auditwheel, delocate or cibuildwheel, or leave it out"
            yield Violation(f"the wheel '{case.filename}' has an unsupported platform tag '{platform}'", hint)


def wheel_name_is_of_this_project(case: UploadCheck) -> Iterator[Violation]:
    """The file name begins with the project's name. Source: wheel specification; PyPI."""
    found = _name(case)
    if found and case.value("name") and found[0] != (name := canonicalize_name(case.value("name"))):
        expected = name.replace("-", "_")
        yield Violation(f"the file name of '{case.value('name')}' starts with '{expected}', not '{found[0]}'", _REBUILD)


def wheel_name_is_normalized(case: UploadCheck) -> Iterator[Violation]:
    """The project's name stands normalized in the file name. Source: wheel specification, escaping; PyPI."""
    found = _name(case)
    if not found:
        return
    stated, expected = case.filename.split("-", 1)[0], found[0].replace("-", "_")
    if stated != expected:
        yield Violation(f"the file name should contain the normalized name '{expected}', not '{stated}'", _REBUILD)


def wheel_version_is_of_this_release(case: UploadCheck) -> Iterator[Violation]:
    """The version in the file name is the one in the metadata. Source: PyPI."""
    found = _name(case)
    if found and case.version is not None and found[1] != case.version:
        yield Violation(f"the version in the file name should be '{case.version}', not '{found[1]}'", _REBUILD)


def wheel_has_wheel_file(case: UploadCheck) -> Iterator[Violation]:
    """The wheel has ``{name}-{version}.dist-info/WHEEL``. Source: wheel specification; PyPI."""
    yield from _required(case, "WHEEL")


def wheel_has_metadata(case: UploadCheck) -> Iterator[Violation]:
    """The wheel has ``{name}-{version}.dist-info/METADATA``. Source: wheel specification; PyPI."""
    yield from _required(case, "METADATA")


def wheel_has_record(case: UploadCheck) -> Iterator[Violation]:
    """The wheel has a readable ``{name}-{version}.dist-info/RECORD``. Source: wheel specification; PyPI."""
    missing = list(_required(case, "RECORD"))
    yield from missing
    if not missing and case.is_wheel and case.zip is not None and _recorded(case) is None:
        yield Violation(f"'{case.dist_info}RECORD' cannot be read", _REBUILD)


def _required(case: UploadCheck, name: str) -> Iterator[Violation]:
    if case.is_wheel and case.zip is not None and case.read(case.dist_info + name) is None:
        yield Violation(f"the wheel does not contain the required file '{case.dist_info}{name}'", _REBUILD)


def _recorded(case: UploadCheck) -> frozenset[str] | None:
    try:
        lines = (case.read(f"{case.dist_info}RECORD") or b"").decode().splitlines()
        return frozenset(row[0].replace("\\", "/") for row in csv.reader(lines) if row)
    except (UnicodeError, csv.Error):
        return None


def wheel_holds_its_license_files(case: UploadCheck) -> Iterator[Violation]:
    """Every License-File is in the wheel's ``licenses`` folder. Source: PEP 639; PyPI."""
    for path in case.fields.get("license_file", ()) if case.is_wheel and case.zip is not None else ():
        if case.read(place := f"{case.dist_info}licenses/{path}") is None:
            yield Violation(f"License-File '{path}' does not exist at '{place}'", "include the file in the wheel")


def entry_points_are_valid(case: UploadCheck) -> Iterator[Violation]:
    """Entry points are a well-formed file, and scripts have plain names. Source: entry points specification; PyPI."""
    content = case.read(f"{case.dist_info}entry_points.txt") if case.is_wheel else None
    if content is None:
        return
    parser = configparser.ConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[method-assign,assignment] # names of entry points keep their case
    hint = "correct [project.scripts] and [project.entry-points]"
    try:
        parser.read_string(content.decode())
        names = [name for group in ("console_scripts", "gui_scripts") if group in parser for name in parser[group]]
    except (UnicodeError, configparser.Error) as error:
        yield Violation(f"entry_points.txt is not valid: {type(error).__name__}", hint)
        return
    for name in names:
        if not _ENTRY_POINT.fullmatch(name):
            yield Violation(f"'{name}' is not a valid name of a script", hint)
