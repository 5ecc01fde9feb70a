"""What a command of CI comes down to where it only starts a target, a task or a script kept elsewhere.

What that installs counts for what CI runs after it, as what CI has installed counts for what it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from unmoor.project.detect.commands import invoke, just, make, pdm, poe, rye, scripts, taskipy
from unmoor.project.detect.commands.command import ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting
from unmoor.project.project_files import ProjectFiles

__all__ = ["followed"]

_DEPTH = 4


def followed(
    tree: ProjectFiles, command: ProjectCommand, installed: Installed, depth: int = 0
) -> Iterator[ProjectCommand]:
    """Yield what the command starts, as of the place that the command stands in."""
    if depth > _DEPTH or command.folder:
        return
    plain = [each for each in command.arguments if not each.startswith("-") and "=" not in each]
    setting = Setting(
        origin=command.origin,
        name=command.name,
        place=command.place,
        environ=dict(command.environ),
        needs=command.needs,
        extra=command.extra,
    )
    if command.program in {"make", "gmake"}:
        found = [each for name in plain for each in make.run(tree, name, setting, installed)]
    elif command.program == "just":
        found = [each for name in plain[:1] for each in just.run(tree, name, setting, installed)]
    elif command.program in {"sh", "bash"}:
        found = [*scripts.run(tree, plain[0], setting, installed)] if plain else []
    elif "/" in command.words[0] or command.words[0].endswith(".sh"):
        found = [*scripts.run(tree, command.words[0], setting, installed)]
    else:
        found = [*_from_table(tree, command, plain, installed)]
    for each in found:
        yield each
        yield from followed(tree, each, installed, depth + 1)


def _from_table(
    tree: ProjectFiles, command: ProjectCommand, plain: list[str], installed: Installed
) -> Iterator[ProjectCommand]:
    """Yield the commands of a script that PDM, Poe and their like know by its name."""
    if command.program in {"poe", "task", "inv", "invoke"}:
        readers = {"poe": poe.commands, "task": taskipy.commands}
        reader = readers.get(command.program, invoke.commands)
        names = plain[:1]
    elif len(command.words) == 1 and command.program in {*tree.tool("pdm", "scripts"), *tree.tool("rye", "scripts")}:
        reader = pdm.commands if command.program in tree.tool("pdm", "scripts") else rye.commands
        names = [command.program]
    else:
        return
    for each in reader(tree):
        if each.name in names:
            yield replace(
                each,
                origin=command.origin,
                name=command.name,
                place=command.place,
                requirements=each.requirements or installed.requirements,
                environ=(*command.environ, *each.environ),
                needs=command.needs,
                extra=command.extra,
            )
