"""The tasks of taskipy.

https://github.com/taskipy/taskipy
"""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.script_tables import Dialect, commands_in
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands"]

_DIALECT = Dialect(Origin.TASKIPY)


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of ``[tool.taskipy.tasks]``."""
    yield from commands_in(tree, tree.tool("taskipy", "tasks"), _DIALECT, "pyproject.toml")
