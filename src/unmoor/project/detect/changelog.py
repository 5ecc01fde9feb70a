"""The newest entry of a changelog: the first heading that names a version, in Markdown or reStructuredText."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Entry", "newest_entry"]

_VERSION = re.compile(
    r"(?<![\w.])v?(?P<version>\d+(?:\.\d+)+(?:[-._]?(?:a|b|c|rc|alpha|beta|pre|post|dev)[-._]?\d*)*)(?![\w.])"
)
_UNDERLINE = re.compile(r"""([=\-~^"'#*+`:.])\1{2,}\s*""")
_WORD = re.compile(r"version\s+(?P<version>\d+(?:\.\d+)*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A changelog entry by the version in its heading, and the heading's line."""

    version: str
    line: int


def newest_entry(text: str) -> Entry | None:
    """Return the first entry of a changelog, or ``None`` where no heading names a version."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        heading = line.startswith("#") or (line.strip() and _UNDERLINE.fullmatch(following.strip() or " "))
        if heading and (found := _VERSION.search(line) or _WORD.search(line)):
            return Entry(version=found["version"], line=number + 1)
    return None
