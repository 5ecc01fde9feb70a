"""The settings as resolved, one row a value with where it comes from, in the order in which a person would ask."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from unmoor.model import Component, Requirements, Resolved, Tool, VersionSource
from unmoor.model.settings import Settings
from unmoor.project.detect import locks
from unmoor.project.detect.detected import Detected

__all__ = ["explain"]

_SET = "set in [tool.unmoor]"
_NO_LINT = "no linter and no hooks are in use"
_NO_TESTS = "neither a configuration of pytest, nor a folder of tests, nor a command for them"
_NO_SESSIONS = "noxfile.py defines no sessions of its own that can be seen without running it"
# What is told by the rows of detection already.
_TOLD = frozenset(
    {
        *("tag", "branches", "remote", "imports", "notes", "changelog", "gates", "lint", "types", "version-files"),
        "lock",
        *("tests.pythons", "docs.engine", "docs.strict"),
    }
)


def explain(component: Component, found: Detected, reasons: Mapping[str, str]) -> tuple[Resolved, ...]:
    """Return the rows; ``reasons`` by key for the values that do not carry their own."""
    settings, repository = component.settings, component.repository
    return (
        Resolved(key="name", value=component.name, reason=f"the package's own, in {_folder(component)}"),
        *_versions(found.sources),
        Resolved(key="backend", value=found.backend.name, reason=found.backend.reason),
        Resolved(key="imports", value=_listed(component.import_names), reason=reasons["imports"]),
        Resolved(key="tag", value=component.tag_form, reason=reasons["tag"]),
        Resolved(key="remote", value=repository.remote or "none", reason=reasons["remote"]),
        Resolved(key="branches", value=_listed(repository.branches), reason=reasons["branches"]),
        *_notes(found, settings),
        *_tools(
            "lint",
            found.lint,
            reasons.get("lint") or _NO_LINT,
            forced=settings.lint is not None,
        ),
        *_tools(
            "types", found.types, reasons["types"] or "no type checker is configured", forced=settings.types is not None
        ),
        *_tools(
            "tests",
            [found.tests] if found.tests else [],
            reasons.get("tests") or _NO_TESTS,
        ),
        Resolved(key="tests.pythons", value=_listed(found.pythons), reason=reasons["pythons"]),
        _lock(component),
        *_tools("docs", [found.docs] if found.docs else [], reasons["docs"]),
        *_strict(found),
        *_sessions(found, settings),
        *_rest(settings),
    )


def _folder(component: Component) -> str:
    return "the repository's top folder" if component.path == "." else component.path


def _versions(sources: Sequence[VersionSource]) -> Iterator[Resolved]:
    for index, source in enumerate(sources):
        value = {"vcs": "from tags", "computed": "computed"}.get(source.kind) or source.value or "not found"
        place = source.path if source.kind in {"vcs", "computed"} else f"{source.path}: {source.key or source.search}"
        yield Resolved(
            key="version" if not index else "version, also", value=value, reason=f"{place} ({source.reason})"
        )


def _notes(found: Detected, settings: Settings) -> Iterator[Resolved]:
    notes = found.notes
    value = f"{notes.style} in {notes.folder}/" if notes.folder else notes.style
    yield Resolved(key="notes", value=value, reason=notes.reason)
    reason = _SET if settings.changelog else notes.reason if notes.style == "towncrier" else "the file is there"
    yield Resolved(
        key="changelog", value=notes.changelog or "none", reason=reason if notes.changelog else "no file was found"
    )


def _tools(key: str, tools: Sequence[Tool], lacking: str, *, forced: bool = False) -> Iterator[Resolved]:
    if not tools:
        yield Resolved(key=key, value="none", reason=_SET if forced else lacking)
    for tool in tools:
        what = _works_on(tool)
        yield Resolved(key=key, value=f"{tool.name} ({what})" if what else tool.name, reason=tool.reason)
        needs = tool.requirements
        yield Resolved(key=f"{key}, with", value=_installed(needs), reason=needs.reason)


def _works_on(tool: Tool) -> str:
    """Return what a tool is run with: its own command line, else what it works on, else what its runs are given."""
    if tool.command:
        return shlex.join(tool.command)
    runs = dict.fromkeys(shlex.join(run.arguments) for run in tool.runs if run.arguments)
    return ", ".join(tool.source.split("\n")) if tool.source else "; ".join(runs)


def _strict(found: Detected) -> Iterator[Resolved]:
    if found.docs:
        yield Resolved(key="docs.strict", value=_shown(found.docs.strict), reason=found.docs.strict_reason)


def _installed(needs: Requirements) -> str:
    own = f"-e .[{','.join(needs.extras)}]" if needs.extras else "-e ."
    return " ".join([*needs.arguments, *([own] if needs.project else [])])


def _lock(component: Component) -> Resolved:
    given = component.settings.lock
    path = locks.find(component.folder, component.repository.root, given)
    reason = _SET if given else "the nearest lock there is" if path else "there is no lock"
    shown = path.relative_to(component.repository.root).as_posix() if path else locks.NONE
    return Resolved(key="lock", value=shown, reason=reason)


def _sessions(found: Detected, settings: Settings) -> Iterator[Resolved]:
    if not found.noxfile.exists:
        yield Resolved(key="gates", value="none", reason="there is no noxfile.py")
        return
    reason = _SET if settings.gates is not None else "sessions of noxfile.py with well-known names"
    for stage, names in found.own_sessions.items():
        pythons = {name: found.noxfile.sessions.get(name, ()) for name in names}
        shown = [f"{name} ({', '.join(pythons[name])})" if pythons[name] else name for name in names]
        yield Resolved(key=f"gates in {stage}", value=_listed(shown), reason=reason)
    if not found.own_sessions:
        all_names = ", ".join(found.noxfile.sessions)
        reason = (
            _SET
            if settings.gates is not None
            else f"no well-known name among the sessions of noxfile.py: {all_names}"
            if all_names
            else _NO_SESSIONS
        )
        yield Resolved(key="gates", value="none", reason=reason)
    yield Resolved(
        key="adopted",
        value="yes" if found.noxfile.adopted else "no",
        reason="whether noxfile.py imports unmoor.sessions",
    )


def _rest(settings: Settings) -> Iterator[Resolved]:
    """Yield the settings that nothing is detected for: all single values, and whatever else is not its default."""
    for key, value, default in _differing("", settings, Settings()):
        if key not in _TOLD and (value != default or (isinstance(value, str | bool) and "." not in key)):
            yield Resolved(key=key, value=_shown(value), reason=_SET if value != default else "default")


def _differing(above: str, value: Any, default: Any) -> Iterator[tuple[str, object, object]]:
    """Yield the keys of a settings table, those of its inner tables too, each with its value and its default."""
    for each in fields(value):
        key, inner = f"{above}{each.name.replace('_', '-')}", getattr(value, each.name)
        if is_dataclass(inner):
            yield from _differing(f"{key}.", inner, getattr(default, each.name))
        elif isinstance(inner, Mapping):
            for name, table in inner.items():
                yield from _differing(f"{key}.{name}.", table, type(table)())
        else:
            yield key, inner, getattr(default, each.name)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return _listed([_shown(each) for each in value])
    if is_dataclass(value):
        stated = {each.name.replace("_", "-"): getattr(value, each.name) for each in fields(value)}
        return ", ".join(f"{name} {_shown(part)}" for name, part in stated.items() if part != "")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values) or "none"
