"""What builds the documentation, from where, how, and what its environment needs.

In the order of trust: the settings, what the project runs itself, what Read the Docs is told, what groups and extras
are called, and where such files usually lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from unmoor.model import DocsBuild
from unmoor.model.settings import DocsSettings
from unmoor.project.detect.commands import ProjectCommand, project_commands
from unmoor.project.detect.docs.needs import USUAL, docs_needs
from unmoor.project.detect.docs.readthedocs import read_the_docs
from unmoor.project.detect.docs.sphinx_folder import sphinx_folder
from unmoor.project.detect.docs.strictness import strictness
from unmoor.project.detect.docs.written_builds import CONFIGURATIONS, WrittenBuild, written_builds
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import naming
from unmoor.project.project_files import ProjectFiles

__all__ = ["docs_engine"]

_SET = "set in [tool.unmoor.docs]"
_PLAINLY = re.compile(r"(?:(?:build|make)[-_:]?)?(?:docs?|html|documentation)(?:[-_:](?:build|html|strict))?")


def docs_engine(
    tree: ProjectFiles,
    lists: Sequence[RequirementList],
    given: DocsSettings,
    commands: Iterable[ProjectCommand] | None = None,
) -> tuple[DocsBuild | None, str]:
    """Return how the documentation is built, ``None`` where there is none, and the reason.

    ``commands`` are those of the project itself, read here where they are not given.
    """
    if given.engine == "none":
        return None, _SET
    folder = sphinx_folder(tree)
    told = read_the_docs(tree, folder)
    builds = written_builds(tree, (*(project_commands(tree) if commands is None else commands), *told.commands))
    places = _places(tree, lists, folder)
    own = _first(builds, given.engine)
    if given.engine:
        engine, source, reason = given.engine, own.source if own else places.get(given.engine, ""), _SET
    elif own:
        engine, source, reason = own.engine, own.source, str(own.command)
    elif places:
        # Where a project has configurations of several engines, the one it also installs is the one it uses.
        engine = next((name for name in places if naming(lists, f"{name}*", usual=USUAL)), next(iter(places)))
        source = places[engine]
        reason = f"{source}/conf.py" if engine == "sphinx" else source
    else:
        return None, "neither Sphinx's conf.py nor the configuration of another engine was found"
    source = given.source or source
    strict, strict_reason = strictness(tree, engine, source, builds, given=given.strict)
    first = _first(builds, engine)
    written = [*([first] if first else []), *(each for each in builds if each is not first)]
    needs, unmade = docs_needs(tree, engine, source, lists, given, written, told)
    found = DocsBuild(
        name=engine,
        requirements=needs,
        reason=reason,
        source=source,
        strict=strict,
        strict_reason=strict_reason,
        pythons=tuple(dict.fromkeys([*(own.command.pythons if own else ()), *told.pythons])),
        unmade=unmade,
    )
    return _as_written(found, own) if own and not given.source else found, reason


def _first(builds: Sequence[WrittenBuild], engine: str) -> WrittenBuild | None:
    """Return the build that is trusted most, one that is plainly called so before others."""
    found = [each for each in builds if engine in {"", each.engine}]
    return min(found, key=lambda each: not _PLAINLY.fullmatch(each.command.name), default=None)


def _as_written(found: DocsBuild, own: WrittenBuild) -> DocsBuild:
    return replace(
        found,
        builder=own.builder,
        options=own.options,
        working_folder=own.command.folder,
        variables=tuple((name, value) for name, value in own.command.environ if _is_ours(name, value)),
        steps=own.steps,
    )


def _is_ours(name: str, value: str) -> bool:
    """Say whether a variable is for the build, and not about the environment that its runner makes for it."""
    return name not in {"VIRTUAL_ENV", "PATH"} and not name.startswith("READTHEDOCS") and "{" not in value


def _places(tree: ProjectFiles, lists: Sequence[RequirementList], folder: str) -> dict[str, str]:
    """Return the engines that are configured, and where."""
    found = {"sphinx": folder} if folder else {}
    for engine, names in CONFIGURATIONS.items():
        own = [name for name in names if not name.startswith("mkdocs") or engine == "mkdocs"]
        if name := tree.first(*own):
            found[engine] = name
    # Zensical reads MkDocs' file, and many have changed to it without renaming that.
    if "mkdocs" in found and not naming(lists, "mkdocs*", usual=USUAL) and naming(lists, "zensical", usual=USUAL):
        found["zensical"] = found.pop("mkdocs")
    return found
