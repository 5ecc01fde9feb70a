"""A live release meets a full disk, state that is damaged, or a gate that cannot make up its mind."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from support.faulted import SDIST, WHEEL, is_released, is_untagged, is_untouched
from support.live_release import VERSION, LiveRelease, standing_in
from unmoor.errors import Exit
from unmoor.model import Finding, Findings

NO = Findings(examined=1, unit="tests", problems=(Finding(message="it failed once"),))


# ── a disk that is full ──────────────────────────────────────────────────────────────────────────────────────


def _full_from(call: int, then: Callable[[int], None]) -> Callable[[int], None]:
    left = call

    def fsync(handle: int) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        then(handle)

    return fsync


@pytest.mark.parametrize("call", range(1, 50, 5))
def test_a_disk_that_fills_up_is_said_and_the_same_command_goes_on_with_space(
    call: int, release: LiveRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _full_from(call, os.fsync))
        ran = release.run()
    assert ran.code in {Exit.CRASH, Exit.INCOMPLETE}, ran
    assert os.strerror(errno.ENOSPC) in ran.said
    for index in release.indexes.values():
        assert len(index.uploads) == len(set(index.uploads))
    assert is_released(release)


def test_state_that_cannot_be_written_stops_it_before_anything_is_sent(release: LiveRelease) -> None:
    release.base.rename(release.base.with_name("elsewhere"))
    release.base.write_text("a file where the folder belongs")
    ran = release.run()
    assert ran.code is Exit.CRASH, ran
    assert "UNMOOR_STATE" in ran.said
    assert is_untouched(release)


def test_what_is_kept_is_private_whatever_the_umask(release: LiveRelease) -> None:
    shutil.rmtree(release.base)
    before = os.umask(0)
    try:
        assert is_released(release)
    finally:
        os.umask(before)
    kept = [release.base, *release.base.rglob("*")]
    # What is sealed is for everybody and for nobody to change, in a folder that is private.
    allowed = {path: 0o044 if path.parent.name == "dist" else 0 for path in kept}
    assert [path for path in kept if path.stat().st_mode & 0o077 & ~allowed[path]] == []


# ── state that is damaged ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def half_released(built_release: LiveRelease, tmp_path_factory: pytest.TempPathFactory) -> LiveRelease:
    """The wheel is on the main index, the sdist is not; tests take copies."""
    made = built_release.copied(tmp_path_factory.mktemp("half") / "release")
    made.pypi.cut = 2
    with pytest.MonkeyPatch.context() as patch, standing_in(made, patch):
        assert made.run().said == "cut"
    made.pypi.cut = 0
    return made


def torn(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def foreign(_: bytes) -> bytes:
    return b'{"schema": "of somebody else", "version": 99}'


SEALED = "dist/SHA256SUMS"
# What was proven before the archives went out, and cannot be told from something else any more.
PROVEN = [f"evidence/{stage}.json" for stage in ("check", "lint", "tests", "docs-strict", "build")]
REST = [
    *("plan.json", "seal.json", "evidence/testpypi.json", "evidence/pypi.json"),
    *(f"uploads/{index}/{name}.json" for index in ("testpypi", "pypi") for name in (WHEEL, SDIST)),
]
DAMAGES = (torn, flipped, foreign)


def _cases(paths: Sequence[str]) -> list[Any]:
    """Return each file with one of the damages in turn; the readers of each are tried with all of them."""
    damages = [DAMAGES[number % 3] for number in range(len(paths))]
    return [pytest.param(path, how, id=f"{path} {how.__name__}") for path, how in zip(paths, damages, strict=True)]


@pytest.fixture
def half(half_released: LiveRelease, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveRelease]:
    with standing_in(half_released.copied(tmp_path / "release"), monkeypatch) as made:
        yield made


def spoil(release: LiveRelease, path: str, damage: Callable[[bytes], bytes]) -> None:
    file = release.state / path
    file.chmod(0o600)
    file.write_bytes(damage(file.read_bytes()))


@pytest.mark.parametrize(("path", "damage"), _cases(REST))
def test_damaged_state_is_made_anew_from_what_the_world_holds(
    path: str, damage: Callable[[bytes], bytes], half: LiveRelease
) -> None:
    spoil(half, path, damage)
    held = {name: dict(index.held) for name, index in half.indexes.items()}
    ran = half.run()
    for name, index in half.indexes.items():
        assert held[name].items() <= index.held.items()
    assert is_released(half, ran)


@pytest.mark.parametrize(("path", "damage"), _cases(PROVEN))
def test_damaged_evidence_is_void_and_what_it_was_about_is_done_again(
    path: str, damage: Callable[[bytes], bytes], release: LiveRelease
) -> None:
    spoil(release, path, damage)
    assert is_released(release)


@pytest.mark.parametrize(("path", "damage"), _cases(PROVEN))
def test_damaged_evidence_does_not_keep_a_release_from_its_end_once_files_are_out(
    path: str, damage: Callable[[bytes], bytes], half: LiveRelease
) -> None:
    spoil(half, path, damage)
    assert is_released(half)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_seal_stops_it_and_the_command_that_is_printed_brings_the_archives_back(
    damage: Callable[[bytes], bytes], half: LiveRelease
) -> None:
    spoil(half, SEALED, damage)
    ran = half.run()
    assert ran.code is Exit.GATE_FAILED, ran
    assert f"nox -s build -- --live {VERSION}" in ran.said
    assert half.run(until="build").code is Exit.PASS
    assert is_released(half)


def test_every_kind_of_state_is_damaged(half_released: LiveRelease) -> None:
    state = half_released.state
    files = {path.relative_to(state).as_posix() for path in state.rglob("*") if path.is_file()}
    kept = {name for name in files if not name.startswith(("locks/", "logs/"))} - {f"dist/{WHEEL}", f"dist/{SDIST}"}
    assert kept == {SEALED, *PROVEN, *REST}


# ── a gate that cannot make up its mind ──────────────────────────────────────────────────────────────────────


def test_a_gate_that_fails_and_passes_the_next_time_leaves_both_results(release: LiveRelease) -> None:
    (release.state / "evidence" / "tests.json").unlink()
    release.gates["tests-pass"].findings = NO
    ran = release.run()
    assert (ran.code, ran.stage) == (Exit.GATE_FAILED, "tests"), ran
    assert is_untagged(release)
    release.gates["tests-pass"].findings = Findings(examined=1, unit="tests")
    assert is_released(release)
    record: Any = json.loads((release.state / "evidence" / "tests.json").read_bytes())["predicate"]
    kept = record["unmoor_record"]
    assert (kept["outcome"], [each["outcome"] for each in kept["attempts"]]) == ("passed", ["failed"])
