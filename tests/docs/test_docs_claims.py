"""What the documentation claims is held by tests: each claim names its own, and they are there.

A claim is a row of a table whose columns are *claim* and *held by*; the second holds test ids as pytest takes them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from support.pages import ROOT, Page, pages

_TABLE = re.compile(r"^\| claim \| held by \|\n\|[ :|-]+\|\n(?P<rows>(?:\|.*\|\n)+)", re.MULTILINE)
_ID = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
# Pages that have to claim something, and how much at least: a table that is not recognised would hold nothing.
_CLAIMING = {"docs/explanation/promises-and-limits.md": 15, "docs/explanation/threat-model.md": 30}


def claims(page: Page) -> Iterator[tuple[str, str]]:
    """Yield every claim of a page, and what stands beside it."""
    for table in _TABLE.finditer(page.text):
        for row in table["rows"].splitlines():
            claim, _, held = row.strip("| ").rpartition(" | ")
            yield claim, held


@cache
def defined_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file; none where there is no such file."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    named = (each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(name for name in named if name.startswith("test_"))


CLAIMS = [(page.name, *each) for page in pages() for each in claims(page)]


@pytest.mark.parametrize(("page", "claim", "held"), CLAIMS, ids=lambda each: each[:60])
def test_a_claim_is_held_by_tests_that_are_there(page: str, claim: str, held: str) -> None:
    named = _ID.findall(held)
    assert named, f"{page}: nothing holds: {claim}"
    assert _ID.sub("", held).strip(" ,") == ""
    assert [f"{path}::{name}" for path, name in named if name not in defined_in(path)] == []


@pytest.mark.parametrize("page", _CLAIMING)
def test_pages_that_claim_are_read(page: str) -> None:
    assert sum(name == page for name, *_ in CLAIMS) >= _CLAIMING[page]
