"""The reference of the settings shows an example of every key, and each is one that can be used."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import schema_pages

from support.pages import DOCS, pages
from unmoor.project.settings.decode import decode
from unmoor.project.settings.schema import keys

TEXT = (DOCS / "tables" / "settings.toml").read_text(encoding="utf-8")
TABLE = tomllib.loads(TEXT)["tool"]["unmoor"]


def named(table: dict[str, Any], before: str = "") -> set[str]:
    """Return the keys of a table as the schema writes them: those of a list of tables after ``[]``."""
    found = set()
    for name, value in table.items():
        found.add(before + name)
        if isinstance(value, dict):
            found |= named(value, f"{before}{name}.")
        elif value and isinstance(value, list) and isinstance(value[0], dict):
            found |= named(value[0], f"{before}{name}[].")
    return found


@pytest.mark.parametrize("key", [key.name for key in keys()])
def test_every_key_has_an_example(key: str):
    assert key in named(TABLE)


def test_the_examples_can_be_used_together():
    decoded = decode(TABLE, file="settings.toml", text=TEXT)
    assert decoded.tests.against == "wheel"


def test_every_example_is_shown():
    page = next(page for page in pages() if page.name == "docs/reference/settings.md")
    shown = {block.text for block in page.blocks if block.kind == "toml"}
    assert len(schema_pages.setting_examples()) > 10
    assert {*schema_pages.setting_examples().values()} == shown
    assert "For example:\n\n\n" not in page.text


def test_a_default_that_is_found_out_is_said():
    page = next(page for page in pages() if page.name == "docs/reference/settings.md")
    assert "| `remote` | string | The git remote that is asked and pushed to. Default: `origin`. |" in page.text
    assert "| `gate` | string | The gate. *Required.* |" in page.text
    assert not re.search(r"\b(empty|text) \|", page.text)
