"""The files a project's own bump-my-version configuration names, so that they follow the version too.

Only ``files`` are honoured: commits, tags and hooks of that configuration are not ours to run. A configuration that
remembers another version than the project is at is not in use. Read from ``.bumpversion.toml`` or
``[tool.bumpversion]`` in ``pyproject.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_version

from unmoor.errors import SettingsError
from unmoor.model import Finding
from unmoor.runtime.changeset import inside

__all__ = ["DEFAULT_SEARCH", "Own", "followers", "load", "unfit"]

DEFAULT_SEARCH = "{current_version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A project's own configuration: its table, and its entries one a file."""

    table: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]

    def spelled(self, current: str) -> str:
        """Return how it spells the current version."""
        return str(self.table.get("current_version", current)) if _remembers(self.table, current) else current

    def beside(self, paths: Collection[str]) -> list[Mapping[str, Any]]:
        """Return the entries, less those that only mean the version of these files, wherever it stands in them."""
        common = self.table.get("search", DEFAULT_SEARCH)
        return [
            entry
            for entry in self.entries
            if entry["filename"] not in paths or entry.get("search", common) != DEFAULT_SEARCH
        ]


def unfit(folder: Path, current: str, new: str) -> str:
    """Return the file with a configuration that remembers the right version, and none of whose entries finds a text."""
    file, table = _stated(folder)
    return file if table is not None and _remembers(table, current, new) and load(folder, current, new) is None else ""


def load(folder: Path, current: str, new: str) -> Own | None:
    """Read the configuration of ``folder``, or return ``None`` where none is in use; globs are resolved.

    It is in use where it remembers the version that the project is at, or, after a run that was cut short, comes to,
    and where at least one of its entries finds its text, before or after the change.
    """
    file, table = _stated(folder)
    if table is None or not _remembers(table, current, new):
        return None
    own = Own(table=table, entries=tuple(_entries(folder, file, table)))
    return own if _fits(folder, own, (own.spelled(current), new)) else None


def _stated(folder: Path) -> tuple[str, Mapping[str, Any] | None]:
    for file in (".bumpversion.toml", "pyproject.toml"):
        path = folder / file
        if not path.is_file():
            continue
        try:
            table = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get("tool", {}).get("bumpversion")
        except (ValueError, AttributeError) as error:
            what = f"cannot be read: {error}"
            raise SettingsError([Finding(message=what, place=file, hint="correct the file")]) from error
        if isinstance(table, dict):
            return file, table
    return "", None


def followers(folder: Path, current: str, new: str) -> tuple[str, ...]:
    """Return the paths that follow the version by the project's own bump-my-version configuration."""
    own = load(folder, current, new)
    return tuple(sorted({str(entry["filename"]) for entry in own.entries})) if own else ()


def _fits(folder: Path, own: Own, versions: tuple[str, str]) -> bool:
    """Say whether any entry finds its text; with none there is nothing to fit, and what is a pattern may well find it.

    Only an entry of ``search`` and plain text is judged; the program itself has the last word about the others.
    """
    shared = {key: own.table[key] for key in ("search", "replace", "regex") if key in own.table}
    return not own.entries or any(_finds(folder, {**shared, **entry}, versions) for entry in own.entries)


def _finds(folder: Path, entry: Mapping[str, Any], versions: tuple[str, str]) -> bool:
    path = inside(folder, entry["filename"])
    search = str(entry.get("search", DEFAULT_SEARCH))
    # What it would say of other parts, days or its own form of the version, only the program itself can tell.
    known = search.replace("{current_version}", "")
    if entry.get("regex") or "serialize" in entry or "{" in known or not path.is_file():
        return True
    text = path.read_text(encoding="utf-8", errors="replace")
    after = str(entry.get("replace", "{new_version}"))
    return search.replace("{current_version}", versions[0]) in text or (
        "{new_version}" in after and after.replace("{new_version}", versions[1]) in text
    )


def _remembers(table: Mapping[str, Any], *versions: str) -> bool:
    said = str(table.get("current_version", versions[0]))
    return canonicalize_version(said) in map(canonicalize_version, versions)


def _entries(folder: Path, file: str, table: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    files = table.get("files", [])
    for entry in files if isinstance(files, list) else []:
        if not isinstance(entry, dict) or not (entry.get("filename") or entry.get("glob")):
            what = "an entry of tool.bumpversion.files names no file"
            raise SettingsError([Finding(message=what, place=file, hint="give it a filename or a glob")])
        kept = {
            key: value for key, value in entry.items() if key not in {"filename", "glob", "glob_exclude", "key_path"}
        }
        for name in _names(folder, entry):
            if inside(folder, name).is_file() or not entry.get(
                "ignore_missing_file", table.get("ignore_missing_files")
            ):
                yield {**kept, "filename": name}


def _names(folder: Path, entry: Mapping[str, Any]) -> list[str]:
    if not entry.get("glob"):
        return [str(entry["filename"]).removeprefix("{repo_root}/")]
    excluded = tuple(map(str, entry.get("glob_exclude") or ()))
    found = sorted(path.relative_to(folder).as_posix() for path in folder.glob(str(entry["glob"])) if path.is_file())
    return [name for name in found if not any(fnmatch(name, pattern) for pattern in excluded)]
