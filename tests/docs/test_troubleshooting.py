"""Every message that the troubleshooting page explains is one that the code has, in these words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
import troubleshooting_page

from support.pages import ROOT

MESSAGES = troubleshooting_page.messages()


@cache
def written() -> frozenset[str]:
    """Return every text in the source, with … for what is put into it when it is said."""
    return frozenset(
        text for path in (ROOT / "src").rglob("*.py") for text in _texts(ast.parse(path.read_text(encoding="utf-8")))
    )


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values)


def said_by(says: str) -> re.Pattern[str]:
    """Return what a text of the source has to be, to be this message."""
    return re.compile(".*".join(re.escape(part) for part in says.split("…")), re.DOTALL)


@pytest.mark.parametrize("says", [row["says"] for row in MESSAGES])
def test_the_code_has_the_message(says: str):
    assert [text for text in written() if said_by(says).fullmatch(text)]


def test_a_message_that_is_gone_is_seen():
    gone = said_by("the moon … is full")
    assert not [text for text in written() if gone.fullmatch(text)]


def test_every_message_is_explained_once():
    says = [row["says"] for row in MESSAGES]
    assert len(says) == len({*says}) >= 25
    parts = [row["part"] for row in MESSAGES]
    assert [part for part, before in zip(parts, ["", *parts], strict=False) if part != before] == [
        *dict.fromkeys(parts)
    ]
    for row in MESSAGES:
        assert row.keys() == {"part", "says", "means", "do"}
        assert row["means"].endswith(".")
        assert row["do"].endswith(".")
