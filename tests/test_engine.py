"""A stage works with the archives that the build recorded, whatever the folder beside the evidence says."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support.archived import project_of
from support.records import fill, plan, record
from support.sealing import NAMES, sealed_archives
from unmoor import engine, hosts, judging, stages
from unmoor.archives.seal import SUMS, seal
from unmoor.context import Context
from unmoor.errors import Exit
from unmoor.model import Distribution, How
from unmoor.opening import Opened
from unmoor.places import Places
from unmoor.project.types import Settings
from unmoor.request import Request
from unmoor.stages import Done


@dataclass
class Step:
    """A step that only remembers which archives it was given."""

    given: list[tuple[Distribution, ...]] = field(default_factory=list)

    def observe(self, _: Context) -> Done | None:
        return None

    def run(self, context: Context) -> Done:
        self.given.append(context.distributions)
        return Done(how=How.RAN, detail="done", files=context.distributions)


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Step:
    """The step of every stage; all gates pass."""
    made = Step()

    def pass_all(_: Sequence[str], __: Context) -> tuple[tuple[()], Exit]:
        return (), Exit.PASS

    monkeypatch.setattr(stages, "load", lambda _: made)
    monkeypatch.setattr(judging, "judge_all", pass_all)
    return made


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A release with all its evidence and the archives that its build recorded."""
    places = Places(tmp_path / "unmoor")
    project = project_of(tmp_path, "thing", ("thing",), Settings(), ())
    made = Opened(project=project, plan=plan(), places=places, state=places.release(plan()))
    files = sealed_archives(made.state / "dist", "tested")
    fill(made.store, files=files)
    monkeypatch.setattr(engine, "open_release", lambda _: made)
    monkeypatch.setattr(hosts, "ready", lambda _: None)
    return made


def carried_out(stage: str, tmp_path: Path) -> engine.Result:
    return engine.carry_out(stage, Request(start=tmp_path, environ={}, asked=True))


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
