"""Temporary folders go with the process that made them, at the latest when the next one comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from unmoor.errors import UnmoorError
from unmoor.runtime import scratch

MAKER = """
import sys
from unmoor.runtime import scratch
print(scratch.lasting("work"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that nobody has used yet."""
    made = tmp_path / "tmp"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@contextmanager
def maker(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Have another process make a temporary folder and stay."""
    command = [sys.executable, "-c", MAKER]
    environ = {**os.environ, "TMPDIR": str(place)}
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started, Path(started.stdout.readline().strip())
        started.stdin.close()


def kill(started: Sequence[subprocess.Popen[str]]) -> None:
    for each in started:
        each.send_signal(signal.SIGKILL)
        each.wait()


def test_a_folder_is_private_empty_and_gone_afterwards(place: Path) -> None:
    with scratch.folder("work") as folder:
        assert folder.is_relative_to(place)
        assert folder.name.startswith("work-")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert list(folder.iterdir()) == []
        (folder / "closed").mkdir()
        (folder / "closed" / "file").touch()
        (folder / "closed").chmod(0o500)
    assert not folder.exists()


def test_a_process_leaves_nothing(place: Path) -> None:
    with maker(place) as (_, folder):
        assert folder.parent.parent == place
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_goes_when_the_next_one_comes(place: Path) -> None:
    with maker(place) as (alive, kept):
        with maker(place) as (killed, left):
            kill([killed])
            assert left.is_dir()
            with scratch.folder("work"):
                assert not left.exists()
                assert not left.parent.exists()
            assert kept.is_dir()
        assert alive.poll() is None


def test_many_that_start_at_once_take_nothing_from_each_other(place: Path) -> None:
    with ExitStack() as stack:
        dead = [stack.enter_context(maker(place)) for _ in range(2)]
        kill([each for each, _ in dead])
        alive = [stack.enter_context(maker(place)) for _ in range(6)]
        assert all(folder.is_dir() for _, folder in alive)
        assert not any(folder.exists() for _, folder in dead)
        assert len([*place.iterdir()]) == 6


def test_only_folders_of_ours_are_swept_and_no_link_is_followed(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plant(folder: Path) -> Path:
        folder.mkdir()
        (folder / "held").touch()
        return folder

    outside = plant(tmp_path / "outside")
    (place / "unmoor-link").symlink_to(outside)
    linked = place / "unmoor-with-a-linked-lock"
    linked.mkdir()
    (linked / "held").symlink_to(outside / "held")
    (place / "unmoor-without-a-lock").mkdir()
    (place / "unmoor-file").touch()
    open_to_all = plant(place / "unmoor-open-to-all")
    open_to_all.chmod(0o777)
    plant(place / "others")
    before = sorted(place.iterdir())
    plant(place / "unmoor-dead")
    scratch.sweep(place)
    assert sorted(place.iterdir()) == before
    plant(place / "unmoor-dead")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    scratch.sweep(place)
    assert (place / "unmoor-dead").is_dir()


def test_no_place_for_temporary_files_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(UnmoorError, match="cannot make a temporary folder: No such file") as caught:
        scratch.lasting("work")
    assert "TMPDIR" in str(caught.value)


def test_the_tree_is_no_place_for_temporary_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python takes the working directory where there is nothing else."""
    monkeypatch.chdir(place)
    with pytest.raises(UnmoorError, match="cannot make a temporary folder"):
        scratch.lasting("work")
    assert list(place.iterdir()) == []


def test_a_removal_that_is_interrupted_leaves_a_folder_that_is_known_as_ours(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with maker(place) as (killed, left):
        kill([killed])
        with monkeypatch.context() as patch:

            def interrupted(_: Path) -> None:
                raise KeyboardInterrupt

            patch.setattr(scratch, "remove_tree", interrupted)
            with pytest.raises(KeyboardInterrupt):
                scratch.sweep(place)
        assert left.parent.is_dir()
        scratch.sweep(place)
        assert not left.parent.exists()


def test_a_folder_that_somebody_else_removed_is_no_trouble(place: Path) -> None:
    command = [sys.executable, "-c", f"{MAKER}\nimport shutil; shutil.rmtree({str(place)!r})"]
    environ = {**os.environ, "TMPDIR": str(place)}
    done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert done.stderr == ""
