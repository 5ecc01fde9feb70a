"""The tasks that only look, over plans made by hand: what they say of one release, and of several."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.opened import open_by_hand
from support.records import fill
from unmoor.commands import plan, report, status
from unmoor.errors import Exit, Incomplete, SettingsError, UnmoorError
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
    for module in (plan, report, status):
        monkeypatch.setattr(module, "open_plan", lambda _: opened)
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
    assert "  note    minor  New door.  (news/1.feature:1)" in lines
    assert "  edit    pyproject.toml: version 0.9 → 1.0" in lines


def test_a_plan_as_json_is_the_plan(several: OpenPlan, tmp_path: Path, lines: list[str]) -> None:
    look(plan.plan, tmp_path, lines, as_json=True)
    said = json.loads(lines[0])
    assert [each["component"] for each in said["releases"]] == ["a", "b"]
    assert said["commit"] == several.plan.commit
    assert said["releases"][1]["waits_for"] == ["a"]


def test_the_status_says_what_is_missing_of_each_and_the_next_command(
    several: OpenPlan,  # noqa: ARG001
    tmp_path: Path,
    lines: list[str],
) -> None:
    assert look(status.status, tmp_path, lines, live="", as_json=False) is Exit.INCOMPLETE
    assert [line for line in lines if line.startswith(("a 1.0", "b 1.0"))] == [
        "a 1.0   rehearsal   commit ccccccc\n",
        "b 1.0   rehearsal   commit ccccccc\n",
    ]
    assert lines.count("\nNext: unmoor rehearse") == 2


def test_a_report_needs_evidence_a_form_and_a_place_to_write_to(
    several: OpenPlan, tmp_path: Path, lines: list[str]
) -> None:
    with pytest.raises(SettingsError, match="did you mean 'text'"):
        look(report.report, tmp_path, lines, live="", form="txt", out="")
    with pytest.raises(Incomplete, match="no evidence to report yet"):
        look(report.report, tmp_path, lines, live="", form="text", out="")
    for each in several.releases:
        fill(each.store, component=each.component.name)
    with pytest.raises(UnmoorError, match="cannot write"):
        look(report.report, tmp_path, lines, live="", form="text", out=str(tmp_path))
    assert lines == []


@pytest.mark.parametrize("form", ["markdown", "text", "json"])
def test_a_report_tells_every_release(form: str, several: OpenPlan, tmp_path: Path, lines: list[str]) -> None:
    for each in several.releases:
        fill(each.store, component=each.component.name)
    out = tmp_path / "report"
    assert look(report.report, tmp_path, lines, live="", form=form, out=str(out)) is Exit.PASS
    assert lines == [f"wrote {out}"]
    text = out.read_text()
    if form == "json":
        assert [each["component"] for each in json.loads(text)] == ["a", "b"]
    else:
        assert "a 1.0" in text
        assert "b 1.0" in text
