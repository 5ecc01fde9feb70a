"""The linters and formatters the project uses, each as its contributors run it, in the version the project uses.

In this order of trust: a hook of pre-commit, a command that the project has written down, a list of requirements that
names the tool. A configuration alone shows that somebody once used it, so it is no reason to run it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from unmoor.errors import SettingsError
from unmoor.model import Requirements, Tool
from unmoor.project.detect.commands import ProjectCommand
from unmoor.project.detect.pre_commit import HookConfiguration
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import wanted
from unmoor.project.detect.tool_runs import Use, foreign, hook_uses, other_ways, written_uses
from unmoor.project.project_files import ProjectFiles, parse_ini
from unmoor.project.toml_file import dig

__all__ = ["FOREIGN_LINTERS", "lint_tools", "tool_version"]

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
_SET = "set in [tool.unmoor]"
# Linters that unmoor does not run by itself: that a project does is told.
FOREIGN_LINTERS = (
    *("pylint", "pydocstyle", "pycodestyle", "pyflakes", "codespell", "bandit", "interrogate", "vulture", "doc8"),
    *("rstcheck", "yamllint", "typos", "refurb", "semgrep", "pydoclint", "prospector"),
)
# What a list installs besides the tool changes what these find: their plug-ins.
_WITH_PLUGINS = frozenset({"flake8"})
_JOBS: Mapping[str, tuple[str, ...]] = {
    "ruff": ("ruff check", "ruff format"),
    "black": ("black",),
    "isort": ("isort",),
    "flake8": ("flake8",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What the project shows of its linters, gathered once."""

    tree: ProjectFiles
    lists: Sequence[RequirementList]
    hooks: HookConfiguration
    commands: Sequence[ProjectCommand]


def lint_tools(
    tree: ProjectFiles,
    lists: Sequence[RequirementList],
    hooks: HookConfiguration,
    commands: Sequence[ProjectCommand],
    given: tuple[str, ...] | None,
) -> tuple[tuple[Tool, ...], Mapping[str, str]]:
    """Return the linters to run, and by name why one that the project hints at is not among them.

    ``given`` are those that the settings name, ``None`` where they leave it to detection.
    """
    seen = _Evidence(tree=tree, lists=lists, hooks=hooks, commands=commands)
    found: list[Tool] = []
    unused: dict[str, str] = {}
    for name in _JOBS:
        tool = _linter(seen, name, forced=given is not None and name in given)
        if isinstance(tool, Tool):
            found.append(tool)
        elif tool:
            unused[name] = tool
    found += [each for each in [_pre_commit(seen, given)] if each]
    if given is not None:
        return tuple(tool for tool in found if tool.name in given), {}
    return tuple(found), {**unused, **foreign(commands, FOREIGN_LINTERS)}


def _linter(seen: _Evidence, name: str, *, forced: bool) -> Tool | str:
    """Return the tool as it is to be run, or why it is not, an empty text where nothing hints at it."""
    uses = {job: _uses(seen, job) for job in _JOBS[name]}
    chosen = {job: each[0] for job, each in uses.items() if each}
    requirement, found = wanted(seen.lists, name)
    configured = _configured(seen.tree, name)
    if chosen:
        reason = "; ".join(dict.fromkeys(use.shown for use in chosen.values()))
    elif found and (name == "ruff" or (configured and not _formats_otherwise(seen, name))):
        reason = f"{found} names it"
    elif name == "ruff" and configured and _locked(seen.tree, name):
        reason = configured
    elif forced:
        reason = _SET
    elif found and configured:
        return f"{name} is configured ({configured}) and named in {found}, but no hook and no command runs it"
    else:
        return f"{name} is configured ({configured}), but no list, hook or command names it" if configured else ""
    return Tool(
        name=name,
        requirements=_needs(seen, name, requirement, found, chosen),
        reason=reason,
        source=_jobs(seen, chosen) if name == "ruff" else "",
        runs=tuple(run for use in chosen.values() for run in use.runs),
        pythons=tuple(dict.fromkeys(python for use in chosen.values() for python in use.pythons)),
        ways=tuple(each for job, seen_uses in uses.items() for each in other_ways(seen_uses, [chosen.get(job)])),
    )


def _uses(seen: _Evidence, job: str) -> list[Use]:
    """Return every way in which the project does a job, the best first."""
    hook = hook_uses(seen.hooks, seen.commands, job)
    return [*([hook] if hook else []), *written_uses(seen.tree, seen.commands, job)]


def _formats_otherwise(seen: _Evidence, name: str) -> bool:
    """Say whether what the tool does is shown to be ruff's work, so that a list alone is a leftover."""
    job = {"black": "ruff format", "isort": "ruff check", "flake8": "ruff check"}[name]
    return bool(_uses(seen, job))


def _jobs(seen: _Evidence, chosen: Mapping[str, Use]) -> str:
    """Return which of ruff's two jobs the project gives it; both where nothing shows that it has just one."""
    if chosen:
        return " ".join(job.removeprefix("ruff ") for job in chosen)
    return "check" if _uses(seen, "black") else "check format"


def _needs(
    seen: _Evidence,
    name: str,
    requirement: str,
    found: RequirementList | None,
    chosen: Mapping[str, Use],
) -> Requirements:
    """Return what the tool's environment is given: with its plug-ins, from where it is run."""
    use = next(iter(chosen.values()), None)
    hook = next((use for use in chosen.values() if use.version), None)
    if name in _WITH_PLUGINS and use and use.requirements and not hook:
        return _with(use.requirements, name)
    if name in _WITH_PLUGINS and found and not hook:
        return Requirements(
            arguments=found.arguments, extras=found.extras, project=bool(found.extras), reason=str(found)
        )
    written = use.requirements if use and not hook else None
    if (
        written
        and written.project
        and _own_name(seen.tree) == name
        and not any(_is(each, name) for each in written.arguments)
    ):
        # It is the project itself: black formats its own code with the black that is there.
        return written
    version = tool_version(seen.tree, name, requirement, found, hook, written)
    additional = hook.requirements.arguments if hook and hook.requirements else ()
    return Requirements(arguments=(*version.arguments, *additional), reason=version.reason)


def _own_name(tree: ProjectFiles) -> str:
    return str(dig(tree.pyproject, "project", "name") or "").lower()


def _with(needs: Requirements, name: str) -> Requirements:
    if any(_is(argument, name) for argument in needs.arguments):
        return needs
    return Requirements(
        arguments=(*needs.arguments, name), project=needs.project, extras=needs.extras, reason=needs.reason
    )


def tool_version(
    tree: ProjectFiles,
    name: str,
    requirement: str,
    found: RequirementList | None,
    hook: Use | None,
    written: Requirements | None = None,
) -> Requirements:
    """Return a tool alone, in the version to use: a pin wins, then the hook's revision, a lock file, what runs it."""
    if found and re.search(r"==\s*[0-9][^*,]*$", requirement.partition(";")[0].strip()):
        return Requirements(arguments=(requirement,), reason=f"pinned in {found}")
    if hook and hook.version:
        return Requirements(arguments=(f"{name}=={hook.version}",), reason="the revision of its pre-commit hook")
    if locked := _locked(tree, name):
        return locked
    if stated := [argument for argument in written.arguments if _is(argument, name)] if written else []:
        return Requirements(arguments=(stated[0],), reason=written.reason if written else "")
    if found:
        return Requirements(arguments=(requirement,), reason=f"not pinned: the newest that {found} allows")
    return Requirements(arguments=(name,), reason="not pinned anywhere: the newest there is")


def _locked(tree: ProjectFiles, name: str) -> Requirements | None:
    for file in _LOCKS:
        if match := re.search(rf'name = "{name}"\nversion = "([^"\n]+)"', tree.text(file) or ""):
            return Requirements(arguments=(f"{name}=={match[1]}",), reason=f"locked in {file}")
    return None


def _is(argument: str, name: str) -> bool:
    return re.match(r"[A-Za-z0-9._-]*", argument)[0].lower() == name  # type: ignore[index]


def _configured(tree: ProjectFiles, name: str) -> str:
    """Return where a tool is configured, empty where it is not."""
    if isinstance(dig(tree.pyproject, "tool", name), dict):
        return f"[tool.{name}] in pyproject.toml"
    return next(_configuration_files(tree, name), "")


def _configuration_files(tree: ProjectFiles, name: str) -> Iterator[str]:
    if name == "ruff":
        yield from filter(tree.has, ("ruff.toml", ".ruff.toml"))
    if name in {"flake8", "isort"}:
        yield from filter(tree.has, (f".{name}", f".{name}.cfg"))
        for file in ("setup.cfg", "tox.ini"):
            # One that cannot be read configures nothing: the tool itself says so.
            with suppress(SettingsError):
                if name in parse_ini(tree.folder / file):
                    yield f"[{name}] in {file}"


def _pre_commit(seen: _Evidence, given: tuple[str, ...] | None) -> Tool | None:
    if not seen.hooks.name and "pre-commit" not in (given or ()):
        return None
    program = "prek" if seen.hooks.name.endswith(".toml") else "pre-commit"
    requirement, found = wanted(seen.lists, program)
    reason = str(found) if found else "not pinned anywhere: the newest there is"
    needs = Requirements(arguments=(requirement or program,), reason=reason)
    return Tool(name="pre-commit", requirements=needs, reason=seen.hooks.name or _SET, source=seen.hooks.name)
