"""The files a project's own bump-my-version configuration names, so that they follow the version too.

Only ``files`` and ``current_version`` are honoured: commits, tags and hooks of that configuration are not ours to
run. Read from ``.bumpversion.toml`` or ``[tool.bumpversion]`` in ``pyproject.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from unmoor.errors import SettingsError
from unmoor.model import Finding, VersionSource
from unmoor.runtime.changeset import inside

__all__ = ["DEFAULT_SEARCH", "Own", "followers", "load"]

DEFAULT_SEARCH = "{current_version}"
_KEY = "tool.bumpversion.current_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A project's own configuration: its file, the source it is itself, its table, and its entries one a file."""

    file: str
    source: VersionSource | None
    table: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]


def load(folder: Path) -> Own | None:
    """Read the configuration of ``folder``, or return ``None`` where there is none; globs are resolved."""
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
            stated = isinstance(table.get("current_version"), str)
            source = VersionSource(kind="static", path=file, key=_KEY) if stated else None
            return Own(file=file, source=source, table=table, entries=tuple(_entries(folder, file, table)))
    return None


def followers(folder: Path) -> tuple[str, ...]:
    """Return the paths that follow the version by the project's own bump-my-version configuration."""
    own = load(folder)
    if own is None:
        return ()
    named = {str(entry["filename"]) for entry in own.entries}
    return tuple(sorted(named | ({own.file} if own.source else set())))


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
