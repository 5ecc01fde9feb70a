"""The documentation builds, and warnings are errors.

A build from scratch, into a temporary place, that has to have written pages. Links inside the tree are what strict
builds are about; links to the outside are another question.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Findings
from unmoor.project.types import Tool
from unmoor.tools import mkdocs, nox, scratch_clone, sphinx, tool_environment, zensical

ASSERTS = "the documentation builds from scratch with warnings as errors, and has pages"


def check(context: Context) -> Findings:
    """Build the documentation with the engine the project uses, or run its own session."""
    project = context.project
    seconds = project.settings.docs.seconds
    if project.settings.docs.engine == "none":
        return Findings(optional="the settings declare that there is no documentation")
    if own := nox.covers(project, context.stage.name):
        log = context.log("nox")
        return nox.examine(
            project, own, context.environ, live=context.live, log=log, seconds=seconds, posargs=context.posargs
        )
    if project.docs is None:
        hint = 'say engine = "none" under [tool.unmoor.docs] if there is none'
        return Findings(absent="no documentation was found", hint=hint)
    return _build(context, project.docs, seconds)


def _build(context: Context, tool: Tool, seconds: float) -> Findings:
    project, log = context.project, context.log(tool.name)
    room = tool_environment.open_room(project, context.environ, tool.requirements, log=log)
    source = project.settings.docs.source or tool.source
    if tool.name == "sphinx":
        return sphinx.examine(room, project.folder / (source or "docs"), live=context.live, log=log, seconds=seconds)
    if tool.name == "zensical":
        copy = scratch_clone.copy_of(project.root, context.environ).folder / project.folder.relative_to(project.root)
        return zensical.examine(room, source, copy, log=log, seconds=seconds)
    return mkdocs.examine(room, tool.name, source, log=log, seconds=seconds)
