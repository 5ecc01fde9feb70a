"""Killed in the middle of any stage, the same command goes on, and the world ends up as after an unbroken run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.adopted import Adopted, adopt
from support.waiting import processes_with, wait_until
from unmoor.chain import CHAIN

pytestmark = [pytest.mark.network, pytest.mark.skipif(os.name != "posix", reason="process groups")]

_LIMIT = 120.0


# The same content at the same moment is the same commit, and with this backend the same bytes.
_MOMENT = {"GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z"}

# A gate in every stage that, the first time it is asked to, stays at work until it is killed.
_WAIT = "import pathlib as p, threading as t; h = p.Path('../held'); a = p.Path('../hold'); "
_WAIT += "f = not h.exists() and a.read_text() == '{stage}'; f and (h.touch(), t.Event().wait())"
_HOLD = "".join(
    f'[[tool.unmoor.commands]]\nname = "hold-{stage.name}"\nstage = "{stage.name}"\n'
    f'run = ["{sys.executable}", "-c", "{_WAIT.format(stage=stage.name)}"]\n'
    for stage in CHAIN
)


def _world(project: Adopted) -> dict[str, object]:
    """Return the outside state: what each index took, by name and digest, and the remote's tags."""
    rehearsal = project.state() / "rehearsal"
    taken = {}
    for index in ("testpypi", "pypi"):
        lines = [json.loads(line) for line in (rehearsal / index / "requests.jsonl").read_text().splitlines()]
        posted = [line for line in lines if line["method"] == "POST" and line["status"] == 200]
        taken[index] = sorted(line["filename"] for line in posted)
    files = {each["filename"]: each["sha256"] for each in project.record("build")["files"]}
    tags = subprocess.run(
        ["git", "for-each-ref", "--format=%(refname) %(*objectname)", "refs/tags"],
        cwd=rehearsal / "remote.git",
        env=dict(project.environ),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {"taken": taken, "files": files, "tags": tags.splitlines()}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The world after a run that nothing disturbed."""
    project = adopt(tmp_path_factory.mktemp("unbroken"), {**os.environ, **_MOMENT}, settings=_HOLD)
    (project.folder.parent / "held").touch()
    ran = project.nox("-s", "release")
    assert ran.status == 0, ran.text
    return _world(project)


def _kill_when(project: Adopted, ready: Callable[[], bool]) -> None:
    """Start the release, and kill it with everything below it as soon as ``ready`` says so."""
    with project.start("-s", "release") as running:
        until = time.monotonic() + _LIMIT
        while not ready():
            assert running.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < until, "the point to kill it at never came"
            time.sleep(0.002)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    if sys.platform == "linux":
        # What it had started has groups of its own, and goes with it all the same.
        wait_until(lambda: not processes_with(f"HOME={project.environ['HOME']}"), 5)


def _as_unbroken(project: Adopted, unbroken: Mapping[str, object]) -> None:
    ran = project.nox("-s", "release")
    assert ran.status == 0, ran.text
    assert "REHEARSED" in ran.text
    world = _world(project)
    assert world == unbroken
    assert [len(taken) for taken in world["taken"].values()] == [2, 2]


@pytest.mark.parametrize("stage", [stage.name for stage in CHAIN])
def test_killed_in_the_middle_of_a_stage(
    stage: str, tmp_path: Path, environ: Mapping[str, str], unbroken: Mapping[str, object]
) -> None:
    project = adopt(tmp_path, {**environ, **_MOMENT}, settings=_HOLD)
    asked = tmp_path / "hold"
    asked.write_text(stage)
    held = tmp_path / "held"
    _kill_when(project, held.exists)
    _as_unbroken(project, unbroken)
    attempts = project.record(stage)["attempts"]
    assert len(attempts) == 1
    assert "interrupted" in attempts[0]["detail"]


@pytest.mark.parametrize("index", ["testpypi", "pypi"])
@pytest.mark.parametrize("moment", ["intent", "accepted"])
def test_killed_around_an_upload(
    index: str, moment: str, tmp_path: Path, environ: Mapping[str, str], unbroken: Mapping[str, object]
) -> None:
    project = adopt(tmp_path, {**environ, **_MOMENT}, settings=_HOLD)
    (tmp_path / "held").touch()
    intents = project.state() / "uploads" / index
    answered = project.state() / "rehearsal" / index / "requests.jsonl"

    def ready() -> bool:
        if moment == "intent":
            return intents.is_dir() and any(intents.glob("*.json"))
        return answered.exists() and '"POST"' in answered.read_text()

    _kill_when(project, ready)
    _as_unbroken(project, unbroken)
