"""What builds the documentation, from where, and what its environment needs."""

from __future__ import annotations

from collections.abc import Sequence

from unmoor.model import Tool
from unmoor.model.settings import DocsSettings
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import chosen, naming, stated
from unmoor.project.project_files import ProjectFiles

__all__ = ["docs_engine"]

_USUAL = ("docs", "doc", "doc*", "sphinx*", "mkdocs*", "dev", "dev*")
# click, flit, trio, scipy, pytest
_SPHINX = ("docs", "doc", "docs/source", "doc/source", "doc/en")
_FILES = {
    "zensical": ("zensical.toml",),  # Scrapling
    "properdocs": ("properdocs.yml", "properdocs.yaml"),  # TagStudio
    "mkdocs": ("mkdocs.yml", "mkdocs.yaml"),  # commitizen
}


def docs_engine(tree: ProjectFiles, lists: Sequence[RequirementList], given: DocsSettings) -> tuple[Tool | None, str]:
    """Return the documentation engine, ``None`` where there is none, and the reason."""
    if given.engine == "none":
        return None, "set in [tool.unmoor.docs]"
    places = _places(tree)
    if given.engine:
        engine, source, reason = given.engine, places.get(given.engine, ""), "set in [tool.unmoor.docs]"
    elif places:
        # Where a project has configurations of several engines, the one it also installs is the one it uses.
        engine = next((name for name in places if naming(lists, f"{name}*", usual=_USUAL)), next(iter(places)))
        source = places[engine]
        reason = f"{source}/conf.py" if engine == "sphinx" else source
    else:
        return None, "neither Sphinx's conf.py nor the configuration of another engine was found"
    named = naming(lists, engine, usual=_USUAL) or naming(lists, f"{engine}*", usual=_USUAL)
    needs = stated(given.groups, given.extras, given.requirements, "[tool.unmoor.docs]") or chosen(named, engine)
    return Tool(name=engine, requirements=needs, reason=reason, source=given.source or source), reason


def _places(tree: ProjectFiles) -> dict[str, str]:
    """Return the engines that are configured, and where."""
    found = {}
    if folder := next((each for each in _SPHINX if tree.has(f"{each}/conf.py")), ""):
        found["sphinx"] = folder
    for engine, names in _FILES.items():
        if name := tree.first(*names):
            found[engine] = name
    return found
