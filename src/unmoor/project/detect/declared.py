"""What the component's own ``pyproject.toml`` declares, with the line each thing stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unmoor.model import Component
from unmoor.project.line_numbers import line_of
from unmoor.project.toml_file import TomlFile, dig, dig_table, read_toml

__all__ = ["Declared", "declared"]

_NAME = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Declared:
    """One ``pyproject.toml``: its content, and its path relative to the repository."""

    file: TomlFile
    path: str

    @property
    def standard(self) -> Mapping[str, object]:
        """The table ``[project]`` (PEP 621), empty where there is none."""
        return dig_table(self.file.table, "project")

    @property
    def poetry(self) -> Mapping[str, object]:
        """The table ``[tool.poetry]``, empty where there is none."""
        return dig_table(self.file.table, "tool", "poetry")

    def get(self, *keys: str) -> object:
        """Return the value at a path of keys, or ``None``."""
        return dig(self.file.table, *keys)

    def place(self, key: str = "", text: str = "") -> str:
        """Return ``file:line`` of a dotted key, of the first line after it that holds ``text``, or the file alone."""
        number = line_of(self.file.text, key) if key else 0
        if text:
            lines = self.file.text.split("\n")
            after = range(max(number, 1), len(lines) + 1)
            number = next((each for each in after if text in lines[each - 1]), number)
        return f"{self.path}:{number}" if number else self.path


def declared(component: Component) -> Declared:
    """Read the component's ``pyproject.toml`` (empty where there is none); raise ``SettingsError`` if it is no TOML."""
    path = component.folder / _NAME
    shown = path.relative_to(component.repository.root).as_posix()
    return Declared(read_toml(path) if path.is_file() else TomlFile({}), shown)
