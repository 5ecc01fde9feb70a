"""Long lines fold at the width, set in, and what is to be typed never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from unmoor.report.folding import cells, folded, hint, message, padded


def test_further_lines_are_set_in_as_far_as_the_first_begins() -> None:
    assert folded("one two three four", 12, first="  → ") == ["  → one two", "    three", "    four"]
    assert folded("one two three four", 12, hang=2) == ["one two", "  three four"]
    assert folded("", 12, first="lint  ") == ["lint"]


@given(st.text(st.sampled_from("ab 漢é`"), max_size=60), st.integers(10, 40))
def test_no_word_is_lost_and_no_line_is_too_long_but_for_a_long_word(text: str, width: int) -> None:
    lines = folded(text, width, hang=2)
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())
    assert [line for line in lines if cells(line) > width and len(line.split()) > 1 and "`" not in line] == []


def test_what_stands_between_backticks_stays_together() -> None:
    lines = folded("then run `unmoor changelog --version 1.0` and commit", 24)
    assert "`unmoor changelog --version 1.0`" in " / ".join(lines)


@pytest.mark.parametrize("text", ["plain", "検査 しました", "ünï", "e\u0301"])
def test_columns_are_counted_as_a_terminal_does(text: str) -> None:
    assert cells(text) == cell_len(text)
    assert cell_len(padded(text, 20)) == 20


def test_a_command_is_never_folded() -> None:
    command = "nox -s release -- --live 1.0.0 --approve 3bfa54044106 --base v0.9.0"
    assert hint(command, 40, inset=4) == [f"    → {command}"]
    assert len(hint("put what is missing into the file and commit it then", 40, inset=4)) == 2


def test_a_message_has_its_advice_on_a_line_of_its_own_where_it_does_not_fit() -> None:
    text = "unmoor: pyproject.toml:3: 'x' is no setting of [tool.unmoor] → did you mean 'tag'? see the settings page"
    assert message(text, 120) == [text]
    assert message(text, 60) == [
        "unmoor: pyproject.toml:3: 'x' is no setting of [tool.unmoor]",
        "  → did you mean 'tag'? see the settings page",
    ]
    listed = "unmoor: 2 things are wrong\n  a.toml: no → nox -s release -- --live 1.0.0 --base v0.9.0"
    assert message(listed, 40)[1:] == ["  a.toml: no", "    → nox -s release -- --live 1.0.0 --base v0.9.0"]
