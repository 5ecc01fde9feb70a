"""A changelog as text: where a version's section stands, what it holds, and that nothing earlier was lost.

A section is found by its heading, and what headings look like is learnt from a drafted one: the same line with
another version or another date is a heading too.
"""

from __future__ import annotations

import re

from unmoor.errors import UnmoorError

__all__ = ["holds", "kept", "section"]

_VERSION = "\0version\0"
_DATE = "\0date\0"


def section(text: str, drafted: str, version: str, date: str) -> str:
    """Return the section of ``version`` in a changelog, or an empty string where there is none (or not just one).

    ``drafted`` is a section as it would be written for this version and ``date``; a section of another day counts.
    """
    heading = _heading(drafted, version)
    if heading is None:
        return drafted if drafted.strip() and drafted.strip() in text else ""
    form = re.escape(heading.replace(date, _DATE).replace(version, _VERSION))
    this = form.replace(re.escape(_VERSION), re.escape(version)).replace(re.escape(_DATE), r".*?")
    other = form.replace(re.escape(_VERSION), r"\S+").replace(re.escape(_DATE), r".*?")
    found = list(re.finditer(rf"^{this}[ \t\r]*$", text, re.MULTILINE))
    if len(found) != 1:
        return ""
    following = re.compile(rf"^{other}[ \t\r]*$", re.MULTILINE).search(text, found[0].end())
    return text[found[0].start() : following.start() if following else len(text)]


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
