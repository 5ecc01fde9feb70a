"""Everything that need not be said because the project shows it: one pass over its files, a reason for each."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from unmoor.errors import UnmoorError
from unmoor.model import Backend, DocsBuild, Finding, NotesStyle, Tool, VersionSource
from unmoor.model.settings import Settings
from unmoor.project.detect.build_backend import backend, backend_problems
from unmoor.project.detect.commands import ProjectCommand, project_commands
from unmoor.project.detect.docs_engine import docs_engine
from unmoor.project.detect.lint_tools import lint_tools
from unmoor.project.detect.metadata import metadata, metadata_problems
from unmoor.project.detect.notes_style import notes_style
from unmoor.project.detect.noxfile import Noxfile, by_stage, read_noxfile
from unmoor.project.detect.packages import Package, find
from unmoor.project.detect.pre_commit import HookConfiguration, hook_configuration
from unmoor.project.detect.pythons import supported
from unmoor.project.detect.requirement_lists import RequirementList, requirement_lists
from unmoor.project.detect.test_suite import test_suite
from unmoor.project.detect.type_checkers import type_checkers
from unmoor.project.detect.version_sources import sources
from unmoor.project.project_files import ProjectFiles

__all__ = ["UNTOLD", "Detected", "detect", "problems"]

# How the reason begins where a detection has broken down.
UNTOLD = "could not be told"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What a component's files show. ``reasons`` holds those that the values do not carry themselves, by key."""

    name: str
    metadata: Mapping[str, object]
    backend: Backend
    packages: tuple[Package, ...]
    sources: tuple[VersionSource, ...]
    notes: NotesStyle
    lint: tuple[Tool, ...]
    types: tuple[Tool, ...]
    unused: Mapping[str, str]
    tests: Tool | None
    docs: DocsBuild | None
    pythons: tuple[str, ...]
    noxfile: Noxfile
    own_sessions: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, str]


def problems(tree: ProjectFiles) -> Iterator[Finding]:
    """Yield everything that makes the project unfit to be detected."""
    yield from metadata_problems(tree)
    yield from backend_problems(tree)


def detect(tree: ProjectFiles, settings: Settings) -> Detected:
    """Detect everything the settings leave open, in a project without ``problems``. Raises ``SettingsError``."""
    stated = metadata(tree)
    name, build = str(stated["name"]), backend(tree)
    packages, packages_reason = find(tree, build.name, name, settings.imports)
    told: dict[str, str] = {}
    no_lists: tuple[RequirementList, ...] = ()
    no_tools: tuple[tuple[Tool, ...], Mapping[str, str]] = ((), {})
    no_commands: tuple[ProjectCommand, ...] = ()
    no_docs: tuple[DocsBuild | None, str] = (None, "")
    lists = _attempt(told, "lists", lambda: requirement_lists(tree, stated), no_lists)
    commands = _attempt(told, "commands", lambda: project_commands(tree), no_commands)
    tests = _attempt(told, "tests", lambda: test_suite(tree, lists, settings.tests, commands), None)
    needs = tests.requirements if tests else None
    docs, docs_reason = _attempt(told, "docs", lambda: docs_engine(tree, lists, settings.docs, commands), no_docs)
    pythons, pythons_reason = supported(stated, settings.tests.pythons)
    hooks = _attempt(told, "hooks", lambda: hook_configuration(tree), HookConfiguration())
    lint, not_linted = _attempt(told, "lint", lambda: lint_tools(tree, lists, hooks, commands, settings.lint), no_tools)
    types, not_typed = _attempt(
        told,
        "types",
        lambda: type_checkers(
            tree, lists, packages, needs, hooks, commands, pythons, settings.types, settings.types_requirements
        ),
        no_tools,
    )
    noxfile = read_noxfile(tree)
    return Detected(
        name=name,
        metadata=stated,
        backend=build,
        packages=packages,
        sources=_in_use(sources(tree, build, packages, stated, settings.version_files), settings),
        notes=notes_style(tree, settings.notes, settings.changelog),
        lint=lint,
        types=types,
        unused={**not_linted, **not_typed},
        tests=tests,
        docs=docs,
        pythons=pythons,
        noxfile=noxfile,
        own_sessions=by_stage(noxfile, settings.gates),
        reasons={
            "imports": packages_reason,
            "pythons": pythons_reason,
            "docs": docs_reason,
            "lint": "; ".join([*([hooks.problem] if hooks.problem else []), *not_linted.values()]),
            "types": "; ".join(not_typed.values()),
            **told,
        },
    )


def _in_use(found: tuple[VersionSource, ...], settings: Settings) -> tuple[VersionSource, ...]:
    """Leave out what bump-my-version remembers where the settings say to leave its configuration alone."""
    return tuple(each for each in found if settings.bumpversion == "follow" or not each.is_memory)


def _attempt(told: dict[str, str], key: str, look: Callable[[], _T], otherwise: _T) -> _T:
    """Return what a detection finds; one that breaks down is told by its key, and the run goes on without it.

    What is wrong with the project's settings or files is no break-down: that is its own error.
    """
    try:
        return look()
    except UnmoorError:
        raise
    except Exception as error:  # noqa: BLE001 - any file may be a surprise to a detection, and none may stop a run
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        told[key] = f"{UNTOLD}: {said} (unmoor's own fault, at {Path(where.filename).name}:{where.lineno})"
        return otherwise
