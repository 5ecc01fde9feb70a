"""Where the packages of a wheel lie in the tree, found by looking: no backend's configuration is interpreted.

For each top-level name of a wheel the root is the tree's folder below which most of the wheel's files stand at the
same path: ``src`` for ``src/click/core.py``, the component's own folder for a flat layout.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from unmoor.archives.archive_file import Archive
from unmoor.archives.commit_files import CommitFiles

__all__ = ["Layout", "installed_path", "layout"]

_DATA = re.compile(r"[^/]+\.data/(purelib|platlib)/")
_NOT_CODE = re.compile(r"[^/]+\.(dist-info|data)(/|$)")


@dataclass(frozen=True, slots=True)
class Layout:
    """``roots`` gives the tree's folder for each top-level name; a name that is not in the tree has none."""

    roots: Mapping[str, str]

    def in_tree(self, path: str) -> str:
        """Return the tree's path for a path of the wheel, empty where its top-level name is not in the tree."""
        top = path.partition("/")[0]
        return posixpath.join(self.roots[top], path) if top in self.roots else ""

    def modules(self, tree: CommitFiles, import_names: Iterable[str]) -> dict[str, str]:
        """Return the tree's files of the packages ``import_names``: path in the wheel → path in the tree."""
        found = {}
        for name in import_names:
            path = name.replace(".", "/")
            root = self.roots.get(path.partition("/")[0])
            if root is None:
                continue
            single, inside = posixpath.join(root, f"{path}.py"), posixpath.join(root, path, "")
            for entry, about in tree.entries.items():
                if not about.submodule and (entry == single or entry.startswith(inside)):
                    found[posixpath.relpath(entry, root) if root else entry] = entry
        return found


def installed_path(path: str) -> str:
    """Return where a wheel's file lands below site-packages; empty for metadata and for files that go elsewhere."""
    path = _DATA.sub("", path, count=1)
    return "" if _NOT_CODE.match(path) else path


def layout(wheel: Archive, tree: CommitFiles, import_names: Iterable[str] = ()) -> Layout:
    """Find the tree's root for every top-level name of the wheel, and of the packages it should have."""
    paths = [path for member in wheel.members if (path := installed_path(member.path))]
    tops = {path.partition("/")[0] for path in paths} | {name.partition(".")[0] for name in import_names}
    roots = {}
    for top in sorted(tops):
        candidates = [folder for folder in tree.folders if _holds(tree, folder, top)]
        own = [path for path in paths if path.partition("/")[0] == top]
        # The most files at the same path; among equals the folder nearest to the top.
        ranked = sorted((-_hits(tree, folder, own), len(folder), folder) for folder in candidates)
        if ranked and (ranked[0][0] or not own):
            roots[top] = ranked[0][2]
    return Layout(roots)


def _holds(tree: CommitFiles, folder: str, top: str) -> bool:
    path = posixpath.join(folder, top)
    return path in tree.folders or path in tree.entries or f"{path}.py" in tree.entries


def _hits(tree: CommitFiles, folder: str, paths: Iterable[str]) -> int:
    return sum(posixpath.join(folder, path) in tree.entries for path in paths)
