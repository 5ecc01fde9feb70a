"""Requirements files: which there are, and what they name, as far as pip's format says without installing anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from unmoor.project.detect.build_backend import normalized
from unmoor.project.project_files import ProjectFiles

__all__ = ["RequirementFile", "requirement_file", "requirement_files"]

_PATTERNS = (
    "requirements*.txt",
    "*requirements.txt",
    "requirements/*.txt",
    "docs/*requirements*.txt",
    "doc/*requirements*.txt",
    "tests/*requirements*.txt",
    "test/*requirements*.txt",
)
_OWN = re.compile(r"(?:-e\s*|--editable[=\s]\s*)?\.{1,2}/?(?:\[(?P<extras>[^\]]*)\])?\s*$")
_INCLUDE = re.compile(r"(?:-r\s*|--requirement[=\s]\s*)(?P<path>\S+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementFile:
    """A requirements file: the packages it names, and the extras of the project where it installs that too."""

    path: str
    packages: Mapping[str, str]
    extras: tuple[str, ...] = ()


def requirement_files(tree: ProjectFiles) -> Iterator[RequirementFile]:
    """Yield the project's requirements files, those at the top first."""
    found = [
        path.relative_to(tree.folder).as_posix() for pattern in _PATTERNS for path in sorted(tree.folder.glob(pattern))
    ]
    yield from (requirement_file(tree, path) for path in dict.fromkeys(found))


def requirement_file(tree: ProjectFiles, path: str) -> RequirementFile:
    """Return what one file names, with those that it takes in; nothing where it is not there."""
    packages: dict[str, str] = {}
    extras: list[str] = []
    for line in _lines(tree, path, ()):
        own = _OWN.match(line)
        if own:
            extras += [each.strip() for each in (own["extras"] or "").split(",") if each.strip()]
        elif not line.startswith("-") and (name := normalized(line)):
            packages.setdefault(name, re.split(r"\s--", line)[0].strip())
    return RequirementFile(path=path, packages=packages, extras=tuple(dict.fromkeys(extras)))


def _lines(tree: ProjectFiles, path: str, above: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a file and of those it takes in, without comments, continued lines joined."""
    text = tree.text(path) or ""
    for line in re.sub(r"\\\n", " ", text).split("\n"):
        said = re.sub(r"(^|\s)#.*$", "", line).strip()
        include = _INCLUDE.match(said)
        if include is None:
            if said:
                yield said
            continue
        inner = str(PurePosixPath(path).parent / include["path"])
        if inner not in (*above, path) and ".." not in PurePosixPath(inner).parts:
            yield from _lines(tree, inner, (*above, path))
