"""What a terminal or a runner would obey is shown, and never reaches them."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmoor.runtime.shown_text import shown

ON_A_RUNNER = {"GITHUB_ACTIONS": "true"}
# Every character that moves, hides or turns round, as Unicode itself says.
_BIDI = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
_HOSTILE = st.text(st.sampled_from("\x1b\x07\r\x08\x9b\u202e\u2066\u061c\u2028\udcff :#[]\n\tab\x00"))


def _obeyed(character: str) -> bool:
    control = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} and character not in "\n\t"
    return control or unicodedata.bidirectional(character) in _BIDI or character in "\u200e\u200f\u061c"


@given(st.one_of(st.text(), _HOSTILE))
def test_no_control_character_is_shown_and_a_second_time_changes_nothing(text: str) -> None:
    for environ in ({}, ON_A_RUNNER):
        safe = shown(text, environ)
        assert not any(map(_obeyed, safe))
        assert shown(safe, environ) == safe


@given(st.one_of(st.text(), _HOSTILE))
def test_no_line_is_a_command_to_a_runner(text: str) -> None:
    for line in shown(text, ON_A_RUNNER).splitlines():
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##\w*\[", line)


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_what_nobody_obeys_is_shown_as_it_is(text: str) -> None:
    assert shown(text, {}) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_stays_json_and_says_the_same(text: str) -> None:
    for ascii_only in (True, False):
        made = json.dumps({"it": f"##[{text}"}, ensure_ascii=ascii_only, indent=2)
        assert json.loads(shown(made, ON_A_RUNNER)) == {"it": f"##[{text}"}


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[31mRED\x1b]0;title\x07", r"\x1b[31mRED\x1b]0;title\x07"),
        ("evil\x1b[2J\rOVERWRITE", r"evil\x1b[2J\x0dOVERWRITE"),
        ("gnp.\u202eexe \x9b1m", r"gnp.\u202eexe \u009b1m"),
        ("one\r\ntwo\ttabbed", "one\ntwo\ttabbed"),
        ("Grüße, 世界 👩‍💻", "Grüße, 世界 👩‍💻"),
        ("\x1b[0Ksection_start:1:x\r\x1b[0K", r"\x1b[0Ksection_start:1:x\x0d\x1b[0K"),
    ],
)
def test_control_characters_are_written_out(text: str, safe: str) -> None:
    assert shown(text, {}) == safe


@pytest.mark.parametrize("name", ["GITHUB_ACTIONS", "GITEA_ACTIONS", "FORGEJO_ACTIONS", "TF_BUILD"])
def test_commands_are_written_out_where_somebody_would_run_them(name: str) -> None:
    text = "  ::set-output name=x::y\n##[error]z\na::b ##vso[task.setvariable]c ## [plain]"
    assert shown(text, {}) == text
    assert shown(text, {name: "true"}) == (
        "  \\u003a:set-output name=x::y\n#\\u0023[error]z\na::b #\\u0023vso[task.setvariable]c ## [plain]"
    )
