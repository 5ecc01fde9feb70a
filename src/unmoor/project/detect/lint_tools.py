"""The linters the project uses: ruff, in the version the project uses, and pre-commit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unmoor.model import Requirements, Tool
from unmoor.project.detect.pre_commit import FILES, HookRepository, hooks, ruff_hook
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import wanted
from unmoor.project.detect.written_commands import written_commands
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig

__all__ = ["lint_tools"]

_RUFF_FILES = ("ruff.toml", ".ruff.toml")
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")


def lint_tools(tree: ProjectFiles, lists: Sequence[RequirementList], given: tuple[str, ...] | None) -> tuple[Tool, ...]:
    """Return the linters to run; ``given`` are those the settings name, ``None`` where they leave it to detection."""
    listed = hooks(tree)
    found = [_ruff(tree, lists, listed, forced=given is not None and "ruff" in given), _pre_commit(tree, lists, given)]
    return tuple(tool for tool in found if tool is not None and (given is None or tool.name in given))


def _ruff(
    tree: ProjectFiles, lists: Sequence[RequirementList], listed: tuple[HookRepository, ...], *, forced: bool
) -> Tool | None:
    hook = ruff_hook(listed)
    requirement, found = wanted(lists, "ruff")
    file = tree.first(*_RUFF_FILES)
    if isinstance(dig(tree.pyproject, "tool", "ruff"), dict):
        reason = "[tool.ruff] in pyproject.toml"
    elif file:
        reason = file
    elif found:
        reason = f"{found} names it"
    elif hook:
        reason = "its pre-commit hook is in use"
    elif forced:
        reason = "set in [tool.unmoor]"
    else:
        return None
    needs = _ruff_version(tree, requirement, found, hook)
    return Tool(name="ruff", requirements=needs, reason=reason, source=_ruff_uses(tree, hook))


def _ruff_version(
    tree: ProjectFiles, requirement: str, found: RequirementList | None, hook: HookRepository | None
) -> Requirements:
    """Return the version to use: a pin wins, then the hook's revision, then a lock file."""
    if found and re.search(r"==\s*[0-9][^*,]*$", requirement.partition(";")[0].strip()):
        return Requirements(arguments=(requirement,), reason=f"pinned in {found}")
    if hook and hook.version:
        return Requirements(arguments=(f"ruff=={hook.version}",), reason="the revision of its pre-commit hook")
    for name in _LOCKS:
        if match := re.search(r'name = "ruff"\nversion = "([^"\n]+)"', tree.text(name) or ""):
            return Requirements(arguments=(f"ruff=={match[1]}",), reason=f"locked in {name}")
    if found:
        return Requirements(arguments=(requirement,), reason=f"not pinned: the newest that {found} allows")
    return Requirements(arguments=("ruff",), reason="not pinned anywhere: the newest there is")


def _ruff_uses(tree: ProjectFiles, hook: HookRepository | None) -> str:
    """Return which of ruff's two jobs the project gives it; both where nothing shows that it has just one."""
    if hook:
        checks, formats = {"ruff", "ruff-check"} & set(hook.ids), "ruff-format" in hook.ids
    else:
        said = written_commands(tree)
        checks = set(re.findall(r"ruff['\", ]+check\b", said))
        formats = (
            bool(re.search(r"ruff['\", ]+format\b", said)) or dig(tree.pyproject, "tool", "ruff", "format") is not None
        )
    if bool(checks) == formats:
        return "check format"
    return "check" if checks else "format"


def _pre_commit(tree: ProjectFiles, lists: Sequence[RequirementList], given: tuple[str, ...] | None) -> Tool | None:
    name = tree.first(*FILES)
    if not name and "pre-commit" not in (given or ()):
        return None
    requirement, found = wanted(lists, "pre-commit")
    reason = str(found) if found else "not pinned anywhere: the newest there is"
    needs = Requirements(arguments=(requirement or "pre-commit",), reason=reason)
    return Tool(name="pre-commit", requirements=needs, reason=name or "set in [tool.unmoor]", source=name)
