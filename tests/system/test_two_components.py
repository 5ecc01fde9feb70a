"""Several components of one repository through the whole chain, rehearsed: stopped, killed and resumed between them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import two_components
from support.repositories import Repository
from support.two_components import FIRST, SECOND, THIRD
from unmoor.chain import CHAIN

pytestmark = pytest.mark.network

STAGES = [stage.name for stage in CHAIN]
ALL = (FIRST, SECOND, THIRD)


@pytest.fixture
def repository(new_repository: Any) -> Repository:
    made = new_repository("several")
    for path, content in two_components.files().items():
        made.write(path, content)
    made.commit("Three packages")
    remote = new_repository("remote.git", bare=True)
    made.git("remote", "add", "origin", remote.folder)
    made.git("push", "--quiet", "--set-upstream", "origin", "main")
    return made


def start(repository: Repository, fatal: str = "") -> subprocess.CompletedProcess[str]:
    program = Path(two_components.__file__)
    words = [sys.executable, str(program), str(repository.folder), *([fatal] if fatal else [])]
    environ = {**repository.environ, "PYTHONPATH": str(program.parents[1])}
    return subprocess.run(words, env=environ, capture_output=True, text=True, check=False, timeout=300)


def rehearse(repository: Repository) -> dict[str, dict[str, str]]:
    done = start(repository)
    assert done.returncode == 0, done.stderr
    ended: dict[str, dict[str, str]] = json.loads(done.stdout)
    return ended


def state(repository: Repository, name: str) -> Path:
    return repository.folder / ".git" / "unmoor" / f"{name}-0.1.0.rehearsal"


def outcome(repository: Repository, name: str, stage: str) -> str:
    path = state(repository, name) / "evidence" / f"{stage}.json"
    if not path.exists():
        return "none"
    return str(json.loads(path.read_bytes())["predicate"]["unmoor_record"]["outcome"])


def tags(repository: Repository, name: str) -> list[str]:
    remote = state(repository, name) / "rehearsal" / "remote.git"
    return Repository(remote, repository.environ).git("tag", "--list").splitlines() if remote.exists() else []


def test_all_go_through_the_chain_each_with_its_own_evidence_and_tag(repository: Repository) -> None:
    ended = rehearse(repository)
    assert list(ended) == STAGES
    assert {what for stage in ended.values() for what in stage.values()} == {"ran"}
    for name in ALL:
        assert [outcome(repository, name, stage) for stage in (*STAGES, "verdict")] == ["passed"] * 9
        assert tags(repository, name) == [f"{name}-v0.1.0"]
        (wheel, sdist) = sorted((state(repository, name) / "dist").glob("*0.1.0*"), reverse=True)
        assert wheel.name.startswith(name.replace("-", "_")), sdist
    again = rehearse(repository)
    assert {what for stage in again.values() for what in stage.values()} == {"cached"}


def test_a_failing_one_takes_only_its_dependant_out_and_the_same_command_goes_on(repository: Repository) -> None:
    module = FIRST.replace("-", "_")
    broken = f"packages/{FIRST}/src/{module}/__init__.py"
    repository.write(broken, '"""A sample."""\nimport nothing_of_this_name\n')
    repository.commit("Broken")
    repository.git("push", "--quiet")
    ended = rehearse(repository)
    assert [ended["build"][name] for name in ALL] == ["2", f"2 it waits for {FIRST}, which was stopped", "ran"]
    assert {stage: ended[stage][THIRD] for stage in STAGES} == dict.fromkeys(STAGES, "ran")
    assert outcome(repository, FIRST, "build") == "failed"
    assert outcome(repository, SECOND, "build") == "none"
    assert (tags(repository, FIRST), tags(repository, SECOND)) == ([], [])
    assert tags(repository, THIRD) == [f"{THIRD}-v0.1.0"]
    repository.write(broken, '"""A sample."""\n')
    repository.commit("Sound again")
    repository.git("push", "--quiet")
    fixed = rehearse(repository)
    assert {what for stage in fixed.values() for name, what in stage.items() if name != THIRD} <= {"ran", "cached"}
    for name in ALL:
        assert outcome(repository, name, "verdict") == "passed"


@pytest.mark.skipif(os.name != "posix", reason="kills itself")
@pytest.mark.parametrize("stage", ["testpypi", "pypi"])
def test_killed_between_two_of_them_the_same_command_goes_on(repository: Repository, stage: str) -> None:
    wheel = f"{SECOND.replace('-', '_')}-0.1.0-py3-none-any.whl"
    killed = start(repository, fatal=f"uploading {wheel} (1 of 2) to {stage}")
    assert killed.returncode == -signal.SIGKILL
    assert outcome(repository, FIRST, stage) == "passed"
    assert outcome(repository, SECOND, stage) == "error"
    ended = rehearse(repository)
    assert ended[stage][FIRST] == "cached"
    assert ended[stage][SECOND] == "ran"
    for name in ALL:
        assert outcome(repository, name, "verdict") == "passed"
        held = sorted(path.name for path in (state(repository, name) / "rehearsal" / stage).rglob("*0.1.0*.whl"))
        assert len(held) == 1
