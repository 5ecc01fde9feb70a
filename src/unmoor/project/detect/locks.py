"""The versions that a project has locked, as constraints for an installer: uv.lock, poetry.lock, pdm.lock, pylock.toml.

Only what comes from an index is constrained, never the project or what lies in its tree. Where a lock holds several
versions of one package, each is for the Pythons and platforms that its markers name; without markers it says nothing.

https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
https://packaging.python.org/en/latest/specifications/pylock-toml/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from unmoor.errors import SettingsError
from unmoor.model import Finding
from unmoor.project.toml_file import dig, dig_texts, read_toml

__all__ = ["NONE", "Lock", "find", "read"]

NONE = "none"
_NAMES = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
_Table = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock by its name, the Pythons it is for (empty for any), and its lines for ``-c``."""

    name: str
    requires_python: str = ""
    constraints: tuple[str, ...] = ()

    def is_for(self, python: str) -> bool:
        """Say whether the lock is for a version of Python."""
        try:
            return SpecifierSet(self.requires_python).contains(python, prereleases=True)
        except InvalidSpecifier:
            return True


def find(folder: Path, root: Path, given: str) -> Path | None:
    """Return the lock nearest to a component, not above ``root``; ``given`` is what the settings say.

    Raises ``SettingsError`` where the settings name a file that is not there.
    """
    if given == NONE:
        return None
    if given:
        path = folder / given
        if not path.is_file():
            problem = Finding(
                message=f"there is no {given}", place="pyproject.toml: tool.unmoor.lock", hint="correct it"
            )
            raise SettingsError([problem])
        return path
    above = [folder, *(each for each in folder.parents if each.is_relative_to(root))]
    return next((each / name for each in above for name in _NAMES if (each / name).is_file()), None)


def read(path: Path) -> Lock:
    """Read a lock; raise ``SettingsError`` where it is no TOML."""
    table = read_toml(path).table
    listed = table.get("packages" if path.name.startswith("pylock") else "package")
    packages = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    by_name: dict[str, list[_Table]] = {}
    for each in packages:
        if isinstance(each.get("name"), str) and isinstance(each.get("version"), str):
            by_name.setdefault(str(each["name"]), []).append(each)
    lines = tuple(line for name, found in by_name.items() for line in _lines(name, found))
    return Lock(name=path.name, requires_python=_pythons(table), constraints=lines)


def _pythons(table: _Table) -> str:
    targets = dig(table, "metadata", "targets")
    first = targets[0] if isinstance(targets, list) and targets else {}
    places = (
        dig(table, "requires-python"),
        dig(table, "metadata", "python-versions"),
        dig(first, "requires_python"),
        dig(table, "metadata", "requires_python"),
    )
    return next((each for each in places if isinstance(each, str)), "")


def _lines(name: str, found: Sequence[_Table]) -> Iterator[str]:
    versions = {str(each["version"]) for each in found}
    if not all(map(_from_index, found)):
        return
    if len(versions) == 1:
        yield f"{name}=={versions.pop()}"
        return
    marked = [(str(each["version"]), _marker(each)) for each in found]
    if all(marker for _, marker in marked):
        yield from (f"{name}=={version} ; {marker}" for version, marker in marked)


def _from_index(package: _Table) -> bool:
    """Say whether a package comes from an index: each kind of lock says it when one does not."""
    source = package.get("source")
    if isinstance(source, Mapping):
        return "registry" in source or source.get("type") == "legacy"
    return not {"path", "git", "url", "ref", "revision", "vcs", "directory", "archive", "editable"} & package.keys()


def _marker(package: _Table) -> str:
    """Return for which Pythons and platforms a version is, empty where that is not said or needs an extra."""
    forks = dig_texts(package, "resolution-markers")
    parts = [" or ".join(f"({each})" for each in forks)] if forks else []
    parts += [text for key in ("marker", "markers") for text in dig_texts(package, key)]
    for key in ("requires_python", "python-versions"):
        parts += [_as_marker(text) for text in dig_texts(package, key)] if not parts else []
    joined = " and ".join(f"({part})" for part in parts if part)
    try:
        return "" if "extra" in joined else str(Marker(joined))
    except InvalidMarker:
        return ""


def _as_marker(specifiers: str) -> str:
    try:
        every = sorted(SpecifierSet(specifiers), key=str)
    except InvalidSpecifier:
        return ""
    return " and ".join(f"python_full_version {each.operator} '{each.version}'" for each in every)
