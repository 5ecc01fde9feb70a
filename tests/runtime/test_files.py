from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from unmoor.errors import UnmoorError
from unmoor.runtime.files import ensure_folder, remove_tree, sha256_of, write_whole


def test_a_new_file_is_private_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "file"
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "deep").stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_the_mode_can_be_said(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"", mode=0o755)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("where", ["write", "fsync", "replace"])
def test_a_failure_at_any_point_leaves_the_old_content_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    if where == "write":
        # /dev/full takes nothing: the real thing, where the machine has it.
        monkeypatch.setattr("tempfile.mkstemp", lambda **_: (os.open("/dev/full", os.O_WRONLY), str(tmp_path / ".new")))
    elif where == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UnmoorError, match="cannot write: No space left on device") as caught:
        write_whole(path, b"new" * 100_000)
    assert "UNMOOR_STATE" in str(caught.value)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_an_interrupted_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "file", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    for attempt in (
        lambda: ensure_folder(tmp_path / "taken" / "x"),
        lambda: write_whole(tmp_path / "taken" / "x", b""),
    ):
        with pytest.raises(UnmoorError, match="cannot write the state of the release") as caught:
            attempt()
        assert "UNMOOR_STATE" in str(caught.value)


def test_a_target_that_is_a_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(UnmoorError, match="cannot write"):
        write_whole(tmp_path / "file", b"")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_the_content_is_on_disk_before_the_name_and_the_name_before_the_return(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from unmoor.runtime.files import write_whole\n"
    code += "write_whole(Path(sys.argv[1]), b'x'); Path(sys.argv[1] + '.after').touch()"
    trace = tmp_path / "trace"
    command = [
        "strace",
        "-f",
        "-y",
        "-o",
        trace,
        "-e",
        "trace=fsync,rename,openat",
        sys.executable,
        "-c",
        code,
        tmp_path / "f",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if "ptrace" in done.stderr.lower():
        pytest.skip("this machine forbids tracing")
    assert done.returncode == 0, done.stderr
    lines = [line for line in trace.read_text().splitlines() if str(tmp_path) in line]
    steps = [
        next(number for number, line in enumerate(lines) if all(word in line for word in words))
        for words in (("fsync", "/.f."), ("rename", '/f"'), ("fsync", f"<{tmp_path}>"), ("openat", "f.after"))
    ]
    assert steps == sorted(set(steps))


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EIO])
def test_a_file_system_that_cannot_flush_folders_takes_files_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    real = os.fsync

    def flush(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", flush)
    expected = pytest.raises(UnmoorError, match="cannot write") if number == errno.EIO else contextlib.nullcontext()
    with expected:
        write_whole(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"


@pytest.mark.parametrize(
    ("number", "hint"), [(errno.ENOSPC, "free space"), (errno.EDQUOT, "free space"), (errno.EROFS, "writable")]
)
def test_what_helps_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(UnmoorError, match=os.strerror(number)) as caught:
        write_whole(tmp_path / "file", b"")
    assert hint in str(caught.value)
    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(UnmoorError, match=os.strerror(number)) as caught:
        ensure_folder(tmp_path / "new")
    assert hint.replace("writable", "can be written") in str(caught.value)


def test_a_tree_goes_whatever_its_modes_and_what_links_lead_to_stays(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").touch(0o444)
    (tmp_path / "outside").chmod(0o555)
    deep = tmp_path / "tree" / "closed" / "deep"
    deep.mkdir(parents=True)
    (deep / "file").touch(0o400)
    (deep / "link").symlink_to(tmp_path / "outside")
    for folder in (deep, deep.parent):
        folder.chmod(0o000)
    remove_tree(tmp_path / "tree")
    assert not (tmp_path / "tree").exists()
    assert (tmp_path / "outside").stat().st_mode & 0o777 == 0o555
    assert (tmp_path / "outside" / "file").stat().st_mode & 0o777 == 0o444
    (tmp_path / "outside").chmod(0o755)
    remove_tree(tmp_path / "absent")


def test_sha256_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1_000_000)
    assert sha256_of(tmp_path / "file") == hashlib.sha256(b"x" * 1_000_000).hexdigest()
