"""The scripts of Rye.

https://rye.astral.sh/guide/pyproject/#toolryescripts
"""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.script_tables import Dialect, commands_in
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands"]

_DIALECT = Dialect(Origin.RYE, several=("chain",), words=True)


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of ``[tool.rye.scripts]``."""
    yield from commands_in(tree, tree.tool("rye", "scripts"), _DIALECT, "pyproject.toml")
