"""Files in the archives have plain modes: executable only where the tree says so, nothing more than that.

An executable bit that nobody set comes from a file system that knows none, or from a planted file; a file that all
may write, or that runs as its owner, has no place in a release.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator

from unmoor.archives.archive_file import Archive, Member, contents, read
from unmoor.archives.commit_files import CommitFiles, load
from unmoor.archives.globs import matches
from unmoor.archives.package_layout import Layout, installed_path, layout
from unmoor.context import Context
from unmoor.model import Finding, Findings, truncated
from unmoor.tools.git import Git

ASSERTS = "files in the archives are executable only where the tree says so"

_SPECIAL = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX
_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
# Linkers set the bit on what they make; installers set it on scripts anyway.
_MADE_EXECUTABLE = re.compile(r"\.(so(\.[0-9.]+)?|pyd|dylib|dll)$|^[^/]+\.data/scripts/")
_SCRIPT = re.compile(r"\.(sh|bash|zsh|fish)$|(^|/)(bin|scripts)/")


def check(context: Context) -> Findings:
    """Look at the mode of every file in every archive; archives that record none have nothing to find."""
    component = context.component
    tree = load(Git(context.workspace.path, context.environ), context.workspace.commit, component.path)
    archives = [read(path) for path in context.archives]
    problems: list[Finding] = []
    notices: list[Finding] = []
    for archive in archives:
        problems += truncated(_special(archive))
        problems += truncated(_executable(archive, tree, context.component.settings.executables))
        notices += truncated(_unreadable(archive))
    examined = sum(len(archive.members) for archive in archives)
    return Findings(examined=examined, unit="files", problems=tuple(problems), notices=tuple(notices))


def _files(archive: Archive) -> list[Member]:
    return [member for member in archive.members if member.mode and not member.link]


def _special(archive: Archive) -> Iterator[Finding]:
    for member in _files(archive):
        if member.mode & (_SPECIAL | stat.S_IWOTH):
            what = f"the mode of {member.path!r} is {member.mode:04o}"
            hint = "a released file is written by its owner alone and never runs as somebody else"
            yield Finding(message=what, place=archive.path.name, hint=hint)


def _executable(archive: Archive, tree: CommitFiles, allowed: tuple[str, ...]) -> Iterator[Finding]:
    suspects = [member for member in _files(archive) if member.mode & _EXECUTABLE]
    suspects = [member for member in suspects if not _MADE_EXECUTABLE.search(member.path)]
    found = layout(archive, tree) if archive.kind == "wheel" else None
    starts = contents(archive, {member.path for member in suspects if _SCRIPT.search(member.path)})
    for member in suspects:
        in_tree = _in_tree(member.path, found)
        entry = tree.entries.get(in_tree)
        if (entry and entry.executable) or starts.get(member.path, b"").startswith(b"#!"):
            continue
        if not matches(member.path, allowed):
            hint = f"git update-index --chmod=+x {in_tree} if it should be, else find out what sets it"
            yield Finding(message=f"{member.path!r} is executable", place=archive.path.name, hint=hint)


def _in_tree(path: str, found: Layout | None) -> str:
    return (found.in_tree(installed_path(path)) or path) if found else path


def _unreadable(archive: Archive) -> Iterator[Finding]:
    for member in _files(archive):
        if not member.mode & stat.S_IROTH:
            what = f"{member.path!r} can be read by its owner alone"
            yield Finding(message=what, place=archive.path.name, hint="build with the usual umask of 022")
