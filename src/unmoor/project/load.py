"""Load a component: find it, read it, decode its settings, detect the rest. Nothing is run and nothing is written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, is_dataclass, replace
from pathlib import Path
from typing import Any

from unmoor.errors import SettingsError, UnmoorError
from unmoor.model import Component, Finding, Repository
from unmoor.model.settings import Settings
from unmoor.project.detect import repository
from unmoor.project.detect.detected import Detected, detect, problems
from unmoor.project.detect.noxfile import called_stages
from unmoor.project.detect.repository import Refs
from unmoor.project.detect.tag_form import configured_prefix, tag_form
from unmoor.project.packages_below import no_package, where_to_go
from unmoor.project.project_files import ProjectFiles
from unmoor.project.resolved_settings import explain
from unmoor.project.settings.decode import decode
from unmoor.project.toml_file import dig

__all__ = ["find_component", "load"]

_MARKS = ("pyproject.toml", "setup.py")
# Facts about this clone rather than the project, and values the tree itself is witness of.
_NOT_IN_DIGEST = frozenset({"reason", "strict_reason", "value"})


def load(root: Path, start: Path, refs: Refs) -> Component:
    """Return the component of the repository at ``root`` that the folder ``start`` belongs to.

    ``refs`` is what git says of the repository. Raises ``UnmoorError`` where there is no package, and
    ``SettingsError`` with every problem that its settings and metadata have.
    """
    tree = ProjectFiles(find_component(start, root))
    _must_be_package(tree)
    settings = _settings(tree)
    found = detect(tree, settings)
    told = configured_prefix(tree)
    form, form_reason = (
        (settings.tag, "set in [tool.unmoor]") if settings.tag else tag_form(refs.tags, found.name, told)
    )
    remote, remote_reason = repository.remote(refs, settings.remote)
    branches, branches_reason = repository.branches(refs, remote, settings.branches)
    reasons = {**found.reasons, "tag": form_reason, "remote": remote_reason, "branches": branches_reason}
    component = Component(
        repository=Repository(
            root=root,
            remote=remote,
            remote_address=refs.addresses.get(remote, ""),
            branches=branches,
            own_sessions=found.own_sessions,
            adopted=found.noxfile.adopted,
            stage_sessions=called_stages(found.noxfile, found.own_sessions),
        ),
        name=found.name,
        path=tree.folder.relative_to(root).as_posix(),
        folder=tree.folder,
        import_names=tuple(package.name for package in found.packages),
        sources=found.sources,
        tag_form=form,
        settings=settings,
        settings_digest=_digest(settings, found),
        metadata=found.metadata,
        backend=found.backend,
        notes=found.notes,
        lint=found.lint,
        types=found.types,
        unused=found.unused,
        tests=found.tests,
        docs=found.docs,
        pythons=found.pythons,
        archive_stages=("tests",) if settings.tests.against == "wheel" else (),
    )
    return replace(component, resolved=explain(component, found, reasons))


def find_component(start: Path, root: Path) -> Path:
    """Return the nearest folder at or above ``start``, not above ``root``, that a package is described in."""
    top = root.resolve()
    here = start.resolve()
    for folder in (here, *here.parents):
        if any((folder / name).is_file() for name in _MARKS):
            # The repository's own spelling of its path, where links lead to it.
            return root / folder.relative_to(top)
        if folder == top:
            break
    raise UnmoorError(
        "there is no Python package here: neither pyproject.toml nor setup.py",
        place=str(start),
        hint=where_to_go(start) or "write a pyproject.toml with [build-system] and [project]",
    )


def _must_be_package(tree: ProjectFiles) -> None:
    """Raise ``UnmoorError`` where the project says itself that it is no package: nothing of it can be released."""
    if why := no_package(tree.pyproject):
        raise UnmoorError(
            f"this project is no package: {why}",
            place=str(tree.folder / "pyproject.toml"),
            hint=where_to_go(tree.folder) or "nothing can be built and released of it",
        )


def _settings(tree: ProjectFiles) -> Settings:
    """Decode the settings; raise every problem of theirs and of the metadata at once."""
    table = dig(tree.pyproject, "tool", "unmoor")
    settings, found = Settings(), list[Finding]()
    try:
        if table is not None:
            settings = decode(table, file="pyproject.toml", text=tree.toml.text)
    except SettingsError as error:
        found += error.problems
    try:
        found += problems(tree)
    except SettingsError as error:
        found += error.problems
    if found:
        raise SettingsError(found)
    return settings


def _digest(settings: Settings, found: Detected) -> str:
    """Return the sha256 of what the stages go by: the settings, and what was detected in the component's files.

    What git says (remote, branches, tag form) is left out: it differs between clones of one project, and the plan is
    bound to it by itself. So are the versions that the sources state now, which the tree is bound to.
    """
    value = {
        "settings": settings,
        "name": found.name,
        "imports": [(package.name, package.path) for package in found.packages],
        "sources": found.sources,
        "backend": found.backend,
        "notes": found.notes,
        "tools": [*found.lint, *found.types, found.tests, found.docs],
        "pythons": found.pythons,
        "own_sessions": found.own_sessions,
        "adopted": found.noxfile.adopted,
    }
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _without(asdict(value))
    what = f"{type(value).__name__} has no place in a digest"
    raise TypeError(what)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if key not in _NOT_IN_DIGEST}
    return [_without(inner) for inner in value] if isinstance(value, list | tuple) else value
