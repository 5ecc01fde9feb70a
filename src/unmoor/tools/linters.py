"""What all linters and type checkers have in common: an environment on the Python that the project gives them.

And what is said where one says no: which other ways of running it the project shows, with the setting that takes one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from unmoor.errors import ToolFailed, ToolMissing, UnmoorError
from unmoor.model import Component, Finding, Findings, Tool
from unmoor.project.detect.detected import UNTOLD
from unmoor.request import Memory
from unmoor.tools import nox, uv
from unmoor.tools.tool_environment import ToolEnvironment, open_environment, surroundings

__all__ = ["broken_detection", "examine", "lint", "why_unused"]

# Pythons that are tried before the requirements themselves are taken for what is wrong.
_TRIED = 3
Look = Callable[[ToolEnvironment, Tool, Path], Findings]


def lint(
    component: Component, environ: Mapping[str, str], name: str, look: Look, *, memory: Memory, log: Path
) -> Findings:
    """Return what the linter ``name`` finds, or why it is not run here."""
    if found := nox.set_aside(component, component.settings.lint, "there is no lint", environ, memory):
        return found
    tool = next((tool for tool in component.lint if tool.name == name), None)
    if tool is None:
        unused = component.unused.get(name)
        notices = (why_unused("lint", name, unused, [tool.name for tool in component.lint]),) if unused else ()
        return Findings(optional=unused or f"the project does not use {name}", notices=notices)
    return examine(component, environ, tool, look, memory=memory, log=log)


def examine(
    component: Component, environ: Mapping[str, str], tool: Tool, look: Look, *, memory: Memory, log: Path
) -> Findings:
    """Return what ``look`` finds with ``tool`` in its environment, with what is to be said of other ways."""
    try:
        tools = _opened(component, environ, tool, memory=memory, log=log)
        found = tools.telling(look(tools, tool, log))
    except UnmoorError as error:
        first, *rest = error.problems
        error.problems = (replace(first, hint="; ".join(filter(None, [first.hint, *_choices(tool)]))), *rest)
        raise
    if not found.problems:
        return found
    seen = tuple(Finding(message=f"{tool.name} is run in another way too: {each}") for each in tool.ways)
    return replace(found, notices=(*found.notices, *seen))


def broken_detection(component: Component, key: str) -> str:
    """Return what to add where nothing was found because the detection itself broke down, an empty text otherwise."""
    reasons = [each.reason for each in component.resolved if each.key == key]
    return next((f": {reason}" for reason in reasons if reason.startswith(UNTOLD)), "")


def why_unused(setting: str, name: str, why: str, used: list[str]) -> Finding:
    """Return the notice about a tool that is not run, with the line of settings that lets it run."""
    words = ", ".join(f'"{each}"' for each in [*used, name])
    return Finding(message=why, hint=f"to run it, say {setting} = [{words}] in [tool.unmoor]")


def _choices(tool: Tool) -> list[str]:
    return [f"it is run in another way too: {each}" for each in tool.ways]


def _opened(
    component: Component, environ: Mapping[str, str], tool: Tool, *, memory: Memory, log: Path
) -> ToolEnvironment:
    """Return the environment on the first of the tool's Pythons that is here and can have its requirements.

    A project's lowest Python may be too old for the checker itself: then contributors use a newer one as well.
    """
    env = surroundings(environ, component.settings.pass_env)
    # Its own pip is what mypy installs missing stubs with, where it is told to.
    also = ("pip",) if any("--install-types" in run.arguments for run in tool.runs) else ()
    failed: ToolFailed | None = None
    here = filter(None, (uv.find_python(version, env) for version in tool.pythons))
    for python in islice(here, _TRIED):
        try:
            return open_environment(
                component, environ, tool.requirements, memory=memory, python=python, also=also, log=log
            )
        except ToolFailed as error:
            failed = failed or error
    try:
        return open_environment(component, environ, tool.requirements, memory=memory, also=also, log=log)
    except (ToolFailed, ToolMissing) as error:
        raise failed or error from None
