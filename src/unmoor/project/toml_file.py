"""Files of the project, read without running anything: text whatever its line ends, TOML with errors that say where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unmoor.errors import SettingsError
from unmoor.model import Finding

__all__ = ["TomlFile", "dig", "dig_table", "dig_texts", "read_text", "read_toml"]

_BOM = b"\xef\xbb\xbf"
_PLACE = re.compile(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)\s*$")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A TOML file as its table and its text; empty where there is no file."""

    table: Mapping[str, object]
    text: str = ""


def read_text(path: Path) -> str | None:
    """Return a file's text with plain line feeds, or ``None`` where there is no such file.

    Bytes that are no UTF-8 become replacement characters: what is looked for here is ASCII.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content.removeprefix(_BOM).decode("utf-8", errors="replace").replace("\r\n", "\n")


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file; raise ``SettingsError`` with line and column where it is no TOML or no UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _wrong(path.name, f"cannot be read: {error.strerror or error}", "") from error
    if content.startswith(_BOM):
        hint = "save it as UTF-8 without the mark; build tools refuse the file as it is"
        raise _wrong(f"{path.name}:1:1", "starts with a byte order mark", hint)
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise _wrong(
            f"{path.name}:{line}:{column}", "is not UTF-8", "save the file as UTF-8, as TOML requires"
        ) from None
    try:
        return TomlFile(tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(path.name, text, str(error)) from None


def dig(table: object, *keys: str) -> object:
    """Return the value at a path of keys, or ``None`` where any step is missing or no table."""
    for key in keys:
        if not isinstance(table, Mapping):
            return None
        table = table.get(key)
    return table


def dig_table(table: object, *keys: str) -> Mapping[str, object]:
    """Return the table at a path of keys, or an empty one."""
    found = dig(table, *keys)
    return found if isinstance(found, Mapping) else {}


def dig_texts(table: object, *keys: str) -> tuple[str, ...]:
    """Return the texts of the list (or the one text) at a path of keys, or nothing."""
    found = dig(table, *keys)
    if isinstance(found, str):
        return (found,)
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _syntax(name: str, text: str, said: str) -> SettingsError:
    place = _PLACE.search(said)
    line, column = (place["line"], place["column"]) if place else (None, None)
    if line is None:
        lines = text.split("\n")
        line, column = str(len(lines)), str(len(lines[-1]) + 1)
    what = _PLACE.sub("", said)
    what = what[:1].lower() + what[1:]
    return _wrong(f"{name}:{line}:{column}", f"is not valid TOML: {what}", "correct the line; nothing else was read")


def _wrong(where: str, what: str, hint: str) -> SettingsError:
    return SettingsError([Finding(message=what, place=where, hint=hint)])
