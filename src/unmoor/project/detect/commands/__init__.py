"""The commands that a project runs itself, wherever it has written them down: one file a place, best trusted first.

What a project runs is better evidence of how its tests, linters and documentation are meant to be run than any
convention: it names paths, options, Pythons and requirements. Nothing here runs anything; a file that cannot be read
says nothing, because no runner of a project's own may keep a release from being looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from unmoor.project.detect.commands import (
    hatch,
    invoke,
    just,
    make,
    nox,
    pdm,
    pixi,
    poe,
    rye,
    scripts,
    taskipy,
    tox,
    workflows,
)
from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.project_files import ProjectFiles

__all__ = ["READERS", "Origin", "ProjectCommand", "project_commands", "running"]

# In the order of trust; a reader yields the commands of its place in the order in which they stand there.
READERS: Mapping[Origin, Callable[[ProjectFiles], Iterator[ProjectCommand]]] = {
    Origin.NOX: nox.commands,
    Origin.TOX: tox.commands,
    Origin.HATCH: hatch.commands,
    Origin.PDM: pdm.commands,
    Origin.POE: poe.commands,
    Origin.TASKIPY: taskipy.commands,
    Origin.RYE: rye.commands,
    Origin.PIXI: pixi.commands,
    Origin.INVOKE: invoke.commands,
    Origin.MAKE: make.commands,
    Origin.JUST: just.commands,
    Origin.SCRIPT: scripts.commands,
    Origin.WORKFLOW: workflows.commands,
}


def project_commands(tree: ProjectFiles) -> tuple[ProjectCommand, ...]:
    """Return every command the project has written down, those first that are trusted most."""
    return tuple(each for reader in READERS.values() for each in reader(tree))


def running(commands: Iterable[ProjectCommand], *programs: str) -> tuple[ProjectCommand, ...]:
    """Return the commands that run one of these programs, in their order."""
    return tuple(each for each in commands if each.program in programs)
