"""Archives are read without trust: whatever is unsafe in them is named, and never unpacked."""

from __future__ import annotations

import stat
import tarfile

import pytest

from support.builds import Built, sdist_with, wheel_with
from unmoor.archives.archive_file import contents, git_ids, read, unpack
from unmoor.errors import Blocked


def test_wheel_and_sdist_of_every_backend(build_once):
    for backend in ("hatchling", "setuptools", "flit"):
        built: Built = build_once(backend)
        wheel, sdist = read(built.wheel), read(built.sdist)
        assert wheel.pure
        assert wheel.dist_infos == ("sample_project-1.2.0.dist-info",)
        assert "Name: Sample.Project" in wheel.text("METADATA")
        assert "Name: Sample.Project" in sdist.text("PKG-INFO")
        assert sdist.top == "sample_project-1.2.0"
        assert "src/sample/core.py" in sdist.files
        assert not wheel.unsafe
        assert not sdist.unsafe


def test_a_member_has_the_id_that_git_gives_it(built):
    blob = built.repository.git("rev-parse", "HEAD:src/sample/core.py")
    assert blob in read(built.wheel).files["sample/core.py"].git
    assert blob == git_ids(b"ANSWER = 42\n")[0]


def test_contents_of_both_kinds(built):
    assert contents(read(built.wheel), {"sample/core.py", "absent"}) == {"sample/core.py": b"ANSWER = 42\n"}
    assert contents(read(built.sdist), {"src/sample/core.py"}) == {"src/sample/core.py": b"ANSWER = 42\n"}


def test_unpack_writes_every_file(built, tmp_path):
    paths = unpack(read(built.sdist), tmp_path)
    assert (tmp_path / "src/sample/core.py").read_text() == "ANSWER = 42\n"
    assert all((tmp_path / path).is_file() for path in paths)


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil.py", "C:evil.py", "a\\..\\evil.py"])
def test_a_name_that_leaves_the_folder(built, tmp_path, name):
    archive = read(wheel_with(built.wheel, tmp_path, add={name: "x"}))
    assert any("outside the folder" in what for what in archive.unsafe)
    with pytest.raises(Blocked):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "../../../x"])
def test_a_link_that_leaves_the_sdist(built, tmp_path, target):
    archive = read(sdist_with(built.sdist, tmp_path, links={"docs/link": target}))
    assert archive.unsafe == ("the link 'docs/link' leads out of the archive",)


def test_a_link_that_stays_is_no_danger(built, tmp_path):
    archive = read(sdist_with(built.sdist, tmp_path, links={"docs/link": "../README.md"}))
    assert not archive.unsafe
    assert archive.files["docs/link"].link == "../README.md"


def test_a_hard_link_out_of_the_top_folder(built, tmp_path):
    item = tarfile.TarInfo("sample_project-1.2.0/hard")
    item.type, item.linkname = tarfile.LNKTYPE, "elsewhere/file"
    assert read(sdist_with(built.sdist, tmp_path, raw=(item,))).unsafe


def test_members_beside_the_top_folder_and_devices(built, tmp_path):
    device = tarfile.TarInfo("sample_project-1.2.0/device")
    device.type = tarfile.CHRTYPE
    archive = read(sdist_with(built.sdist, tmp_path, raw=(tarfile.TarInfo("beside.txt"), device)))
    assert len(archive.unsafe) == 2


def test_a_symbolic_link_in_a_wheel_is_seen_as_one(built, tmp_path):
    wheel = wheel_with(
        built.wheel, tmp_path, add={"sample/link.py": "core.py"}, modes={"sample/link.py": stat.S_IFLNK | 0o777}
    )
    assert read(wheel).files["sample/link.py"].link == "core.py"


def test_a_name_that_is_there_twice(built, tmp_path):
    twice = tarfile.TarInfo("sample_project-1.2.0/README.md")
    assert any("2 times" in what for what in read(sdist_with(built.sdist, tmp_path, raw=(twice,))).unsafe)


@pytest.mark.parametrize("name", ["x-1-py3-none-any.whl", "x-1.tar.gz"])
def test_a_damaged_archive(tmp_path, name):
    (tmp_path / name).write_bytes(b"no archive at all")
    with pytest.raises(Blocked, match="cannot be read"):
        read(tmp_path / name)


def test_a_truncated_sdist(built, tmp_path):
    short = tmp_path / built.sdist.name
    short.write_bytes(built.sdist.read_bytes()[:-200])
    with pytest.raises(Blocked, match="cannot be read"):
        read(short)


def test_another_kind_of_file(tmp_path):
    (tmp_path / "x-1.egg").write_bytes(b"")
    with pytest.raises(Blocked, match="neither"):
        read(tmp_path / "x-1.egg")
