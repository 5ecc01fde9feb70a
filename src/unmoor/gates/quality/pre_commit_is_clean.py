"""Every pre-commit hook passes on every file.

The hooks run in a throw-away copy of the working tree, because many fix what they look at. Where the hooks'
repositories do not answer nothing was examined: a rehearsal says so and goes on, a live release stops.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Findings
from unmoor.tools import nox, precommit, scratch_clone, tool_environment

ASSERTS = "every pre-commit hook passes on every file and would change none"


def check(context: Context) -> Findings:
    """Run all hooks on all files."""
    component = context.component
    declared = component.settings.lint
    if found := nox.set_aside(component, declared, "there is no lint", context.environ, context.memory):
        return found
    tool = next((tool for tool in component.lint if tool.name == "pre-commit"), None)
    if tool is None:
        return Findings(optional="the project does not use pre-commit")
    log = context.log("pre-commit")
    tools = tool_environment.open_environment(
        component, context.environ, tool.requirements, memory=context.memory, log=log
    )
    copy = scratch_clone.copy_of(component.repository.root, context.environ)
    # prek's own configuration is none that pre-commit reads.
    program = "prek" if tool.source.endswith(".toml") else "pre-commit"
    return tools.telling(precommit.examine(tools, copy.folder, log, program=program))
