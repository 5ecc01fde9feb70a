"""What the documentation's environment needs: as a build installs it, else the lists that give what is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from unmoor.model import Requirements
from unmoor.model.settings import DocsSettings
from unmoor.project.detect.build_backend import normalized
from unmoor.project.detect.docs.named_parts import named_parts
from unmoor.project.detect.docs.readthedocs import ReadTheDocs
from unmoor.project.detect.docs.written_builds import WrittenBuild
from unmoor.project.detect.providers import gives, giving
from unmoor.project.detect.requirement_files import requirement_file
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import chosen, joined, naming, stated
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig_texts

__all__ = ["USUAL", "docs_needs"]

# What lists for the documentation are called, best first.
USUAL = ("docs", "doc", "doc*", "sphinx*", "mkdocs*", "zensical*", "dev", "dev*")


def docs_needs(
    tree: ProjectFiles,
    engine: str,
    source: str,
    lists: Sequence[RequirementList],
    given: DocsSettings,
    builds: Sequence[WrittenBuild],
    told: ReadTheDocs,
) -> tuple[Requirements, str]:
    """Return what is to be installed, and why that is not done here, if so; ``builds`` are the best trusted first."""
    if needs := stated(given.groups, given.extras, given.requirements, "[tool.unmoor.docs]"):
        return needs, ""
    parts = named_parts(tree, engine, source)
    installing = [each.command.requirements for each in builds if each.engine == engine and each.command.requirements]
    # An environment that lacks the engine is broken where it is written, or gets it in a way that is not seen.
    for listed in installing:
        if any(_serves(package, engine, parts) for package in _packages(tree, listed, lists)):
            return _without_unneeded(tree, listed, lists, engine, parts), ""
    if told.conda:
        needs = Requirements(arguments=(engine,), project=True, reason=told.file)
        return needs, f"{told.file} builds in a conda environment ({told.conda}), and none is made here"
    return _from_lists(engine, source, lists, parts, written=bool(builds))


def _serves(package: str, engine: str, parts: Sequence[str]) -> bool:
    """Say whether a distribution is the engine, one of its plug-ins, or something that its configuration names."""
    return package == engine or package.startswith(f"{engine}-") or any(gives(package, part) for part in parts)


def _packages(tree: ProjectFiles, needs: Requirements, lists: Sequence[RequirementList]) -> set[str]:
    """Return the names of the distributions that requirements come down to, as far as the lists tell."""
    words = needs.arguments
    found = {normalized(word) for word in words if not word.startswith("-")}
    for option, path in pairwise(words):
        found |= set(requirement_file(tree, path).packages) if option == "-r" else set()
    for each in lists:
        listed = each.arguments and any(
            words[index : index + len(each.arguments)] == each.arguments for index in range(len(words))
        )
        if listed or (each.kind == "extra" and each.name in needs.extras):
            found |= set(each.packages)
    return found


def _without_unneeded(
    tree: ProjectFiles, listed: Requirements, lists: Sequence[RequirementList], engine: str, parts: Sequence[str]
) -> Requirements:
    """Leave out the groups that uv adds unasked (``dev``), where another group serves the documentation.

    They hold what everything else needs; of the documentation they only say on which machines it cannot be built.
    """
    default = dig_texts(tree.pyproject, "tool", "uv", "default-groups") or ("dev",)
    groups = {each.name: each for each in lists if each.kind == "dependency group"}
    words = list(listed.arguments)
    named = [words[index + 1] for index, word in enumerate(words[:-1]) if word == "--group"]
    serving = [
        each
        for each in named
        if each not in default
        and each in groups
        and any(_serves(name, engine, parts) for name in groups[each].packages)
    ]
    for name in default:
        if name in named and serving:
            at = next(index for index, word in enumerate(words) if word == "--group" and words[index + 1] == name)
            del words[at : at + 2]
    return replace(listed, arguments=tuple(words), project=True)


def _from_lists(
    engine: str, source: str, lists: Sequence[RequirementList], parts: Sequence[str], *, written: bool
) -> tuple[Requirements, str]:
    """Return the list that names the engine, with those that give what its configuration names besides."""
    named = naming(lists, engine, usual=USUAL) or naming(lists, f"{engine}*", usual=USUAL)
    taken = [named] if named else []
    lacking = []
    for part in parts:
        found = giving(lists, part)
        if found and not any(each in taken for each in found):
            taken.append(found[0])
        elif not found:
            lacking.append(part)
    needs = chosen(taken[0] if taken else None, engine)
    for each in taken[1:]:
        needs = joined(needs, chosen(each, engine))
    if taken and not named:
        needs = joined(needs, Requirements(arguments=(engine,), reason="the engine itself"))
    if lacking and not named and not written:
        file = f"{source}/conf.py" if engine == "sphinx" else source
        listed = ", ".join(lacking[:5])
        return needs, f"{file} is there, but no list of requirements gives what it names: {listed}"
    return needs, ""
