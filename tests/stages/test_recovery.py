"""Sealed archives that got lost come back by their exact digest, from whichever index holds them, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.contexts import make_context
from support.fakes import MemoryIndex
from support.sealing import NAMES, sealed_archives
from unmoor.archives.seal import sealed
from unmoor.context import Context
from unmoor.errors import Blocked
from unmoor.model import Distribution
from unmoor.stages.build import recovery
from unmoor.targets import Index


@pytest.fixture
def indexes(monkeypatch: pytest.MonkeyPatch) -> dict[str, MemoryIndex]:
    made = {name: MemoryIndex(name) for name in ("testpypi", "pypi")}

    @contextmanager
    def open_index(_: Context, name: str) -> Iterator[Index]:
        yield made[name].as_index()

    monkeypatch.setattr(recovery, "open_index", open_index)
    return made


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path, name="build", live=True)


@pytest.fixture
def lost(context: Context) -> tuple[tuple[Distribution, ...], dict[str, bytes]]:
    """Archives that were sealed and are gone: what they were, and their bytes."""
    files = sealed_archives(context.dist, "tested")
    content = {name: (context.dist / name).read_bytes() for name in NAMES}
    shutil.rmtree(context.dist)
    return files, content


@pytest.mark.parametrize("where", [("pypi", "pypi"), ("testpypi", "testpypi"), ("pypi", "testpypi")])
def test_they_come_back_from_wherever_they_are(
    where: tuple[str, str], context: Context, lost: tuple, indexes: dict[str, MemoryIndex]
) -> None:
    files, content = lost
    for name, index in zip(NAMES, where, strict=True):
        indexes[index].held[name] = content[name]
    recovery.fetch_back(context, files)
    assert sealed(context.dist) == files


def test_bytes_of_another_digest_are_not_taken(context: Context, lost: tuple, indexes: dict[str, MemoryIndex]) -> None:
    files, content = lost
    intent = context.state / "uploads" / "pypi" / "one.json"
    intent.parent.mkdir(parents=True)
    intent.write_text("{}")
    indexes["pypi"].held = {NAMES[0]: content[NAMES[0]], NAMES[1]: b"foreign"}
    with pytest.raises(Blocked, match=r"no index holds them: .*tar\.gz"):
        recovery.fetch_back(context, files)
    assert not context.dist.exists()


def test_where_nothing_was_uploaded_the_seal_is_void_and_the_next_run_builds(
    context: Context,
    lost: tuple,
    indexes: dict[str, MemoryIndex],  # noqa: ARG001 - they hold nothing
) -> None:
    files, _ = lost
    seal = context.state / "seal.json"
    seal.write_text("{}")
    with pytest.raises(Blocked, match="are gone") as raised:
        recovery.fetch_back(context, files)
    assert raised.value.problems[0].hint == "run the same command again to build anew"
    assert not seal.exists()
