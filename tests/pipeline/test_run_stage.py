"""A stage works with what the build recorded, whatever lies beside the evidence and whatever was tried since."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from unmoor.pipeline.open_release import Opened

from support.archived import project_of
from support.records import fill, plan, record
from support.sealing import NAMES, sealed_archives
from unmoor import chain, stages
from unmoor.archives.seal import SUMS, seal
from unmoor.context import Context
from unmoor.errors import Blocked, Exit, UnmoorError
from unmoor.evidence.binding import inputs_of
from unmoor.model import Distribution, Mode, Resolution
from unmoor.model.settings import Settings
from unmoor.pipeline import gate_runner, run_stage
from unmoor.rehearsal import select_targets
from unmoor.report.final_summary import compose
from unmoor.report.stage_rows import last_run, rows
from unmoor.request import Request
from unmoor.stages import Done
from unmoor.state.layout import StateLayout


@dataclass
class Step:
    """A step that only remembers which archives it was given; or ends in ``end``."""

    given: list[tuple[Distribution, ...]] = field(default_factory=list)
    end: BaseException | None = None

    def observe(self, _: Context) -> Done | None:
        return None

    def run(self, context: Context) -> Done:
        if self.end is not None:
            raise self.end
        self.given.append(context.distributions)
        return Done(how=Resolution.RAN, detail="done", files=context.distributions)


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Step:
    """The step of every stage; all gates pass."""
    made = Step()

    def pass_all(_: Sequence[str], __: Context) -> tuple[tuple[()], Exit]:
        return (), Exit.PASS

    monkeypatch.setattr(stages, "load", lambda _: made)
    monkeypatch.setattr(gate_runner, "run_gates", pass_all)
    return made


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A release with all its evidence and the archives that its build recorded."""
    places = StateLayout(tmp_path / "unmoor")
    project = project_of(tmp_path, "thing", ("thing",), Settings(), ())
    made = Opened(project=project, plan=plan(), places=places, state=places.release(plan()))
    files = sealed_archives(made.state / "dist", "tested")
    fill(made.store, files=files)
    monkeypatch.setattr(run_stage, "open_release", lambda _: made)
    monkeypatch.setattr(select_targets, "ready", lambda _: None)
    return made


def carried_out(stage: str, tmp_path: Path) -> run_stage.Result:
    return run_stage.carry_out(stage, Request(start=tmp_path, environ={}, asked=True))


# ── the archives that a stage works with ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", ["testpypi", "pypi", "release"])
def test_a_stage_is_given_the_archives_of_the_build_record(
    stage: str, opened: Opened, step: Step, tmp_path: Path
) -> None:
    assert carried_out(stage, tmp_path).code is Exit.PASS
    built = opened.store.read("build").record
    assert built is not None
    assert step.given == [built.files]


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
    stage: str, harm: str, opened: Opened, step: Step, tmp_path: Path
) -> None:
    swap(opened.state / "dist", harm)
    result = carried_out(stage, tmp_path)
    assert result.code is Exit.GATE_FAILED
    assert step.given == []
    assert result.record is not None
    (gate,) = result.record.gates
    assert gate.name == "archives-are-sealed"
    assert "that the build recorded" in gate.problems[0].message
    assert NAMES[0] in gate.problems[0].message or NAMES[1] in gate.problems[0].message


def test_archives_that_no_build_recorded_go_nowhere(opened: Opened, step: Step, tmp_path: Path) -> None:
    opened.store.write(record("build", files=(), finished=""))
    assert carried_out("testpypi", tmp_path).code is Exit.GATE_FAILED
    assert step.given == []


# ── a release that has begun to publish ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def begun(opened: Opened) -> Opened:
    """The release is a live one, and an upload of it was begun."""
    release = replace(opened, plan=plan(Mode.LIVE))
    inputs = inputs_of(chain.stage("build"), release.project, release.plan, files=(), target="")
    built = opened.store.read("build").record
    assert built is not None
    opened.store.write(replace(built, mode=Mode.LIVE, inputs=inputs))
    intent = opened.state / "uploads" / "testpypi" / f"{NAMES[0]}.json"
    intent.parent.mkdir(parents=True)
    intent.write_text("{}")
    return release


def open_at(release: Opened, monkeypatch: pytest.MonkeyPatch, *, moved: bool) -> None:
    """Open the release where it was built; or ``moved``, on another commit."""
    there = replace(release, plan=replace(release.plan, commit="f" * 40)) if moved else release
    monkeypatch.setattr(run_stage, "open_release", lambda _: there)


@pytest.mark.parametrize("end", [Blocked("no"), UnmoorError("crash"), KeyboardInterrupt()], ids=str)
def test_an_attempt_at_other_content_leaves_the_record_of_the_build(
    end: BaseException, begun: Opened, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_at(begun, monkeypatch, moved=True)
    step.end = end
    before = begun.store.path("build").read_bytes()
    if isinstance(end, KeyboardInterrupt):
        with pytest.raises(KeyboardInterrupt):
            carried_out("build", tmp_path)
    else:
        assert carried_out("build", tmp_path).code is end.code
    assert begun.store.path("build").read_bytes() == before
    refused = begun.store.read("build.refused").record
    assert refused is not None
    assert not refused.passed


def test_what_was_refused_is_what_the_last_words_tell(
    begun: Opened, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_at(begun, monkeypatch, moved=True)
    step.end = Blocked("this is other content", hint="check it out")
    result = carried_out("build", tmp_path)
    run = last_run(begun.places.run(Request(start=tmp_path, environ={}).run))
    found = rows(begun.store, run)
    (row,) = (each for each in found if each.stage == "build")
    assert (row.how, row.code, row.what) == ("FAILED", 2, "build")
    assert row.record == result.record
    assert "this is other content" in compose(begun.plan, found, begun.state, seconds=1, again="again")


@pytest.mark.parametrize("end", [Blocked("no"), KeyboardInterrupt()], ids=str)
def test_an_attempt_at_the_same_content_counts_and_keeps_commit_and_archives(
    end: BaseException, begun: Opened, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_at(begun, monkeypatch, moved=False)
    step.end = end
    before = begun.store.read("build").record
    with suppress(KeyboardInterrupt):
        carried_out("build", tmp_path)
    after = begun.store.read("build").record
    assert before is not None
    assert after is not None
    assert not after.passed
    assert (after.files, after.facts) == (before.files, before.facts)


@pytest.mark.parametrize("case", ["nothing uploaded", "a rehearsal"])
def test_before_any_upload_a_failed_build_is_the_record(
    case: str, begun: Opened, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case == "a rehearsal":
        begun = replace(begun, plan=plan())
    else:
        shutil.rmtree(begun.state / "uploads")
    open_at(begun, monkeypatch, moved=True)
    step.end = Blocked("no")
    carried_out("build", tmp_path)
    after = begun.store.read("build").record
    assert after is not None
    assert (after.passed, after.files) == (False, ())
