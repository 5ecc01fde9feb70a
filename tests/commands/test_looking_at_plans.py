"""``plan``, over plans made by hand: what it says of one release, and of several."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.opened import open_by_hand
from unmoor.commands import plan
from unmoor.errors import Exit
from unmoor.model import Bump, Change, Edit
from unmoor.pipeline.open_plan import OpenPlan

NOTE = Change(component="a", bump=Bump.MINOR, category="feature", summary="New door.\nMore", origin="news/1.feature:1")


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenPlan:
    """A plan of two releases, the second of which waits for the first."""
    opened = open_by_hand(tmp_path, {"a": (), "b": ("a",)}, uncommitted=("x.py",), notices=("the index was not asked",))
    monkeypatch.setattr(plan, "open_plan", lambda _: opened)
    return opened


def look(task: Any, tmp_path: Path, lines: list[str], **words: Any) -> Exit:
    code: Exit = task(tmp_path, {}, say=lines.append, **words)
    return code


def test_a_plan_says_each_release_and_what_it_includes(several: OpenPlan, tmp_path: Path, lines: list[str]) -> None:  # noqa: ARG001
    assert look(plan.plan, tmp_path, lines, as_json=False) is Exit.PASS
    assert [line for line in lines if "because named" in line] == [
        "a 0.9 -> 1.0, because named",
        "b 0.9 -> 1.0, because named",
    ]
    assert "  included, uncommitted: x.py" in lines
    assert "  notice  the index was not asked" in lines


def test_a_plan_lists_notes_and_edits(tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from support.opened import release

    edit = Edit(path="pyproject.toml", what="version 0.9 → 1.0")
    opened = open_by_hand(tmp_path, {"a": ()}, releases=(release("a", changes=(NOTE,), edits=(edit,)),))
    monkeypatch.setattr(plan, "open_plan", lambda _: opened)
    look(plan.plan, tmp_path, lines, as_json=False)
    assert "  note    minor  New door. (news/1.feature:1)" in lines
    assert "  edit    pyproject.toml: version 0.9 → 1.0" in lines


def test_a_note_without_a_text_is_listed_by_its_type(
    tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pytest and towncrier have notes that say no more than their issue."""
    from support.opened import release

    silent = replace(NOTE, category="misc", summary="")
    opened = open_by_hand(tmp_path, {"a": ()}, releases=(release("a", changes=(silent,)),))
    monkeypatch.setattr(plan, "open_plan", lambda _: opened)
    look(plan.plan, tmp_path, lines, as_json=False)
    assert "  note    minor  misc (news/1.feature:1)" in lines


def test_a_plan_as_json_is_the_plan(several: OpenPlan, tmp_path: Path, lines: list[str]) -> None:
    look(plan.plan, tmp_path, lines, as_json=True)
    said = json.loads(lines[0])
    assert [each["component"] for each in said["releases"]] == ["a", "b"]
    assert said["commit"] == several.plan.commit
    assert said["releases"][1]["waits_for"] == ["a"]
