"""The project's test suite: whether there is one, where, how the project itself runs it, what its environment needs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence

from unmoor.model import Requirements, Tool
from unmoor.model.settings import TestSettings
from unmoor.project.detect.commands import Origin, ProjectCommand, project_commands
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import as_settings, chosen, joined, naming, stated
from unmoor.project.detect.test_commands import RUNNERS, TestCommand, command_line, environ, provides, suite_commands
from unmoor.project.project_files import ProjectFiles, parse_ini
from unmoor.project.toml_file import dig

__all__ = ["test_suite"]

_USUAL = ("tests", "test", "testing", "pytest", "test*", "unittest*", "dev", "dev*", "ci")
_FOLDERS = ("tests", "test", "testing")  # click, urllib3, pluggy
_SET = "[tool.unmoor.tests]"
_WAYS = 4


def test_suite(
    tree: ProjectFiles,
    lists: Sequence[RequirementList],
    given: TestSettings,
    commands: Iterable[ProjectCommand] | None = None,  # noqa: PT028 - it is no test
) -> Tool | None:
    """Return how the tests are run, or ``None`` where there are none; ``commands`` are those of the project itself."""
    folder = next((name for name in _FOLDERS if (tree.folder / name).is_dir()), "")
    reason = "tests.command is set" if given.command else _configured(tree)
    if not reason and folder:
        reason = f"the folder {folder}/"
    found = suite_commands(tree, project_commands(tree) if commands is None else commands)
    best = next((each for each in found if each.whole), None)
    own = None if given.command else best
    if not reason and own is None:
        return None
    # Another command has the same requirements, unless the settings state those too.
    set_here = stated(given.groups, given.extras, given.requirements, _SET)
    needs = set_here or _needs(best, found, lists)
    others = [each.command for each in found if not each.narrow and each.command.filled_in]
    # With requirements of the settings, the command's own are another way too.
    ways = [_way(each) for each in others if own is None or set_here or each != own.command]
    if own is None:
        return Tool(name="pytest", requirements=needs, reason=reason, source=folder, ways=_first(ways))
    command = own.command
    return Tool(
        name=RUNNERS[command.program],
        requirements=needs,
        reason=f"{command}: {shlex.join(command_line(command))}",
        source=folder,
        command=command_line(command),
        folder=command.folder,
        environ=environ(command),
        terminal=command.terminal,
        ways=_first(ways),
    )


def _first(ways: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ways))[:_WAYS]


def _needs(own: TestCommand | None, found: Sequence[TestCommand], lists: Sequence[RequirementList]) -> Requirements:
    """Return what the command's runner installs; where it does not say, what another one does that runs the suite."""
    tool = RUNNERS[own.command.program] if own else "pytest"
    if tool == "unittest":
        return (own.command.requirements if own else None) or Requirements(
            project=True, reason="unittest needs no more"
        )
    for each in (own, *(other for other in found if other.whole)) if own else ():
        needs = each.command.requirements
        if each.command.program in RUNNERS and needs and provides(needs, lists, "pytest"):
            return needs
    named = chosen(naming(lists, "pytest", "pytest*", usual=_USUAL), "pytest")
    stands = own.command.requirements if own else None
    return joined(stands, named) if stands and (stands.arguments or stands.extras) else named


def _way(command: ProjectCommand) -> str:
    """Return a command with the lines of settings that would choose it."""
    starts = {Origin.NOX: f"nox -s {command.name}", Origin.TOX: f"tox -e {command.name}"}
    lines = [f"command = {json.dumps(command_line(command), ensure_ascii=False)}"]
    lines += as_settings(command.requirements) if command.requirements else []
    beside = f", which needs {' and '.join(command.needs)}" if command.needs else ""
    where = starts.get(command.origin, f"{command.origin} {command.name!r}")
    return f"{where} in {command.place}{beside}: {'; '.join(lines)}"


def _configured(tree: ProjectFiles) -> str:
    """Return where pytest is configured, in the order in which pytest looks."""
    for name in ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"):
        if tree.has(name):
            return name
    for table in ("tool.pytest", "tool.pytest.ini_options"):
        if isinstance(dig(tree.pyproject, *table.split(".")), dict):
            inner = "tool.pytest.ini_options" if dig(tree.pyproject, "tool", "pytest", "ini_options") else table
            return f"[{inner}] in pyproject.toml"
    if tree.has("tox.ini") and "pytest" in parse_ini(tree.folder / "tox.ini"):
        return "[pytest] in tox.ini"
    return "[tool:pytest] in setup.cfg" if "tool:pytest" in tree.setup_cfg else ""
