"""What an installed archive must show, judged from the facts alone.

The version is the planned one; every recorded file is there with its hash, and is the wheel's; the modules import
from the environment, in time and without a word; entry points load and scripts can be run; extras resolve.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unmoor.archives.archive_file import Archive
from unmoor.archives.install import InstallReport
from unmoor.archives.package_layout import installed_path
from unmoor.archives.wheel import record_hash
from unmoor.model import Finding, Findings, blocking_live, truncated

__all__ = ["Expected", "judge"]

_SCRIPTS = ("console_scripts", "gui_scripts")
_UNRECORDED = re.compile(r"\.dist-info/RECORD(\.jws|\.p7s)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the installation is held against: ``name`` and ``version``, the ``wheel`` of the release, limits in seconds.

    ``strict`` makes a problem of what is slow; otherwise it is said only.
    """

    name: str
    version: str
    wheel: Archive | None
    seconds: float
    import_seconds: float
    strict: bool


def judge(facts: InstallReport, expected: Expected) -> Findings:
    """Return what is wrong with one installation; ``examined`` is 1, the installation."""
    where = f"{facts.archive.name} on python {facts.python.version}"
    if facts.failure:
        problem = Finding(message=facts.failure, place=where, hint="install it by hand to see all")
        return Findings(examined=1, problems=(problem,))
    remarks = [
        *_version(facts, expected),
        *((True, each) for each in truncated(finding for _, finding in _files(facts))),
        *_content(facts, expected),
        *_imports(facts, expected),
        *_entry_points(facts, expected),
        *_extras(facts),
        *_times(facts, expected),
    ]
    remarks += [(False, Finding(message=f"the installer said: {each}")) for each in facts.said]
    placed = [(blocks, replace(each, place=where)) for blocks, each in remarks]
    return Findings(
        examined=1,
        problems=tuple(finding for blocks, finding in placed if blocks),
        notices=tuple(finding for blocks, finding in placed if not blocks),
    )


def _version(facts: InstallReport, expected: Expected) -> Iterator[tuple[bool, Finding]]:
    from packaging.version import Version

    if Version(facts.seen["version"]) != Version(expected.version):
        yield (
            True,
            Finding(message=f"the installed version is {facts.seen['version']!r} instead of {expected.version!r}"),
        )
    url = facts.seen["direct_url"].get("url", "")
    if Path(url).name != facts.archive.name:
        yield True, Finding(message="what was installed is not the file that was given", hint="look for a second copy")


def _files(facts: InstallReport) -> Iterator[tuple[bool, Finding]]:
    if not facts.seen["files"]:
        yield True, Finding(message="the installation records no files", hint="build the wheel again")
    for each in facts.seen["files"]:
        if each["recorded"] and each["actual"] != each["recorded"]:
            what = "is missing" if not each["actual"] else "has other content"
            yield True, Finding(message=f"{each['path']!r} is recorded and {what}", hint="build the wheel again")


def _content(facts: InstallReport, expected: Expected) -> Iterator[tuple[bool, Finding]]:
    """Compare with the wheel: of the wheel itself every file, of an sdist what both put into site-packages."""
    if expected.wheel is None:
        return
    from_sdist = facts.archive.name.endswith(".tar.gz")
    if from_sdist and not expected.wheel.pure:
        return
    there = {each["path"].replace("\\", "/"): each["actual"] for each in facts.seen["files"]}
    wanted = dict(_wanted(expected.wheel, metadata=not from_sdist))
    lacking = (path for path in wanted if not there.get(path))
    for finding in truncated(Finding(message=f"{path!r} of the wheel was not installed") for path in lacking):
        yield True, finding
    other = (path for path, digest in wanted.items() if there.get(path, digest) not in {digest, ""})
    what = "differs between the wheel and what the sdist installs" if from_sdist else "is not the wheel's"
    for finding in truncated(Finding(message=f"{path!r} {what}") for path in other):
        yield not from_sdist, finding


def _wanted(wheel: Archive, *, metadata: bool) -> Iterator[tuple[str, str]]:
    for member in wheel.members:
        in_info = ".dist-info/" in member.path
        path = member.path if in_info and metadata else installed_path(member.path)
        if path and not _UNRECORDED.search(path):
            yield path, record_hash(member)


def _imports(facts: InstallReport, expected: Expected) -> Iterator[tuple[bool, Finding]]:
    if not facts.seen["imports"]:
        yield (
            True,
            Finding(message="no import name is known, so nothing was imported", hint="set imports in [tool.unmoor]"),
        )
    for each in facts.seen["imports"]:
        name = each["name"]
        if extras := facts.needs.get(("import", name)):
            # Where nothing at all can be imported without it, the project's own dependencies lack something.
            alone = all(other["error"] for other in facts.seen["imports"])
            yield alone, _needing(f"import {name}", expected, extras, blocks=alone)
            continue
        if each["error"]:
            yield True, Finding(message=f"import {name} fails: {each['error']}", hint=_missing(facts, each))
            continue
        if not each["origin"].startswith(facts.seen["prefix"]):
            yield (
                True,
                Finding(
                    message=f"{name} was imported from outside the environment", hint="it shadows the installed one"
                ),
            )
        if each["seconds"] > expected.import_seconds:
            what = f"import {name} takes {each['seconds']:.2f} s, more than {expected.import_seconds:g} s"
            hint = "python -X importtime shows where; or raise install.import_seconds"
            yield _slow(expected, Finding(message=what, hint=hint))
        for said in each["said"]:
            yield False, Finding(message=f"import {name} warns: {said}")


def _needing(what: str, expected: Expected, extras: Sequence[str], *, blocks: bool = False) -> Finding:
    words = f"{expected.name}[{','.join(extras)}]"
    hint = "name what it imports in the dependencies, for nothing can be imported without it" if blocks else ""
    return Finding(message=f"{what} needs {words}", hint=hint)


def _missing(facts: InstallReport, each: Mapping[str, Any]) -> str:
    """Say what to do about a module that is not there: one of the project's own is a matter of the archive."""
    missing = each["missing"]
    if not missing:
        return "import it in a fresh environment to see all"
    top, _, inner = missing.partition(".")
    if top in {other["name"].partition(".")[0] for other in facts.seen["imports"]}:
        return f"the archive holds no {missing!r}: include it in the build"
    return f"is {missing!r} among the dependencies?" if not inner else f"which dependency brings {missing!r}?"


def _entry_points(facts: InstallReport, expected: Expected) -> Iterator[tuple[bool, Finding]]:
    for each in facts.seen["entry_points"]:
        shown = f"{each['group']}: {each['name']}"
        if extras := facts.needs.get((each["group"], each["name"])):
            yield False, _needing(f"entry point {shown}", expected, extras)
        elif each["error"]:
            # Plug-ins may need their host, and entry points with extras theirs; a program has to work as it is.
            blocks = (each["group"] in _SCRIPTS or not each["missing"]) and not each["extras"]
            yield (
                blocks,
                Finding(message=f"entry point {shown} does not load: {each['error']}", hint=_missing(facts, each)),
            )
        if each["script"] == "missing":
            yield True, Finding(message=f"the program {each['name']!r} was not installed", hint="see [project.scripts]")


def _extras(facts: InstallReport) -> Iterator[tuple[bool, Finding]]:
    for extra, became in facts.extras.items():
        if became.startswith("failed"):
            hint = "loosen its requirements, or narrow install.extras in [tool.unmoor]"
            yield (
                True,
                Finding(message=f"the extra {extra!r} does not install: {became.removeprefix('failed: ')}", hint=hint),
            )


def _times(facts: InstallReport, expected: Expected) -> Iterator[tuple[bool, Finding]]:
    if facts.seconds > expected.seconds:
        what = f"installing takes {facts.seconds:.1f} s, more than {expected.seconds:g} s"
        yield _slow(expected, Finding(message=what, hint="look at the dependencies, or raise install.seconds"))


def _slow(expected: Expected, finding: Finding) -> tuple[bool, Finding]:
    """Return whether it blocks here, and what is slow; where it does not, it is marked as what would live."""
    return expected.strict, finding if expected.strict else blocking_live([finding])[0]
