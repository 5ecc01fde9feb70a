"""What to try where the tests could not be run as it was thought: the project's other ways, and its other lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

from unmoor.model import Component, Finding, Requirements
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.requirement_lists import requirement_lists
from unmoor.project.detect.requirements import as_settings, joined
from unmoor.project.project_files import ProjectFiles

__all__ = ["advice", "points_at_setup"]

_TABLE = "[tool.unmoor.tests]"
_MISSING = re.compile(r"No module named '?(?P<module>[A-Za-z_]\w*)")
# What a test says where not the code but its environment is at fault.
_SETUP = re.compile(
    r"No module named|unrecognized arguments|fixture '\w+' not found|unknown marker|ConftestImportFailure"
)
# Modules that are well known by another name than that of what brings them.
_BROUGHT_BY = {
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "PIL": "pillow",
    "attr": "attrs",
}


def points_at_setup(said: str) -> bool:
    """Say whether what was said speaks of the environment of a run rather than of the code under test."""
    return _SETUP.search(said) is not None


def advice(component: Component, said: Iterable[str]) -> tuple[Finding, ...]:
    """Return which list names a module that was missing, and which other ways the project has to run its tests.

    ``said`` is what the run said of its failures.
    """
    tool = component.tests
    if tool is None:
        return ()
    missing = dict.fromkeys(match["module"] for text in said for match in _MISSING.finditer(text))
    found = [finding for module in missing if (finding := _listed(component, tool.requirements, module))]
    hint = f"to choose it, put those lines under {_TABLE}"
    ways = [Finding(message=f"the project has another way to run its tests: {way}", hint=hint) for way in tool.ways]
    return (*found, *ways)


def _listed(component: Component, needs: Requirements, module: str) -> Finding | None:
    """Say which of the project's lists would bring a module, and the lines of settings that install it too."""
    tree = ProjectFiles(component.folder)
    names = {_BROUGHT_BY.get(module, module).lower().replace("_", "-"), module.lower().replace("_", "-")}
    for each in requirement_lists(tree, metadata(tree)):
        if names & each.packages.keys():
            more = Requirements(arguments=each.arguments, extras=each.extras, reason=str(each))
            lines = "; ".join(as_settings(joined(needs, more)))
            return Finding(message=f"{module!r} is missing, and {each} names it", hint=f"under {_TABLE}: {lines}")
    return None
