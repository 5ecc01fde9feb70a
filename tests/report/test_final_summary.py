from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.records import SDIST, WHEEL, fill, plan, record
from support.repositories import Repository
from unmoor.chain import CHAIN
from unmoor.evidence.record import GateRecord, Result
from unmoor.model import Edit, Finding, Mode, Outcome, Plan, Resolution, Skip
from unmoor.report import final_summary, markdown
from unmoor.report.ending import Ending
from unmoor.report.live_stops import not_tried
from unmoor.report.progress import failure, headline, problems
from unmoor.report.stage_rows import last_run, matched, rows, summary
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout

NO = GateRecord(
    name="tag-is-free",
    asserts="the tag is free",
    outcome=Outcome.FAILED,
    problems=(Finding(message="the tag 'v1.0' exists", place="refs:1", hint="choose another"), Finding(message="more")),
    log="a.log",
)


def kept(state: Path) -> EvidenceStore:
    return EvidenceStore(state / "evidence", "thing")


def ended(
    how: str = "ran", code: int = 0, why: str = "it was asked for", *, stage: str = "", narrowed: str = ""
) -> dict[str, Any]:
    return {
        "component": "thing",
        "how": how,
        "code": code,
        "why": why,
        "narrowed": narrowed,
        "recorded": stage,
        "seconds": 1.25,
        "state": "",
    }


EVERY = {stage.name: ended(stage=stage.name) for stage in CHAIN}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    fill(kept(tmp_path))
    kept(tmp_path).write(record("verdict"))
    return tmp_path


def ending(state: Path, run: Mapping[str, Any], made: Plan | None = None, **words: Any) -> Ending:
    """Return the end of a run of ``thing`` 1.0, by what is kept and by how its stages ended."""
    usual = {"plan": made or plan(), "store": kept(state), "rows": rows(kept(state), run)}
    usual |= {"release": usual["plan"].releases[0], "again": ("nox", "-s", "release")}
    return Ending(**{**usual, **words})


def said(state: Path, run: Mapping[str, Any], made: Plan | None = None, **words: Any) -> str:
    return final_summary.compose(ending(state, run, made, **words), seconds=61)


def test_a_complete_rehearsal_says_what_it_was_and_how_to_go_live(state: Path) -> None:
    text = said(state, EVERY)
    assert text.splitlines()[0] == "thing 1.0   REHEARSED   commit ccccccc   1m01s"
    assert f"aaaa…aaaa  {WHEEL.filename}" in text
    assert text.count("built = testpypi = pypi") == 2
    assert "Nothing left this machine. Not tried here: the credentials of the indexes; the right to push" in text
    assert "Permanent when live: 2 files on PyPI, tag v1.0." in text
    assert text.splitlines()[-1] == "Next: nox -s release -- --live 1.0"


def test_a_project_without_our_lines_is_told_to_add_them_first(state: Path) -> None:
    assert "Next: add `import unmoor.sessions` and " in said(state, EVERY, adopted=False)


def test_a_plan_with_edits_is_told_to_make_them_first(state: Path) -> None:
    release = replace(plan().releases[0], edits=(Edit(path="pyproject.toml", what="version 1.0"),))
    text = said(state, EVERY, replace(plan(), releases=(release,)))
    assert "Prepared in the clone: pyproject.toml (version 1.0)." in text
    assert "unmoor bump --to 1.0" in text.splitlines()[-1]


def test_a_complete_release_has_nothing_left_to_do(state: Path) -> None:
    text = said(state, EVERY, plan(Mode.LIVE))
    assert "   RELEASED   " in text
    assert "Next: nothing; the release is complete." in text
    assert "Not tried" not in text


def test_a_stop_says_where_why_and_the_same_command_again(state: Path) -> None:
    kept(state).write(record("check", outcome=Outcome.FAILED, gates=(NO,)))
    text = said(state, {"check": ended(code=2, stage="check")})
    assert "STOPPED at check" in text
    assert "check: tag-is-free: refs:1: the tag 'v1.0' exists (and 1 more)" in text
    assert "    → choose another" in text
    assert text.splitlines()[-1] == "Next: fix what is listed above, then run again: nox -s release"


def test_an_incomplete_stage_is_simply_run_again(state: Path) -> None:
    assert said(state, {"pypi": ended(code=4, stage="pypi")}).splitlines()[-1] == "Next: nox -s release"


def test_a_part_is_not_called_a_rehearsal(state: Path) -> None:
    text = said(state, {"check": ended(stage="check")})
    assert "rehearsal, in part" in text
    assert "REHEARSED" not in text
    both = {"check": ended(stage="check"), "build": ended(stage="build")}
    live = said(state, both, plan(Mode.LIVE), again=("nox", "-s", "build", "--", "--live", "1.0"))
    assert live.splitlines()[-1] == "Next: nox -s testpypi -- --live 1.0"


def test_every_row_says_how_it_ended(state: Path) -> None:
    run = {
        "check": ended("cached", why="same tree", stage="check"),
        "lint": ended("already there", stage="lint"),
        "tests": ended(code=2, stage="tests"),
    }
    found = {row.stage: row for row in rows(kept(state), run)}
    assert (found["check"].how, found["check"].seconds) == ("cached", None)
    assert found["check"].what.endswith("(same tree)")
    assert found["lint"].how == "already there"
    assert (found["tests"].how, found["tests"].code) == ("FAILED", 2)
    assert (found["pypi"].how, found["pypi"].what) == ("-", "not reached; evidence kept from earlier")
    only = ended(why="narrowed, so it proves nothing", narrowed="arguments", stage="tests")
    narrowed = rows(kept(state), {"tests": only})
    assert narrowed[2].what == "narrowed, so it proves nothing"


def test_archives_match_only_where_they_were_seen(state: Path) -> None:
    store = kept(state)
    store.write(record("pypi", outcome=Outcome.FAILED, facts={}))
    store.write(record("testpypi", files=(WHEEL, replace(SDIST, sha256="0" * 64))))
    assert [where for _, _, where in matched(store)] == ["built = testpypi", "built"]


def test_a_summary_names_what_did_not_hold_and_what_a_glance_must_not_miss() -> None:
    assert summary(record(outcome=Outcome.FAILED, gates=(NO,))) == "tag-is-free"
    assert summary(record(outcome=Outcome.ERROR, finished="", detail="")) == "interrupted"
    waived = replace(NO, outcome=Outcome.WAIVED, problems=())
    missed = replace(waived, outcome=Outcome.SKIPPED, skipped=Skip.NOT_REHEARSED, reason="no documentation")
    text = summary(record(gates=(waived, missed)))
    assert "1 waived" in text
    assert "1 not rehearsed" in text
    unasked = replace(missed, skipped=Skip.NOT_ASKED, reason="the index did not answer")
    assert "1 not asked" in summary(record(gates=(unasked,)))
    assert not_tried(plan(), [record(gates=(waived, missed, unasked)), None])[-1] == "the index did not answer"


def test_a_run_that_left_torn_files_has_no_such_rows(tmp_path: Path) -> None:
    (tmp_path / "check.json").write_text(json.dumps([ended()]))
    (tmp_path / "lint.json").write_text("{")
    assert {name: list(stages) for name, stages in last_run(tmp_path).items()} == {"thing": ["check"]}


def test_the_last_words_are_printed_from_what_a_run_left(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = StateLayout.of(repository.door.common_dir(), {})
    folder = layout.release(plan().releases[0], plan().mode)
    fill(kept(folder))
    (folder / "plan.json").write_bytes(msgspec.json.encode(plan()))
    layout.run("one").mkdir(parents=True)
    (layout.run("one") / "check.json").write_text(json.dumps([{**ended(), "state": str(folder)}]))
    for run in ("none", "one"):
        final_summary.speak(repository.folder, repository.environ, run, again=["x"], adopted=True, seconds=1)
    assert capsys.readouterr().out.count("thing 1.0") == 1


def test_nothing_is_said_outside_a_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"PATH": os.environ["PATH"]}
    final_summary.speak(tmp_path, environ, "one", again=["x"], adopted=True, seconds=1)
    assert capsys.readouterr().out == ""


# ── while it runs ────────────────────────────────────────────────────────────────────────────────────────────


def result(**words: Any) -> Result:
    usual = {"stage": "check", "component": "thing", "how": Resolution.RAN, "code": 0, "seconds": 2.0}
    return Result(**{**usual, "record": record(), **words})


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ({}, "unmoor: check ran in 2.0s: "),
        ({"why": "the tree changed"}, "unmoor: check ran (the tree changed) in 2.0s: "),
        ({"how": Resolution.CACHED, "why": "same tree"}, "unmoor: check cached (same tree): "),
        ({"how": Resolution.FOUND}, "unmoor: check already there in 2.0s: "),
        ({"code": 2}, "unmoor: check did not pass after 2.0s"),
    ],
)
def test_a_headline_says_which_of_the_three(words: dict[str, Any], start: str) -> None:
    assert headline(result(**words)).startswith(start)


def test_a_failure_shows_layout_hints_and_log() -> None:
    text = failure(result(record=record(gates=(NO,))))
    for part in ("tag-is-free does not hold (the tag is free)", "refs:1: the tag", "→ choose another", "log: a.log"):
        assert part in text
    many = replace(NO, problems=(Finding(message="x"),) * 20)
    assert "  … and 8 more" in list(problems(many))
    assert failure(result(record=None)) == ""


# ── as Markdown ──────────────────────────────────────────────────────────────────────────────────────────────


def test_markdown_shows_every_gate_with_its_remarks(state: Path) -> None:
    kept(state).write(record("check", gates=(NO,)))
    text = markdown.compose(
        plan(),
        plan().releases[0],
        rows(kept(state), EVERY),
        matched(kept(state)),
    )
    assert text.startswith("# Rehearsal of thing 1.0\n")
    assert "| tag-is-free | **does not hold** | 0 | refs:1: the tag 'v1.0' exists → choose another<br>more |" in text
    assert f"| {WHEEL.filename} | `{'a' * 64}` | built = testpypi = pypi |" in text


@pytest.mark.parametrize("text", ["a|b", "a\n| b", "<script>", "`code`", "@somebody", "\\|", "a\r\n\r\n# b", "![x](y)"])
def test_text_from_outside_stays_in_its_cell(state: Path, text: str) -> None:
    gate = replace(NO, problems=(Finding(message=text),), unit=text)
    kept(state).write(record("check", gates=(gate,)))
    made = replace(plan(), actor=text)
    plain = markdown.compose(made, made.releases[0], rows(kept(state), EVERY), ())
    tame = replace(NO, problems=(Finding(message="x"),), unit="x")
    kept(state).write(record("check", gates=(tame,)))
    usual = markdown.compose(replace(made, actor="x"), made.releases[0], rows(kept(state), EVERY), ())
    assert len(plain.splitlines()) == len(usual.splitlines())
    (line,) = [each for each in plain.splitlines() if each.startswith("| tag-is-free")]
    assert len(line.replace("\\\\", "").replace("\\|", "").split("|")) == 6
    for live in ("<script", "`code`", "@somebody", "![x]"):
        assert live not in plain


def test_a_release_that_was_not_begun_says_what_it_waits_for() -> None:
    stopped = result(component="b", code=2, withheld=True, why="it waits for a, which was stopped", record=None)
    assert headline(stopped, named=True) == "unmoor: check of b was not begun: it waits for a, which was stopped"
