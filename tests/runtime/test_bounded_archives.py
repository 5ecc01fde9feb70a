"""Archives that say one thing and hold another: found out before they fill the memory."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from unmoor.archives import archive_file
from unmoor.errors import Blocked
from unmoor.runtime import bounded_archives
from unmoor.runtime.bounded_archives import BoundedTar, tar_member, zip_member

BIG = 64 << 20
STEM = "tiny_thing-1.0"


@contextmanager
def little_memory() -> Iterator[None]:
    """Fail where the block takes more than a part of what the archive holds."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < BIG // 4
    finally:
        tracemalloc.stop()


def lying_zip(path: Path, *, stated: int) -> Path:
    """Write a zip with one member of ``BIG`` zeros that states another size, and a sum for its beginning."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x", "w") as stream:
        for _ in range(BIG >> 20):
            stream.write(bytes(1 << 20))
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        start = content.index(signature) + place
        content[start : start + 4] = struct.pack("<L", zlib.crc32(bytes(stated)))
        content[start + 8 : start + 12] = struct.pack("<L", stated)
    path.write_bytes(content)
    return path


def test_a_member_that_is_longer_than_it_says_is_not_unpacked(tmp_path: Path) -> None:
    path = lying_zip(tmp_path / f"{STEM}-py3-none-any.whl", stated=10)
    with little_memory(), zipfile.ZipFile(path) as archive:
        assert len(zip_member(archive, "x")) == 10
        with pytest.raises(zipfile.BadZipFile, match="larger than 9 bytes"):
            zip_member(archive, "x", limit=9)


def test_a_member_with_a_wrong_sum_is_not_unpacked_either(tmp_path: Path) -> None:
    path = lying_zip(tmp_path / f"{STEM}-py3-none-any.whl", stated=10)
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", zlib.crc32(bytes(10))), b"wrng"))
    with little_memory(), pytest.raises(Blocked, match="cannot be read"):
        archive_file.read(path)


def test_a_member_that_is_shorter_than_it_says_is_damage(tmp_path: Path) -> None:
    path = lying_zip(tmp_path / "x.zip", stated=BIG + 1)
    with zipfile.ZipFile(path) as archive, pytest.raises(zipfile.BadZipFile):
        zip_member(archive, "x")


def tar_gz(path: Path, *blocks: bytes) -> Path:
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for block in blocks:
            stream.write(block)
        stream.write(bytes(2 * tarfile.BLOCKSIZE))
    return path


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.USTAR_FORMAT)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
def test_an_extended_header_without_end_is_not_read(kind: bytes, tmp_path: Path) -> None:
    member = header(f"{STEM}/PKG-INFO", 0)
    path = tar_gz(tmp_path / f"{STEM}.tar.gz", header("x", BIG, kind), *(bytes(1 << 20) for _ in range(64)), member)
    with little_memory(), pytest.raises(tarfile.ReadError, match="headers are far too large"):
        BoundedTar.open(path)
    with little_memory(), pytest.raises(Blocked, match="cannot be read"):
        archive_file.read(path)


def test_many_extended_headers_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_archives, "_HEADERS", 10_000)
    path = tmp_path / f"{STEM}.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for number in range(20):
            info = tarfile.TarInfo(f"{STEM}/{number}")
            info.pax_headers = {"comment": "x" * 1000}
            archive.addfile(info)
    with pytest.raises(Blocked, match="cannot be read"):
        archive_file.read(path)


@pytest.mark.parametrize(("name", "value"), [("MOST", 5), ("LARGEST", 3000)])
def test_an_archive_that_goes_on_is_not_read_to_its_end(
    name: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tar_gz(tmp_path / f"{STEM}.tar.gz", *(header(f"{STEM}/{number}", 0) for number in range(20)))
    assert len(archive_file.read(path).members) == 20
    monkeypatch.setattr(bounded_archives, name, value)
    with pytest.raises(Blocked, match="cannot be read"):
        archive_file.read(path)


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz"])
def test_a_sound_tar_is_read_as_ever(suffix: str, tmp_path: Path) -> None:
    path, long = tmp_path / f"x.tar{suffix}", "a/" + "b" * 300
    with tarfile.open(path, f"w:{suffix[1:]}") as archive:
        for name in ("one", long):
            info = tarfile.TarInfo(name)
            info.size = 200_000
            archive.addfile(info, io.BytesIO(b"x" * 200_000))
    with BoundedTar.open(path) as archive:
        assert [(item.name, tar_member(archive, item)) for item in archive] == [
            (name, b"x" * 200_000) for name in ("one", long)
        ]
