from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from support.records import SDIST, WHEEL, fill, plan, record
from support.repositories import Repository
from unmoor.chain import CHAIN
from unmoor.evidence.record import EvidenceKey, GateRecord, Narrowing, Result
from unmoor.model import Edit, Finding, FindingKind, Mode, Outcome, Plan, Resolution, Skip
from unmoor.report import final_summary, markdown
from unmoor.report.command_line import shown
from unmoor.report.ending import Ending
from unmoor.report.ending import word as ending_word
from unmoor.report.in_repository import InRepository
from unmoor.report.live_stops import not_tried
from unmoor.report.progress import failure, headline, problems
from unmoor.report.screen import Screen
from unmoor.report.stage_rows import last_run, matched, rows, summary
from unmoor.report.terminal import Terminal
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
    assert "Nothing left this machine. Not tried here:\n  the credentials of the indexes\n  the right to push" in text
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
    assert "check: tag-is-free: refs:1: the tag 'v1.0' exists\n    → choose another\n" in text
    assert "check: tag-is-free: more\n" in text
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


NOT_OURS = "other archives than were built: pypi"
SCREEN = Screen(Terminal({}))
RELEASE = ("nox", "-s", "release")


@pytest.mark.parametrize(
    ("mode", "run", "verdict", "begun", "word"),
    [
        (Mode.REHEARSAL, EVERY, {}, False, "REHEARSED"),
        (Mode.LIVE, EVERY, {}, True, "RELEASED"),
        (Mode.LIVE, EVERY, None, True, "INCOMPLETE: there is no verdict yet"),
        (Mode.LIVE, EVERY, {"outcome": Outcome.FAILED, "detail": NOT_OURS}, True, f"FAILED: {NOT_OURS}"),
        # As the last stage ends where the verdict speaks against the release.
        (
            Mode.LIVE,
            EVERY | {"release": ended(code=2)},
            {"outcome": Outcome.FAILED, "detail": NOT_OURS},
            True,
            f"FAILED: {NOT_OURS}",
        ),
        (Mode.REHEARSAL, {"check": ended(stage="check")}, {}, False, "rehearsal, in part"),
        (Mode.LIVE, {"check": ended(stage="check")}, {}, False, "live, in part"),
        (Mode.LIVE, {"check": ended(stage="check")}, {}, True, "INCOMPLETE"),
        (Mode.LIVE, {"check": ended(code=2, stage="check")}, {}, False, "STOPPED at check"),
        (Mode.LIVE, {"pypi": ended(code=4, stage="pypi")}, {}, True, "INCOMPLETE at pypi"),
        (Mode.LIVE, {"lint": ended(code=2), "tests": ended(code=1)}, {}, False, "STOPPED at lint, tests"),
        (Mode.REHEARSAL, EVERY | {"lint": ended(code=2)}, {}, False, "REHEARSED, with findings"),
    ],
)
def test_every_end_has_its_word(
    state: Path,
    mode: Mode,
    run: Mapping[str, Any],
    verdict: dict[str, Any] | None,
    begun: bool,  # noqa: FBT001
    word: str,
) -> None:
    kept(state).path(EvidenceKey(stage="verdict", component="thing")).unlink()
    if verdict is not None:
        kept(state).write(record("verdict", **verdict))
    if begun:
        (state / "uploads" / "testpypi").mkdir(parents=True)
        (state / "uploads" / "testpypi" / "x.json").write_text("{}")
    end = ending(state, run, plan(mode))
    assert ending_word(end) == word
    text = final_summary.compose(end, seconds=1)
    assert text.splitlines()[0].startswith(f"thing 1.0   {word}")
    assert ("RELEASED" in text) is (word == "RELEASED")
    # A rehearsal's words are none of a live release, and the other way round.
    if mode is Mode.LIVE:
        assert "REHEARSED" not in text
        assert "Uncommitted" not in final_summary.compose(
            ending(state, run, plan(mode, uncommitted=("a.py",))), seconds=1
        )


def test_a_stage_that_could_not_even_say_how_it_ended_is_not_called_not_reached(state: Path) -> None:
    """As where the disk was full: the run has no word of the stage, and its evidence is the intent it began with."""
    half = record("testpypi", finished="", outcome=Outcome.ERROR, detail="uploading thing-1.0.tar.gz to testpypi")
    kept(state).write(half)
    (state / "uploads" / "testpypi").mkdir(parents=True)
    for each in (WHEEL, SDIST):
        said_so = {"sha256": each.sha256, "index": "rehearsal", "started": "2020-01-01T12:00:00Z"}
        (state / "uploads" / "testpypi" / f"{each.filename}.json").write_text(json.dumps(said_so))
    text = said(state, {"check": ended(stage="check"), "build": ended(stage="build")}, plan(Mode.LIVE))
    assert text.startswith("thing 1.0   INCOMPLETE   ")
    assert "testpypi     -    interrupted: uploading thing-1.0.tar.gz to testpypi" in text
    assert f"{WHEEL.filename}   built = pypi, taken by testpypi" in text
    assert f"{SDIST.filename}             built = pypi, perhaps at testpypi" in text


def test_a_file_that_is_on_the_main_index_is_shown_there_though_the_stage_stopped(state: Path) -> None:
    store = kept(state)
    gate = replace(NO, name="publish")
    store.write(record("pypi", outcome=Outcome.ERROR, gates=(gate,), facts={}, inputs={"index": "u"}))
    (state / "uploads" / "pypi").mkdir(parents=True)
    for each in (WHEEL, SDIST):
        said_so = {"sha256": each.sha256, "index": "u", "started": "2026-11-21T12:00:00Z"}
        (state / "uploads" / "pypi" / f"{each.filename}.json").write_text(json.dumps(said_so))
    assert [where for _, _, where in matched(store)] == [
        "built = testpypi, taken by pypi",
        "built = testpypi, perhaps at pypi",
    ]
    text = said(state, {"pypi": ended(code=4, stage="pypi")}, plan(Mode.LIVE))
    plain = " ".join(text.split())
    assert f"pypi at u: out: {WHEEL.filename}; not known, its upload was begun: {SDIST.filename}." in plain
    assert "until 2026-12-05." in plain


@pytest.mark.parametrize(
    ("gate", "kinds", "shown"),
    [
        (replace(NO, outcome=Outcome.FAILED), (), "refs:1: the tag 'v1.0' exists (and 1 more)"),
        (
            replace(NO, outcome=Outcome.SKIPPED, skipped=Skip.NOT_REHEARSED, problems=(), reason="no linter was found"),
            (),
            "no linter was found",
        ),
        (replace(NO, outcome=Outcome.PASSED, problems=()), (FindingKind.REMARK, FindingKind.NOT_ASKED), ""),
        (replace(NO, outcome=Outcome.PASSED, problems=()), (FindingKind.REMARK, FindingKind.BLOCKS_LIVE), "notice 1"),
        (replace(NO, outcome=Outcome.WAIVED, problems=()), (FindingKind.BLOCKS_LIVE,), "notice 0"),
        (replace(NO, outcome=Outcome.SKIPPED, skipped=Skip.NOT_ASKED, problems=(), reason="silence"), (), ""),
    ],
)
def test_a_rehearsal_says_what_would_stop_it_live(
    state: Path, gate: GateRecord, kinds: tuple[FindingKind, ...], shown: str
) -> None:
    notices = tuple(Finding(message=f"notice {n}", hint="do it", kind=kind) for n, kind in enumerate(kinds))
    kept(state).write(record("lint", gates=(replace(gate, notices=notices, hint="lint = []"),)))
    text = said(state, EVERY)
    assert (f"Live would stop at:\n  lint  tag-is-free  {shown}\n        → " in text) is bool(shown)
    assert text.splitlines()[0].startswith(
        "thing 1.0   REHEARSED, with findings   " if shown else "thing 1.0   REHEARSED   "
    )
    wanted = "fix what is listed above, then run again: nox -s release" if shown else "nox -s release -- --live 1.0"
    assert text.splitlines()[-1] == f"Next: {wanted}"


def test_a_gate_that_is_asked_again_later_is_named_where_it_would_stop_first(state: Path) -> None:
    gate = replace(NO, outcome=Outcome.SKIPPED, skipped=Skip.NOT_REHEARSED, problems=(), reason="there is no remote")
    other = replace(gate, name="worktree-is-clean")
    for stage in ("check", "lint", "testpypi", "pypi"):
        kept(state).write(record(stage, gates=(gate, other) if stage == "lint" else (gate,)))
    stops = ending(state, EVERY).stops
    assert [(each.stage, each.gate) for each in stops] == [("check", "tag-is-free"), ("lint", "worktree-is-clean")]


@pytest.mark.parametrize(
    ("candidates", "base", "words"),
    [((), "v0.9", ""), (("v0.9", "0.9"), "v0.9", " --base v0.9"), (("v0.8", "v0.7"), "", " --base v0.8")],
)
def test_the_base_is_named_where_the_rule_leaves_it_open(
    state: Path, candidates: tuple[str, ...], base: str, words: str
) -> None:
    release = replace(plan().releases[0], base_tag=base, base_candidates=candidates)
    text = said(state, EVERY, plan(releases=(release,)))
    assert text.splitlines()[-1] == f"Next: nox -s release -- --live 1.0{words}"
    part = {"check": ended(stage="check"), "build": ended(stage="build")}
    text = said(state, part, plan(Mode.LIVE, releases=(release,)))
    assert text.splitlines()[-1] == f"Next: nox -s testpypi -- --live 1.0{words}"


def test_the_branch_is_pushed_where_the_remote_lacks_the_commit(state: Path) -> None:
    here = InRepository(remote="upstream", is_pushed=False)
    go = "nox -s release -- --live 1.0"
    assert said(state, EVERY, here=here).endswith(f"\nNext: git push upstream main, then {go}")
    assert said(state, EVERY, here=replace(here, is_pushed=True)).endswith(f"\nNext: {go}")
    assert said(state, EVERY, plan(branch=""), here=here).endswith(f"\nNext: {go}")
    edited = replace(plan().releases[0], edits=(Edit(path="pyproject.toml", what="version 1.0"),))
    text = said(state, EVERY, plan(releases=(edited,)), here=replace(here, is_pushed=True))
    assert text.endswith(f"\nNext: unmoor bump --to 1.0 --commit\nthen: git push upstream main\nthen: {go}")


def test_a_waiver_is_told_with_its_day_and_person(state: Path) -> None:
    waiver = "waived by Somebody until 2026-12-01: as agreed"
    kept(state).write(record("lint", gates=(replace(NO, outcome=Outcome.WAIVED, problems=(), reason=waiver),)))
    assert f"Waived: tag-is-free, {waiver}" in said(state, EVERY)


def test_daily_sessions_are_a_line_each_and_nothing_more(state: Path) -> None:
    text = said(state, {"lint": ended(stage="lint")}, again=("nox", "-s", "lint"))
    assert text.splitlines() == ["lint  ran  nothing to do here  1.2s"]
    both = {"lint": ended(stage="lint"), "tests": ended("cached", why="same tree", stage="tests")}
    assert said(state, both, again=("nox",)).splitlines() == [
        "lint   ran     nothing to do here              1.2s",
        "tests  cached  nothing to do here (same tree)     -",
    ]
    kept(state).write(record("lint", outcome=Outcome.FAILED, gates=(NO,)))
    stopped = said(state, {"lint": ended(code=2, stage="lint")}, again=("nox", "-s", "lint"))
    # What is wrong was printed a moment ago, right above.
    assert "choose another" not in stopped
    assert stopped.splitlines()[-1] == "Next: fix what is listed above, then run again: nox -s lint"


def test_a_run_whose_plan_is_gone_says_what_to_do(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    layout = StateLayout.of(repository.door.common_dir(), {})
    layout.run("one").mkdir(parents=True)
    state = layout.base / "thing-1.0.rehearsal"
    (layout.run("one") / "check.json").write_text(json.dumps([{**ended(), "state": str(state)}]))
    final_summary.speak(
        repository.folder, repository.environ, "one", again=RELEASE, adopted=True, seconds=1, screen=SCREEN
    )
    assert capsys.readouterr().out.endswith("the same command makes it again\nNext: nox -s release\n")


def test_columns_stand_under_each_other_whatever_the_script(state: Path) -> None:
    for stage, words in (("check", "plain"), ("lint", "検査 しました"), ("tests", "ünï")):
        kept(state).write(record(stage, detail=words))
    found = final_summary.table(rows(kept(state), {name: EVERY[name] for name in ("check", "lint", "tests")}))
    assert len({cell_len(line) for line in found[:3]}) == 1


@pytest.mark.parametrize(
    ("words", "posix", "windows"),
    [
        (("nox", "-s", "tests(db='none')"), "nox -s 'tests(db='\"'\"'none'\"'\"')'", "nox -s \"tests(db='none')\""),
        (
            ("git", "tag", "--message", "a thing 1.0"),
            "git tag --message 'a thing 1.0'",
            'git tag --message "a thing 1.0"',
        ),
        (("git", "push", ""), "git push ''", 'git push ""'),
        (("x", 'a"b'), "x 'a\"b'", 'x "a\\"b"'),
    ],
)
def test_commands_are_quoted_for_the_shell_they_are_typed_into(
    words: tuple[str, ...], posix: str, windows: str
) -> None:
    assert shown(words, windows=False) == posix
    assert shown(words, windows=True) == windows
    assert tuple(shlex.split(posix)) == words


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
        start, environ = repository.folder, repository.environ
        final_summary.speak(start, environ, run, again=["x"], adopted=True, seconds=1, screen=SCREEN)
    assert capsys.readouterr().out.count("thing 1.0") == 1


def test_nothing_is_said_outside_a_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"PATH": os.environ["PATH"]}
    final_summary.speak(tmp_path, environ, "one", again=["x"], adopted=True, seconds=1, screen=SCREEN)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("runs", [{"GITHUB_ACTIONS": "true"}, {"CI": "true"}])
def test_the_step_of_a_job_has_its_summary(repository: Repository, tmp_path: Path, runs: dict[str, str]) -> None:
    layout = StateLayout.of(repository.door.common_dir(), {})
    folder = layout.release(plan().releases[0], plan().mode)
    fill(kept(folder))
    (folder / "plan.json").write_bytes(msgspec.json.encode(plan()))
    layout.run("one").mkdir(parents=True)
    (layout.run("one") / "check.json").write_text(json.dumps([{**ended(), "state": str(folder)}]))
    (tmp_path / "summary.md").write_text("before\n")
    environ = {**repository.environ, **runs, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    final_summary.speak(repository.folder, environ, "one", again=["x"], adopted=True, seconds=1, screen=SCREEN)
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert text.startswith("before\n# Rehearsal of thing 1.0\n\n**" if "GITHUB_ACTIONS" in runs else "before\n")
    assert ("| check |" in text) is ("GITHUB_ACTIONS" in runs)
    # A file that cannot be written is no reason to say nothing.
    environ["GITHUB_STEP_SUMMARY"] = str(tmp_path / "no" / "summary.md")
    final_summary.speak(repository.folder, environ, "one", again=["x"], adopted=True, seconds=1, screen=SCREEN)


def test_quiet_is_the_verdict_what_stops_it_and_what_is_next(state: Path) -> None:
    end = ending(state, EVERY)
    assert final_summary.compose(end, seconds=61, verbosity=-1).splitlines() == [
        "thing 1.0   REHEARSED   commit ccccccc   1m01s",
        "Next: nox -s release -- --live 1.0",
    ]
    kept(state).write(record("check", outcome=Outcome.FAILED, gates=(NO,)))
    text = final_summary.compose(ending(state, {"check": ended(code=2, stage="check")}), seconds=61, verbosity=-1)
    assert text.splitlines()[:4] == [
        "thing 1.0   STOPPED at check   commit ccccccc   1m01s",
        "",
        "check: tag-is-free: refs:1: the tag 'v1.0' exists",
        "    → choose another",
    ]
    assert "docs-strict" not in text


def test_verbose_says_where_logs_and_evidence_lie(state: Path) -> None:
    text = final_summary.compose(ending(state, EVERY), seconds=61, verbosity=1)
    assert f"Logs: {state / 'logs'}\nEvidence: {state / 'evidence'}\n" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_summary_folds_at_the_width(state: Path, width: int) -> None:
    long = Finding(message="it has " + "a very long sentence " * 8, place="a.py:1", hint="h " * 80)
    kept(state).write(record("lint", outcome=Outcome.FAILED, gates=(replace(NO, problems=(long,)),)))
    kept(state).write(record("tests", detail="778 tests: 388 on Python 3.11, 390 on Python 3.12, 9 notices, 1 waived"))
    text = final_summary.compose(ending(state, EVERY | {"lint": ended(code=2, stage="lint")}), seconds=61, width=width)
    typed = ("Next: ", "then: ", "Evidence: ", WHEEL.sha256[:4], SDIST.sha256[:4], "     ")
    lines = text.splitlines()[1:]
    assert [line for line in lines if cell_len(line) > width and not line.startswith(typed)] == []


def test_a_long_cell_never_touches_the_seconds(state: Path) -> None:
    kept(state).write(record("tests", detail="1412 tests on each of Python 3.11, 3.12, 3.13, 9 notices"))
    (first, second) = final_summary.table(rows(kept(state), {"tests": ended(stage="tests")})[2:3], 60)
    assert first == "tests  ran  1412 tests on each of Python 3.11, 3.12,  1.2s"
    assert second == "            3.13, 9 notices"


# ── while it runs ────────────────────────────────────────────────────────────────────────────────────────────


def result(**words: Any) -> Result:
    usual = {"stage": "check", "component": "thing", "how": Resolution.RAN, "code": 0, "seconds": 2.0}
    return Result(**{**usual, "record": record(), **words})


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ({}, "unmoor: check ran in 2.0s: "),
        ({"why": "the tree changed"}, "unmoor: check ran because the tree changed, in 2.0s: "),
        ({"how": Resolution.CACHED, "why": "same tree"}, "unmoor: check cached (same tree): "),
        ({"how": Resolution.RAN, "why": "k", "narrowed": Narrowing.ARGUMENTS}, "unmoor: check ran (k) in 2.0s: "),
        ({"how": Resolution.FOUND, "why": "the tree changed"}, "unmoor: check already there in 2.0s: "),
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
    assert "  … and 8 more; `unmoor report` has all of them" in list(problems(many))
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
