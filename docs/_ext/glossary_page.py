"""The glossary as Markdown; ``tests/docs/test_glossary.py`` holds that no word of state on the screen is missing."""

from __future__ import annotations

import tomllib
from pathlib import Path

__all__ = ["shown"]

_TABLE = Path(__file__).parents[1] / "tables" / "glossary.toml"


def shown() -> str:
    """Return a section for each word, so that each has an address of its own to link to."""
    terms = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["term"]
    return "\n\n".join(f"## {each['name']}\n\n{each['means']}" for each in terms)
