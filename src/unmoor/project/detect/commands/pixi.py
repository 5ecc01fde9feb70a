"""The tasks of Pixi, of the workspace and of its features.

https://pixi.sh/latest/workspace/advanced_tasks/
"""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.errors import SettingsError
from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.script_tables import Dialect, commands_in
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig_table, read_toml

__all__ = ["commands"]

_DIALECT = Dialect(Origin.PIXI)


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of ``[tool.pixi.tasks]`` in pyproject.toml, or those in ``pixi.toml``."""
    where, table = "pyproject.toml", tree.tool("pixi")
    if not table and tree.has("pixi.toml"):
        try:
            where, table = "pixi.toml", read_toml(tree.folder / "pixi.toml").table
        except SettingsError:
            return
    yield from commands_in(tree, dig_table(table, "tasks"), _DIALECT, where)
    for name in dig_table(table, "feature"):
        yield from commands_in(tree, dig_table(table, "feature", name, "tasks"), _DIALECT, where)
