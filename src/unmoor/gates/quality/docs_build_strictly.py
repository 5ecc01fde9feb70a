"""The documentation builds from scratch, as the project builds it; warnings are errors unless it lives with them.

In a throw-away copy of the working tree, because engines and their extensions write beside their sources (pages of an
API, examples that they run), and so does installing the project itself. Links inside the tree are what strict builds
are about; links to the outside are another question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from unmoor.context import Context
from unmoor.errors import Broken
from unmoor.model import Component, DocsBuild, Finding, Findings
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.providers import choosing, giving
from unmoor.project.detect.requirement_lists import requirement_lists
from unmoor.project.project_files import ProjectFiles
from unmoor.tools import mkdocs, nox, scratch_clone, sphinx, tool_environment, uv, zensical
from unmoor.tools.cause import lacking_module
from unmoor.tools.docs_verdict import not_built
from unmoor.tools.tool_environment import ToolEnvironment

ASSERTS = "the documentation builds from scratch as the project builds it, and has pages"
_TABLE = "tool.unmoor.docs"
_OLDER = 4


def check(context: Context) -> Findings:
    """Build the documentation with the engine the project uses, or run its own session."""
    component = context.component
    seconds = component.settings.docs.seconds
    if component.settings.docs.engine == "none":
        return Findings(optional="the settings declare that there is no documentation")
    own = nox.covers(component, context.stage.name, context.environ, context.memory)
    if own:
        log = context.log("nox")
        return nox.examine(
            component,
            own,
            context.environ,
            live=context.live,
            log=log,
            seconds=seconds,
            posargs=context.posargs,
            reporter=context.reporter,
        )
    if component.docs is None:
        hint = f'say engine = "none" under [{_TABLE}] if there is none, or engine and source where it is'
        return Findings(absent=own.absence or "no documentation was found", hint=hint)
    if component.docs.unmade:
        hint = f'say what installs it as requirements under [{_TABLE}], or engine = "none" to leave it out'
        return Findings(absent=component.docs.unmade, hint=hint)
    return nox.in_place_of(own, _build(context, component.docs, seconds), live=context.live)


def _build(context: Context, build: DocsBuild, seconds: float) -> Findings:
    component, log = _copied(context.component, context.environ), context.log(build.name)
    python, remarks = _python(component, build, context.environ)
    tools = tool_environment.open_environment(
        component, context.environ, build.requirements, memory=context.memory, python=python, log=log
    )
    try:
        found = _stepped(context, build, tools, log, seconds) or _examine(context, build, tools, log, seconds)
    except Broken as error:
        raise _answered(error, context.component, build) from error
    return tools.telling(_at_home(replace(found, notices=(*found.notices, *remarks)), component))


def _copied(component: Component, environ: Mapping[str, str]) -> Component:
    """Return the component as it is in a copy of the working tree."""
    copy = scratch_clone.copy_of(component.repository.root, environ)
    # A version that comes from tags is computed when the project is installed, and so it is there.
    copy.run("fetch", "--quiet", "--tags", "--", component.repository.root)
    root = copy.folder
    folder = root / component.folder.relative_to(component.repository.root)
    return replace(component, folder=folder, repository=replace(component.repository, root=root))


def _at_home(found: Findings, copied: Component) -> Findings:
    """Take the place of the copy out of what engines say of files: readers have theirs somewhere else."""
    places = [f"{each}/" for each in {str(copied.repository.root), str(copied.repository.root.resolve())}]

    def plain(text: str) -> str:
        for place in places:
            text = text.replace(place, "")
        return text

    problems, notices = (
        tuple(replace(each, message=plain(each.message), place=plain(each.place)) for each in listed)
        for listed in (found.problems, found.notices)
    )
    return replace(found, problems=problems, notices=notices)


def _python(component: Component, build: DocsBuild, environ: Mapping[str, str]) -> tuple[str, tuple[Finding, ...]]:
    """Return the interpreter that the documentation is built on, the nearest older one where that is not here."""
    env = tool_environment.surroundings(environ, component.settings.pass_env)
    for wanted in build.pythons:
        if found := uv.find_python(wanted, env):
            return found, ()
    for wanted in build.pythons[:1]:
        major, _, minor = wanted.partition(".")
        for older in (f"{major}.{int(minor) - back}" for back in range(1, _OLDER + 1) if minor.isdecimal()):
            if (not component.pythons or older in component.pythons) and (found := uv.find_python(older, env)):
                what = f"the project builds its documentation on Python {wanted}; here it was {older}"
                return found, (Finding(message=what),)
    return "", ()


def _stepped(context: Context, build: DocsBuild, tools: ToolEnvironment, log: Path, seconds: float) -> Findings | None:
    """Run the project's scripts that come before its build; say what became of one that failed."""
    for step in build.steps:
        done = tools.run(
            tools.environment.python,
            *step,
            log=log,
            seconds=seconds,
            cwd=tools.folder / build.working_folder,
            extra=dict(build.variables),
            limit="docs.seconds",
        )
        if done.status:
            what = f"{step[0]}, which runs before the documentation is built, failed"
            return not_built(what, done, live=context.live, by_hand=f"python {' '.join(step)}")
    return None


def _examine(context: Context, build: DocsBuild, tools: ToolEnvironment, log: Path, seconds: float) -> Findings:
    live, strict, why, environ = context.live, build.strict, build.strict_reason, dict(build.variables)
    folder = tools.folder / build.working_folder
    if build.name == "sphinx":
        return sphinx.examine(
            tools,
            tools.folder / (build.source or "docs"),
            live=live,
            log=log,
            seconds=seconds,
            strict=strict,
            why=why,
            builder=build.builder,
            options=build.options,
            cwd=folder,
            environ=environ,
        )
    if build.name == "zensical":
        return zensical.examine(
            tools,
            build.source,
            tools.folder,
            live=live,
            log=log,
            seconds=seconds,
            strict=strict,
            why=why,
            environ=environ,
        )
    return mkdocs.examine(
        tools, build.name, build.source, live=live, log=log, seconds=seconds, strict=strict, why=why, environ=environ
    )


def _answered(error: Broken, component: Component, build: DocsBuild) -> Broken:
    """Where a module is missing, say which list of the project's names it, and the line of settings for that."""
    module = lacking_module(f"{error.message}\n{error.tail}")
    if not module:
        return error
    tree = ProjectFiles(component.folder)
    taken = build.requirements
    found = [
        each
        for each in giving(requirement_lists(tree, metadata(tree)), module)
        if not ({*each.arguments} <= {*taken.arguments} and {*each.extras} <= {*taken.extras})
    ]
    if found:
        hint = f"{found[0]} names it: {choosing(found[0], _TABLE)}"
    else:
        hint = f"no list of requirements names {module}: say requirements under [{_TABLE}]"
    what = error.problems[0].message
    return Broken(what, status=error.status, tail=error.tail, log=error.log, hint=hint)
