"""The type checkers the project uses, each with the paths, the requirements and the Python that contributors give it.

In this order of trust: a command that the project has written down, with what its runner installs; a hook of
pre-commit, with its own requirements; a list of requirements that names a checker which is configured. A configuration
alone is no reason to run one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from unmoor.model import Requirements, Tool
from unmoor.project.detect.commands import ProjectCommand
from unmoor.project.detect.packages import Package
from unmoor.project.detect.pre_commit import HookConfiguration
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import chosen, joined, naming, stated
from unmoor.project.detect.tool_runs import Use, foreign, hook_uses, is_named, other_ways, written_uses
from unmoor.project.detect.type_configuration import Configured, configuration, python_files
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_texts

__all__ = ["FOREIGN_CHECKERS", "type_checkers"]

_USUAL = ("typing", "types", "type", "typ*", "mypy*", "pyright*", "lint*", "dev", "dev*")
_TESTS = re.compile(r"(?:^|[\s,/])(?:tests?|testing)(?:$|[\s,/])")
_SET = "set in [tool.unmoor]"
# Checkers that unmoor cannot run: that a project does is told.
FOREIGN_CHECKERS = ("basedpyright", "ty", "pyrefly", "pyre", "pytype")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the project shows of one checker."""

    name: str
    configured: Configured | None
    listed: RequirementList | None
    written: tuple[Use, ...]
    hook: Use | None
    default: Requirements | None
    lists: Sequence[RequirementList]
    extras: tuple[str, ...]

    @property
    def use(self) -> Use | None:
        """The way to run it that is trusted most."""
        first = next(iter(self.written), None)
        if first and first.requirements is None and self.listed is None and self.hook and self.hook.requirements:
            # Only the hook says what it needs.
            return self.hook
        return first or self.hook


def type_checkers(
    tree: ProjectFiles,
    lists: Sequence[RequirementList],
    packages: Sequence[Package],
    tests: Requirements | None,
    hooks: HookConfiguration,
    commands: Sequence[ProjectCommand],
    pythons: Sequence[str],
    given: tuple[str, ...] | None,
    besides: Sequence[str] = (),
) -> tuple[tuple[Tool, ...], Mapping[str, str]]:
    """Return the checkers to run, and by name why others are not; ``given`` are those that the settings name.

    ``besides`` are requirements that the settings add. ``pythons`` are those that the project supports, the lowest
    first: where nothing says on which Python its contributors check types, that is a recent one.

    ``tests`` is what the tests need: a checker that looks at them too needs the same.
    """
    found: list[Tool] = []
    unused: dict[str, str] = {}
    for name in ("mypy", "pyright"):
        seen = _Seen(
            name=name,
            configured=configuration(tree, name),
            listed=naming(lists, name, usual=_USUAL),
            written=_best_first(written_uses(tree, commands, name), packages, lists),
            hook=hook_uses(hooks, commands, name),
            default=_default_groups(tree, lists, name),
            lists=lists,
            extras=_habitual_extras(lists, commands),
        )
        why_not = _why_not(seen, hooks) if given is None else None
        if why_not:
            unused[name] = why_not
        elif why_not is None and (given is None or name in given):
            found.append(
                _with(
                    besides,
                    _tool(seen, packages, tests, [*python_files(tree), *reversed(pythons)], forced=given is not None),
                )
            )
    return tuple(found), unused if given is not None else {**unused, **foreign(commands, FOREIGN_CHECKERS)}


def _why_not(seen: _Seen, hooks: HookConfiguration) -> str | None:
    """Say why a checker is not used by itself: ``None`` where it is, an empty text where nothing hints at it."""
    if seen.use or (seen.configured and seen.listed):
        return None
    if is_named(hooks, seen.name):
        return f"{seen.name} is a hook of {hooks.name} that only runs by hand"
    if seen.configured:
        return f"{seen.name} is configured ({seen.configured.where}), but no list, hook or command names it"
    return f"{seen.name} is named in {seen.listed}, but it is not configured" if seen.listed else ""


def _with(besides: Sequence[str], tool: Tool) -> Tool:
    more = stated((), (), besides, "types-requirements in [tool.unmoor]")
    if more is None:
        return tool
    return replace(tool, requirements=joined(tool.requirements, replace(more, project=False)))


def _tool(
    seen: _Seen, packages: Sequence[Package], tests: Requirements | None, usual: Sequence[str], *, forced: bool
) -> Tool:
    use, configured = seen.use, seen.configured
    reason = use.shown if use else configured.where if configured and not forced else _SET
    stated = [*_asked(use), *([configured.python] if configured and configured.python else [])]
    return Tool(
        name=seen.name,
        requirements=_needs(seen, tests),
        reason=reason,
        source="" if use or (configured and configured.targets) else "\n".join(_code(packages)),
        runs=use.runs if use else (),
        pythons=tuple(dict.fromkeys([*(use.pythons if use else ()), *stated, *usual])),
        ways=other_ways([*seen.written, seen.hook], [use]),
    )


def _needs(seen: _Seen, tests: Requirements | None) -> Requirements:
    use, name = seen.use, seen.name
    if use and use is seen.hook and use.requirements:
        own = f"{name}=={use.version}" if use.version else name
        return Requirements(arguments=(own, *use.requirements.arguments), reason=use.requirements.reason)
    if use and use.requirements and (brought := _bringing(use.requirements, seen)):
        return brought
    needs = seen.default if use and seen.default else chosen(seen.listed, name)
    needs = replace(needs, extras=tuple(dict.fromkeys([*needs.extras, *seen.extras])))
    if use and use.requirements and (use.requirements.arguments or use.requirements.extras):
        needs = joined(use.requirements, needs)
    if tests and _looks_at_tests(seen) and not (seen.listed and "pytest" in seen.listed.packages):
        return joined(needs, tests)
    return needs


def _default_groups(tree: ProjectFiles, lists: Sequence[RequirementList], name: str) -> Requirements | None:
    """Return what `uv run` has in its environment without being told, where the checker is in it."""
    if not tree.has("uv.lock"):
        return None
    stated = dig(tree.pyproject, "tool", "uv", "default-groups")
    names = ("dev",) if stated is None else dig_texts(tree.pyproject, "tool", "uv", "default-groups")
    groups = [each for each in lists if each.kind == "dependency group" and (stated == "all" or each.name in names)]
    if not any(name in each.packages for each in groups):
        return None
    arguments = tuple(word for each in groups for word in each.arguments)
    return Requirements(arguments=arguments, project=True, reason="the groups that uv installs by default")


def _habitual_extras(lists: Sequence[RequirementList], commands: Sequence[ProjectCommand]) -> tuple[str, ...]:
    """Return all extras where a command of the project's own runs with all of them: its contributors have them all."""
    every = tuple(each.name for each in lists if each.kind == "extra")
    all_of_them = any(command.requirements and {*command.requirements.extras} >= {*every} for command in commands)
    return every if all_of_them else ()


def _asked(use: Use | None) -> list[str]:
    """Return the Pythons that the options of the runs ask a checker to judge for."""
    words = " ".join(" ".join(run.arguments) for run in use.runs) if use else ""
    return re.findall(r"--python-?version[= ](3\.[0-9]+)", words)


def _bringing(needs: Requirements, seen: _Seen) -> Requirements | None:
    """Return what a runner installs where the checker is in it, ``None`` where another list has to bring it."""
    if _brings(needs, seen.lists, seen.name):
        return needs
    if seen.listed or seen.default:
        return None
    return replace(needs, arguments=(*needs.arguments, seen.name))


def _brings(needs: Requirements, lists: Sequence[RequirementList], name: str) -> bool:
    """Say whether requirements name a package, themselves or in a list that they name."""
    words = needs.arguments
    named = {words[index + 1] for index, word in enumerate(words[:-1]) if word in {"--group", "-r"}}
    for each in lists:
        taken = each.name in named or (each.kind == "extra" and each.name in needs.extras)
        if taken and name in each.packages:
            return True
    return any(re.fullmatch(rf"{name}(?:[^A-Za-z0-9._-].*)?", each, re.IGNORECASE) for each in words)


def _best_first(uses: Sequence[Use], packages: Sequence[Package], lists: Sequence[RequirementList]) -> tuple[Use, ...]:
    """Return the uses over the code of the package before those over something else: samples, tests of its types.

    Of several that look at the tests too, those come first that install what the tests import.
    """

    def order(use: Use) -> tuple[bool, bool]:
        over_code = any(_over_code(run.arguments, packages) for run in use.runs)
        lacks_tests = _over_tests(use) and not (use.requirements and _brings(use.requirements, lists, "pytest"))
        return not over_code, lacks_tests

    return tuple(sorted(uses, key=order))


def _over_tests(use: Use) -> bool:
    return any(word == "." or _TESTS.search(word) for run in use.runs for word in run.arguments)


def _over_code(arguments: Sequence[str], packages: Sequence[Package]) -> bool:
    options = {"-p", "--package", "-m", "--module"}
    given = {word for before, word in zip(("", *arguments), arguments, strict=False) if before in options}
    paths = [word.removeprefix("./").rstrip("/") for word in arguments if not word.startswith("-")]
    code = {"", ".", "src"}
    for package in packages:
        code |= {package.name, package.path, *map(str, PurePosixPath(package.path).parents)}
    return not paths or bool(given & code) or any(path in code or path.startswith("src/") for path in paths)


def _looks_at_tests(seen: _Seen) -> bool:
    words = [word for run in (seen.use.runs if seen.use else ()) for word in run.arguments if not word.startswith("-")]
    return any(_TESTS.search(each) for each in words or (seen.configured.targets if seen.configured else ()))


def _code(packages: Sequence[Package]) -> list[str]:
    """Return what there is to check where no configuration says: the folder ``src``, else the packages."""
    below = {PurePosixPath(package.path).parts[:1] for package in packages if package.path}
    if below == {("src",)}:
        return ["src"]
    return [package.path for package in packages if package.path]
