"""The planned commit as a set of files to compare archives with: paths, modes and git's ids of the contents.

An id of the content is all that is needed to say "these are the commit's bytes", so nothing is checked out or read
again. Only where ids differ is git asked to look at the bytes through the filters of ``.gitattributes`` (line ends,
large files), as it would when they were committed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from unmoor.archives.archive_file import Member, git_ids
from unmoor.runtime import scratch
from unmoor.tools.git import Git

__all__ = ["CommitFiles", "Entry", "load"]

_LINK = "120000"
_SUBMODULE = "160000"
_EXECUTABLE = "100755"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the commit: git's mode and the id of its content."""

    mode: str
    blob: str

    @property
    def executable(self) -> bool:
        """Whether the commit gives the file its executable bit."""
        return self.mode == _EXECUTABLE

    @property
    def submodule(self) -> bool:
        """Whether it is a repository of its own, pinned to a commit."""
        return self.mode == _SUBMODULE

    @property
    def link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == _LINK


@dataclass(frozen=True)
class CommitFiles:
    """The files of the commit, by their path from the component's folder; ``blobs`` are those of the whole commit."""

    git: Git
    component: str
    entries: Mapping[str, Entry]
    blobs: frozenset[str]

    @cached_property
    def submodules(self) -> tuple[str, ...]:
        """The folders that are repositories of their own, pinned to a commit."""
        return tuple(sorted(path for path, entry in self.entries.items() if entry.submodule))

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, the component's own as an empty string."""
        found = {""}
        for path in self.entries:
            while path := posixpath.dirname(path):
                found.add(path)
        return frozenset(found)

    def place(self, path: str) -> str:
        """Return a component's path as seen from the repository's top, for messages."""
        return posixpath.normpath(posixpath.join(self.component, path))

    def has_content(self, member: Member) -> bool:
        """Say whether the member's bytes are those of some file of the commit; an empty file proves nothing."""
        return member.size > 0 and not self.blobs.isdisjoint(member.git)

    def same(self, path: str, member: Member, content: bytes | None = None) -> bool:
        """Say whether the member holds what the commit has at ``path``, links followed, filters applied.

        ``content`` are the member's bytes, where they are at hand to be looked at through git's filters.
        """
        entry = self.entries.get(path)
        if entry is None:
            return False
        if entry.blob in member.git:
            return True
        if entry.link:
            return self._behind(path, member)
        return content is not None and self._filtered(path, content) == entry.blob

    def link_target(self, path: str) -> str:
        """Return where a symbolic link of the commit points, as written in it."""
        return self.git.run("cat-file", "blob", self.entries[path].blob).out

    def content(self, path: str) -> str:
        """Return a text file of the commit."""
        return self.git.run("cat-file", "blob", self.entries[path].blob).out

    def _behind(self, path: str, member: Member) -> bool:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), self.link_target(path)))
        entry = self.entries.get(target)
        return entry is not None and entry.blob in member.git

    def _filtered(self, path: str, content: bytes) -> str:
        with scratch.folder("filter") as folder:
            file = folder / "content"
            file.write_bytes(content)
            return self.git.run("hash-object", f"--path={self.place(path)}", "--", file).out.strip()


def load(git: Git, commit: str, component: str = ".") -> CommitFiles:
    """Read the files of ``commit``; ``component`` is the component's folder from the repository's top.

    A submodule that is checked out counts with the files of the commit it stands at.
    """
    entries = _entries(git, commit)
    prefix = "" if component in {".", ""} else f"{component.strip('/')}/"
    own = {path.removeprefix(prefix): entry for path, entry in entries.items() if path.startswith(prefix)}
    blobs = frozenset(entry.blob for entry in entries.values())
    # Git ids of nothing, in either kind of repository, say nothing about where a file comes from.
    return CommitFiles(git, component, own, blobs - set(git_ids(b"")))


def _entries(git: Git, commit: str) -> dict[str, Entry]:
    listed = git.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit).out
    found: dict[str, Entry] = {}
    for line in listed.split("\0"):
        if not line:
            continue
        about, _, path = line.partition("\t")
        mode, _, blob = about.split(" ")[:3]
        found[path] = Entry(mode, blob)
        if mode == _SUBMODULE and (git.folder / path / ".git").exists():
            inner = _entries(Git(git.folder / path, git.environ), blob)
            found |= {f"{path}/{name}": entry for name, entry in inner.items()}
    return found
