"""The type checkers the project uses: those it configures and also requires, or configures strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from unmoor.model import Requirements, Tool
from unmoor.project.detect.packages import Package
from unmoor.project.detect.pre_commit import hooks
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import chosen, joined, naming
from unmoor.project.detect.written_commands import written_commands
from unmoor.project.project_files import ProjectFiles, parse_ini
from unmoor.project.toml_file import dig, dig_texts

__all__ = ["type_checkers"]

_USUAL = ("typing", "types", "type", "typ*", "mypy*", "pyright*", "lint*", "dev", "dev*")
# A command of pyright with a path behind it, as a line of a shell or a list of words; an option is no path.
_CHECKS = re.compile(r"""(?:^|[\s:=&;|])pyright\s+(?!-)[\w./]|[\[(]\s*["']pyright["'],\s*["'](?!-)""")
_TESTS = re.compile(r"(?:^|[\s,/])(?:tests?|testing)(?:$|[\s,/])")


@dataclass(frozen=True, slots=True)
class _Configured:
    """A checker's configuration: where it stands, whether it is strict, what it is told to look at."""

    where: str
    strict: bool
    targets: tuple[str, ...]


def type_checkers(
    tree: ProjectFiles,
    lists: Sequence[RequirementList],
    packages: Sequence[Package],
    tests: Requirements | None,
    given: tuple[str, ...] | None,
) -> tuple[tuple[Tool, ...], tuple[str, ...]]:
    """Return the checkers to run, and why the others are not; ``given`` are those that the settings name.

    ``tests`` is what the tests need: a checker that looks at them too needs the same.
    """
    found, remarks = [], []
    for name, configured in (("mypy", _mypy(tree)), ("pyright", _pyright(tree))):
        listed = naming(lists, name, usual=_USUAL)
        why_not = _why_not(tree, name, configured, listed) if given is None else None
        if why_not is None and (given is None or name in given):
            reason = configured.where if given is None and configured else "set in [tool.unmoor]"
            targets = "" if configured and configured.targets else "\n".join(_code(packages))
            needs = _needs(name, configured, listed, tests)
            found.append(Tool(name=name, requirements=needs, reason=reason, source=targets))
        elif why_not:
            remarks.append(why_not)
    return tuple(found), tuple(remarks)


def _why_not(
    tree: ProjectFiles, name: str, configured: _Configured | None, listed: RequirementList | None
) -> str | None:
    """Say why a checker is not used by itself: ``None`` where it is, an empty text where nothing hints at it."""
    if configured is None:
        return f"{name} is named in {listed}, but it is not configured" if listed else ""
    if name == "pyright" and _only_verifies(written_commands(tree)):
        return "pyright is run with --verifytypes alone, which judges the published types and not the code"
    if listed or configured.strict:
        return None
    if any(name in each.ids for each in hooks(tree)):
        return f"{name} runs as a pre-commit hook"
    return f"{name} is configured ({configured.where}), but no list of requirements names it"


def _only_verifies(commands: str) -> bool:
    lines = [line for line in commands.split("\n") if "pyright" in line]
    # exceptiongroup runs it both ways, in two commands.
    return any("--verifytypes" in line for line in lines) and not any(map(_CHECKS.search, lines))


def _needs(
    name: str, configured: _Configured | None, listed: RequirementList | None, tests: Requirements | None
) -> Requirements:
    needs = chosen(listed, name)
    if tests and configured and _looks_at_tests(configured) and not (listed and "pytest" in listed.packages):
        return joined(needs, tests)
    return needs


def _looks_at_tests(configured: _Configured) -> bool:
    return any(_TESTS.search(target) for target in configured.targets)


def _code(packages: Sequence[Package]) -> list[str]:
    """Return what there is to check where no configuration says: the folder ``src``, else the packages."""
    below = {PurePosixPath(package.path).parts[:1] for package in packages if package.path}
    if below == {("src",)}:
        return ["src"]
    return [package.path for package in packages if package.path]


def _mypy(tree: ProjectFiles) -> _Configured | None:
    # The order in which mypy itself looks for its configuration.
    for name in ("mypy.ini", ".mypy.ini"):
        if tree.has(name):
            return _from_ini(name, parse_ini(tree.folder / name))
    if isinstance(dig(tree.pyproject, "tool", "mypy"), dict):
        table = tree.tool("mypy")
        targets = [
            part
            for key in ("files", "packages", "modules")
            for each in dig_texts(table, key)
            for part in each.split(",")
        ]
        return _Configured(
            "[tool.mypy] in pyproject.toml", table.get("strict") is True, tuple(each.strip() for each in targets)
        )
    return _from_ini("setup.cfg", tree.setup_cfg)


def _from_ini(name: str, sections: Mapping[str, Mapping[str, str]]) -> _Configured | None:
    table = sections.get("mypy")
    if table is None:
        return None
    targets = [part.strip() for key in ("files", "packages", "modules") for part in table.get(key, "").split(",")]
    strict = table.get("strict", "").lower() in {"true", "1", "yes", "on"}
    return _Configured(f"[mypy] in {name}", strict, tuple(each for each in targets if each))


def _pyright(tree: ProjectFiles) -> _Configured | None:
    text = tree.text("pyrightconfig.json")
    if text is not None:
        return _from_table("pyrightconfig.json", _json(text))
    if isinstance(dig(tree.pyproject, "tool", "pyright"), dict):
        return _from_table("[tool.pyright] in pyproject.toml", tree.tool("pyright"))
    return None


def _from_table(where: str, table: object) -> _Configured:
    strict = dig(table, "typeCheckingMode") == "strict" or bool(dig(table, "strict"))
    return _Configured(where, strict, dig_texts(table, "include"))


def _json(text: str) -> object:
    """Read JSON with comments as far as that is possible; an unreadable configuration counts as an empty one."""
    try:
        without_comments = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
        return json.loads(re.sub(r",(?=\s*[}\]])", "", without_comments))
    except ValueError:
        return {}
