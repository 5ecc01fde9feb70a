"""Folders with a small project in them, written from a table of paths and texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from unmoor.project.tree import Tree


def write(folder: Path, files: Mapping[str, str | bytes], *, ends: str = "\n") -> Tree:
    """Write ``files`` below ``folder``, with these line ends; texts may be indented as a whole."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = dedent(content).lstrip("\n").replace("\n", ends).encode()
        path.write_bytes(content)
    return Tree(folder)
