"""A changelog that is kept by hand: a section still called unreleased when the version goes out, and its new heading.

What a heading looks like is learnt from the release below it: the same line, with the new version and the day written
as there. Forms: packaging (``*unreleased*`` over ``26.3 - 2026-08-03``), flask (a line ``Unreleased`` below
``Version 3.2.0``), httpx (``## [UNRELEASED]`` over ``## 0.28.1 (6th December, 2024)``), structlog (a heading with a
link to what changed), and https://keepachangelog.com, whose link ``[unreleased]: …/1.0.0...HEAD`` moves along. Where
that is not clear, only the line is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unmoor.errors import UnmoorError
from unmoor.model import Component
from unmoor.planning.versions import tags
from unmoor.planning.versions.pep440 import parse, try_parse
from unmoor.planning.written_days import rewritten
from unmoor.runtime.changeset import inside
from unmoor.runtime.file_text import FileText

__all__ = ["Unreleased", "changelog_of", "is_mark", "unreleased"]

_WORD = re.compile(r"(?i)\b(?:unreleased|not (?:yet )?released|in progress|in development|under development)\b")
_SOON = re.compile(r"\b(?:TBD|TBA|tbd|tba)\b")
_MARKS = "*_`[]() \t"
_VERSION = re.compile(
    r"(?<!\w)(?<!\w\.)v?(?P<version>\d+(?:\.\d+)+(?:[-._]?(?:a|b|c|rc|alpha|beta|pre|post|dev)[-._]?\d*)*)(?!\w|\.\d)"
)
_ADDRESS = re.compile(r"https?://[^\s)>]*")
_UNDERLINE = re.compile(r"""([=\-~^"'#*+`:.])\1{2,}""")
_LINK = re.compile(r"(?im)^\[unreleased\]:[ \t]*(?P<before>\S+?)(?P<old>[^/\s]+)\.\.\.HEAD[ \t]*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NEAR = 4  # lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreleased:
    """The line that calls what a release brings unreleased, and the whole text with that put right.

    ``text`` is empty where how to write it is not clear.
    """

    line: int
    said: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    number: int
    line: str
    rst: bool

    @property
    def version(self) -> str:
        found = _VERSION.search(_ADDRESS.sub("", self.line))
        return found["version"] if found else ""

    @property
    def is_open(self) -> bool:
        return _WORD.search(self.line) is not None or (bool(self.version) and _SOON.search(self.line) is not None)


def changelog_of(component: Component, version: str, day: str) -> tuple[str, FileText, Unreleased] | None:
    """Return the changelog that is kept by hand and calls what ``version`` brings unreleased: path, text, and where.

    The path is relative to the component. A pre-release leaves such a heading for the release it leads to, and so does
    a tool that collects notes itself.
    """
    path = component.notes.changelog
    if component.notes.style == "towncrier" or component.notes.unread or not path or parse(version).is_prerelease:
        return None
    file = inside(component.folder, path)
    try:
        text = FileText.of(file.read_bytes(), where=path)
    except (OSError, UnmoorError):
        return None  # what nobody is to edit needs to be no text
    found = unreleased(text.staged, version, day, tags.name(tags.form_of(component), version))
    return (path, text, found) if found else None


def is_mark(line: str) -> bool:
    """Say whether a line is no more than a mark of what is not released, or the rule under such a heading."""
    return bool(_WORD.search(line) or _SOON.search(line)) or _UNDERLINE.fullmatch(line.strip()) is not None


def unreleased(text: str, version: str, day: str, tag: str = "") -> Unreleased | None:
    """Return the line that says so of the newest section, and the text for ``version`` of that ISO ``day``.

    The result is ``None`` where nothing says so: no such line above the newest release, or nothing below it.
    """
    lines = text.split("\n")
    headings = list(_headings(lines))
    for index, heading in enumerate(headings):
        below = headings[index + 1 :]
        if heading.is_open:
            end = next((each.number for each in below if each.version), len(lines))
            if not _has_text(lines[heading.number + 1 + heading.rst : end]):
                return None
            made = _headed(lines, heading, below, (version, day, tag))
            return Unreleased(line=heading.number + 1, said=heading.line.strip(), text=made)
        if heading.version:
            mark = _mark_below(lines, heading)
            if mark is None:
                return None
            made = _marked(lines, mark, heading, below, version, day)
            return Unreleased(line=mark + 1, said=lines[mark].strip(), text=made)
    return None


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    fenced = False
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        fenced ^= line.startswith("```")
        if line.startswith("#") and line.strip("# \r") and not fenced:
            yield _Heading(number=number, line=line, rst=False)
        elif line.strip() and not _rule(line) and _rule(following) and not line.startswith(("- ", "* ")):
            yield _Heading(number=number, line=line, rst=True)


def _rule(line: str) -> bool:
    return _UNDERLINE.fullmatch(line.strip()) is not None


def _has_text(lines: Sequence[str]) -> bool:
    plain = _COMMENT.sub("", "\n".join(lines)).split("\n")
    return any(each.strip() and not each.startswith(("#", ".. ")) and not _rule(each) for each in plain)


def _mark_below(lines: Sequence[str], heading: _Heading) -> int | None:
    """Return the number of a line soon below a heading that says nothing but that it is not released."""
    first = heading.number + 1 + heading.rst
    for number in range(first, min(first + _NEAR, len(lines))):
        plain = lines[number].strip(_MARKS + ".\r")
        if plain:
            found = _WORD.match(plain)
            return number if found and found.end() == len(plain) else None
    return None


def _headed(lines: Sequence[str], heading: _Heading, below: Sequence[_Heading], new: tuple[str, str, str]) -> str:
    """Return the text with the heading of the release in the open one's place; empty where that is not clear."""
    version, day, tag = new
    released = [each for each in below if each.version]
    if not released or (heading.version and try_parse(heading.version) != parse(version)):
        return ""
    made = _as_the_last(released, version, day)
    if not made or released[0].rst != heading.rst:
        return ""
    changed = [*lines]
    changed[heading.number] = made + ("\r" if heading.line.endswith("\r") else "")
    if heading.rst:
        _ruled(changed, heading.number)
    link = _LINK.search("\n".join(lines))
    if link is None or heading.version:
        return "\n".join(changed)
    if not tag:
        return ""
    changed.insert(heading.number, "")
    changed.insert(heading.number, heading.line)
    before, old = link["before"], link["old"]
    moved = link[0].replace(f"{old}...HEAD", f"{tag}...HEAD")
    return "\n".join(changed).replace(link[0], f"{moved}\n[{version}]: {before}{old}...{tag}", 1)


def _as_the_last(released: Sequence[_Heading], version: str, day: str) -> str:
    """Return the heading of the last release for this one; empty where it names another version that is not known."""
    last = released[0].line.rstrip("\r")
    known = {parse(released[0].version): version}
    if len(released) > 1:
        known.setdefault(parse(released[1].version), released[0].version)
    named = [each["version"] for each in _VERSION.finditer(_without_days(last))]
    if any(parse(each) not in known for each in named):
        return ""
    dated = rewritten(last, day)
    return _VERSION.sub(
        lambda found: found[0].replace(found["version"], known.get(parse(found["version"]), found["version"])), dated
    )


def _without_days(line: str) -> str:
    return rewritten(line, "") or line


def _ruled(lines: list[str], number: int) -> None:
    """Make the rules under a heading, and over it, as long as it is."""
    length = len(lines[number].rstrip())
    for at in (number - 1, number + 1):
        if 0 <= at < len(lines) and _rule(lines[at]):
            end = "\r" if lines[at].endswith("\r") else ""
            lines[at] = lines[at].strip()[0] * max(length, 3) + end


def _marked(
    lines: Sequence[str], mark: int, heading: _Heading, below: Sequence[_Heading], version: str, day: str
) -> str:
    """Return the text with the line that the last release has in the mark's place; empty where that has none."""
    released = next((each for each in below if each.version), None)
    if released is None or try_parse(heading.version) != parse(version):
        return ""
    place = released.number + (mark - heading.number)
    like = lines[place] if place < len(lines) else ""
    dated = rewritten(like, day)
    return "\n".join([*lines[:mark], dated, *lines[mark + 1 :]]) if dated != like else ""
