"""Every list of requirements the project keeps: groups, extras, those of its project manager, requirements files.

Each is turned into arguments for ``uv pip install`` (or ``pip install``) in the component's folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups

from unmoor.project.detect.build_backend import normalized
from unmoor.project.detect.poetry_constraints import arguments_for
from unmoor.project.detect.requirement_files import RequirementFile, requirement_files
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig_table, dig_texts

__all__ = ["RequirementList", "requirement_lists"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementList:
    """A list of requirements by its kind and name.

    ``packages`` maps the normalized names in it to the requirements as written; ``arguments`` install all of it,
    ``extras`` are the project's own that belong to it.
    """

    kind: str
    name: str
    packages: Mapping[str, str]
    arguments: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}'"


def requirement_lists(tree: ProjectFiles, metadata: Mapping[str, object]) -> tuple[RequirementList, ...]:
    """Return all lists, those first that say most plainly what they are for."""
    return (
        *_groups(tree),
        *_extras(metadata),
        *_poetry(tree),
        *_pdm(tree),
        *_uv(tree),
        *_hatch(tree),
        *(_file(each) for each in requirement_files(tree)),
    )


def _groups(tree: ProjectFiles) -> Iterator[RequirementList]:
    """Dependency groups (PEP 735)."""
    groups = dig_table(tree.pyproject, "dependency-groups")
    for name in groups:
        listed = _resolved(groups, name)
        yield RequirementList(
            kind="dependency group", name=name, packages=_packages(listed), arguments=("--group", name)
        )


def _resolved(groups: Mapping[str, Any], name: str) -> list[str]:
    try:
        return list(resolve_dependency_groups(groups, name))
    except ExceptionGroup:
        # It is chosen by what can be read of it all the same: then the installer says what is wrong with it.
        listed = groups[name]
        return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []


def _extras(metadata: Mapping[str, object]) -> Iterator[RequirementList]:
    """Extras, with those that they take in by naming the project itself."""
    extras = dig_table(metadata, "optional-dependencies")
    own = normalized(str(metadata.get("name", "")))
    for name in extras:
        listed = _with_own(extras, own, name, ())
        yield RequirementList(kind="extra", name=name, packages=_packages(listed), extras=(name,))


def _with_own(extras: Mapping[str, object], own: str, name: str, above: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for each in dig_texts(extras, name) if name not in above else ():
        inner = re.match(r"[^\[;]*\[([^\]]*)\]", each)
        if own and inner and normalized(each) == own:
            for part in inner[1].split(","):
                found += _with_own(extras, own, part.strip(), (*above, name))
        else:
            found.append(each)
    return found


def _poetry(tree: ProjectFiles) -> Iterator[RequirementList]:
    """Yield its groups, and the list from before it had groups (poetry 0.12)."""
    groups = {name: dig_table(tree.pyproject, "tool", "poetry", "group", name) for name in tree.tool("poetry", "group")}
    if "dev-dependencies" in tree.tool("poetry"):
        groups.setdefault("dev", {"dependencies": tree.tool("poetry", "dev-dependencies")})
    for name, table in groups.items():
        entries = dig_table(table, "dependencies")
        arguments = [argument for package, spec in entries.items() for argument in arguments_for(package, spec)]
        packages = {normalized(package): _shown(package, spec) for package, spec in entries.items()}
        yield RequirementList(kind="Poetry group", name=name, packages=packages, arguments=tuple(arguments))


def _shown(package: str, spec: object) -> str:
    return next((each for each in arguments_for(package, spec) if normalized(each) == normalized(package)), package)


def _pdm(tree: ProjectFiles) -> Iterator[RequirementList]:
    for name in (table := tree.tool("pdm", "dev-dependencies")):
        yield _plain("PDM group", name, dig_texts(table, name))


def _uv(tree: ProjectFiles) -> Iterator[RequirementList]:
    if listed := dig_texts(tree.pyproject, "tool", "uv", "dev-dependencies"):
        yield _plain("uv list", "dev-dependencies", listed)


def _hatch(tree: ProjectFiles) -> Iterator[RequirementList]:
    for name in (table := tree.tool("hatch", "envs")):
        stated = [*dig_texts(table, name, "dependencies"), *dig_texts(table, name, "extra-dependencies")]
        listed = [each for each in stated if "{" not in each]  # Hatch's own placeholders mean nothing to an installer
        groups = [word for group in dig_texts(table, name, "dependency-groups") for word in ("--group", group)]
        if listed or groups:
            yield RequirementList(
                kind="Hatch environment",
                name=name,
                packages=_packages(listed),
                arguments=(*groups, *listed),
                extras=dig_texts(table, name, "features"),
            )


def _plain(kind: str, name: str, listed: tuple[str, ...]) -> RequirementList:
    words: list[str] = []
    for each in listed:
        words += each.split(maxsplit=1) if each.startswith("-e ") else [each]
    return RequirementList(kind=kind, name=name, packages=_packages(list(listed)), arguments=tuple(words))


def _file(found: RequirementFile) -> RequirementList:
    return RequirementList(
        kind="requirements file",
        name=found.path,
        packages=found.packages,
        arguments=("-r", found.path),
        extras=found.extras,
    )


def _packages(listed: list[str]) -> dict[str, str]:
    return {name: each.strip() for each in listed if (name := normalized(each))}
