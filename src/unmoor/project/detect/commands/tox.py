"""The commands of tox environments, with their dependencies, from any of the four files that tox reads.

INI and TOML come down to the same fields here. Environments that differ only in their Python are told once, with all
those Pythons; the plain one first. https://tox.wiki/en/latest/config.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from unmoor.errors import SettingsError
from unmoor.model import Requirements
from unmoor.project.detect.commands import tox_ini, tox_toml
from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting, commands_of_words
from unmoor.project.detect.commands.tox_environment import ToxEnvironment
from unmoor.project.project_files import ProjectFiles, ini_table, parse_ini
from unmoor.project.toml_file import dig, dig_table, read_toml

__all__ = ["commands"]


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of every environment, those of ``[testenv]`` itself first."""
    try:
        where, environments = _environments(tree)
    except SettingsError:
        return
    for each in environments:
        yield from _commands(tree, where, each)


def _environments(tree: ProjectFiles) -> tuple[str, list[ToxEnvironment]]:
    """Return the file that decides, in tox's own order of looking, and the environments it defines."""
    sections = parse_ini(tree.folder / "tox.ini")
    if any(name == "tox" or name.startswith("testenv") for name in sections):
        return "tox.ini", tox_ini.environments(sections, "tox")
    if any(name.startswith(("tox:tox", "testenv")) for name in tree.setup_cfg):
        return "setup.cfg", tox_ini.environments(tree.setup_cfg, "tox:tox")
    if isinstance(legacy := dig(tree.pyproject, "tool", "tox", "legacy_tox_ini"), str):
        return "pyproject.toml", tox_ini.environments(ini_table(legacy, "pyproject.toml"), "tox")
    if table := dig_table(tree.pyproject, "tool", "tox"):
        return "pyproject.toml", tox_toml.environments(table)
    if tree.has("tox.toml"):
        return "tox.toml", tox_toml.environments(read_toml(tree.folder / "tox.toml").table)
    return "", []


def _commands(tree: ProjectFiles, where: str, each: ToxEnvironment) -> Iterator[ProjectCommand]:
    needs = Installed(tree, f"tox {each.name!r} in {where}", Requirements(project=each.project, extras=each.extras))
    for line in each.deps:
        needs.by_pip(_words_of_requirement(line))
    needs.by_pip([word for group in each.groups for word in ("--group", group)])
    setting = Setting(
        origin=Origin.TOX,
        name=each.name,
        place=where,
        folder=each.folder,
        environ=each.environ,
        pythons=each.pythons,
        extra=each.extra,
        needs=each.needs,
    )
    for words in each.commands:
        yield from commands_of_words(words, setting, needs)


def _words_of_requirement(line: str) -> list[str]:
    """Return a line of a requirements file as arguments: an option and its value, or one requirement."""
    if not line.startswith("-"):
        return [line]
    return [word for word in re.split(r"[\s=]+", line, maxsplit=1) if word]
