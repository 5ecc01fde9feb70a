"""``[tool.unmoor]`` decoded: strictly, and every wrong thing in it named in one go.

Nothing is coerced and nothing is ignored: an unknown key, a wrong type or an impossible value is a problem with its
place, what was expected, and the nearest valid name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from unmoor.errors import SettingsError
from unmoor.model import Finding
from unmoor.model.settings import Settings
from unmoor.project.line_numbers import line_of
from unmoor.project.nearest_name import allowed, nearest
from unmoor.project.settings.constraints import RULES
from unmoor.project.settings.contradictions import contradictions
from unmoor.project.settings.schema import Shape, shapes
from unmoor.project.settings.setting_docs import CHOICES, INDEXES, MEANINGS, RENAMED

__all__ = ["decode"]

_TABLE = "tool.unmoor"
_TYPES: Mapping[str, tuple[type, ...]] = {"text": (str,), "flag": (bool,), "whole": (int,), "number": (int, float)}
_SAID = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}
_LONGEST = 60


def decode(table: object, *, file: str, text: str = "") -> Settings:
    """Turn the table ``[tool.unmoor]`` of ``file`` into settings.

    ``text`` is the file's text; with it, problems name their line. Raises ``SettingsError`` with every problem.
    """
    decoder = _Decoder(file, text)
    made = decoder.table(Settings, table, "", "")
    if isinstance(table, Mapping):
        for place, what, hint in contradictions(table):
            decoder.complain(place, what, hint)
    if decoder.problems or not isinstance(made, Settings):
        raise SettingsError([problem for _, problem in sorted(decoder.problems, key=lambda each: each[0])])
    return made


class _Decoder:
    """One pass over a table: what is fine becomes values, what is not becomes problems, each with its line."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: list[tuple[int, Finding]] = []

    def complain(self, place: str, what: str, hint: str = "") -> None:
        """Note a problem with the key at ``place``."""
        key = f"{_TABLE}.{place}" if place else _TABLE
        line = line_of(self.text, key) if self.text else 0
        where = f"{self.file}:{line}: {key}" if line else f"{self.file}: {key}"
        self.problems.append((line, Finding(message=what, place=where, hint=hint)))

    def table(self, of: type, value: object, place: str, row: str) -> object | None:
        """Decode a table into the dataclass ``of``; ``None`` where it has a problem."""
        if not isinstance(value, Mapping):
            self._wrong_type(place, value, "a table")
            return None
        known, before = shapes(of), len(self.problems)
        made: dict[str, Any] = {}
        for name, inner in value.items():
            if _join(place, name) in RENAMED:
                self.complain(_join(place, name), f"{name!r} is now called {RENAMED[name]!r}", f"write {RENAMED[name]}")
            elif name not in known:
                self.complain(
                    _join(place, name), f"unknown key {name!r}", nearest(name, known, elsewhere=_elsewhere(name, row))
                )
            else:
                made[name.replace("-", "_")] = self._value(known[name], inner, _join(place, name), _join(row, name))
        for name, shape in known.items():
            if shape.required and name not in value:
                self.complain(_join(place, name), f"{name!r} is missing", f"add it; expected {shape.words}")
        return of(**made) if len(self.problems) == before else None

    def _value(self, shape: Shape, value: object, place: str, row: str) -> object:
        match shape.kind:
            case "table" if shape.of:
                return self.table(shape.of, value, place, row)
            case "tables" if shape.of:
                return self._tables(shape.of, value, place, row)
            case "named" if shape.of:
                return self._named(shape.of, value, place, row)
            case "texts":
                return self._texts(value, place, row, shape)
            case _:
                return self._leaf(shape, value, place, row)

    def _leaf(self, shape: Shape, value: object, place: str, row: str) -> object:
        if row == "waivers.until" and type(value) is dt.date:
            value = value.isoformat()
        # bool is a subclass of int: without the second test `true` would count as 1.
        if not isinstance(value, _TYPES[shape.kind]) or (isinstance(value, bool) and shape.kind != "flag"):
            self._wrong_type(place, value, _expected(shape, row))
            return None
        self._check(value, place, row)
        return float(value) if shape.kind == "number" and isinstance(value, int) else value

    def _texts(self, value: object, place: str, row: str, shape: Shape) -> tuple[str, ...]:
        if not isinstance(value, list):
            hint = f"write [{_shown(value)}]" if isinstance(value, str) and " " not in value else ""
            self._wrong_type(place, value, _expected(shape, row), hint)
            return ()
        for index, each in enumerate(value):
            if not isinstance(each, str):
                hint = 'put it in quotes, for example "3.10"' if isinstance(each, float) else ""
                self._wrong_type(f"{place}[{index}]", each, "a text", hint)
            else:
                self._check(each, f"{place}[{index}]", row)
        if row == "commands.run" and not "".join(each for each in value[:1] if isinstance(each, str)).strip():
            self.complain(place, "the command is empty", 'write for example ["python", "scripts/check.py"]')
        return tuple(each for each in value if isinstance(each, str))

    def _tables(self, of: type, value: object, place: str, row: str) -> tuple[object, ...]:
        if not isinstance(value, list):
            self._wrong_type(place, value, "a list of tables", f"write [[{_TABLE}.{place}]]")
            return ()
        return tuple(self.table(of, each, f"{place}[{index}]", row) for index, each in enumerate(value))

    def _named(self, of: type, value: object, place: str, row: str) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self._wrong_type(place, value, "a table")
            return {}
        for name in value:
            if name not in INDEXES:
                self.complain(_join(place, name), f"unknown index {name!r}", nearest(name, INDEXES))
        known = {name: inner for name, inner in value.items() if name in INDEXES}
        return {name: self.table(of, inner, _join(place, name), row) for name, inner in known.items()}

    def _check(self, value: object, place: str, row: str) -> None:
        if row in CHOICES:
            if value not in CHOICES[row]:
                expected = "the name of a built-in gate" if row == "disable" else allowed(CHOICES[row])
                self.complain(place, f"got {_shown(value)}, expected {expected}", nearest(str(value), CHOICES[row]))
        elif row in RULES and (complaint := RULES[row](value)):
            expected, hint = complaint
            # An address may hold a password, wherever it is wrong: it is then not repeated.
            # What may be a secret is not repeated.
            mark = next((each for each in "@?#" if row.endswith("-url") and each in str(value)), "")
            got = f"an address with '{mark}'" if mark else _shown(value)
            self.complain(place, f"got {got}, expected {expected}", hint)

    def _wrong_type(self, place: str, value: object, expected: str, hint: str = "") -> None:
        kind = _SAID.get(type(value), "a date or time")
        got = kind if isinstance(value, list | dict) else f"{_shown(value)} ({kind})"
        self.complain(place, f"got {got}, expected {expected}", hint)


def _elsewhere(name: str, row: str) -> str:
    """Return the one key of another table that ends in this name, if there is just one."""
    end = name.strip().lower().replace("_", "-")
    found = [key for key in MEANINGS if "." in key and key.rpartition(".")[2] == end and key.rpartition(".")[0] != row]
    return found[0] if len(found) == 1 else ""


def _expected(shape: Shape, row: str) -> str:
    if row not in CHOICES or row == "disable":
        return shape.words
    return f"a list of {allowed(CHOICES[row])}" if shape.kind == "texts" else allowed(CHOICES[row])


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if isinstance(value, str | int | float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
