"""The pages for people as data: README and documentation, filled from the code, cut into what tests look at."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
AT_THE_TOP = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
sys.path[:0] = [str(DOCS / "_ext"), str(DOCS / "recordings"), str(DOCS / "examples")]

_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"^:[\w-]+:.*\n", re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)|\{download\}`[^`<]*<(?P<download>[^>]+)>`")
_HEADING = re.compile(r"^#{1,6} (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: the word after the fence, and what stands in it."""

    page: str
    kind: str
    text: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Page:
    """A page in Markdown, with everything in it that the code fills in."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def blocks(self) -> Iterator[Block]:
        for found in _FENCE.finditer(self.text):
            indent = found["indent"]
            text = "\n".join(line.removeprefix(indent) for line in found["text"].splitlines())
            yield Block(self.name, found["kind"].strip(), text)

    @property
    def prose(self) -> str:
        """The page without its fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def inline_code(self) -> list[str]:
        return _INLINE.findall(self.prose)

    @property
    def links(self) -> list[str]:
        found = [match["target"] or match["download"] for match in _LINK.finditer(self.prose)]
        included = [
            block.kind.split("} ")[1]
            for block in self.blocks
            if block.kind.startswith(("{literalinclude} ", "{include} "))
        ]
        listed = [
            f"{line}.md"
            for block in self.blocks
            if block.kind == "{toctree}"
            for line in _OPTION.sub("", block.text + "\n").split()
        ]
        return [*found, *included, *listed]

    @property
    def anchors(self) -> set[str]:
        """The anchors of its headings, as a forge and MyST make them."""
        return {_slug(match["text"]) for match in _HEADING.finditer(self.prose)}


def _slug(heading: str) -> str:
    plain = re.sub(r"[^\w\s-]", "", heading.replace("`", "").lower())
    return re.sub(r"\s", "-", plain.strip())


@cache
def pages() -> tuple[Page, ...]:
    """Return the pages at the top and every page of the documentation, as their readers get them."""
    from from_code import filled

    paths = [*(ROOT / name for name in AT_THE_TOP), *sorted(DOCS.rglob("*.md"))]
    return tuple(Page(path, filled(path.read_text(encoding="utf-8"))) for path in paths if "_build" not in path.parts)


def recordings() -> tuple[Path, ...]:
    """Return what the recording scripts have written."""
    return tuple(sorted((DOCS / "recordings").glob("*.txt")))
