"""The type checkers the project uses find no error.

Both mypy and pyright say "no errors" about no files as well, so each has to have looked at some.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Findings, Tool
from unmoor.tools import joint_findings, mypy, nox, pyright, tool_environment

ASSERTS = "every type checker the project uses has looked at its files and found no error"


def check(context: Context) -> Findings:
    """Run the type checkers, each in the version and with the configuration of the project."""
    component = context.component
    declared = component.settings.types
    if found := nox.set_aside(component, declared, "types are not checked", context.environ, context.memory):
        return found
    if not component.types:
        return Findings(absent="no type checker was found", hint="say types = [] in [tool.unmoor] if there is none")
    return joint_findings.together([_examine(context, tool) for tool in component.types])


def _examine(context: Context, tool: Tool) -> Findings:
    component, log = context.component, context.log(tool.name)
    tools = tool_environment.open_environment(
        component, context.environ, tool.requirements, memory=context.memory, log=log
    )
    examine = {"mypy": mypy.examine, "pyright": pyright.examine}[tool.name]
    return tools.telling(examine(tools, tool.source.splitlines(), log))
