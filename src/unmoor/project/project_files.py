"""The component's folder as detection reads it: ``pyproject.toml``, ``setup.cfg``, ``setup.py``, and which files exist.

Nothing of the project is run: ``setup.py`` is parsed, and only what stands there literally is seen.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from unmoor.errors import SettingsError
from unmoor.model import Finding
from unmoor.project.toml_file import TomlFile, dig_table, read_text, read_toml

__all__ = ["ProjectFiles", "ini_table", "parse_ini"]


@dataclass(frozen=True)
class ProjectFiles:
    """One folder with a package in it; what its files say is read once, when it is first asked for."""

    folder: Path

    @cached_property
    def toml(self) -> TomlFile:
        """``pyproject.toml``, or an empty table where there is none. Raises ``SettingsError``."""
        path = self.folder / "pyproject.toml"
        return read_toml(path) if path.is_file() else TomlFile({})

    @property
    def pyproject(self) -> Mapping[str, object]:
        """The table of ``pyproject.toml``."""
        return self.toml.table

    def tool(self, *keys: str) -> Mapping[str, object]:
        """Return a table under ``[tool]``, or an empty one."""
        return dig_table(self.pyproject, "tool", *keys)

    @cached_property
    def setup_cfg(self) -> Mapping[str, Mapping[str, str]]:
        """``setup.cfg`` by section and key. Raises ``SettingsError`` where it cannot be parsed."""
        return parse_ini(self.folder / "setup.cfg")

    @cached_property
    def setup_py(self) -> Mapping[str, object]:
        """The literal arguments of ``setup(…)`` in ``setup.py``; what is computed there is left out."""
        text = self.text("setup.py")
        return _setup_arguments(text) if text else {}

    def has(self, name: str) -> bool:
        """Say whether a file of this name is in the folder."""
        return (self.folder / name).is_file()

    def text(self, name: str) -> str | None:
        """Return the text of a file in the folder, or ``None``."""
        return read_text(self.folder / name)

    def first(self, *names: str) -> str:
        """Return the first of these files that exists, or an empty string."""
        return next((name for name in names if self.has(name)), "")


def parse_ini(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Read an INI file by section and key; empty where there is none. Raises ``SettingsError`` where it is broken."""
    text = read_text(path)
    return {} if text is None else ini_table(text, path.name)


def ini_table(text: str, where: str) -> Mapping[str, Mapping[str, str]]:
    """Return the text of an INI file by section and key. Raises ``SettingsError`` naming ``where``."""
    from configparser import Error, RawConfigParser

    parser = RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text, source=where)
    # A key without a value and a line that goes on with it are more than the parser itself can take.
    except (Error, AttributeError) as error:
        what = f"cannot be read: {str(error).splitlines()[0]}"
        raise SettingsError([Finding(message=what, place=where, hint="correct the file")]) from None
    return {name: {key: value or "" for key, value in parser[name].items()} for name in parser.sections()}


def _setup_arguments(text: str) -> dict[str, object]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {}
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "setup":
            for keyword in node.keywords:
                if keyword.arg:
                    found[keyword.arg] = _literal(keyword.value)
    return {name: value for name, value in found.items() if value is not None}


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return None
