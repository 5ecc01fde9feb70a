"""What a project's configuration of mypy and pyright says: where it stands, what it looks at, for which Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from unmoor.errors import SettingsError
from unmoor.project.project_files import ProjectFiles, parse_ini
from unmoor.project.toml_file import dig, dig_texts

__all__ = ["Configured", "configuration", "python_files"]

_TARGETS = ("files", "packages", "modules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A checker's configuration: where it stands, what it is told to look at, the Python it checks for, if stated."""

    where: str
    targets: tuple[str, ...] = ()
    python: str = ""


def configuration(tree: ProjectFiles, name: str) -> Configured | None:
    """Return how ``name`` is configured, ``None`` where it is not."""
    return {"mypy": _mypy, "pyright": _pyright}[name](tree)


def python_files(tree: ProjectFiles) -> Iterator[str]:
    """Yield the Pythons that contributors have by default: the files that pyenv and uv, and CI jobs, take them from."""
    for name in (".python-version", ".python-version-default"):
        for line in (tree.text(name) or "").split():
            if match := re.fullmatch(r"(?:cpython[-@])?(3\.[0-9]+)(?:\.[0-9]+)?", line):
                yield match[1]


def _mypy(tree: ProjectFiles) -> Configured | None:
    # The order in which mypy itself looks for its configuration.
    for name in ("mypy.ini", ".mypy.ini"):
        if tree.has(name):
            return _from_ini(name, _ini(tree, name))
    if isinstance(dig(tree.pyproject, "tool", "mypy"), dict):
        table = tree.tool("mypy")
        targets = [part for key in _TARGETS for each in dig_texts(table, key) for part in each.split(",")]
        return Configured(
            where="[tool.mypy] in pyproject.toml",
            targets=tuple(each.strip() for each in targets),
            python=_python(table.get("python_version")),
        )
    return _from_ini("setup.cfg", _ini(tree, "setup.cfg"))


def _ini(tree: ProjectFiles, name: str) -> Mapping[str, Mapping[str, str]]:
    try:
        return parse_ini(tree.folder / name)
    except SettingsError:
        # mypy itself says what is wrong with it.
        return {}


def _from_ini(name: str, sections: Mapping[str, Mapping[str, str]]) -> Configured | None:
    table = sections.get("mypy")
    if table is None:
        return None
    targets = [part.strip() for key in _TARGETS for part in table.get(key, "").split(",")]
    return Configured(
        where=f"[mypy] in {name}",
        targets=tuple(each for each in targets if each),
        python=_python(table.get("python_version")),
    )


def _pyright(tree: ProjectFiles) -> Configured | None:
    text = tree.text("pyrightconfig.json")
    if text is not None:
        return _from_table("pyrightconfig.json", _json(text))
    if isinstance(dig(tree.pyproject, "tool", "pyright"), dict):
        return _from_table("[tool.pyright] in pyproject.toml", tree.tool("pyright"))
    return None


def _from_table(where: str, table: object) -> Configured:
    return Configured(where=where, targets=dig_texts(table, "include"), python=_python(dig(table, "pythonVersion")))


def _python(stated: object) -> str:
    match = re.fullmatch(r"(3\.[0-9]+)(?:\.[0-9]+)?", str(stated).strip("\"' "))
    return match[1] if match else ""


def _json(text: str) -> object:
    """Read JSON with comments as far as that is possible; an unreadable configuration counts as an empty one."""
    try:
        without_comments = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
        return json.loads(re.sub(r",(?=\s*[}\]])", "", without_comments))
    except (ValueError, RecursionError):
        return {}
