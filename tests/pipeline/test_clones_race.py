"""Clones on several machines race to release one version: never two contents under one name, and one tag."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from support.live_release import VERSION, CuttingIndex, LiveRelease, Ran, new_release, standing_in
from support.repositories import Repository
from unmoor.errors import Exit


@dataclass
class SharedIndex(CuttingIndex):
    """An index that many ask at once; ``contents`` is everything that was ever kept under a name."""

    contents: dict[str, set[bytes]] = field(default_factory=dict)
    alone: threading.RLock = field(default_factory=threading.RLock)

    def files(self, project: str) -> Any:
        with self.alone:
            return super().files(project)

    def upload(self, file: Path, **words: Any) -> Any:
        with self.alone:
            answer = super().upload(file, **words)
            for name, content in self.held.items():
                self.contents.setdefault(name, set()).add(content)
            return answer


_BUILDING = threading.Lock()


@dataclass
class World(LiveRelease):
    """What all of them share; no two builds have the same number."""

    def build(self, source: Path, out: Path, **words: Any) -> Any:
        with _BUILDING:
            return super().build(source, out, **words)


@dataclass
class Machine(LiveRelease):
    """A clone with a state of its own, and a backend that makes other bytes than every other one."""

    name: str = "sample"

    @property
    def repository(self) -> Repository:
        return Repository(self.top / self.name, self.environ)


def race(top: Path, machines: int, patch: pytest.MonkeyPatch) -> tuple[LiveRelease, list[Ran]]:
    """Release from that many clones at once; return what the world is like then, and how each ended."""
    (top / "home").mkdir()
    environ = {**os.environ, "HOME": str(top / "home")}
    made = new_release(top / "race", environ)
    indexes = {name: SharedIndex(name=name) for name in ("testpypi", "pypi")}
    world = World(made.top, environ, **indexes, reproducible=False)
    clones = []
    for number in range(machines):
        name = f"machine-{number}"
        world.repository.git("clone", "--quiet", world.remote.folder, world.top / name)
        Repository(world.top / name, environ).git("remote", "set-url", "origin", "../remote.git")
        clones.append(Machine(world.top, environ, world.testpypi, world.pypi, reproducible=False, name=name))
    start = threading.Barrier(machines)

    def release(clone: LiveRelease) -> Ran:
        start.wait()
        return clone.run()

    # Each build counts on: no two of them make the same bytes.
    with standing_in(world, patch), ThreadPoolExecutor(machines) as pool:
        return world, list(pool.map(release, clones))


@pytest.mark.parametrize("machines", [4, pytest.param(20, marks=pytest.mark.sweep)])
def test_one_of_them_releases_and_nobody_replaces_anything(
    machines: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, ended = race(tmp_path, machines, monkeypatch)
    assert world.builds == machines
    for index in (world.testpypi, world.pypi):
        assert {name: len(each) for name, each in index.contents.items()} == dict.fromkeys(index.held, 1)
    assert world.pypi.held.items() <= world.testpypi.held.items()
    codes = [each.code for each in ended]
    assert set(codes) <= {Exit.PASS, Exit.GATE_FAILED, Exit.INCOMPLETE}, ended
    assert codes.count(Exit.PASS) <= 1
    tags = world.remote.git("for-each-ref", "--format=%(refname)", "refs/tags").splitlines()
    assert tags.count(f"refs/tags/v{VERSION}") == codes.count(Exit.PASS)
    if Exit.PASS in codes:
        assert len(world.pypi.held) == 2
