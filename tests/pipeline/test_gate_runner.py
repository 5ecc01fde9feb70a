from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from support.archived import component_of
from support.contexts import make_context
from support.records import plan, record
from support.repositories import Repository
from unmoor import gates
from unmoor.errors import (
    Blocked,
    Broken,
    Exit,
    Incomplete,
    SettingsError,
    ToolFailed,
    ToolMissing,
    ToolTimeout,
    Unconfigured,
)
from unmoor.model import Finding, Findings, Mode, Outcome
from unmoor.model.settings import CommandGate, Settings, Waiver
from unmoor.pipeline.gate_runner import run_command_gates, run_gate, run_gates
from unmoor.pipeline.session_gate import judge_session
from unmoor.pipeline.tree_gate import judge_tree, take_note
from unmoor.request import OwnSession
from unmoor.runtime import clock, process, redact
from unmoor.tools import passers_by

NO = Findings(examined=1, problems=(Finding(message="no"),))
Judge = Callable[..., tuple[Any, Exit]]


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Judge a gate that finds, or raises, what is given."""

    def run(found: Findings | Exception, **context: Any) -> tuple[Any, Exit]:
        def check(_: object) -> Findings:
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(gates, "load", lambda _: SimpleNamespace(ASSERTS="it holds", check=check))
        return run_gate("some-gate", make_context(tmp_path, **context))

    return run


def waiver(**words: str) -> Settings:
    return Settings(waivers=(Waiver(**{"gate": "some-gate", "reason": "known", "by": "Somebody", **words}),))


def test_what_a_gate_read_from_a_file_is_hidden_too(judged: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_known", set())
    canary = secrets.token_hex(12)
    redact.register(canary)
    told = Finding(message=f"no {canary}", place=f"a/{canary}:1", hint=f"try {canary}")
    record, _ = judged(Findings(examined=1, problems=(told,), notices=(told,)))
    hidden = Finding(message="no [hidden]", place="a/[hidden]:1", hint="try [hidden]")
    assert (record.problems, record.notices) == ((hidden,), (hidden,))


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize(
    ("found", "outcome", "code"),
    [
        (Findings(examined=1), Outcome.PASSED, Exit.PASS),
        (Findings(examined=1, notices=(Finding(message="look"),)), Outcome.PASSED, Exit.PASS),
        (NO, Outcome.FAILED, Exit.GATE_FAILED),
        (Findings(problems=(Finding(message="no"),)), Outcome.FAILED, Exit.GATE_FAILED),
        (Findings(), Outcome.FAILED, Exit.GATE_FAILED),
        (Findings(examined=-1), Outcome.FAILED, Exit.GATE_FAILED),
        (Findings(optional="declared away"), Outcome.SKIPPED, Exit.PASS),
        (Blocked("no"), Outcome.FAILED, Exit.GATE_FAILED),
        (Incomplete("unknown"), Outcome.ERROR, Exit.INCOMPLETE),
        (Unconfigured("nothing"), Outcome.ERROR, Exit.UNCONFIGURED),
        (ToolMissing("gone"), Outcome.ERROR, Exit.CRASH),
        (ToolTimeout("slow"), Outcome.ERROR, Exit.CRASH),
        (ToolFailed("bad", status=1), Outcome.ERROR, Exit.CRASH),
        (Broken("bad", status=1), Outcome.FAILED, Exit.GATE_FAILED),
        (ValueError("bug"), Outcome.ERROR, Exit.CRASH),
        (AssertionError(), Outcome.ERROR, Exit.CRASH),
    ],
    ids=str,
)
def test_what_becomes_of_a_gate(
    judged: Judge, found: Findings | Exception, outcome: Outcome, code: Exit, *, live: bool
) -> None:
    record, got = judged(found, live=live)
    assert (record.outcome, got) == (outcome, code)
    assert record.holds is (code is Exit.PASS)
    assert record.holds or record.problems


def test_what_is_absent_is_shown_in_a_rehearsal_and_blocks_live(judged: Judge) -> None:
    absent = Findings(absent="there is no documentation", hint="write some")
    shown, code = judged(absent)
    assert (shown.outcome, shown.reason, code) == (
        Outcome.SKIPPED,
        "there is no documentation",
        Exit.PASS,
    )
    blocked, code = judged(absent, live=True)
    assert (blocked.outcome, code) == (Outcome.FAILED, Exit.GATE_FAILED)
    assert blocked.problems == (Finding(message="there is no documentation", hint="write some"),)


def test_problems_count_even_beside_an_absence(judged: Judge) -> None:
    both = Findings(absent="nothing there", problems=(Finding(message="no"),))
    assert judged(both, live=True)[1] is Exit.GATE_FAILED


def test_problems_of_an_absent_thing_are_not_swallowed_in_a_rehearsal(judged: Judge) -> None:
    both = Findings(absent="nothing there", problems=(Finding(message="no"),))
    assert judged(both)[1] is Exit.GATE_FAILED


def test_having_examined_nothing_is_said(judged: Judge) -> None:
    record, _ = judged(Findings())
    assert record.problems[0].message == "it examined nothing, and that is no pass"


def test_a_crash_keeps_its_traceback_in_the_log_only(judged: Judge) -> None:
    record, code = judged(ValueError("the cause"))
    assert code is Exit.CRASH
    (problem,) = record.problems
    assert "ValueError: the cause" in problem.message
    assert "Traceback" not in str(problem)
    assert "\n" not in problem.message
    assert "Traceback" in Path(record.log).read_text()
    assert record.log in problem.hint


def test_a_gate_that_cannot_be_imported_is_a_crash(tmp_path: Path) -> None:
    record, code = run_gate("no-such-gate", make_context(tmp_path))
    assert (record.outcome, code) == (Outcome.ERROR, Exit.CRASH)


def test_a_failed_tool_shows_its_last_lines_and_its_log(judged: Judge) -> None:
    tail = "\n".join(f"line {number}" for number in range(20))
    record, _ = judged(ToolFailed("it broke", status=9, tail=tail, log="some.log"))
    assert record.log == "some.log"
    assert [each.message for each in record.problems] == ["it broke", *(f"line {number}" for number in range(12, 20))]


def test_every_problem_of_an_error_is_kept(judged: Judge) -> None:
    record, _ = judged(SettingsError([Finding(message="one", place="a:1", hint="do"), Finding(message="two")]))
    assert record.problems == (Finding(message="one", place="a:1", hint="do"), Finding(message="two"))


def test_a_waiver_for_good_covers_a_failure(judged: Judge) -> None:
    record, code = judged(NO, settings=waiver(), live=True)
    assert (record.outcome, record.reason, code) == (Outcome.WAIVED, "waived by Somebody: known", Exit.PASS)
    assert record.problems == NO.problems


@pytest.mark.parametrize(("until", "holds"), [("2019-12-31", False), ("2020-01-01", True), ("2020-01-02", True)])
def test_a_waiver_counts_to_the_end_of_its_day(
    judged: Judge, until: str, monkeypatch: pytest.MonkeyPatch, *, holds: bool
) -> None:
    monkeypatch.setattr(clock, "today", lambda: "2020-01-01")
    record, code = judged(NO, settings=waiver(until=until))
    assert (code is Exit.PASS) is record.holds is holds
    assert holds or record.problems[-1].message == f"its waiver ended on {until}"


def test_a_waiver_for_another_gate_covers_nothing(judged: Judge) -> None:
    assert judged(NO, settings=waiver(gate="other"))[1] is Exit.GATE_FAILED


@pytest.mark.parametrize(
    "error", [ValueError("x"), ToolMissing("x"), ToolTimeout("x"), ToolFailed("x", status=1), Incomplete("x")]
)
def test_a_waiver_never_covers_what_could_not_tell(judged: Judge, error: Exception) -> None:
    record, code = judged(error, settings=waiver())
    assert record.outcome is Outcome.ERROR
    assert code is not Exit.PASS


def test_a_waiver_does_not_cover_having_examined_nothing(judged: Judge) -> None:
    assert judged(Findings(), settings=waiver())[1] is Exit.GATE_FAILED


def test_a_disabled_gate_is_not_even_loaded(judged: Judge) -> None:
    record, code = judged(ValueError("loaded"), settings=Settings(disable=("some-gate",)))
    assert (record.outcome, record.reason, code) == (Outcome.SKIPPED, "disabled in the settings", Exit.PASS)


def test_all_gates_run_and_the_gravest_code_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "a": Findings(examined=1),
        "b": NO,
        "c": Incomplete("x"),
        "d": ValueError("x"),
        "e": Findings(examined=2),
    }

    def load(name: str) -> SimpleNamespace:
        def check(_: object) -> Findings:
            if isinstance(answers[name], Exception):
                raise answers[name]
            return answers[name]

        return SimpleNamespace(ASSERTS=name, check=check)

    monkeypatch.setattr(gates, "load", load)
    records, code = run_gates(list(answers), make_context(tmp_path))
    assert [each.name for each in records] == list(answers)
    assert code is Exit.INCOMPLETE
    assert run_gates(["a", "e"], make_context(tmp_path))[1] is Exit.PASS
    assert run_gates([], make_context(tmp_path)) == ((), Exit.PASS)


def command(code: str, **words: Any) -> Settings:
    return Settings(commands=(CommandGate(**{"name": "mine", "run": (sys.executable, "-I", "-c", code), **words}),))


@pytest.mark.parametrize(
    ("status", "live", "outcome", "code"),
    [
        (0, True, Outcome.PASSED, Exit.PASS),
        (2, False, Outcome.FAILED, Exit.GATE_FAILED),
        (3, False, Outcome.SKIPPED, Exit.PASS),
        (3, True, Outcome.FAILED, Exit.GATE_FAILED),
        (1, False, Outcome.ERROR, Exit.CRASH),
        (7, False, Outcome.ERROR, Exit.CRASH),
    ],
)
def test_a_command_is_judged_by_its_status(
    tmp_path: Path, status: int, outcome: Outcome, code: Exit, *, live: bool
) -> None:
    settings = command(f"print('its last word'); raise SystemExit({status})")
    ((record,), got) = run_command_gates(make_context(tmp_path, settings=settings, live=live))
    assert (record.name, record.outcome, got) == ("mine", outcome, code)
    if not record.holds:
        assert "its last word" in "\n".join(f"{each.message} {each.hint}" for each in record.problems)


def test_a_command_that_does_not_end_is_an_error(tmp_path: Path) -> None:
    settings = command("import time; time.sleep(60)", seconds=0.3)
    ((record,), code) = run_command_gates(make_context(tmp_path, settings=settings))
    assert (record.outcome, code) == (Outcome.ERROR, Exit.CRASH)
    assert "did not end within 0.3 s" in record.problems[0].message


def test_a_command_that_is_missing_is_an_error(tmp_path: Path) -> None:
    settings = command("", run=("no-such-program-here",))
    ((record,), code) = run_command_gates(make_context(tmp_path, settings=settings))
    assert (record.outcome, code) == (Outcome.ERROR, Exit.CRASH)
    assert "'no-such-program-here' was not found" in record.problems[0].message


def test_a_command_knows_version_and_archives_and_no_secret(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))"
    environ = {**os.environ, "SOME_TOKEN": "x"}
    context = make_context(tmp_path, settings=command(code), environ=environ)
    assert run_command_gates(context)[1] is Exit.PASS
    assert f"'UNMOOR_DIST': {str(context.dist)!r}" in seen.read_text()
    assert "'UNMOOR_VERSION': '1.0'" in seen.read_text()
    assert "SOME_TOKEN" not in seen.read_text()


def test_a_command_is_not_narrowed_by_the_environment(tmp_path: Path) -> None:
    settings = command("import os; raise SystemExit(2 * ('PYTEST_ADDOPTS' in os.environ))")
    context = make_context(tmp_path, settings=settings, environ={**os.environ, "PYTEST_ADDOPTS": "-k one"})
    assert run_command_gates(context)[1] is Exit.PASS


def test_a_command_belongs_to_one_stage(tmp_path: Path) -> None:
    assert run_command_gates(make_context(tmp_path, settings=command("", stage="build"))) == ((), Exit.PASS)


@pytest.mark.parametrize(
    ("path", "live", "outcome", "code"),
    [
        ("new.txt", False, Outcome.PASSED, Exit.PASS),
        ("new.txt", True, Outcome.FAILED, Exit.GATE_FAILED),
        ("README.md", False, Outcome.FAILED, Exit.GATE_FAILED),
        ("README.md", True, Outcome.FAILED, Exit.GATE_FAILED),
    ],
)
def test_a_stage_leaves_the_tree_as_it_was(
    tmp_path: Path, repository: Repository, path: str, outcome: Outcome, code: Exit, *, live: bool
) -> None:
    context = make_context(tmp_path, **tree_of(repository, live=live))
    assert judge_tree(context) == ((), Exit.PASS)
    repository.write(path, "changed")
    ((found,), got) = judge_tree(context)
    assert (found.outcome, got) == (outcome, code)
    assert path in (*found.problems, *found.notices)[0].message


def test_a_file_that_was_changed_before_is_named_when_it_changes_again(tmp_path: Path, repository: Repository) -> None:
    repository.write("mine.txt", "mine")
    repository.write("other.txt", "other")
    made = tree_of(repository, live=False)
    made["plan"] = replace(made["plan"], uncommitted=("mine.txt", "other.txt"))
    context = make_context(tmp_path, **made)
    take_note(context)
    repository.write("mine.txt", "mine, and more")
    ((found,), code) = judge_tree(context)
    assert code is Exit.GATE_FAILED
    assert found.problems[0].message == "the tree changed while check was at work: mine.txt"


def test_what_a_stage_leaves_behind_in_a_rehearsal_is_named_once(tmp_path: Path, repository: Repository) -> None:
    noted = passers_by.note(repository.door, tmp_path / "untracked")
    made = tree_of(repository, live=False)
    made["environ"] = {**repository.environ, **noted}
    repository.write("of-another.txt", "")
    context = make_context(tmp_path, **made)
    take_note(context)
    for number in range(7):
        repository.write(f"tmp/{number}", "")
    ((found,), code) = judge_tree(context)
    assert (found.outcome, code) == (Outcome.PASSED, Exit.PASS)
    (notice,) = found.notices
    assert notice.message == (
        "left behind in the tree while check was at work: tmp/0, tmp/1, tmp/2, tmp/3, tmp/4 and 2 more"
    )


def tree_of(repository: Repository, *, live: bool) -> dict[str, Any]:
    return {
        "component": component_of(repository.folder, "thing", (), Settings(), ()),
        "plan": plan(
            Mode.LIVE if live else Mode.REHEARSAL, tree=repository.door.working_tree(), commit=repository.door.head()
        ),
        "environ": repository.environ,
    }


OWN = OwnSession(name="tests", stage="tests", parts=("3.11", "3.12"))


def test_an_own_session_counts_when_all_its_runs_do(tmp_path: Path) -> None:
    context = make_context(tmp_path, name="tests", inputs={"tree": "d" * 40})
    for part in OWN.parts:
        context.store.write(record("tests", part=OWN.called(part), finished=clock.now()))
    found, code = judge_session(OWN, context)
    assert (found.outcome, found.examined, code) == (Outcome.PASSED, 2, Exit.PASS)


@pytest.mark.parametrize("changes", [None, {"outcome": Outcome.FAILED}, {"inputs": {"tree": "0"}}, {"finished": ""}])
def test_an_own_session_fails_when_one_run_does_not_count(tmp_path: Path, changes: dict[str, Any] | None) -> None:
    context = make_context(tmp_path, name="tests", inputs={"tree": "d" * 40})
    context.store.write(record("tests", part="tests-3.11", finished=clock.now()))
    if changes is not None:
        context.store.write(record("tests", part="tests-3.12", **{"finished": clock.now(), **changes}))
    found, code = judge_session(OWN, context)
    assert (found.outcome, code) == (Outcome.FAILED, Exit.GATE_FAILED)
    assert "3.12" in found.problems[0].message
    assert found.problems[0].hint.startswith("nox -s ")


def test_a_record_without_the_inputs_asked_for_does_not_count(tmp_path: Path) -> None:
    own = OwnSession(name="lint", stage="lint")
    context = make_context(tmp_path, name="lint", inputs={"tree": "d" * 40, "mode": str(Mode.REHEARSAL)})
    context.store.write(record("lint", part="lint", inputs={}))
    assert judge_session(own, context)[1] is Exit.GATE_FAILED


@pytest.mark.parametrize("error", [Blocked("it says no"), ToolFailed("pytest ended", status=-15), KeyError("x")])
def test_a_gate_that_the_end_of_the_run_met_is_not_finished(
    judged: Judge, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    assert not judged(error)[0].is_unfinished
    monkeypatch.setattr(process, "_ending", True)
    gate, code = judged(error)
    assert (gate.is_unfinished, gate.outcome, code) == (True, Outcome.ERROR, Exit.INCOMPLETE)
    passed, code = judged(Findings(examined=1))
    assert (passed.is_unfinished, passed.outcome, code) == (False, Outcome.PASSED, Exit.PASS)
