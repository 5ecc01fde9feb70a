"""A run as a picture: the recording that the tutorial shows, drawn as SVG in the colours of the page.

It is drawn anew whenever the pages are built, so it shows what the recording says. No font and no colour is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

__all__ = ["shown", "svg"]

_RECORDING = Path(__file__).parents[1] / "recordings" / "second.txt"
_LINE, _CHARACTER, _LEFT, _TOP = 19.0, 7.83, 16.0, 46.0
_LABEL = "A rehearsal of a small project, from its first stage to its last word"
# What a line is about decides its colour: the first pattern that fits a piece of it.
_CLASSES: Mapping[str, str] = {
    "command": r"^\$ .*",
    "told": r"\bSTOPPED\b|\bINCOMPLETE\b|REHEARSED, with findings|^Live would stop at:|not rehearsed|\d+ notices?\b",
    "bad": r"\bFAILED\b|\bERROR\b",
    "good": r"\bREHEARSED\b|\bRELEASED\b|\bran\b|\bcached\b|built = testpypi = pypi",
    "quiet": r"^ +→ .*|^Evidence: .*|\s\d+\.\ds$|^[0-9a-f]{4}…[0-9a-f]{4}",
}
_PIECE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _CLASSES.items()))


def shown() -> str:
    """Return the picture, for a page, with the text of it for whoever cannot see it."""
    return f'```{{raw}} html\n<div class="run">{svg(_RECORDING.read_text(encoding="utf-8"))}</div>\n```'


def svg(text: str) -> str:
    """Return a drawing of a terminal in which ``text`` was printed."""
    lines = text.rstrip().splitlines()
    width = _LEFT * 2 + max(map(len, lines)) * _CHARACTER
    height = _TOP + len(lines) * _LINE
    dots = "".join(f'<circle class="dot" cx="{_LEFT + 6 + 18 * each}" cy="18" r="5"/>' for each in range(3))
    rows = "".join(
        f'<text x="{_LEFT}" y="{_TOP + number * _LINE:.0f}" textLength="{len(line) * _CHARACTER:.1f}" '
        f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{"".join(_pieces(line))}</text>'
        for number, line in enumerate(lines)
        if line
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{_LABEL}">{dots}{rows}</svg>'
    )


def _pieces(line: str) -> Iterator[str]:
    """Yield the pieces of a line, each that has a colour in its own element."""
    done = 0
    for found in _PIECE.finditer(line):
        yield escape(line[done : found.start()])
        yield f'<tspan class="{found.lastgroup}">{escape(found[0])}</tspan>'
        done = found.end()
    yield escape(line[done:])
