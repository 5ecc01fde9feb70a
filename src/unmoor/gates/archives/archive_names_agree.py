"""Names, versions and metadata agree: in the file names, inside the archives, between them, and with the plan.

File names are in the one normal form that indexes accept (PEP 427 with PEP 503 names for wheels, PEP 625 for sdists).
The set is the declared one: one sdist, and wheels that do not double each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import parse_tag
from packaging.utils import (
    InvalidName,
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from unmoor.archives.archive_file import Archive, read
from unmoor.context import Context
from unmoor.model import Finding, Findings

ASSERTS = "names, versions and metadata of the archives agree with each other and with the plan"
_COMPARED = (
    "name",
    "version",
    "summary",
    "requires_python",
    "requires_dist",
    "provides_extra",
    "license_expression",
    "keywords",
    "classifiers",
    "project_urls",
)


def check(context: Context) -> Findings:
    """Compare what every archive says it is with the plan, its own file name, and the other archives."""
    release = context.release
    problems = list(_set(context))
    described = []
    for path in context.archives:
        archive = read(path)
        text = archive.text("METADATA" if archive.kind == "wheel" else "PKG-INFO")
        if not text:
            what = "the archive holds no metadata"
            problems.append(Finding(message=what, place=path.name, hint="build it with a standards-compliant backend"))
            continue
        metadata, _ = parse_email(text)
        described.append((archive, metadata))
        problems += _identity(archive, metadata, release.component, release.version)
        problems += _file_name(archive, metadata)
    problems += _agreement(described)
    return Findings(examined=len(context.archives), unit="files", problems=tuple(problems))


def _set(context: Context) -> Iterator[Finding]:
    kinds = Counter(each.kind for each in context.distributions)
    hint = "build with `python -m build`, which makes both"
    if kinds["sdist"] != 1:
        yield Finding(message=f"there are {kinds['sdist']} sdists instead of one", hint=hint)
    if not kinds["wheel"]:
        yield Finding(message="there is no wheel", hint=hint)
    for path in context.archives:
        if not path.is_file():
            yield Finding(message=f"{path.name!r} is missing", place=str(context.dist), hint="build again")


def _identity(archive: Archive, metadata: RawMetadata, name: str, version: str) -> Iterator[Finding]:
    place = archive.path.name
    said = metadata.get("name", "")
    if canonicalize_name(said) != canonicalize_name(name):
        hint = "name the project in one place, project.name"
        yield Finding(message=f"the metadata names {said!r}, the plan {name!r}", place=place, hint=hint)
    said = metadata.get("version", "")
    if not _same_version(said, version):
        hint = "a stale tag or version file; see `unmoor plan` for where versions come from"
        yield Finding(message=f"the metadata says version {said!r}, the plan {version!r}", place=place, hint=hint)


def _same_version(left: str, right: str) -> bool:
    try:
        return Version(left) == Version(right)
    except InvalidVersion:
        return False


def _file_name(archive: Archive, metadata: RawMetadata) -> Iterator[Finding]:
    """Compare the file name with the normal form of what the metadata says."""
    name = archive.path.name
    try:
        start = canonicalize_name(metadata.get("name", ""), validate=True).replace("-", "_")
        start = f"{start}-{Version(metadata.get('version', ''))}"
        if archive.kind == "sdist":
            parse_sdist_filename(name)
        else:
            yield from _tags(archive, parse_wheel_filename(name)[3])
    except (InvalidName, InvalidVersion, InvalidSdistFilename, InvalidWheelFilename) as error:
        yield Finding(
            message=f"the file name is not valid: {type(error).__name__}", place=name, hint="update the backend"
        )
        return
    expected = f"{start}.tar.gz" if archive.kind == "sdist" else f"{start}-{name.split('-', 2)[-1]}"
    if name != expected:
        hint = "indexes refuse other spellings; update the build backend"
        yield Finding(message=f"the file is named {name!r} instead of {expected!r}", place=name, hint=hint)
    inside = archive.top if archive.kind == "sdist" else next(iter(archive.dist_infos), "").removesuffix(".dist-info")
    if inside != start:
        what = f"the folder inside is named {inside!r} instead of {start!r}"
        yield Finding(message=what, place=name, hint="update the build backend")


def _tags(archive: Archive, named: frozenset[object]) -> Iterator[Finding]:
    lines = [line.partition(":")[2].strip() for line in archive.text("WHEEL").splitlines() if line.startswith("Tag:")]
    inside = {tag for line in lines for tag in parse_tag(line)}
    if inside != named:
        hint = "installers trust the name; a renamed wheel installs where it cannot work"
        yield Finding(message="the tags in WHEEL are not those of the file name", place=archive.path.name, hint=hint)


def _agreement(described: list[tuple[Archive, RawMetadata]]) -> Iterator[Finding]:
    """Compare each archive's metadata with the first one's, except for fields an sdist declares dynamic."""
    if not described:
        return
    first, expected = described[0]
    for archive, metadata in described[1:]:
        dynamic = {field.lower().replace("-", "_") for one in (metadata, expected) for field in one.get("dynamic", ())}
        for field in _COMPARED:
            if field in dynamic:
                continue
            if _normal(field, metadata.get(field)) != _normal(field, expected.get(field)):
                what = f"{field.replace('_', '-')} differs between {first.path.name!r} and {archive.path.name!r}"
                hint = "metadata that depends on where it is built belongs into markers"
                yield Finding(message=what, place=archive.path.name, hint=hint)


def _normal(field: str, value: object) -> object:
    try:
        if field == "requires_dist" and isinstance(value, list):
            return {_requirement(Requirement(each)) for each in value}
        if field in {"provides_extra", "classifiers", "keywords"} and isinstance(value, list):
            return {canonicalize_name(each) if field == "provides_extra" else each for each in value}
        if field == "requires_python" and isinstance(value, str):
            return SpecifierSet(value)
        if field == "name" and isinstance(value, str):
            return canonicalize_name(value)
    except (InvalidRequirement, InvalidSpecifier):
        return value
    return value


def _requirement(each: Requirement) -> tuple[object, ...]:
    extras = frozenset(canonicalize_name(extra) for extra in each.extras)
    return canonicalize_name(each.name), extras, each.specifier, str(each.marker or ""), each.url or ""
