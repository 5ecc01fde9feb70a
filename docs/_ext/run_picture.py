"""A run as a picture: the recording that the tutorial shows, drawn as SVG in the colours of the page.

It is drawn anew whenever the pages are built, so it shows what the recording says. No font and no colour is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from html import escape
from pathlib import Path

__all__ = ["screens", "shown", "svg"]

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
# What a terminal's colours mean here, by the number in their escape sequences (ECMA-48, SGR).
_ESCAPED: Mapping[str, str] = {
    "31": "bad",
    "32": "good",
    "33": "told",
    "34": "command",
    "35": "told",
    "36": "command",
    "2": "quiet",
}
_SGR = re.compile(r"\x1b\[(?P<numbers>[0-9;]*)m")
_PIECE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _CLASSES.items()))


def shown(recording: Path = _RECORDING, label: str = _LABEL) -> str:
    """Return the picture, for a page, with the text of it for whoever cannot see it."""
    drawn = svg(recording.read_text(encoding="utf-8"), label)
    return f'```{{raw}} html\n<div class="run">{drawn}</div>\n```'


def screens() -> Mapping[str, Callable[[], str]]:
    """Return, by the mark that asks for it, what draws each coloured recording of ``screens/``."""
    return {
        f"screen {each.stem}": partial(shown, each, f"What is printed: {each.stem.replace('-', ' ')}")
        for each in sorted((_RECORDING.parent / "screens").glob("*colour.txt"))
    }


def svg(text: str, label: str = _LABEL) -> str:
    """Return a drawing of a terminal in which ``text`` was printed, in its own colours where it has some."""
    lines = text.rstrip().splitlines()
    pieces = _as_escaped if _SGR.search(text) else _pieces
    width = _LEFT * 2 + max(len(_SGR.sub("", line)) for line in lines) * _CHARACTER
    height = _TOP + len(lines) * _LINE
    dots = "".join(f'<circle class="dot" cx="{_LEFT + 6 + 18 * each}" cy="18" r="5"/>' for each in range(3))
    rows = "".join(_row(number, line, pieces) for number, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{label}">{dots}{rows}</svg>'
    )


def _row(number: int, line: str, pieces: Callable[[str], Iterator[str]]) -> str:
    plain = _SGR.sub("", line)
    if not plain:
        return ""
    return (
        f'<text x="{_LEFT}" y="{_TOP + number * _LINE:.0f}" textLength="{len(plain) * _CHARACTER:.1f}" '
        f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{"".join(pieces(line))}</text>'
    )


def _pieces(line: str) -> Iterator[str]:
    """Yield the pieces of a line, each that has a colour in its own element."""
    done = 0
    for found in _PIECE.finditer(line):
        yield escape(line[done : found.start()])
        yield f'<tspan class="{found.lastgroup}">{escape(found[0])}</tspan>'
        done = found.end()
    yield escape(line[done:])


def _as_escaped(line: str) -> Iterator[str]:
    """Yield the pieces of a line, each in the colour that its escape sequence says."""
    done, colour = 0, ""
    for found in [*_SGR.finditer(line), None]:
        said = escape(line[done : found.start() if found else len(line)])
        yield f'<tspan class="{colour}">{said}</tspan>' if colour and said else said
        if found:
            numbers = found["numbers"].split(";")
            colour = next((_ESCAPED[each] for each in numbers if each in _ESCAPED), "" if "0" in numbers else colour)
            done = found.end()
