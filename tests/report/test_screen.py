"""A run as people see it: each form of it, line for line."""

from __future__ import annotations

import io
import itertools

import pytest

from support.records import record
from unmoor.errors import Exit
from unmoor.evidence.record import GateRecord, Result
from unmoor.model import Finding, FindingKind, Outcome, Resolution, Skip
from unmoor.report.ci_runner import Runner
from unmoor.report.screen import Screen
from unmoor.report.terminal import Terminal

NOTICE = Finding(message="the package is typed, but does not say so", place="src/a/py.typed", hint="add the classifier")
RUFF = GateRecord(
    name="ruff-is-clean",
    asserts="ruff has no remark",
    outcome=Outcome.PASSED,
    examined=61,
    unit="files ruff",
    seconds=4.12,
    tools={"ruff": "0.17.0"},
    log="logs/lint.ruff.log",
    notices=(NOTICE,) * 5,
)
NONE = GateRecord(
    name="own-sessions-pass",
    asserts="the project's own sessions pass",
    outcome=Outcome.SKIPPED,
    skipped=Skip.NOT_APPLICABLE,
    reason="the project has none",
)
TYPES = GateRecord(
    name="types-are-sound",
    asserts="the type checkers of the project find nothing wrong",
    outcome=Outcome.FAILED,
    problems=(
        Finding(message="Incompatible types in assignment", place="src/a/b.py:12", hint="mypy src"),
        Finding(message="src/a/b.py:12: error: Incompatible types in assignment", kind=FindingKind.OUTPUT),
        Finding(message="Incompatible types in assignment", kind=FindingKind.OUTPUT),
    ),
)


def screen(out: io.StringIO, width: int = 80, verbosity: int = 0, runner: Runner = Runner.NONE) -> Screen:
    ticks = itertools.count(1000)
    return Screen(Terminal({}, width=width, out=out), verbosity=verbosity, runner=runner, clock=lambda: next(ticks))


def run(made: Screen, *gates: GateRecord, before: float = 0.0) -> None:
    """Let a stage begin, its gates be judged, and the stage end as they say."""
    made.begins("lint", "thing", before=before)
    for gate in gates:
        made.judged(gate)
    failed = any(not gate.holds for gate in gates)
    kept = record("lint", gates=gates, outcome=Outcome.FAILED if failed else Outcome.PASSED)
    code = Exit.GATE_FAILED if failed else Exit.PASS
    made.ended([Result(stage="lint", component="thing", how=Resolution.RAN, code=code, seconds=131, record=kept)])


IN_A_LOG = """\
unmoor: lint is at work, last time for 2m05s
ok      ruff-is-clean               61 files ruff  4.1s
        notice: src/a/py.typed: the package is typed, but does not say so
          → add the classifier
        notice: src/a/py.typed: the package is typed, but does not say so
          → add the classifier
        notice: src/a/py.typed: the package is typed, but does not say so
          → add the classifier
        notice: and 2 more; `unmoor report` has all of them
unmoor: lint ran in 2m11s: 61 files ruff, 5 notices
"""
FAILING = """\
unmoor: lint is at work
FAILED  types-are-sound
unmoor: lint did not pass after 2m11s

types-are-sound does not hold (the type checkers of the project find nothing
  wrong)
  src/a/b.py:12: Incompatible types in assignment
    → mypy src
    src/a/b.py:12: error: Incompatible types in assignment
"""
NARROW = """\
unmoor: lint is at work
ok      ruff-is-clean               61
        files ruff  4.1s
        notice: src/a/py.typed: the
          package is typed, but does not
          say so
          → add the classifier
"""
IN_CI = """\
::group::unmoor: lint is at work
FAILED  types-are-sound
::endgroup::
unmoor: lint did not pass after 2m11s

types-are-sound does not hold (the type checkers of the project find nothing
  wrong)
  src/a/b.py:12: Incompatible types in assignment
    → mypy src
    src/a/b.py:12: error: Incompatible types in assignment
::error file=src/a/b.py,line=12,title=lint%3A types-are-sound::Incompatible types in assignment%0A→ mypy src
"""


def test_a_run_in_a_log() -> None:
    run(screen(out := io.StringIO()), RUFF, NONE, before=125)
    assert out.getvalue() == IN_A_LOG


def test_a_failure_says_its_cause_first_and_what_its_tool_printed_once() -> None:
    run(screen(out := io.StringIO()), TYPES)
    assert out.getvalue() == FAILING


def test_a_narrow_terminal_folds_everything() -> None:
    run(screen(out := io.StringIO(), width=40), RUFF)
    assert out.getvalue().startswith(NARROW)
    # What is to be typed is never folded.
    assert [line for line in out.getvalue().splitlines() if len(line) > 40 and "`" not in line] == []


def test_a_run_in_ci_folds_up_and_shows_findings_at_their_lines() -> None:
    run(screen(out := io.StringIO(), runner=Runner.GITHUB), TYPES)
    assert out.getvalue() == IN_CI


def test_a_section_of_gitlab_ends_where_it_began() -> None:
    run(screen(out := io.StringIO(), runner=Runner.GITLAB), RUFF)
    assert out.getvalue().startswith("\x1b[0Ksection_start:1001:lint\r\x1b[0Kunmoor: lint is at work\n")
    assert "\n\x1b[0Ksection_end:1002:lint\r\x1b[0K\nunmoor: lint ran" in out.getvalue()


def test_quiet_says_nothing_of_how_it_goes() -> None:
    made = screen(out := io.StringIO(), verbosity=-1)
    made.say("uploading")
    run(made, RUFF, TYPES)
    assert out.getvalue() == ""


def test_verbose_says_all_about_each_gate() -> None:
    run(screen(out := io.StringIO(), verbosity=1), RUFF, NONE)
    for line in (
        "        ruff has no remark",
        "        tools: ruff 0.17.0",
        "        took: 4.120s",
        "        log: logs/lint.ruff.log",
        "skipped own-sessions-pass           the project has none",
    ):
        assert f"\n{line}\n" in out.getvalue()
    assert out.getvalue().count("notice: src/a/py.typed") == 5


def test_verbose_says_it_of_what_is_kept_too() -> None:
    made = screen(out := io.StringIO(), verbosity=1)
    kept = Result(
        stage="lint", component="thing", how=Resolution.CACHED, code=Exit.PASS, why="same tree",
        record=record("lint", gates=(RUFF,)),
    )  # fmt: skip
    made.ended([kept])
    assert "ok      ruff-is-clean               61 files ruff  4.1s\n        ruff has no remark\n" in out.getvalue()


def test_where_the_end_is_said_all_together_a_stage_says_only_what_went_wrong() -> None:
    made = Screen(Terminal({}, out=(out := io.StringIO())), passed_is_said=False)
    run(made, RUFF)
    assert "ran in" not in out.getvalue()
    run(made, TYPES)
    assert "did not pass" in out.getvalue()


def test_a_gate_that_was_ended_is_not_finished() -> None:
    ended = Finding(message="it was not finished: the run was ended", kind=FindingKind.UNFINISHED)
    run(
        screen(out := io.StringIO()),
        GateRecord(name="tests-pass", asserts="", outcome=Outcome.ERROR, problems=(ended,)),
    )
    assert "not finished tests-pass\n" in out.getvalue()
    assert "ERROR" not in out.getvalue()
    assert "tests-pass was not finished\n" in out.getvalue()


@pytest.mark.parametrize("board", [False, True])
def test_the_line_says_what_is_at_work_how_far_it_is_and_what_it_took(*, board: bool) -> None:
    now = [100.0]
    made = Screen(Terminal({}, out=io.StringIO(), board=board), clock=lambda: now[0])
    assert made.now() == ""
    made.begins("tests", "thing", before=130.0)
    with made.working("tests-pass"):
        now[0] += 1
        assert made.now() == ("tests-pass" if board else "tests 1s (last time 2m10s)  tests-pass")
        with (
            made.working("Python 3.12", look=lambda: "312 of 1412 tests", before=40.0),
            made.working("Python 3.13", look=lambda: ""),
        ):
            now[0] += 41
            line = "Python 3.12: 312 of 1412 tests, 41s (last time 40s); Python 3.13, 41s"
            assert made.now() == (line if board else f"tests 42s (last time 2m10s)  {line}")
    made.over()
    assert made.now() == ""


def test_several_components_begin_one_stage() -> None:
    made = screen(out := io.StringIO())
    made.begins("lint", "a", before=0)
    made.begins("lint", "b", before=0)
    assert out.getvalue() == "unmoor: lint is at work\nunmoor: lint of b is at work\n"
