"""What to do, by message, as Markdown; ``tests/docs/test_troubleshooting.py`` holds that the code says each of them."""

from __future__ import annotations

import tomllib
from itertools import groupby
from pathlib import Path

__all__ = ["messages", "shown"]

_TABLE = Path(__file__).parents[1] / "tables" / "messages.toml"


def messages() -> list[dict[str, str]]:
    """Return the rows of the table."""
    rows: list[dict[str, str]] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["message"]
    return rows


def shown() -> str:
    """Return a section a part, with a heading for each message, so that each can be linked to."""
    parts = [(name, [*inside]) for name, inside in groupby(messages(), lambda row: row["part"])]
    return "\n\n".join(f"## {name}\n\n" + "\n\n".join(map(_message, inside)) for name, inside in parts)


def _message(row: dict[str, str]) -> str:
    return f"### `{row['says']}`\n\n{row['means']}\n\n*To do:* {row['do']}"
