"""The table of what may change between two runs, as Markdown; ``tests/pipeline/test_between_runs.py`` does each row."""

from __future__ import annotations

import tomllib
from pathlib import Path

from chain_pages import cell, table

__all__ = ["shown"]

_TABLE = Path(__file__).parents[1] / "tables" / "between-runs.toml"
_COLUMNS = {
    "before": "before any upload",
    "test": "once TestPyPI holds a file",
    "main": "once PyPI holds a file",
}
_MARKS = {"released": "✓", "stopped": "✗", "waiting": "…"}


def shown() -> str:
    """Return the table, a row for each change."""
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["row"]
    return table(
        ["what changed", *_COLUMNS.values()],
        [[cell(row["changed"]), *(_outcome(row.get(column)) for column in _COLUMNS)] for row in rows],
    )


def _outcome(outcome: dict[str, str] | None) -> str:
    return f"{_MARKS[outcome['ends']]} {cell(outcome['says'])}" if outcome else "-"
