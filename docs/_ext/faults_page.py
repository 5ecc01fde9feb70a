"""The fault matrix as Markdown; ``tests/docs/test_faults_page.py`` holds that each of its tests is there."""

from __future__ import annotations

import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any

from chain_pages import cell, table

__all__ = ["shown"]

_TABLE = Path(__file__).parents[1] / "tables" / "faults.toml"


def shown() -> str:
    """Return a section for each part of the matrix, with a row for each fault."""
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["row"]
    parts = [_part(name, [*inside]) for name, inside in groupby(rows, lambda row: row["part"])]
    return "\n\n".join([f"{len(rows)} faults.", *parts])


def _part(name: str, rows: list[dict[str, Any]]) -> str:
    head = ["", "what goes wrong", "where", "what unmoor does", "ends with", "held by"]
    return f"## {name}\n\n" + table(head, [_row(row) for row in rows])


def _row(row: dict[str, Any]) -> list[str]:
    code = " or ".join(map(str, row["code"])) + (", for good" if row.get("final") else "")
    tests = ", ".join(f"`{test.split('::')[1].split('[')[0]}`" for test in dict.fromkeys(row["test"]))
    return [row["id"], cell(row["fault"]), cell(row["where"]), cell(row["does"]), code, tests]
