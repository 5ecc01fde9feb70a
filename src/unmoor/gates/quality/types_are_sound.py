"""The type checkers the project uses find no error.

Both mypy and pyright say "no errors" about no files as well, so each has to have looked at some. A checker that unmoor
cannot run is named as not run; one that the project only configures does not block.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from unmoor.context import Context
from unmoor.model import Finding, Findings, Tool, ToolRun
from unmoor.project.detect.type_checkers import FOREIGN_CHECKERS
from unmoor.tools import joint_findings, linters, mypy, nox, pyright, type_advice
from unmoor.tools.tool_environment import ToolEnvironment

ASSERTS = "every type checker the project uses has looked at its files and found no error"

_CHECKERS = {"mypy": mypy.examine, "pyright": pyright.examine}


def check(context: Context) -> Findings:
    """Run the type checkers, each in the version and with the configuration of the project."""
    component = context.component
    declared = component.settings.types
    if found := nox.set_aside(component, declared, "types are not checked", context.environ, context.memory):
        return found
    notices = _unused(context)
    if component.types:
        found = joint_findings.together([_examine(context, tool) for tool in component.types])
        lacking = type_advice.advice(component, found.problems)
        return replace(found, notices=(*found.notices, *lacking, *notices))
    if notices:
        return Findings(optional="; ".join(each.message for each in notices), notices=notices)
    why = linters.broken_detection(component, "types")
    return Findings(absent=f"no type checker was found{why}", hint="say types = [] in [tool.unmoor] if there is none")


def _unused(context: Context) -> tuple[Finding, ...]:
    component = context.component
    used = [tool.name for tool in component.types]
    found = []
    for name, why in component.unused.items():
        if name in _CHECKERS:
            found.append(linters.why_unused("types", name, why, used))
        elif name in FOREIGN_CHECKERS:
            found.append(Finding(message=why))
    return tuple(found)


def _examine(context: Context, tool: Tool) -> Findings:
    return linters.examine(
        context.component, context.environ, tool, _look, memory=context.memory, log=context.log(tool.name)
    )


def _look(tools: ToolEnvironment, tool: Tool, log: Path) -> Findings:
    runs = tool.runs or (ToolRun(arguments=tuple(tool.source.splitlines())),)
    return _CHECKERS[tool.name](tools, runs, log)
