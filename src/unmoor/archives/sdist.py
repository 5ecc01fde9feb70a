"""An sdist compared with the planned commit: every member is the commit's, or there is a known reason for it.

The rule is the one that catches stray credentials and stale files: what is in the sdist is in ``git ls-files`` of
the commit with the same bytes, or the backend is known to write it, or the settings allow it by name.
"""

from __future__ import annotations

import configparser
import posixpath
import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

from unmoor.archives.archive_file import Archive, Member, contents
from unmoor.archives.build_configuration import Configuration
from unmoor.archives.commit_files import CommitFiles
from unmoor.archives.forbidden_files import credential, leftover, sample
from unmoor.archives.globs import matches
from unmoor.model import Finding
from unmoor.project.toml_file import dig

__all__ = ["leftovers", "missing", "strays"]

_ALLOW = "commit it, keep it out of the sdist, or name it in archive-allow"
_LICENCES = ("LICEN[CS]E*", "COPYING*", "NOTICE*")
_EXPORT_SUBST = re.compile(r"\$Format:[^$]*\$")


def strays(sdist: Archive, tree: CommitFiles, config: Configuration, allow: Collection[str]) -> Iterator[Finding]:
    """Yield a problem for each member that is not the commit's and has no known reason to be there."""
    differing = {
        member.path
        for member in sdist.members
        if member.path in tree.entries and not member.link and not tree.same(member.path, member)
    }
    bytes_of = contents(sdist, differing)
    for member in sdist.members:
        if matches(member.path, allow):
            continue
        what, hint = _verdict(member, tree, config, bytes_of.get(member.path))
        if what:
            yield Finding(message=what, place=f"{sdist.path.name}:{member.path}", hint=hint)


def _verdict(member: Member, tree: CommitFiles, config: Configuration, content: bytes | None) -> tuple[str, str]:
    path = member.path
    if credential(path) and not (path in tree.entries and sample(path)):
        return (
            f"{path!r} is a file for credentials",
            "keep it out of the repository and of the sdist; revoke what is in it",
        )
    if member.link:
        return ("", "") if _link_is_known(member, tree) else (f"{path!r} is a link the commit does not have", _ALLOW)
    if path in tree.entries:
        if content is None or tree.same(path, member, content) or _rewritten(path, tree, config, content):
            return "", ""
        return f"{path!r} has other content than in the planned commit", "find out what changes it during the build"
    # A file may be taken from another place of the commit; a module that moved may be a stale copy of itself.
    moved = tree.has_content(member) and not leftover(path) and not path.endswith((".py", ".pyi"))
    known = moved or matches(path, config.written)
    return ("", "") if known else (f"{path!r} is not in the planned commit", _ALLOW)


def _link_is_known(member: Member, tree: CommitFiles) -> bool:
    entry = tree.entries.get(member.path)
    if entry is None:
        return False
    if entry.link:
        return tree.link_target(member.path) == member.link
    # A hard link stands for another member; in the commit both are files of the same content.
    target = posixpath.normpath(posixpath.join(posixpath.dirname(member.path), member.link))
    return target in tree.entries and tree.entries[target].blob == entry.blob


def _rewritten(path: str, tree: CommitFiles, config: Configuration, content: bytes) -> bool:
    if matches(path, config.rewritten):
        return True
    if path == "setup.cfg" and config.backend == "setuptools":
        return _cfg(tree.content(path)) == _cfg(content.decode("utf-8", "replace"))
    return path.startswith(".git_archival") and bool(_EXPORT_SUBST.search(tree.content(path)))


def _cfg(text: str) -> dict[str, dict[str, str]] | None:
    """Return the content of a setup.cfg without the section that setuptools adds to each sdist."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return {name: dict(parser[name]) for name in parser.sections() if name != "egg_info"}


def missing(
    sdist: Archive, tree: CommitFiles, config: Configuration, modules: Collection[str]
) -> Iterator[tuple[bool, Finding]]:
    """Yield what an sdist should hold and does not, and whether that blocks.

    ``modules`` are the tree's paths of the packages' files. Modules, the build configuration, the declared readme
    and a licence block; what the configuration leaves out, and data files, are only said.
    """
    there = sdist.files.keys()
    for path in sorted(set(modules) - there):
        excluded = matches(path, config.left_out)
        if path.endswith(".py") and not excluded:
            yield True, _lacks(sdist, tree, path, "include it, or exclude it in the build configuration")
        elif path.endswith((".py", ".pyi", "py.typed")) or not excluded:
            yield False, _lacks(sdist, tree, path, "")
    # A setup.py beside another backend is a leftover that no build reads.
    for path in ("pyproject.toml", *(["setup.py"] if config.backend == "setuptools" else [])):
        if path in tree.entries and path not in there:
            yield True, _lacks(sdist, tree, path, "nobody can build the sdist without it")
    yield from _vendored(sdist, tree, config)
    for path, blocks in _documents(tree, config):
        if path in tree.entries and path not in there:
            yield blocks, _lacks(sdist, tree, path, "include it in the sdist")
    licences = [path for path in tree.entries if _is_licence(path)]
    if licences and not there & set(licences):
        yield True, _lacks(sdist, tree, licences[0], "most licences ask to be passed on; see license-files of PEP 639")


def _vendored(sdist: Archive, tree: CommitFiles, config: Configuration) -> Iterator[tuple[bool, Finding]]:
    """Yield the submodules of which the sdist has nothing: backends that ask git for its files pass over them."""
    for path in tree.submodules:
        held = any(name.startswith(f"{path}/") for name in sdist.files)
        if not held and not matches(path, config.left_out):
            hint = "include it if a build needs it, else exclude it in the build configuration"
            what = f"the sdist has no file of the submodule {path!r}"
            yield False, Finding(message=what, place=tree.place(path), hint=hint)


def _documents(tree: CommitFiles, config: Configuration) -> Iterator[tuple[str, bool]]:
    readme = dig(config.table, "project", "readme")
    declared = readme if isinstance(readme, str) else dig(config.table, "project", "readme", "file")
    if isinstance(declared, str):
        yield declared, True
    for path in tree.entries:
        if "/" not in path and path.upper().startswith("README") and path != declared:
            yield path, False


def _is_licence(path: str) -> bool:
    return any(fnmatchcase(path.upper(), pattern) for pattern in _LICENCES) and "/" not in path


def _lacks(sdist: Archive, tree: CommitFiles, path: str, hint: str) -> Finding:
    return Finding(
        message=f"the sdist lacks {path!r}", place=tree.place(path), hint=hint or f"left out of {sdist.path.name}"
    )


def leftovers(archive: Archive, tree: CommitFiles, allow: Collection[str]) -> Iterator[Finding]:
    """Yield a remark for each tracked file that is usually there by accident; untracked ones are strays."""
    for path in archive.files:
        if path in tree.entries and (leftover(path) or credential(path)) and not matches(path, allow):
            hint = "remove it from the repository if it is there by accident"
            yield Finding(message=f"{path!r} looks like a file of one machine", place=tree.place(path), hint=hint)
