"""Told to end at any moment of a live release, once or twice, it ends: nothing hangs, nothing more is sent.

A few moments each time; many, at random, with ``python -m pytest -m sweep tests/system/test_told_to_end.py`` and their
number in ``SWEEP`` (100 without).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from support.adopted import Adopted, Ran, adopt
from support.another_index import AnotherIndex, another_index
from support.waiting import processes_with, wait_until

pytestmark = [pytest.mark.network, pytest.mark.skipif(sys.platform != "linux", reason="/proc")]

_RELEASE = ("-s", "release", "--", "--live", "0.1.0")
_LIMIT = 30.0  # seconds, on a machine that does much else


@dataclass(frozen=True)
class Told:
    """What a process is told, and when: after how many lines of output and how many seconds more, and which."""

    after: str | int
    number: signal.Signals
    group: bool
    times: int
    seconds: float = 0.0
    between: float = 0.0


@dataclass(frozen=True)
class World:
    """A project that is built and proven, its remote and its indexes; nothing is out yet."""

    project: Adopted
    indexes: tuple[AnotherIndex, AnotherIndex]
    kept: Path

    @property
    def state(self) -> Path:
        return self.project.folder / ".git" / "unmoor"

    @property
    def environ(self) -> dict[str, str]:
        own = self.indexes[0].credential("testpypi") | self.indexes[1].credential("pypi")
        return {**self.project.environ, **own}

    @property
    def requests(self) -> int:
        return sum(len(each.log.read_bytes()) for each in self.indexes if each.log.exists())

    @property
    def held(self) -> list[dict[str, str]]:
        return [each.held() for each in self.indexes]

    def reset(self) -> None:
        for index in self.indexes:
            for file in index.folder.iterdir():
                file.unlink()
        shutil.rmtree(self.state)
        shutil.copytree(self.kept, self.state)
        for repository in (self.project.repository, self.project.remote):
            for tag in repository.git("tag", "--list").split():
                repository.git("tag", "--delete", tag)

    def run(self) -> Ran:
        return self.project.nox(*_RELEASE, environ=self.environ)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    top = tmp_path_factory.mktemp("told")
    (top / "tmp").mkdir()
    with ExitStack() as stack:
        indexes = (
            stack.enter_context(another_index(top / "testpypi")),
            stack.enter_context(another_index(top / "pypi", upstream=PYPI_SIMPLE_ENDPOINT)),
        )
        settings = "\n".join(index.settings(name) for index, name in zip(indexes, ("testpypi", "pypi"), strict=True))
        environ = {**os.environ, "TMPDIR": str(top / "tmp"), "MARK": str(top)}
        project = adopt(top, environ, settings=settings)
        built = project.nox("-s", "build", "--", "--live", "0.1.0")
        assert built.status == 0, built.text
        made = World(project, indexes, top / "kept")
        shutil.copytree(made.state, made.kept)
        yield made


@pytest.fixture(scope="module")
def lines(world: World) -> int:
    """How many lines an unbroken release says."""
    ran = world.run()
    assert ran.status == 0, ran.text
    return len(ran.text.splitlines())


def _tell(world: World, told: Told) -> tuple[int, str]:
    """Start the release, tell it to end, and return how it ended and what it said."""
    command = [sys.executable, "-m", "nox", *_RELEASE]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
    with subprocess.Popen(command, cwd=world.project.folder, env=world.environ, **pipes) as running:
        said = []
        for number, line in enumerate(running.stdout, 1):
            said.append(line)
            if told.after in {number, line.strip()} or (isinstance(told.after, str) and told.after in line):
                break
        pause = threading.Event()
        pause.wait(told.seconds)
        for _ in range(told.times):
            with suppress(ProcessLookupError):
                if told.group:
                    os.killpg(running.pid, told.number)
                else:
                    running.send_signal(told.number)
            pause.wait(told.between)
        # Not communicate(): it reads past what was read ahead for the lines above.
        hangs = threading.Timer(_LIMIT, running.kill)
        hangs.start()
        text = running.stdout.read()
        status = running.wait(_LIMIT)
        hangs.cancel()
        return status, "".join(said) + text


def _ended_well(world: World, told: Told) -> None:
    world.reset()
    status, text = _tell(world, told)
    sent = world.requests
    assert "Traceback (most recent call last)" not in text, text
    # Whoever was told so late that nothing was left to do has done it.
    assert status == 130 or (status == 0 and "RELEASED" in text), text
    wait_until(lambda: not processes_with(f"MARK={world.project.folder.parent}"), 10)
    assert world.requests == sent, text
    assert list((world.project.folder.parent / "tmp").glob("unmoor-*")) == []


@pytest.mark.parametrize(
    "told",
    [
        Told("version-is-free", signal.SIGTERM, group=True, times=1),
        Told("to testpypi", signal.SIGTERM, group=False, times=2),
        Told("to pypi", signal.SIGINT, group=True, times=2),
    ],
    ids=lambda told: f"{told.after}-{told.number.name}-{told.times}",
)
def test_it_ends_where_it_is(world: World, told: Told) -> None:
    _ended_well(world, told)


def test_the_same_command_goes_on(world: World) -> None:
    """From where the last of the others has left it."""
    _goes_on(world)


def _goes_on(world: World) -> None:
    ran = world.run()
    assert ran.status == 0, ran.text
    assert world.held[0] == world.held[1]
    assert len(world.held[0]) == 2
    assert world.project.remote.git("tag", "--list") == "v0.1.0"


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(int(os.environ.get("SWEEP", "100"))))
def test_at_random(world: World, lines: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a moment, and the same for the same seed
    told = Told(
        chance.randrange(1, lines),
        chance.choice([signal.SIGTERM, signal.SIGINT]),
        group=chance.random() < 0.5,
        times=chance.choice([1, 2]),
        seconds=chance.random() * 0.5,
        between=chance.random() * 0.1,
    )
    print(told)  # noqa: T201 - shown where it fails
    _ended_well(world, told)
    if seed % 5 == 0:
        _goes_on(world)
