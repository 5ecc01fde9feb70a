"""Zip files that two readers would read differently."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.distributions import wheel, wheel_members
from unmoor.indexes import rules
from unmoor.indexes.rules.zip_records import fault_of


def fault(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        central = {each.orig_filename: (each.compress_size, each.file_size) for each in archive.filelist}
    return fault_of(path.read_bytes(), central)


def _trailing(data: bytes) -> bytes:
    # Counted as the archive's comment by nobody: Python looks for the end record from behind.
    return data + b"more"


def _between(data: bytes) -> bytes:
    start = data.index(b"PK\x01\x02")
    end = data.rindex(b"PK\x05\x06")
    offset = struct.unpack("<I", data[end + 16 : end + 20])[0]
    return data[:start] + b"junk" + data[start : end + 16] + struct.pack("<I", offset + 4) + data[end + 20 :]


def _before(data: bytes) -> bytes:
    return b"#!/bin/sh\n" + data


def _other_local_name(data: bytes) -> bytes:
    at = data.index(b"tiny_thing/__init__.py")
    return data[:at] + b"tiny_thing/__evil__.py" + data[at + 22 :]


def _other_local_size(data: bytes) -> bytes:
    return data[:22] + struct.pack("<I", 7) + data[26:]


def _streamed_flag(data: bytes) -> bytes:
    return data[:6] + struct.pack("<H", 0x08) + data[8:]


@pytest.mark.parametrize("change", [_trailing, _between, _before, _other_local_name, _other_local_size, _streamed_flag])
def test_changed_archives_are_refused(change: Callable[[bytes], bytes], tmp_path: Path):
    path = wheel(tmp_path)
    path.write_bytes(change(path.read_bytes()))
    assert "zip-records-agree" in {each.rule for each in rules.judge(rules.submission_of(path))}


def test_good_archives_have_no_fault(tmp_path: Path):
    assert fault(wheel(tmp_path)) == ""


def test_comment_of_the_archive_is_fine_and_of_a_member_is_not(tmp_path: Path):
    path = wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"hello"
    assert fault(path) == ""
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("commented")
        info.comment = b"hello"
        archive.writestr(info, b"")
    assert "comment" in fault(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_member_that_is_there_twice(tmp_path: Path):
    path = wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("tiny_thing/__init__.py", b"__version__ = '1.2.0'\n" * 2)
    assert fault(path)


def test_streamed_archive_carries_data_descriptors(tmp_path: Path):
    class Pipe:
        """A file that cannot go back, as standard output of a program."""

        def __init__(self, path: Path) -> None:
            self.stream = path.open("wb")

        def write(self, data: bytes) -> int:
            return self.stream.write(data)

        def flush(self) -> None:
            self.stream.flush()

    path = tmp_path / "streamed.whl"
    pipe = Pipe(path)
    with zipfile.ZipFile(pipe, "w") as archive:
        for name, data in wheel_members().items():
            archive.writestr(name, data)
    pipe.stream.close()
    assert "data descriptor" in fault(path)


def test_wide_sizes_are_understood(tmp_path: Path):
    path = tmp_path / "wide.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in wheel_members().items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    assert fault(path) == ""


def test_empty_archive(tmp_path: Path):
    path = tmp_path / "empty.whl"
    with zipfile.ZipFile(path, "w"):
        pass
    assert fault(path) == ""


def test_member_name_with_control_characters(tmp_path: Path):
    path = wheel(tmp_path, members=wheel_members() | {"tiny_thing/a\x08b.py": b""})
    assert "cannot be printed" in fault(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.integers(0, 2000), value=st.integers(0, 255))
def test_damage_anywhere_never_crashes_the_rules(at: int, value: int, tmp_path: Path):
    path = wheel(tmp_path)
    data = bytearray(path.read_bytes())
    data[at % len(data)] = value
    path.write_bytes(data)
    assert all(each.message for each in rules.judge(rules.submission_of(path)))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_walk_over_anything_ends(data: bytes):
    assert isinstance(fault_of(data, {}), str)
