"""What to do about a module that a type checker lacks: the project's list that would bring it, and the setting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from unmoor.model import Component, Finding
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.requirement_lists import RequirementList, requirement_lists
from unmoor.project.project_files import ProjectFiles

__all__ = ["advice"]

# In the words of mypy and of pyright.
_MISSING = re.compile(
    r"""(?:Library\ stubs\ not\ installed\ for|stub\ for\ module\ named|Import|Stub\ file\ not\ found\ for)
    \ ["'](?P<module>[A-Za-z_][\w.]*)["']""",
    re.VERBOSE,
)
# Modules that are well known by another name than that of what brings them.
_BROUGHT_BY = {"yaml": "pyyaml", "bs4": "beautifulsoup4", "dateutil": "pythondateutil", "attr": "attrs"}


def advice(component: Component, problems: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return, for each list that would bring what is missing, one notice with the line of settings that installs it."""
    missing = dict.fromkeys(match["module"] for each in problems if (match := _MISSING.search(each.message)))
    if not missing:
        return ()
    tree = ProjectFiles(component.folder)
    lists = requirement_lists(tree, metadata(tree))
    found: dict[str, Finding] = {}
    for module in missing:
        if brings := _bringing(lists, module):
            line = json.dumps(_words(brings), ensure_ascii=False)
            what = f"{module!r} is missing, and {brings} names what brings it"
            finding = Finding(message=what, hint=f"say types-requirements = {line} in [tool.unmoor]")
            found.setdefault(str(brings), finding)
    return tuple(found.values())


def _bringing(lists: Sequence[RequirementList], module: str) -> RequirementList | None:
    """Return the list with a package named like the module, or like the packages that it lies in."""
    parts = module.lower().split(".")
    for count in range(len(parts), 0, -1):
        name = re.sub(r"[-_.]", "", "".join(parts[:count]))
        names = {name, _BROUGHT_BY.get(name, name), f"types{name}", f"types{_BROUGHT_BY.get(name, name)}"}
        for each in lists:
            if names & {package.replace("-", "") for package in each.packages}:
                return each
    return None


def _words(brings: RequirementList) -> list[str]:
    """Return a list as the settings name it."""
    words = list(brings.arguments)
    if words[:1] in (["--group"], ["-r"]):
        return [" ".join(words)]
    return [*words, *([f".[{','.join(brings.extras)}]"] if brings.extras else [])]
