"""Long lines, folded at the width of the terminal with the further lines set in.

What is to be typed is never folded: a command stays on one line, however long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["cells", "folded", "hint", "message", "padded"]

_PROGRAMS = frozenset({"git", "nox", "pip", "pytest", "python", "python3", "twine", "unmoor", "uv"})
_ARROW = " → "

_WORD = re.compile(r"(?:[^\s`]|`[^`]*`|`)+")


def cells(text: str) -> int:
    """Return how many columns a text takes on a terminal: two for a wide character, none for a combining one.

    Unicode's East Asian Width, https://www.unicode.org/reports/tr11/.
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def padded(text: str, width: int) -> str:
    """Return the text with blanks after it, up to ``width`` columns."""
    return text + " " * max(width - cells(text), 0)


def folded(text: str, width: int, *, hang: int | None = None, first: str = "") -> list[str]:
    """Return a text as lines of at most ``width`` columns, words that are longer apart.

    ``first`` stands before the first line; the others are set in by ``hang`` columns, by default as far as ``first``.
    """
    inset = " " * (cells(first) if hang is None else hang)
    lines: list[str] = []
    line, empty = first, True
    for word in _words(text):
        if not empty and cells(line) + 1 + cells(word) > width:
            lines.append(line.rstrip())
            line, empty = inset, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line.rstrip()]


def hint(text: str, width: int, *, inset: int) -> list[str]:
    """Return what is to be done about a finding, as lines that begin with an arrow; a command stays on one line."""
    first = " " * inset + "→ "
    lines = []
    for each in text.splitlines():
        is_command = each.split(" ", 1)[0] in _PROGRAMS
        lines += [first + each] if is_command else folded(each, width, first=first, hang=inset + 2)
    return lines


def message(text: str, width: int) -> list[str]:
    """Return a message of an error as lines: what does not fit is folded, with its advice on a line of its own."""
    lines = []
    for each in text.split("\n"):
        if cells(each) <= width:
            lines.append(each)
            continue
        what, _, advice = each.partition(_ARROW)
        inset = len(each) - len(each.lstrip(" ")) + 2
        lines += folded(what, width, first=" " * (inset - 2), hang=inset)
        lines += hint(advice, width, inset=inset) if advice else []
    return lines


def _words(text: str) -> Iterable[str]:
    """Return the words of a text; what stands between backticks is to be typed, and is one of them."""
    return _WORD.findall(text) or [""]
