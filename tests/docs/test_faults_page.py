"""Every row of the fault matrix names tests that are there, and run as they are."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from support.pages import ROOT

ROWS: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "tables" / "faults.toml").read_text(encoding="utf-8"))[
    "row"
]
BETWEEN = tomllib.loads((ROOT / "docs" / "tables" / "between-runs.toml").read_text(encoding="utf-8"))["row"]
IDS = [f"R{number:02}" for number in (*range(1, 69), *range(74, 77))]
NODES = sorted({test for row in ROWS for test in row["test"]})


@cache
def _module(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def _functions(path: str) -> dict[str, ast.FunctionDef]:
    return {each.name: each for each in _module(path).body if isinstance(each, ast.FunctionDef)}


def _texts(path: str) -> Iterator[str]:
    """Yield every text in a module, and the cells of the table that one of them goes by."""
    yield from (each.value for each in ast.walk(_module(path)) if isinstance(each, ast.Constant) and each.value)
    if path.endswith("test_between_runs.py"):
        yield from (
            f"{row['id']}-{column}" for row in BETWEEN for column in ("before", "test", "main") if column in row
        )


def test_every_row_is_there_once():
    assert [row["id"] for row in ROWS] == IDS
    parts = [row["part"] for row in ROWS]
    assert [part for part, before in zip(parts, ["", *parts], strict=False) if part != before] == [
        *dict.fromkeys(parts)
    ]
    for row in ROWS:
        assert {"id", "part", "fault", "where", "does", "code", "test"} <= row.keys() <= {*row.keys(), "final"}
        assert row["test"]
        assert set(row["code"]) <= {0, 1, 2, 4, 130, 137}


@pytest.mark.parametrize("node", NODES)
def test_a_test_that_is_named_is_there_and_expected_to_pass(node):
    path, _, rest = node.partition("::")
    name, _, case = rest.removesuffix("]").partition("[")
    function = _functions(path)[name]
    marks = [ast.unparse(each) for each in function.decorator_list]
    assert not [mark for mark in marks if "xfail" in mark or "mark.skip(" in mark]
    if case:
        assert case in set(_texts(path))
        assert any("parametrize" in mark for mark in marks)


def test_the_page_shows_every_row():
    from faults_page import shown

    assert [line.split("|")[1].strip() for line in shown().splitlines() if line.startswith("| R")] == IDS
