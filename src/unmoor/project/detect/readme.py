"""The readme as the project states it: which files, and what they hold together.

One file by its path or in a table (PEP 621), several of setuptools (``file: README.rst, CHANGES.rst``) or of Poetry,
which are put together line by line as those do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from unmoor.project.toml_file import dig, dig_texts, read_text

__all__ = ["content_type", "readme_files", "readme_text"]

_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".rst": "text/x-rst",
    ".txt": "text/plain",
    "": "text/plain",
}


def readme_files(stated: Mapping[str, object]) -> tuple[str, ...]:
    """Return the files that the metadata ``stated`` names as its readme, relative to the component."""
    return dig_texts(stated, "readme") or dig_texts(stated, "readme", "file")


def readme_text(stated: Mapping[str, object], folder: Path) -> str:
    """Return the readme's text; empty where there is none, a file is missing, or the build makes it."""
    texts = [read_text(folder / path) for path in readme_files(stated)]
    if texts:
        return "\n".join(text for text in texts if text is not None)
    text = dig(stated, "readme", "text")
    return text if isinstance(text, str) else ""


def content_type(stated: Mapping[str, object]) -> str:
    """Return the content type as stated, else what the first file's name says."""
    said = "".join(dig_texts(stated, "readme", "content-type"))
    files = readme_files(stated)
    return said or (_TYPES.get(PurePosixPath(files[0]).suffix.lower(), "") if files else "")
