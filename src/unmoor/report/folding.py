"""Long lines, folded at the width of the terminal with the further lines set in.

What is to be typed is never folded: a command stays on one line, however long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["cells", "folded", "padded"]

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


def _words(text: str) -> Iterable[str]:
    """Return the words of a text; what stands between backticks is to be typed, and is one of them."""
    return _WORD.findall(text) or [""]
