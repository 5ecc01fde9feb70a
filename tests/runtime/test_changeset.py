from __future__ import annotations

import os

import pytest

from unmoor.errors import UnmoorError
from unmoor.runtime import changeset
from unmoor.runtime.changeset import ChangeSet, apply


def test_writes_and_removals_happen_together_and_keep_modes(tmp_path):
    (tmp_path / "a.sh").write_bytes(b"old")
    (tmp_path / "a.sh").chmod(0o755)
    (tmp_path / "gone").write_bytes(b"x")
    changes = ChangeSet(writes={"a.sh": b"new", "deep/b": b"made"}, removals=("gone", "never"))
    assert {path.name for path in apply(tmp_path, changes)} == {"a.sh", "b", "gone"}
    assert (tmp_path / "a.sh").read_bytes() == b"new"
    assert (tmp_path / "a.sh").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "deep/b").stat().st_mode & 0o777 == 0o644
    assert not (tmp_path / "gone").exists()
    assert apply(tmp_path, changes) == ()


def test_a_failure_puts_everything_back(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(name.encode())
    real = changeset.write_whole

    def failing(path, content, *, mode):
        if path.name == "b" and content == b"new":
            raise UnmoorError("cannot write: no space", hint="other advice")
        real(path, content, mode=mode)

    monkeypatch.setattr(changeset, "write_whole", failing)
    with pytest.raises(UnmoorError, match="nothing was changed") as caught:
        apply(tmp_path, ChangeSet(writes={"a": b"new", "b": b"new", "c": b"new"}))
    assert caught.value.problems[0].place == "b"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"a", "b": b"b"}


@pytest.mark.parametrize("name", ["../out", "link/out"])
def test_nothing_outside_the_folder_is_written_or_removed(tmp_path, name):
    inner = tmp_path / "in"
    inner.mkdir()
    (tmp_path / "out").write_bytes(b"safe")
    (inner / "link").symlink_to(tmp_path)
    for changes in (ChangeSet(writes={name: b"x"}), ChangeSet(removals=(name,))):
        with pytest.raises(UnmoorError, match="leads out of the project"):
            apply(inner, changes)
    assert (tmp_path / "out").read_bytes() == b"safe"


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_inside_is_followed_for_writing_and_removed_as_a_link(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    apply(tmp_path, ChangeSet(writes={"link": b"new"}))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    apply(tmp_path, ChangeSet(removals=("link",)))
    assert (tmp_path / "real").exists()
