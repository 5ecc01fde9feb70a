"""The schema of ``[tool.unmoor]``, read off the dataclasses of ``types``: for decoding and for the reference."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType

from unmoor.model.settings import Settings
from unmoor.project.settings.setting_docs import CHOICES, INDEXES, MEANINGS

__all__ = ["Key", "Shape", "keys", "shape_of", "shapes"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of a key: ``kind`` is text, flag, whole, number, texts, table, tables or named; ``of`` its dataclass."""

    kind: str
    of: type | None = None
    required: bool = False

    @property
    def words(self) -> str:
        """The type in words, for messages and the reference."""
        return _WORDS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A row of the reference: the dotted key, its type in words, its default, its meaning, the words it may take."""

    name: str
    type: str
    default: str
    meaning: str
    choices: tuple[str, ...] = ()


_WORDS = {
    "text": "text",
    "flag": "true or false",
    "whole": "a whole number",
    "number": "a number",
    "texts": "a list of texts",
    "table": "a table",
    "tables": "a list of tables",
    "named": "a table",
}
_SIMPLE = {str: "text", bool: "flag", int: "whole", float: "number"}


@cache
def shapes(of: type) -> Mapping[str, Shape]:
    """Return the shapes of a dataclass's fields by their kebab-case keys, in order."""
    hints = typing.get_type_hints(of)
    required = {each.name for each in fields(of) if _default(each) is MISSING}
    return {name.replace("_", "-"): shape_of(hint, required=name in required) for name, hint in hints.items()}


def shape_of(hint: object, *, required: bool = False) -> Shape:
    """Return the shape for a type annotation; raise ``TypeError`` for one that settings cannot have."""
    if typing.get_origin(hint) in (typing.Union, UnionType):
        (hint,) = (each for each in typing.get_args(hint) if each is not NoneType)
    if hint in _SIMPLE:
        return Shape(_SIMPLE[hint], required=required)
    if isinstance(hint, type) and is_dataclass(hint):
        return Shape("table", hint, required)
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and inner[0] is str:
        return Shape("texts", required=required)
    if typing.get_origin(hint) is tuple:
        return Shape("tables", inner[0], required)
    if typing.get_origin(hint) is Mapping:
        return Shape("named", inner[1], required)
    what = f"settings cannot have the type {hint!r}"
    raise TypeError(what)


def keys() -> tuple[Key, ...]:
    """Return every key that ``[tool.unmoor]`` knows, in the order of the dataclasses; lists as ``commands[].name``."""
    return tuple(_walk(Settings, "", ""))


def _walk(of: type, shown: str, plain: str) -> Iterator[Key]:
    defaults = {each.name.replace("_", "-"): _default(each) for each in fields(of)}
    for name, shape in shapes(of).items():
        row = plain + name
        if row in MEANINGS:
            yield Key(
                name=shown + name,
                type=shape.words.removeprefix("a "),
                default=_shown_default(defaults[name]),
                meaning=MEANINGS[row],
                choices=CHOICES.get(row, ()),
            )
        if shape.of and shape.kind == "named":
            for index in INDEXES:
                yield from _walk(shape.of, f"{shown}{name}.{index}.", f"{row}.{index}.")
        elif shape.of:
            yield from _walk(shape.of, f"{shown}{name}{'[]' if shape.kind == 'tables' else ''}.", f"{row}.")


def _default(each: Field[typing.Any]) -> object:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default


def _shown_default(value: object) -> str:
    if value is MISSING:
        return "required"
    if value is None:
        return "detected"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"' if value else "empty"
    return "empty" if isinstance(value, tuple | Mapping) else f"{value:g}" if isinstance(value, float) else str(value)
