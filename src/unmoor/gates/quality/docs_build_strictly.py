"""The documentation builds, and warnings are errors.

A build from scratch, into a temporary place, that has to have written pages. Links inside the tree are what strict
builds are about; links to the outside are another question.
"""

from __future__ import annotations

from pathlib import Path

from unmoor.context import Context
from unmoor.model import Findings, Tool
from unmoor.tools import mkdocs, nox, scratch_clone, sphinx, tool_environment, zensical

ASSERTS = "the documentation builds from scratch with warnings as errors, and has pages"


def check(context: Context) -> Findings:
    """Build the documentation with the engine the project uses, or run its own session."""
    component = context.component
    seconds = component.settings.docs.seconds
    if component.settings.docs.engine == "none":
        return Findings(optional="the settings declare that there is no documentation")
    if own := nox.covers(component, context.stage.name):
        log = context.log("nox")
        return nox.examine(
            component, own, context.environ, live=context.live, log=log, seconds=seconds, posargs=context.posargs
        )
    if component.docs is None:
        hint = 'say engine = "none" under [tool.unmoor.docs] if there is none'
        return Findings(absent="no documentation was found", hint=hint)
    return _build(context, component.docs, seconds)


def _build(context: Context, tool: Tool, seconds: float) -> Findings:
    component, log = context.component, context.log(tool.name)
    tools = tool_environment.open_environment(
        component, context.environ, tool.requirements, memory=context.memory, log=log
    )
    return tools.telling(_examine(context, tool, tools, log, seconds))


def _examine(
    context: Context, tool: Tool, tools: tool_environment.ToolEnvironment, log: Path, seconds: float
) -> Findings:
    component = context.component
    source = component.settings.docs.source or tool.source
    if tool.name == "sphinx":
        return sphinx.examine(tools, component.folder / (source or "docs"), live=context.live, log=log, seconds=seconds)
    if tool.name == "zensical":
        copy = scratch_clone.copy_of(component.repository.root, context.environ).folder / component.folder.relative_to(
            component.repository.root
        )
        return zensical.examine(tools, source, copy, log=log, seconds=seconds)
    return mkdocs.examine(tools, tool.name, source, live=context.live, log=log, seconds=seconds)
