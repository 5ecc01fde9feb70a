"""The user scripts of PDM.

https://pdm-project.org/en/latest/usage/scripts/
"""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.script_tables import Dialect, commands_in
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands"]

_DIALECT = Dialect(Origin.PDM, several=("composite",), folder=("working_dir",))


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of ``[tool.pdm.scripts]``."""
    yield from commands_in(tree, tree.tool("pdm", "scripts"), _DIALECT, "pyproject.toml")
