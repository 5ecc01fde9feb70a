"""A changelog as text: where a version's section stands, what it holds, and that nothing earlier was lost.

A section is found by its heading, and what headings look like is learnt from a drafted one: the same line with
another version or another date is a heading too.
"""

from __future__ import annotations

import re

from packaging.version import InvalidVersion, Version

from unmoor.errors import UnmoorError

__all__ = ["holds", "kept", "section", "superseded"]

_VERSION = "\0version\0"
_DATE = "\0date\0"


def section(text: str, drafted: str, version: str, date: str) -> str:
    """Return the section of ``version`` in a changelog, or an empty string where there is none (or not just one).

    ``drafted`` is a section as it would be written for this version and ``date``; a section of another day counts.
    """
    if _heading(drafted, version) is None:
        return drafted if drafted.strip() and drafted.strip() in text else ""
    found = [each for name, each in _sections(text, drafted, version, date) if name == version]
    return found[0] if len(found) == 1 else ""


def _sections(text: str, drafted: str, version: str, date: str) -> list[tuple[str, str]]:
    """Return the sections of a changelog with their versions, from the top down; none where headings name no version.

    ``drafted`` is a section as it would be written for ``version`` and ``date``.
    """
    heading = _heading(drafted, version)
    if heading is None:
        return []
    form = re.escape(heading.replace(date, _DATE).replace(version, _VERSION)).replace(re.escape(_DATE), r".*?")
    # The last one is the version itself: one before it may be a part of the project's name.
    before, _, after = form.rpartition(re.escape(_VERSION))
    form = before.replace(re.escape(_VERSION), r"\S+") + r"(?P<version>\S+)" + after
    found = list(re.finditer(rf"^{form}[ \t\r]*$", text, re.MULTILINE))
    starts = [each.start() for each in found]
    ends = [*starts[1:], len(text)]
    return [(each["version"], text[start:end]) for each, start, end in zip(found, starts, ends, strict=False)]


def superseded(text: str, drafted: str, version: str, date: str) -> tuple[str, tuple[str, ...]]:
    """Return the changelog without the sections of pre-releases that the drafted one says all of.

    They are those of the same release, up to this version. One that says more was edited by hand: it stays, and that
    is remarked on.
    """
    this, remarks = Version(version), list[str]()
    for named, old in _sections(text, drafted, version, date):
        try:
            found = Version(named)
        except InvalidVersion:
            continue
        if not found.is_prerelease or found.base_version != this.base_version or found > this:
            continue
        shorter = _without(text, old, drafted)
        if shorter is None:
            remarks.append(f"the section for {named} says more than its notes, so it stays")
        text = text if shorter is None else shorter
    return text, tuple(remarks)


def _without(text: str, section_text: str, drafted: str) -> str | None:
    """Return the changelog without a section that a drafted one says all of, ``None`` where lines would be lost.

    What may go without being said again is the heading, with the line below it that underlines it. The section ends
    at the next heading that is none of the drafted ones, whatever form it has: older sections may have another.
    """
    said = {line.strip() for line in drafted.splitlines()}
    lines = section_text.splitlines(keepends=True)
    begin = 2 if _underlines(lines[1:2]) else 1
    ends = (
        number
        for number, line in enumerate(lines[begin:], begin)
        if line.strip() not in said and (line.startswith("#") or _underlines(lines[number + 1 : number + 2]))
    )
    end = next(ends, len(lines))
    if not said.issuperset(line.strip() for line in lines[begin:end] if line.strip()):
        return None
    return text.replace("".join(lines[:end]), "", 1)


def _underlines(line: list[str]) -> bool:
    """Say whether a line, if there is one, is a mark said over and over, as below the headings of reStructuredText."""
    return any(len(set(each.strip())) == 1 and not each.strip().isalnum() for each in line)


def _heading(drafted: str, version: str) -> str | None:
    """Return the first line of a drafted section that names the version, if it is one of the first lines at all."""
    lines = [line.rstrip() for line in drafted.splitlines() if line.strip()]
    return next((line for line in lines[:3] if version in line), None)


def holds(section_text: str, wanted: str) -> bool:
    """Say whether a section holds a text, however it was wrapped and indented."""
    return _flat(wanted) in _flat(section_text)


def _flat(text: str) -> str:
    return " ".join(text.split())


def kept(before: str, after: str, *, where: str) -> str:
    """Return ``after``, a changelog written anew from ``before``, with every earlier line as it was, ends included.

    ``after`` has plain line ends, ``before`` may mix them. Raises ``UnmoorError`` when an earlier line is gone; only
    blank lines around the new section may differ.
    """
    mark = "\r" if 2 * before.count("\r\n") > before.count("\n") else ""
    old, new = before.split("\n"), after.split("\n")
    head = _common([line.rstrip("\r") for line in old], new)
    tools = min(len(old), len(new)) - head
    tail = min(_common([line.rstrip("\r") for line in old[::-1]], new[::-1]), tools)
    middle = [line + mark for line in new[head : len(new) - tail]]
    if not tail:
        middle[-1:] = new[-1:]
    _refuse_loss([line for line in old if line.strip()], [line for line in new if line.strip()], where)
    return "\n".join([*old[:head], *middle, *old[len(old) - tail :]])


def _refuse_loss(old: list[str], new: list[str], where: str) -> None:
    """Raise unless the new lines are the old ones with one stretch put in between; neither has blank lines."""
    old = [line.rstrip() for line in old]
    new = [line.rstrip() for line in new]
    head = _common(old, new)
    tail = _common(old[::-1], new[::-1])
    if head + tail < len(old):
        what = f"towncrier would drop or change {len(old) - head - tail} lines, so its result was thrown away"
        raise UnmoorError(what, place=where, hint="run towncrier build by hand to see why")


def _common(one: list[str], other: list[str]) -> int:
    """Return how many lines the two begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
