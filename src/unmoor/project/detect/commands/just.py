"""The commands of a justfile's recipes.

https://just.systems/man/en/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting, commands_of
from unmoor.project.detect.commands.words import UNKNOWN, split
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands", "run"]

_FILES = ("justfile", "Justfile", ".justfile")
_RECIPE = re.compile(r"@?(?P<name>[A-Za-z_][\w-]*)(?P<parameters>[^:=]*(?:=[^:]*)?):(?!=)(?P<needs>.*)")
_VARIABLE = re.compile(
    r"(?:export\s+)?(?P<name>[A-Za-z_][\w-]*)\s*:=\s*(?P<quote>['\"])(?P<value>[^'\"]*)(?P=quote)\s*(?:#.*)?"
)
_PARAMETER = re.compile(r"[*+$]*(?P<name>[A-Za-z_][\w-]*)(?:=(?P<value>.*))?")


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of every recipe, in the order of the file."""
    for number, name, body in _filled_recipes(tree):
        file = tree.first(*_FILES)
        setting = Setting(origin=Origin.JUST, name=name, place=f"{file}:{number}")
        yield from _of_recipe(tree, body, setting, Installed(tree, f"the recipe {name!r} of {file}"))


def run(tree: ProjectFiles, name: str, setting: Setting, installed: Installed) -> Iterator[ProjectCommand]:
    """Yield what ``just NAME`` runs, as commands of ``setting``."""
    for _, each, body in _filled_recipes(tree):
        if each == name:
            yield from _of_recipe(tree, body, setting, installed)


def _filled_recipes(tree: ProjectFiles) -> Iterator[tuple[int, str, list[str]]]:
    file = tree.first(*_FILES)
    text = re.sub(r"\\\n\s*", " ", tree.text(file) or "") if file else ""
    variables = {match["name"]: match["value"] for line in text.split("\n") if (match := _VARIABLE.fullmatch(line))}
    for number, name, given, body in _recipes(text):
        yield number, name, [_filled_in(line, {**variables, **given}) for line in body]


def _of_recipe(tree: ProjectFiles, lines: list[str], setting: Setting, needs: Installed) -> Iterator[ProjectCommand]:
    if lines and lines[0].startswith("#!"):
        shell = re.search(r"\b(?:ba|z|da)?sh\b", lines[0])
        yield from commands_of(tree, "\n".join(lines[1:]), setting, needs) if shell else ()
    else:
        for line in lines:
            yield from commands_of(tree, line, setting, needs)


def _recipes(text: str) -> Iterator[tuple[int, str, Mapping[str, str], list[str]]]:
    """Yield the line, the name, the parameters with their defaults and the body of each recipe."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        match = _RECIPE.fullmatch(line)
        if match is None or line.startswith("set "):
            continue
        body = []
        for each in lines[index + 1 :]:
            if each.strip() and not each[:1].isspace():
                break
            body.append(each.strip())
        found = (_PARAMETER.fullmatch(each) for each in split(match["parameters"]))
        given = {each["name"]: (each["value"] or "").strip("'\"") for each in found if each}
        yield index + 1, match["name"], given, [each for each in body if each]


def _filled_in(line: str, variables: Mapping[str, str]) -> str:
    text = re.sub(r"^[@-]+\s*", "", line)
    return re.sub(r"\{\{\s*([^{}]*?)\s*\}\}", lambda match: variables.get(match[1], UNKNOWN), text)
