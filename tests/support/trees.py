"""Folders with a small project in them, written from a table of paths and texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from unmoor.project.project_files import ProjectFiles


def write(folder: Path, files: Mapping[str, str | bytes], *, ends: str = "\n") -> ProjectFiles:
    """Write ``files`` below ``folder``, with these line ends; texts may be indented as a whole."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = dedent(content).lstrip("\n") if isinstance(content, str) else ""
        path.write_bytes(text.replace("\n", ends).encode() if isinstance(content, str) else content)
    return ProjectFiles(folder)
