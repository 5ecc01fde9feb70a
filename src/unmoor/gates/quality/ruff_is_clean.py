"""ruff finds nothing to remark, in lint and in format.

The rules are the project's own; ruff runs in the version the project names, fixes nothing, and has to have looked at
files: it says "All checks passed!" about none.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Findings
from unmoor.tools import nox, ruff, tool_environment

ASSERTS = "ruff has nothing to remark on any file, and nothing to reformat where the project formats with it"


def check(context: Context) -> Findings:
    """Lint and check the format of the whole tree."""
    component = context.component
    declared = component.settings.lint
    if found := nox.set_aside(component, declared, "there is no lint", context.environ, context.memory):
        return found
    tool = next((tool for tool in component.lint if tool.name == "ruff"), None)
    if tool is None and component.lint:
        return Findings(optional=f"the project lints with {', '.join(each.name for each in component.lint)}")
    if tool is None:
        return Findings(absent="no linter was found", hint="say lint = [] in [tool.unmoor] if there is none")
    log = context.log("ruff")
    tools = tool_environment.open_environment(
        component, context.environ, tool.requirements, memory=context.memory, log=log
    )
    return tools.telling(ruff.examine(tools, tool.source.split(), log))
