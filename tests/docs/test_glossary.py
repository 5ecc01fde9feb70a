"""Every word of state on the screen has an entry in the glossary, and every entry of a state is such a word."""

from __future__ import annotations

import tomllib

import pytest

from support.pages import ROOT
from unmoor.commands.stage_standing import WORDS
from unmoor.model import Mode, Outcome, Resolution, Skip
from unmoor.report.progress import SIGNS

TERMS = tomllib.loads((ROOT / "docs/tables/glossary.toml").read_text(encoding="utf-8"))["term"]
NAMES = [each["name"] for each in TERMS]
# What composes the headline of a release, and what rows and lines say beside the kinds.
HEADLINES = {"RELEASED", "REHEARSED", "REHEARSED, with findings", "STOPPED", "FAILED", "INCOMPLETE", "in part"}
BESIDE = {"STOPPED", "FAILED", "not reached", "not begun", "not finished", "notice", "narrowed"}
KINDS = {str(each) for kind in (Mode, Outcome, Resolution, Skip) for each in kind} - {""}
SHOWN = {word.lower() for word in {*KINDS, *WORDS, *SIGNS.values(), *HEADLINES, *BESIDE}}


@pytest.mark.parametrize("word", sorted(SHOWN))
def test_a_word_of_state_is_explained(word: str) -> None:
    assert word in {name.lower() for name in NAMES}


def test_what_is_explained_as_a_state_is_one() -> None:
    assert {each["name"].lower() for each in TERMS if each.get("state")} == SHOWN


def test_entries_stand_in_the_order_of_their_letters_once_each() -> None:
    assert sorted(NAMES, key=str.lower) == NAMES
    assert len({name.lower() for name in NAMES}) == len(NAMES)
    assert [each["name"] for each in TERMS if not each["means"].endswith(".")] == []
