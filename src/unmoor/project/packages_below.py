"""Where a folder is no package itself: the packages that lie below it, as a hint to go there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote

from unmoor.errors import SettingsError
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig

__all__ = ["no_package", "packages_below", "where_to_go"]

_DEPTH = 4
_MOST_FOLDERS = 20_000
_SHOWN = 5
# Folders whose projects are samples, templates, copies of others' or made by tools.
_PASSED_OVER = frozenset(
    {
        *("build", "dist", "doc", "docs", "example", "examples", "fixtures", "node_modules", "sample", "samples"),
        *("site-packages", "template", "templates", "test", "testing", "tests", "third_party", "vendor", "venv"),
    }
)


def packages_below(folder: Path) -> tuple[str, ...]:
    """Return the folders below ``folder`` that describe a package, as POSIX paths; none is looked for inside them."""
    return tuple(sorted(path.relative_to(folder).as_posix() for path in _walk(folder)))


def where_to_go(folder: Path) -> str:
    """Return how many packages lie below, the first of them, and the command that rehearses one; empty without any."""
    names = packages_below(folder)
    if not names:
        return ""
    shown, count = ", ".join(repr(name) for name in names[:_SHOWN]), "its package is"
    if len(names) > 1:
        count = f"its {len(names)} packages are" if len(names) <= _SHOWN else f"its {len(names)} packages begin with"
    return f"go to the folder of a package; {count} {shown}; for example: cd {quote(names[0])} && unmoor rehearse"


def no_package(pyproject: Mapping[str, object]) -> str:
    """Return what makes the project no package by its own words, empty where it is one.

    uv: ``package = false``, or the root of a workspace that has no build system (and is not made a package by force);
    Poetry: ``package-mode = false``; PDM: ``distribution = false``.
    """
    for keys in (("uv", "package"), ("poetry", "package-mode"), ("pdm", "distribution")):
        if dig(pyproject, "tool", *keys) is False:
            return f"[tool.{keys[0]}] {keys[1]} = false"
    is_root = dig(pyproject, "tool", "uv", "workspace", "members") is not None
    if is_root and "build-system" not in pyproject and dig(pyproject, "tool", "uv", "package") is not True:
        return "[tool.uv.workspace] without [build-system]"
    return ""


def _walk(folder: Path) -> Iterator[Path]:
    for seen, (here, folders, files) in enumerate(os.walk(folder)):
        path = Path(here)
        depth = len(path.relative_to(folder).parts)
        if depth and _is_package(path, files):
            yield path
            folders.clear()
        if depth >= _DEPTH or seen > _MOST_FOLDERS:
            folders.clear()
        folders[:] = sorted(name for name in folders if name.lower() not in _PASSED_OVER and name[0] not in "._")


def _is_package(folder: Path, files: list[str]) -> bool:
    if "setup.py" in files:
        return True
    if "pyproject.toml" not in files:
        return False
    try:
        table = ProjectFiles(folder).pyproject
    except SettingsError:
        return True  # it says itself what is wrong with it
    described = "project" in table or dig(table, "tool", "poetry", "name") is not None or "setup.cfg" in files
    return described and not no_package(table)
