"""The tasks of Poe the Poet.

https://poethepoet.natn.io/tasks/index.html
"""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.script_tables import Dialect, commands_in
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands"]

_DIALECT = Dialect(Origin.POE, several=("sequence", "ref"))


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of ``[tool.poe.tasks]``."""
    yield from commands_in(tree, tree.tool("poe", "tasks"), _DIALECT, "pyproject.toml")
