"""The seal holds exactly the bytes that were sealed, and says so only when it is complete."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from unmoor.archives import seal as module
from unmoor.archives.seal import SUMS, seal, sealed, unseal
from unmoor.errors import Blocked


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "built"
    folder.mkdir()
    made = (folder / "x-1.tar.gz", folder / "x-1-py3-none-any.whl")
    for path in made:
        path.write_bytes(path.name.encode())
    return made


@pytest.fixture
def dist(tmp_path):
    return tmp_path / "state" / "dist"


def test_wheels_first_read_only_and_summed(files, dist):
    found = seal(files, dist)
    assert [each.kind for each in found] == ["wheel", "sdist"]
    assert found == sealed(dist)
    assert all(stat.S_IMODE((dist / each.filename).stat().st_mode) == 0o444 for each in found)
    subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=dist, check=True, capture_output=True)


def test_no_seal_is_an_empty_answer(dist):
    assert sealed(dist) == ()


def test_a_changed_byte(files, dist):
    seal(files, dist)
    path = dist / "x-1.tar.gz"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(Blocked, match="not the file that was sealed"):
        sealed(dist)


def test_a_missing_file(files, dist):
    seal(files, dist)
    (dist / "x-1-py3-none-any.whl").unlink()
    with pytest.raises(Blocked, match="missing"):
        sealed(dist)


def test_a_file_that_nobody_sealed(files, dist):
    seal(files, dist)
    (dist / "x-0.9-py3-none-any.whl").write_bytes(b"stale")
    with pytest.raises(Blocked, match="lies among"):
        sealed(dist)


def test_a_link_in_place_of_a_file(files, dist):
    seal(files, dist)
    (dist / "x-1.tar.gz").unlink()
    (dist / "x-1.tar.gz").symlink_to(files[0])
    with pytest.raises(Blocked, match="regular"):
        sealed(dist)


@pytest.mark.parametrize("text", ["", "nonsense\n", f"{'0' * 64}  ../x-1.tar.gz\n"])
def test_a_damaged_list(files, dist, text):
    seal(files, dist)
    (dist / SUMS).chmod(0o600)
    (dist / SUMS).write_text(text)
    with pytest.raises(Blocked, match="damaged"):
        sealed(dist)


def test_the_same_bytes_again_are_kept(files, dist):
    first = seal(files, dist)
    before = (dist / SUMS).stat().st_ino
    assert seal(files, dist) == first
    assert (dist / SUMS).stat().st_ino == before


def test_other_bytes_need_a_deliberate_unseal(files, dist):
    seal(files, dist)
    files[0].write_bytes(b"rebuilt")
    with pytest.raises(Blocked, match="other bytes"):
        seal(files, dist)
    unseal(dist)
    assert sealed(dist) == ()
    assert seal(files, dist)[1].size == len("rebuilt")


def test_a_seal_that_was_cut_short_is_none(files, dist, monkeypatch):
    write = module.write_whole

    def cut(path, content, *, mode):
        if path.name == SUMS:
            raise KeyboardInterrupt
        write(path, content, mode=mode)

    monkeypatch.setattr(module, "write_whole", cut)
    with pytest.raises(KeyboardInterrupt):
        seal(files, dist)
    monkeypatch.undo()
    assert sealed(dist) == ()
    assert len(seal(files, dist)) == 2


def test_an_empty_file_is_never_sealed(files, dist):
    files[1].write_bytes(b"")
    with pytest.raises(Blocked, match="empty"):
        seal(files, dist)
    assert sealed(dist) == ()


def test_nothing_is_never_sealed(dist):
    with pytest.raises(Blocked):
        seal((), dist)


def test_read_only_files_are_removable_where_that_takes_a_right(files, dist, monkeypatch):
    """On Windows a read-only file cannot be unlinked; what is sealed is read-only."""
    real = Path.unlink

    def strict(path, *, missing_ok=False):
        if not path.stat().st_mode & stat.S_IWRITE:
            raise PermissionError(13, "Access is denied", str(path))
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", strict)
    seal(files, dist)
    unseal(dist)
    assert list(dist.iterdir()) == []
