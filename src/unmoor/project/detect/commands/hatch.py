"""The scripts of Hatch's environments, and its own ``hatch test`` and ``hatch fmt`` where those are configured.

https://hatch.pypa.io/latest/config/environment/overview/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from unmoor.errors import SettingsError
from unmoor.model import Requirements
from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting, commands_of
from unmoor.project.detect.commands.words import UNKNOWN
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig_table, dig_texts, read_toml

__all__ = ["commands"]

_Table = Mapping[str, object]
_TEST, _FORMAT = "hatch-test", "hatch-static-analysis"
# What `hatch test` brings along; without the one that shuffles, which it switches off by default.
_OF_TEST = ("coverage[toml]", "pytest", "pytest-mock", "pytest-rerunfailures", "pytest-xdist[psutil]")
_OWN_SCRIPTS: Mapping[str, Mapping[str, list[str]]] = {
    _TEST: {"run": ["pytest {args:tests}"]},
    _FORMAT: {"lint-check": ["ruff check {args:.}"], "format-check": ["ruff format --check {args:.}"]},
}
_INNERMOST = re.compile(r"\{([^{}]*)\}")


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of every script of every environment."""
    where, environments = _environments(tree)
    for name, own in environments.items():
        if not isinstance(own, Mapping):
            continue
        template = str(own.get("template", "default"))
        table = {**_inherited(environments, template, name), **own}
        scripts = {**_OWN_SCRIPTS.get(name, {}), **_scripts(environments, name, template)}
        setting = Setting(
            origin=Origin.HATCH,
            name=name,
            place=where,
            environ={key: value for key, value in _strings(dig_table(table, "env-vars")) if "{" not in value},
            pythons=_pythons(table),
        )
        for script in scripts:
            lines = [_filled_in(line) for line in _lines(scripts, script, 0)]
            needs = Installed(tree, f"Hatch environment {name!r}", _requirements(name, table, own))
            yield from commands_of(tree, "\n".join(lines), replace(setting, name=f"{name}:{script}"), needs)


def _environments(tree: ProjectFiles) -> tuple[str, _Table]:
    if found := tree.tool("hatch", "envs"):
        return "pyproject.toml", found
    try:
        return "hatch.toml", dig_table(read_toml(tree.folder / "hatch.toml").table, "envs")
    except SettingsError:
        return "hatch.toml", {}


def _inherited(environments: _Table, template: str, name: str) -> _Table:
    """Return what an environment takes over from its template; Hatch's own ones, from nothing."""
    if name in _OWN_SCRIPTS or template == name:
        return {}
    own = dig_table(environments, template)
    above = str(own.get("template", "default"))
    known = {**dig_table(environments, above), **own} if above not in {template, name} else own
    return {key: value for key, value in known.items() if key != "matrix"}


def _scripts(environments: _Table, name: str, template: str) -> _Table:
    inherited = {} if name in _OWN_SCRIPTS else dig_table(environments, template, "scripts")
    return {**inherited, **dig_table(environments, name, "scripts")}


def _lines(scripts: _Table, script: str, depth: int) -> Iterator[str]:
    """Yield the lines of a script, those of other scripts in the place of their names."""
    for line in dig_texts(scripts, script):
        first, _, rest = line.strip().removeprefix("- ").partition(" ")
        if first in scripts and first != script and depth < 5:  # noqa: PLR2004 - deeper than anybody writes
            yield from (_given(each, rest) for each in _lines(scripts, first, depth + 1))
        else:
            yield line.strip().removeprefix("- ")


def _given(line: str, arguments: str) -> str:
    """Return a line with the arguments that another script gives it."""
    return re.sub(r"\{args(?::[^{}]*)?\}", lambda _: arguments, line) if arguments else line


def _requirements(name: str, table: _Table, own: _Table) -> Requirements:
    listed = [*dig_texts(table, "dependencies"), *dig_texts(own, "extra-dependencies")]
    if name == _TEST and "dependencies" not in own:
        listed = [*_OF_TEST, *listed]
    if name == _FORMAT and "dependencies" not in own:
        listed = ["ruff", *listed]
    groups = [word for group in dig_texts(table, "dependency-groups") for word in ("--group", group)]
    detached = table.get("detached") is True or table.get("skip-install") is True or name == _FORMAT
    return Requirements(
        arguments=(*groups, *(each for each in listed if "{" not in each)),
        project=not detached,
        extras=dig_texts(table, "features"),
    )


def _pythons(table: _Table) -> tuple[str, ...]:
    found = list(dig_texts(table, "python"))
    matrix = table.get("matrix")
    for each in matrix if isinstance(matrix, list) else []:
        found += [*dig_texts(each, "python"), *dig_texts(each, "py")]
    return tuple(dict.fromkeys(each for each in found if re.fullmatch(r"3\.\d+", each)))


def _strings(table: _Table) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in table.items() if isinstance(value, str))


def _filled_in(line: str) -> str:
    """Put in what Hatch puts in: arguments nobody gave, variables nobody set, the root."""
    for _ in range(50):
        match = _INNERMOST.search(line)
        if match is None:
            break
        name, _, rest = match[1].partition(":")
        if name == "args":
            found = rest
        elif name == "env":
            found = rest.partition(":")[2]
        elif name == "root":
            found = "."
        elif name == "matrix" and ":" in rest:
            found = rest.rpartition(":")[2]
        else:
            found = UNKNOWN
        line = f"{line[: match.start()]}{found}{line[match.end() :]}"
    return line
