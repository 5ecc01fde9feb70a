"""``[tool.towncrier]`` as towncrier reads it, without importing it: where fragments lie and what their names mean.

The rules are those of towncrier's configuration reference: ``towncrier.toml`` comes before ``pyproject.toml``, the
types are a table, an array or the default five, and fragments without a configured folder lie in
``<package_dir>/<package>/newsfragments``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from unmoor.errors import SettingsError
from unmoor.model import Finding
from unmoor.runtime.changeset import inside

__all__ = ["Kind", "Name", "TowncrierSettings", "is_configured", "load"]

_FILES = ("towncrier.toml", "pyproject.toml")
_IGNORED = (".gitignore", ".gitkeep", ".keep", "readme", "readme.md", "readme.rst")
# What lies beside fragments without being meant as one: templates, scripts and pages about fragments.
_NOT_MEANT = (
    "_*",
    ".*",
    "template.*",
    "*_template.*",
    "index.*",
    "*.py",
    "*.sh",
    "*.j2",
    "*.jinja",
    "*.jinja2",
    "*.toml",
)
_DEFAULT = {
    "feature": ("Features", True),
    "bugfix": ("Bugfixes", True),
    "doc": ("Improved Documentation", True),
    "removal": ("Deprecations and Removals", True),
    "misc": ("Misc", False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of fragment: its heading, and whether its text is shown (else only its issue is)."""

    title: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A fragment's file name taken apart; ``issue`` is empty for an orphan."""

    issue: str
    kind: str
    counter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TowncrierSettings:
    """towncrier's settings as far as they matter here; paths are relative to the folder they were read in."""

    file: str
    kinds: Mapping[str, Kind]
    folders: tuple[str, ...]
    filename: str = "NEWS.rst"
    single_file: bool = True
    name: str = ""
    template: str = ""
    ignore: tuple[str, ...] = ()
    issue_pattern: str = ""
    issue_format: str = ""
    orphan_prefix: str = "+"

    def parse(self, basename: str) -> Name | None:
        """Take a file name apart as towncrier does: the last part that is a type decides; ``None`` without one."""
        parts = basename.split(".")
        for index in reversed(range(1, len(parts))):
            if parts[index] not in self.kinds:
                continue
            issue = ".".join(parts[:index]).strip()
            after = parts[index + 1] if index + 1 < len(parts) else ""
            orphan = bool(self.orphan_prefix) and issue.startswith(self.orphan_prefix)
            return Name(
                issue="" if orphan else str(int(issue)) if issue.isdecimal() else issue,
                kind=parts[index],
                counter=int(after) if after.isdecimal() else 0,
            )
        return None

    def ignores(self, basename: str) -> bool:
        """Say whether towncrier leaves a file of this name alone."""
        patterns = [*_IGNORED, *(each.lower() for each in self.ignore)]
        if self.template:
            patterns.append(PurePosixPath(self.template).name)
        return any(fnmatch(basename.lower(), pattern) for pattern in patterns)

    def files(self, base: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the fragments below ``base`` and the strays: files that look like fragments but are of no type.

        towncrier leaves strays behind without a word, so a mistyped name is a note that never appears. Paths are
        relative to ``base``, in natural order.
        """
        fragments, strays = [], []
        for folder in self.folders:
            place = inside(base, folder)
            if not place.is_dir():
                continue
            for path in sorted(place.iterdir()):
                if self.ignores(path.name):
                    continue
                name = (PurePosixPath(folder) / path.name).as_posix()
                if self.parse(path.name) is not None:
                    fragments.append(name)
                elif (path.is_file() or path.is_symlink()) and not any(
                    fnmatch(path.name.lower(), p) for p in _NOT_MEANT
                ):
                    strays.append(name)
        return tuple(sorted(fragments, key=_natural)), tuple(strays)

    def changelog(self, version: str, date: str) -> str:
        """Return the path of the file that the section of a version goes to."""
        if self.single_file:
            return self.filename
        return self.filename.format(name=self.name, version=version, project_date=date)

    def issue_text(self, issue: str) -> str:
        """Return an issue as the changelog writes it."""
        if self.issue_format:
            return self.issue_format.format(issue=issue)
        return f"#{issue}" if issue.isdecimal() else issue


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in name.replace("/", ".").split("."))


def is_configured(folder: Path) -> bool:
    """Say whether ``folder`` configures towncrier."""
    if (folder / _FILES[0]).is_file():
        return True
    return "towncrier" in _table(_toml(folder / _FILES[1]), "tool")


def load(folder: Path) -> TowncrierSettings:
    """Read towncrier's settings of ``folder``; raise ``SettingsError`` where they are missing or of the wrong shape."""
    file = next((name for name in _FILES if (folder / name).is_file()), "")
    if not file:
        hint = "add a [tool.towncrier] table to pyproject.toml"
        raise SettingsError([Finding(message="towncrier is not configured", place=str(folder), hint=hint)])
    table = _table(_table(_toml(folder / file), "tool"), "towncrier")
    component = str(_table(_toml(folder / _FILES[1]), "project").get("name", ""))
    package = str(table.get("package", "")) or component
    template = str(table.get("template", ""))
    try:
        settings = TowncrierSettings(
            file=file,
            kinds=_kinds(table),
            folders=_folders(table, package),
            filename=str(table.get("filename", "NEWS.rst")),
            single_file=table.get("single_file", True) is not False,
            name=str(table.get("name", "")) or package,
            template="" if ":" in template else template,
            ignore=tuple(map(str, table.get("ignore") or ())),
            issue_pattern=str(table.get("issue_pattern", "")),
            issue_format=str(table.get("issue_format") or ""),
            orphan_prefix=str(table.get("orphan_prefix", "+")),
        )
    except (AttributeError, KeyError, TypeError) as error:
        what = f"[tool.towncrier] is not as towncrier wants it: {error}"
        raise SettingsError(
            [Finding(message=what, place=file, hint="see towncrier's configuration reference")]
        ) from error
    for name in (*settings.folders, settings.filename, settings.template):
        inside(folder, name)
    return settings


def _kinds(table: Mapping[str, Any]) -> dict[str, Kind]:
    if tables := table.get("fragment"):
        return {
            key: Kind(title=str(each.get("name", key.capitalize())), shown=bool(each.get("showcontent", True)))
            for key, each in sorted(tables.items())
        }
    if array := table.get("type"):
        return {
            str(each.get("directory", each["name"].lower())): Kind(
                title=str(each["name"]), shown=bool(each.get("showcontent", True))
            )
            for each in array
        }
    return {key: Kind(title=title, shown=shown) for key, (title, shown) in _DEFAULT.items()}


def _folders(table: Mapping[str, Any], package: str) -> tuple[str, ...]:
    sections = [str(each["path"]) for each in table.get("section", ())] or [""]
    if table.get("directory") is not None:
        return tuple(PurePosixPath(str(table["directory"]), section).as_posix() for section in sections)
    top = PurePosixPath(str(table.get("package_dir", ".")), package)
    return tuple((top / section / "newsfragments").as_posix() for section in sections)


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        hint = "correct the file, then try again"
        raise SettingsError([Finding(message=f"cannot be read: {error}", place=path.name, hint=hint)]) from error
