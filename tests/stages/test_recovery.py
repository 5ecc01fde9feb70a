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
from unmoor.errors import Blocked, Incomplete
from unmoor.model import Distribution
from unmoor.runtime.files import sha256_of
from unmoor.stages.build import recovery
from unmoor.state import upload_intents
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


def nothing(_: Path) -> tuple[Path, ...]:
    return ()


@pytest.mark.parametrize("where", [("pypi", "pypi"), ("testpypi", "testpypi"), ("pypi", "testpypi")])
def test_they_come_back_from_wherever_they_are(
    where: tuple[str, str], context: Context, lost: tuple, indexes: dict[str, MemoryIndex]
) -> None:
    files, content = lost
    for name, index in zip(NAMES, where, strict=True):
        indexes[index].held[name] = content[name]
    assert recovery.bring_back(context, files, nothing) == "fetched back by digest"
    assert sealed(context.dist) == files


def test_what_still_lies_there_and_is_right_is_kept(
    context: Context, lost: tuple, indexes: dict[str, MemoryIndex]
) -> None:
    files, content = lost
    context.dist.mkdir()
    (context.dist / NAMES[1]).write_bytes(content[NAMES[1]])
    (context.dist / NAMES[0]).write_bytes(b"altered")
    indexes["testpypi"].held[NAMES[0]] = content[NAMES[0]]
    recovery.bring_back(context, files, nothing)
    assert sealed(context.dist) == files


@pytest.mark.parametrize("held", [(), (NAMES[0],)])
def test_a_build_that_comes_out_the_same_is_as_good(
    held: tuple[str, ...], context: Context, lost: tuple, indexes: dict[str, MemoryIndex]
) -> None:
    files, content = lost
    indexes["testpypi"].held = {name: content[name] for name in held}

    def build(folder: Path) -> list[Path]:
        folder.mkdir()
        for name in NAMES:
            (folder / name).write_bytes(content[name])
        return [folder / name for name in NAMES]

    recovery.bring_back(context, files, build)
    assert sealed(context.dist) == files


def test_bytes_of_another_digest_are_not_taken(context: Context, lost: tuple, indexes: dict[str, MemoryIndex]) -> None:
    files, content = lost
    indexes["pypi"].held = {NAMES[0]: content[NAMES[0]], NAMES[1]: b"foreign"}

    def build(folder: Path) -> list[Path]:
        folder.mkdir()
        (folder / NAMES[1]).write_bytes(b"another build")
        return [folder / NAMES[1]]

    with pytest.raises(Blocked, match=r"no index holds them.*tar\.gz"):
        recovery.bring_back(context, files, build)
    assert not context.dist.exists()


def test_an_index_that_does_not_answer_may_have_them(
    context: Context, lost: tuple, indexes: dict[str, MemoryIndex]
) -> None:
    files, content = lost
    indexes["pypi"].silent = 1
    with pytest.raises(Incomplete, match="did not answer"):
        recovery.bring_back(context, files, nothing)
    indexes["testpypi"].held = dict(content)
    indexes["pypi"].silent = 1
    recovery.bring_back(context, files, nothing)
    assert sealed(context.dist) == files


def test_where_all_records_are_lost_only_the_bytes_that_were_begun_count(context: Context, tmp_path: Path) -> None:
    built = []
    for name in NAMES:
        built.append(tmp_path / name)
        built[-1].write_text(f"tested {name}")
    begun = Distribution(filename=NAMES[0], kind="wheel", size=1, sha256=sha256_of(built[0]))
    upload_intents.begin(context.state, MemoryIndex("testpypi").as_index(), begun)
    recovery.must_be_uploaded_ones(context, built)
    built[0].write_text("another build")
    with pytest.raises(Blocked, match="recorded nowhere any more"):
        recovery.must_be_uploaded_ones(context, built)
