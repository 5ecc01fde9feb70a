"""Wheels and sdists, read without trust: members, metadata, and whatever about their names or links is unsafe.

Nothing is written and nothing from an archive is run. Names that could leave a folder are collected in
``Archive.unsafe``, never followed. Sources: PEP 427 (wheel), PEP 625 and the source distribution format (one top
folder, ``PKG-INFO``, archive features of PEP 721), the recording of installed projects (``RECORD``).
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from unmoor.errors import Blocked
from unmoor.runtime.bounded_archives import LARGEST, MOST, BoundedTar, tar_member, zip_member

__all__ = ["Archive", "Member", "contents", "git_ids", "read", "unpack"]

_KEPT = re.compile(r"PKG-INFO|[^/]+\.dist-info/(METADATA|WHEEL|RECORD|entry_points\.txt)")
# What the standard library raises for archives that are damaged, encrypted or made to mislead.
_DAMAGE = (OSError, EOFError, KeyError, RuntimeError, ValueError, tarfile.TarError, zipfile.BadZipFile, zlib.error)
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file in an archive: ``path`` inside the archive (inside the top folder of an sdist).

    ``mode`` holds the POSIX permission bits, 0 where the archive records none; ``link`` is the target of a
    symbolic or hard link, empty for a file; ``git`` are the ids git gives this content (SHA-1 and SHA-256).
    """

    path: str
    size: int
    mode: int
    sha256: str
    git: tuple[str, str]
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A built archive as read: ``kind`` is ``wheel`` or ``sdist``, ``top`` the top folder of an sdist.

    ``texts`` are the contents of the files that describe it (``PKG-INFO``, ``METADATA``, ``WHEEL``, ``RECORD``,
    ``entry_points.txt``) by path; ``unsafe`` says in words what must never be unpacked.
    """

    path: Path
    kind: str
    members: tuple[Member, ...]
    texts: dict[str, bytes]
    unsafe: tuple[str, ...] = ()
    top: str = ""

    @property
    def files(self) -> dict[str, Member]:
        """The members by path."""
        return {member.path: member for member in self.members}

    @property
    def dist_infos(self) -> tuple[str, ...]:
        """The names of all ``.dist-info`` folders of a wheel; a sound one has exactly one."""
        tops = {member.path.partition("/")[0] for member in self.members}
        return tuple(sorted(name for name in tops if name.endswith(".dist-info")))

    @property
    def pure(self) -> bool:
        """Whether a wheel's content is the same for every platform and interpreter build."""
        return self.path.name.endswith("-none-any.whl")

    def text(self, name: str) -> str:
        """Return one describing file of the archive, empty where there is none (``METADATA``, ``RECORD``, …)."""
        folder = next(iter(self.dist_infos), "") if self.kind == "wheel" else ""
        return self.texts.get(posixpath.join(folder, name), b"").decode("utf-8", "replace")


def read(path: Path) -> Archive:
    """Read the wheel or sdist at ``path``; raise ``Blocked`` when it is neither, damaged, or far too large."""
    try:
        if path.name.endswith(".whl"):
            return _wheel(path)
        if path.name.endswith(".tar.gz"):
            return _sdist(path)
    except _DAMAGE as error:
        what = f"the archive cannot be read: {type(error).__name__}"
        raise Blocked(what, place=path.name, hint="build it again; never publish a damaged file") from error
    raise Blocked("this is neither a wheel nor an sdist", place=path.name, hint="publish only .whl and .tar.gz files")


def contents(archive: Archive, paths: Collection[str]) -> dict[str, bytes]:
    """Read the bytes of some of the archive's files again; links and names it does not have are passed over."""
    wanted = {path for path in paths if path in archive.files and not archive.files[path].link}
    if not wanted:
        return {}
    if archive.kind == "wheel":
        with zipfile.ZipFile(archive.path) as opened:
            return {path: zip_member(opened, path) for path in wanted}
    found = {}
    with BoundedTar.open(archive.path, "r:gz") as opened_tar:
        for item in opened_tar:
            inside = item.name.removeprefix(f"{archive.top}/")
            if inside in wanted and item.isfile():
                found[inside] = tar_member(opened_tar, item)
    return found


def unpack(archive: Archive, folder: Path) -> tuple[str, ...]:
    """Write the archive's files (no links) below ``folder``; return their paths. Raises ``Blocked`` when unsafe."""
    if archive.unsafe:
        raise Blocked(archive.unsafe[0], place=archive.path.name, hint="look at what the build put into it")
    paths = tuple(member.path for member in archive.members if not member.link)
    for path, content in contents(archive, paths).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return paths


def git_ids(content: bytes) -> tuple[str, str]:
    """Return the ids git gives a blob of this content, in SHA-1 and SHA-256 repositories."""
    framed = b"blob %d\0" % len(content) + content
    return hashlib.sha1(framed, usedforsecurity=False).hexdigest(), hashlib.sha256(framed).hexdigest()


def _wheel(path: Path) -> Archive:
    with zipfile.ZipFile(path) as archive:
        _bounded(path, [item.file_size for item in archive.infolist()])
        members, texts = [], {}
        for item in archive.infolist():
            if item.is_dir():
                continue
            content = zip_member(archive, item)
            mode = item.external_attr >> 16
            link = content.decode("utf-8", "replace") if stat.S_ISLNK(mode) else ""
            members.append(_member(item.filename, content, stat.S_IMODE(mode), link))
            if _KEPT.fullmatch(item.filename):
                texts[item.filename] = content
    return Archive(path=path, kind="wheel", members=tuple(members), texts=texts, unsafe=tuple(_unsafe(members)))


def _sdist(path: Path) -> Archive:
    top = path.name.removesuffix(".tar.gz")
    members, texts, unsafe = [], {}, []
    with BoundedTar.open(path, "r:gz") as archive:
        items = archive.getmembers()
        _bounded(path, [item.size for item in items])
        for item in items:
            if item.isdir():
                continue
            folder, _, inside = item.name.partition("/")
            if folder != top or not inside:
                unsafe.append(f"{item.name!r} is outside the top folder {top!r}")
                continue
            if not (item.isfile() or item.issym() or item.islnk()):
                unsafe.append(f"{inside!r} is a device or a pipe")
                continue
            content = tar_member(archive, item) if item.isfile() else item.linkname.encode()
            link = _target(item, top, inside)
            members.append(_member(inside, content, stat.S_IMODE(item.mode), link))
            if _KEPT.fullmatch(inside):
                texts[inside] = content
    unsafe += _unsafe(members)
    return Archive(path=path, kind="sdist", members=tuple(members), texts=texts, unsafe=tuple(unsafe), top=top)


def _target(item: tarfile.TarInfo, top: str, inside: str) -> str:
    """Return a link's target as seen from the member's folder; hard links name theirs from the archive's root."""
    if item.issym():
        return item.linkname
    if not item.islnk():
        return ""
    if not item.linkname.startswith(f"{top}/"):
        return f"/{item.linkname}"
    return posixpath.relpath(item.linkname.removeprefix(f"{top}/"), posixpath.dirname(inside) or ".")


def _member(path: str, content: bytes, mode: int, link: str) -> Member:
    digest = hashlib.sha256(content).hexdigest()
    return Member(path=path, size=len(content), mode=mode, sha256=digest, git=git_ids(content), link=link)


def _bounded(path: Path, sizes: list[int]) -> None:
    if sum(sizes) > LARGEST or len(sizes) > MOST:
        hint = "look at what the build put into it"
        raise Blocked("the archive is far too large once unpacked", place=path.name, hint=hint)


def _unsafe(members: list[Member]) -> Iterator[str]:
    for name, count in Counter(member.path for member in members).items():
        if count > 1:
            yield f"{name!r} is in the archive {count} times"
        if _leaves(name):
            yield f"{name!r} would be written outside the folder it is unpacked in"
    for member in members:
        if member.link and _leaves(posixpath.join(posixpath.dirname(member.path), member.link)):
            yield f"the link {member.path!r} leads out of the archive"


def _leaves(name: str) -> bool:
    if not name or name.startswith("/") or "\\" in name or "\0" in name or _DRIVE.match(name):
        return True
    return posixpath.normpath(name).split("/")[0] == ".."
