"""Tables of scripts as PDM, Poe, taskipy, Rye and Pixi keep them: nearly the same shape in all."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from unmoor.model import Requirements
from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting, commands_of
from unmoor.project.detect.commands.words import UNKNOWN
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_texts

__all__ = ["Dialect", "commands_in"]

_Table = Mapping[str, object]
# `{args}` of PDM, with a default; no one gives arguments.
_ARGUMENTS = re.compile(r"\{args(?::([^{}]*))?\}")
_PLACEHOLDER = re.compile(r"(?<!\$)\{[A-Za-z_][^{}]*\}")
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs: the keys of a single command, of several in a row, of the folder and of the variables.

    ``words`` says that a list is the words of one command, and not several commands.
    """

    origin: Origin
    one: tuple[str, ...] = ("cmd", "shell")
    several: tuple[str, ...] = ()
    folder: tuple[str, ...] = ("cwd",)
    variables: str = "env"
    words: bool = False


def commands_in(
    tree: ProjectFiles, scripts: _Table, dialect: Dialect, where: str, start: Requirements | None = None
) -> Iterator[ProjectCommand]:
    """Yield the commands of every script; ``start`` is what the runner installs by itself."""
    common = scripts.get("_")
    for name, script in scripts.items():
        if name.startswith("_"):
            continue
        lines = "\n".join(_lines(scripts, script, dialect, 0))
        folder = next((text for key in dialect.folder for text in dig_texts(script, key)), "")
        environ = {**_variables(common, dialect), **_variables(script, dialect)}
        setting = Setting(
            origin=dialect.origin,
            name=name,
            place=where,
            folder=UNKNOWN if folder.startswith(("/", "..", "$", "{")) else folder.removeprefix("./").rstrip("/."),
            environ=environ,
        )
        yield from commands_of(tree, lines, setting, Installed(tree, f"{dialect.origin} {name!r}", start))


def _lines(scripts: _Table, script: object, dialect: Dialect, depth: int, *, nested: bool = False) -> Iterator[str]:
    """Yield the lines for a shell that a script comes down to, other scripts in the place of their names."""
    if depth > _DEPTH:
        return
    if isinstance(script, str):
        yield from _line(scripts, script, dialect, depth)
    elif isinstance(script, list) and dialect.words and not nested:
        yield _filled_in(shlex.join([each for each in script if isinstance(each, str)]))
    elif isinstance(script, list):
        for each in script:
            if isinstance(each, str) and each in scripts:
                yield from _lines(scripts, scripts[each], dialect, depth + 1)
            else:
                yield from _lines(scripts, each, dialect, depth + 1)
    elif isinstance(script, Mapping):
        yield from _of_table(scripts, script, dialect, depth)


def _of_table(scripts: _Table, script: _Table, dialect: Dialect, depth: int) -> Iterator[str]:
    for key in dialect.one:
        value = script.get(key)
        if isinstance(value, list):
            yield _filled_in(shlex.join([each for each in value if isinstance(each, str)]))
        elif isinstance(value, str):
            yield _filled_in(value)
    for key in dialect.several:
        value = script.get(key)
        if isinstance(value, str):
            yield from _lines(scripts, scripts.get(value), dialect, depth + 1)
        elif isinstance(value, list):
            yield from _lines(scripts, value, dialect, depth + 1, nested=True)


def _line(scripts: _Table, line: str, dialect: Dialect, depth: int) -> Iterator[str]:
    first = line.split(maxsplit=1)[0] if line.split() else ""
    if dialect.several and depth and first in scripts:
        yield from _lines(scripts, scripts[first], dialect, depth + 1)
    else:
        yield _filled_in(line)


def _filled_in(line: str) -> str:
    return _PLACEHOLDER.sub(UNKNOWN, _ARGUMENTS.sub(lambda match: match[1] or "", line))


def _variables(script: object, dialect: Dialect) -> dict[str, str]:
    found = dig(script, dialect.variables)
    pairs = found.items() if isinstance(found, Mapping) else ()
    return {name: str(value) for name, value in pairs if isinstance(value, str | int)}
