"""A stage works with what the build recorded, whatever lies beside the evidence and whatever was tried since."""

from __future__ import annotations

import errno
import hashlib
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.opened import open_by_hand
from support.records import fill, record
from support.sealing import NAMES, sealed_archives
from unmoor import chain
from unmoor.archives.seal import SUMS, seal
from unmoor.errors import Blocked, Exit, Incomplete, UnmoorError
from unmoor.evidence.binding import inputs_of, seal_digest
from unmoor.evidence.record import Narrowing, Result
from unmoor.model import Bound, Finding, Findings, Mode, Outcome, Resolution
from unmoor.pipeline.open_plan import OpenPlan
from unmoor.pipeline.run_releases import carry_out_plan
from unmoor.report.ending import Ending
from unmoor.report.final_summary import compose
from unmoor.report.stage_rows import last_run, rows
from unmoor.request import Request
from unmoor.stages import Done


@pytest.fixture
def opened(tmp_path: Path, stand: Any) -> OpenPlan:  # noqa: ARG001 - the gates and steps of the pipeline
    """A release with all its evidence and the archives that its build recorded."""
    made = open_by_hand(tmp_path)
    files = sealed_archives(made.releases[0].state / "dist", "tested")
    fill(made.releases[0].store, files=files)
    return made


def carried_out(stage: str, opened: OpenPlan, tmp_path: Path, **request: Any) -> Result:
    asked = Request(start=tmp_path, environ={}, **{"asked": True, **request})
    (result,) = carry_out_plan(chain.stage(stage), opened, asked).results
    return result


# ── the archives that a stage works with ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", ["testpypi", "pypi", "release"])
def test_a_stage_is_given_the_archives_of_the_build_record(
    stage: str, opened: OpenPlan, stand: Any, tmp_path: Path
) -> None:
    assert carried_out(stage, opened, tmp_path).code is Exit.PASS
    built = opened.releases[0].store.read("build").record
    assert built is not None
    assert stand.step.given == [built.files]


def swap(dist: Path, harm: str) -> None:
    """Put other archives where the sealed ones were, so that the folder by itself is in order."""
    if harm == "rewritten":
        for name in (*NAMES, SUMS):
            (dist / name).chmod(0o600)
        (dist / NAMES[0]).write_text("something else")
        sums = [f"{hashlib.sha256((dist / name).read_bytes()).hexdigest()}  {name}\n" for name in NAMES]
        (dist / SUMS).write_text("".join(sums))
        return
    shutil.rmtree(dist)
    if harm == "another build":
        sealed_archives(dist, "other")
    elif harm == "in part":
        sealed_archives(dist.with_name("elsewhere"), "tested")
        seal([dist.with_name("elsewhere") / NAMES[0]], dist)


@pytest.mark.parametrize("harm", ["rewritten", "another build", "in part", "gone"])
@pytest.mark.parametrize("stage", ["testpypi", "pypi", "release"])
def test_other_archives_than_were_recorded_go_nowhere(
    stage: str, harm: str, opened: OpenPlan, stand: Any, tmp_path: Path
) -> None:
    swap(opened.releases[0].state / "dist", harm)
    result = carried_out(stage, opened, tmp_path)
    assert result.code is Exit.GATE_FAILED
    assert stand.step.given == []
    assert result.record is not None
    (gate,) = result.record.gates
    assert gate.name == "archives-are-sealed"
    assert "that the build recorded" in gate.problems[0].message
    assert NAMES[0] in gate.problems[0].message or NAMES[1] in gate.problems[0].message


def test_archives_that_no_build_recorded_go_nowhere(opened: OpenPlan, stand: Any, tmp_path: Path) -> None:
    opened.releases[0].store.write(record("build", files=(), finished=""))
    assert carried_out("testpypi", opened, tmp_path).code is Exit.GATE_FAILED
    assert stand.step.given == []


# ── a release that has begun to publish ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def begun(opened: OpenPlan, tmp_path: Path) -> OpenPlan:
    """The release is a live one, and an upload of it was begun."""
    live = open_by_hand(tmp_path, mode=Mode.LIVE)
    (one,) = live.releases
    built = opened.releases[0].store.read("build").record
    assert built is not None
    shutil.copytree(opened.releases[0].state, one.state)
    inputs = inputs_of(chain.stage("build"), one.component, one.release, live.plan)
    one.store.write(replace(built, mode=Mode.LIVE, inputs=inputs))
    intent = one.state / "uploads" / "testpypi" / f"{NAMES[0]}.json"
    intent.parent.mkdir(parents=True)
    intent.write_text("{}")
    return live


def elsewhere(tmp_path: Path, mode: Mode = Mode.LIVE) -> OpenPlan:
    """Return the same release, opened at another commit."""
    return open_by_hand(tmp_path, mode=mode, commit="f" * 40)


def built_file(opened: OpenPlan) -> Path:
    return opened.releases[0].state / "evidence" / "build.json"


@pytest.mark.parametrize("end", [Blocked("no"), UnmoorError("crash"), KeyboardInterrupt()], ids=str)
def test_an_attempt_at_other_content_leaves_the_record_of_the_build(
    end: BaseException, begun: OpenPlan, stand: Any, tmp_path: Path
) -> None:
    stand.step.end = {"": end}
    before = built_file(begun).read_bytes()
    there = elsewhere(tmp_path)
    if isinstance(end, KeyboardInterrupt):
        with pytest.raises(KeyboardInterrupt):
            carried_out("build", there, tmp_path)
    else:
        assert carried_out("build", there, tmp_path).code is end.code
    assert built_file(begun).read_bytes() == before
    refused = begun.releases[0].store.read("build", "refused").record
    assert refused is not None
    assert not refused.passed


def test_what_was_refused_is_what_the_final_summary_tells(begun: OpenPlan, stand: Any, tmp_path: Path) -> None:
    stand.step.end = {"": Blocked("this is other content", hint="check it out")}
    result = carried_out("build", elsewhere(tmp_path), tmp_path)
    run = last_run(begun.layout.run(Request(start=tmp_path, environ={}).run))
    (one,) = begun.releases
    found = rows(one.store, run[one.component.name])
    (row,) = (each for each in found if each.stage == "build")
    assert (row.how, row.code, row.what) == ("FAILED", 2, "build")
    assert row.record == result.record
    end = Ending(plan=begun.plan, release=one.release, rows=found, store=one.store, again=("again",))
    text = compose(end, seconds=1)
    assert "this is other content" in text


@pytest.mark.parametrize("end", [Blocked("no"), KeyboardInterrupt()], ids=str)
def test_an_attempt_at_the_same_content_counts_and_keeps_commit_and_archives(
    end: BaseException, begun: OpenPlan, stand: Any, tmp_path: Path
) -> None:
    stand.step.end = {"": end}
    before = begun.releases[0].store.read("build").record
    with suppress(KeyboardInterrupt):
        carried_out("build", begun, tmp_path)
    after = begun.releases[0].store.read("build").record
    assert before is not None
    assert after is not None
    assert not after.passed
    assert (after.files, after.facts) == (before.files, before.facts)


@pytest.mark.parametrize("case", ["nothing uploaded", "a rehearsal"])
def test_before_any_upload_a_failed_build_is_the_record(case: str, begun: OpenPlan, stand: Any, tmp_path: Path) -> None:
    mode = Mode.REHEARSAL if case == "a rehearsal" else Mode.LIVE
    there = elsewhere(tmp_path, mode)
    if case != "a rehearsal":
        shutil.rmtree(begun.releases[0].state / "uploads")
        for stage in ("testpypi", "pypi"):
            (begun.releases[0].state / "evidence" / f"{stage}.json").unlink()
    stand.step.end = {"": Blocked("no")}
    carried_out("build", there, tmp_path)
    after = there.releases[0].store.read("build").record
    assert after is not None
    assert (after.passed, after.files) == (False, ())


# ── cached, already there, or ran ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", [stage.name for stage in chain.CHAIN])
def test_a_stage_that_passed_for_the_same_inputs_is_cached_unless_it_was_asked_for(
    stage: str, opened: OpenPlan, stand: Any, tmp_path: Path
) -> None:
    stand.step.files = opened.releases[0].store.read("build").record.files
    assert carried_out(stage, opened, tmp_path).how is Resolution.RAN
    cached = carried_out(stage, opened, tmp_path, asked=False)
    assert (cached.how, cached.code, cached.record.stage) == (Resolution.CACHED, Exit.PASS, stage)
    assert carried_out(stage, opened, tmp_path).how is Resolution.RAN


def test_what_is_there_already_is_found_and_not_done_again(opened: OpenPlan, stand: Any, tmp_path: Path) -> None:
    files = opened.releases[0].store.read("build").record.files
    stand.step.done = Done(how=Resolution.FOUND, detail="2 files, same digests", files=files)
    result = carried_out("pypi", opened, tmp_path)
    assert (result.how, result.code, stand.step.given) == (Resolution.FOUND, Exit.PASS, [])


def test_a_gate_that_fails_keeps_the_step_from_running(opened: OpenPlan, stand: Any, tmp_path: Path) -> None:
    problem = Finding(message="no", place="a.py:1", hint="fix it")
    stand.gates["credential-is-present"].findings = Findings(examined=1, problems=(problem,))
    result = carried_out("pypi", opened, tmp_path, stop_at_first=True)
    assert (result.code, stand.step.given) == (Exit.GATE_FAILED, [])
    assert [gate.name for gate in result.record.gates if not gate.holds] == ["credential-is-present"]
    assert stand.gates["index-serves-our-bytes"].calls == 0


def test_a_gate_after_the_step_fails_the_stage(opened: OpenPlan, stand: Any, tmp_path: Path) -> None:
    stand.gates["index-serves-our-bytes"].findings = Findings()
    result = carried_out("pypi", opened, tmp_path)
    assert (result.code, len(stand.step.given)) == (Exit.GATE_FAILED, 1)
    (failed,) = (gate for gate in result.record.gates if not gate.holds)
    assert "examined nothing" in str(failed.problems[0])


def test_words_for_the_tools_narrow_a_run_and_leave_no_evidence(opened: OpenPlan, stand: Any, tmp_path: Path) -> None:  # noqa: ARG001
    before = (opened.releases[0].state / "evidence" / "tests.json").read_bytes()
    result = carried_out("tests", opened, tmp_path, posargs=("-k", "one"))
    assert (result.narrowed, result.code) == (Narrowing.ARGUMENTS, Exit.PASS)
    assert (opened.releases[0].state / "evidence" / "tests.json").read_bytes() == before


def test_an_intent_is_on_disk_before_the_step_acts(opened: OpenPlan, stand: Any, tmp_path: Path) -> None:
    stand.step.end = {"": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        carried_out("pypi", opened, tmp_path)
    left = opened.releases[0].store.read("pypi").record
    assert (left.finished, left.outcome, left.detail) == ("", Outcome.ERROR, "begun")
    stand.step.end = {}
    assert carried_out("pypi", opened, tmp_path, asked=False).how is Resolution.RAN


def test_the_last_stage_leaves_the_verdict(opened: OpenPlan, stand: Any, tmp_path: Path) -> None:  # noqa: ARG001
    assert carried_out("release", opened, tmp_path).code is Exit.PASS
    verdict = opened.releases[0].store.read("verdict")
    assert verdict.record.passed
    again = carried_out("release", opened, tmp_path, asked=False)
    assert again.how is Resolution.CACHED
    assert opened.releases[0].store.read("verdict").digest == verdict.digest


def test_the_seal_holds_when_only_unmoor_or_the_settings_changed() -> None:
    inputs = {str(each): "1" for each in Bound}
    assert seal_digest(inputs) == seal_digest(inputs | {"unmoor": "2", "settings": "2"})
    for name in ("commit", "tree", "edits", "version", "epoch", "mode"):
        assert seal_digest(inputs) != seal_digest(inputs | {name: "2"})


# ── what nobody expected ─────────────────────────────────────────────────────────────────────────────────────


def crash(*_: Any, **__: Any) -> Any:
    raise KeyError("nobody expected that")


@pytest.mark.parametrize("uploaded", [False, True])
def test_a_crash_of_the_pipeline_leaves_a_record_a_line_and_the_right_code(
    opened: OpenPlan, begun: OpenPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, uploaded: bool
) -> None:
    release = begun if uploaded else opened
    # Of what was judged before, and what nobody would look for a crash in.
    monkeypatch.setattr("unmoor.pipeline.gates_and_step.noticed", crash)
    lines: list[str] = []
    result = carried_out("testpypi", release, tmp_path, say=lines.append)
    assert result.code is (Exit.INCOMPLETE if uploaded else Exit.CRASH)
    assert any("testpypi itself crashed: KeyError" in line for line in lines)
    kept = release.releases[0].store.read("testpypi").record
    assert kept.finished
    assert not kept.passed
    assert "nobody expected that" in Path(kept.gates[0].log).read_text()


@pytest.mark.parametrize("uploaded", [False, True])
def test_a_crash_before_a_stage_has_begun_is_told_in_a_line(
    opened: OpenPlan, begun: OpenPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, uploaded: bool
) -> None:
    release = begun if uploaded else opened
    monkeypatch.setattr("unmoor.pipeline.run_stage._context", crash)
    with pytest.raises(UnmoorError, match="unmoor itself crashed: KeyError") as raised:
        carried_out("testpypi", release, tmp_path)
    assert raised.value.code is (Exit.INCOMPLETE if uploaded else Exit.CRASH)
    assert "nobody expected that" in (release.releases[0].state / "logs" / "testpypi.crash.log").read_text()


def test_a_machine_that_has_run_out_of_something_is_no_bug(
    opened: OpenPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("unmoor.pipeline.run_stage._context", full)
    with pytest.raises(Incomplete, match="run out of something: No space left"):
        carried_out("testpypi", opened, tmp_path)


def test_a_verdict_that_speaks_against_the_release_is_how_the_run_ends(opened: OpenPlan, tmp_path: Path) -> None:
    store = opened.releases[0].store
    store.write(replace(store.read("lint").record, outcome=Outcome.FAILED))
    result = carried_out("release", opened, tmp_path)
    assert (result.code, result.why) == (Exit.GATE_FAILED, "the verdict is against it: not passed: lint")
