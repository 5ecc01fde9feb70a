"""Text from outside is only text in a report that a forge renders."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readme_renderer.markdown import variants

from unmoor.report.markdown import _cell


def rendered(text: str) -> str:
    """Return a table cell as a forge renders it, with links for bare addresses."""
    page = f"| a | b |\n|---|---|\n| {_cell(text)} | end |\n"
    made = variants["GFM"](page)
    cells = re.findall(r"<td>(.*?)</td>", made, re.DOTALL)
    assert len(cells) == 2, made
    assert cells[1] == "end"
    return str(cells[0])


@given(st.text(st.sampled_from("*_~`[]()<>|\\\\!#@&:/.1aw \n\t$")))
def test_a_cell_shows_the_text_and_nothing_but_text(text: str) -> None:
    shown = rendered(text)
    assert "<" not in shown
    assert html.unescape(shown).replace("\u200b", "") == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "*bold* and __more__",
        "~~gone~~",
        "https://evil.invalid/x and www.evil.invalid",
        "me@evil.invalid",
        "![](https://evil.invalid/x.png)",
        "<script>",
        "&lt;b&gt;",
        "a | b",
        ":smile: at a:1:b",
    ],
)
def test_what_would_be_markup_is_shown_as_written(text: str) -> None:
    shown = rendered(text)
    assert "<" not in shown
    assert html.unescape(shown).replace("\u200b", "") == text


@pytest.mark.parametrize("text", ["#123", "GH-123", "@somebody", "fixes #1"])
def test_nobody_is_mentioned_and_no_issue_is_linked(text: str) -> None:
    assert not re.search(r"#\d|GH-\d|@\w", html.unescape(_cell(text)))
