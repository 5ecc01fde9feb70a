"""The command that runs the whole test suite, out of all that a project has written down, and what it needs.

Of several the plainest is taken: of an environment that is run unasked, with a plain name, over all tests; then as the
places of it are trusted. What needs services or other programs beside it is not taken, only named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from unmoor.model import Requirements
from unmoor.project.detect.build_backend import normalized
from unmoor.project.detect.commands import ProjectCommand, running
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.project_files import ProjectFiles

__all__ = ["RUNNERS", "TestCommand", "command_line", "environ", "provides", "suite_commands"]

# Programs that run tests, with the adapter that runs and counts them.
RUNNERS = {"pytest": "pytest", "py.test": "pytest", "unittest": "unittest"}

_PLAIN = frozenset({"py", "test", "tests", "testing", "unit", "unittest", "unittests", "pytest", "check", "checks"})
_ALSO_PLAIN = frozenset({"ci", "all", "default", "run", "build", "hatch", "suite", "linux", "ubuntu", "python", "main"})
# Options of pytest with a value behind a blank, so far as suites are started with them; `=` is the other way.
_WITH_VALUE = frozenset(
    {
        *(
            "-n",
            "--numprocesses",
            "-m",
            "-k",
            "-p",
            "-c",
            "-o",
            "-W",
            "-r",
            "--cov-report",
            "--cov-config",
            "--rootdir",
        ),
        *("--durations", "--tb", "--maxfail", "--dist", "--color", "--basetemp", "--junitxml", "--junit-xml", "--ds"),
        *("--ignore", "--ignore-glob", "--deselect", "--confcutdir", "--import-mode", "--timeout", "--reruns", "-s"),
        *("--override-ini", "--capture", "--verbosity", "--log-level", "--asyncio-mode", "-t", "--start-directory"),
        *("--pattern", "--top-level-directory", "--run-optional", "--html", "--cov-context", "--cov-fail-under"),
    }
)
# What makes a run look at a part of the suite, or at none of it.
_NARROW = frozenset(
    {
        *("-k", "--collect-only", "--co", "--lf", "--last-failed", "--sw", "--stepwise", "--benchmark-only"),
        *("--codspeed", "--deselect", "--setup-plan", "--fixtures", "--markers", "--version", "--help", "-h"),
        *("--pyargs", "--integration", "--mypy-only", "--pdb", "--trace"),
    }
)
# Options that only leave a report or colour what is printed, and those that say where the report goes.
_REPORTS = re.compile(
    r"--(?:junit-?xml|html|self-contained-html|report-log|csv|color|codeblocks|md|json-report-file)(?:=|$)"
    r"|--cov-report=?(?:xml|html|json|lcov|annotate)"
)
_STEERING = ("UV_", "PIP_", "COVERAGE_FILE", "FORCE_COLOR", "PY_COLORS", "NO_COLOR", "GITHUB_", "VIRTUAL_ENV", "PATH")


@dataclass(frozen=True, slots=True)
class TestCommand:
    """A command that runs tests: how it is started, and how plainly it is the one for the whole suite, best first."""

    command: ProjectCommand
    order: tuple[object, ...]
    whole: bool
    narrow: bool


def suite_commands(tree: ProjectFiles, commands: Iterable[ProjectCommand]) -> tuple[TestCommand, ...]:
    """Return the commands that run tests, the one that is most plainly for the whole suite first."""
    found = []
    for index, each in enumerate(running(commands, *RUNNERS)):
        narrow = _narrow(tree, each)
        usable = not each.needs and not narrow
        order = (not usable, _oddness(each), each.extra, not each.filled_in, index)
        found.append(TestCommand(each, order, usable, narrow))
    return tuple(sorted(found, key=lambda each: each.order))


def command_line(command: ProjectCommand) -> tuple[str, ...]:
    """Return the words to start it with, without what only leaves reports."""
    words: list[str] = []
    left = list(command.arguments)
    while left:
        word = left.pop(0)
        behind = left[0] if left and "=" not in word else ""
        if word == "--cov-report" and _REPORTS.match(f"--cov-report={behind}"):
            del left[:1]
        elif not _REPORTS.match(word):
            words.append(word)
        elif word in {"--junitxml", "--junit-xml", "--html", "--report-log", "--csv", "--color"}:
            del left[:1]
    program = "pytest" if command.program == "py.test" else command.program
    starter = ("python", *command.interpreter) if command.interpreter else ()
    return (*starter, program, *words)


def environ(command: ProjectCommand) -> tuple[tuple[str, str], ...]:
    """Return what is set for it, without what steers installers, colours and coverage's own files."""
    return tuple((name, value) for name, value in command.environ if not name.startswith(_STEERING))


def provides(needs: Requirements | None, lists: Sequence[RequirementList], tool: str) -> bool:
    """Say whether requirements name a tool or plug-ins of it, themselves or in the lists that they name."""
    if needs is None:
        return False
    words = list(needs.arguments)
    groups = {words[index + 1] for index, word in enumerate(words[:-1]) if word == "--group"}
    files = {words[index + 1] for index, word in enumerate(words[:-1]) if word == "-r"}
    named = {normalized(word) for word in words if not word.startswith("-")}
    for each in lists:
        listed = (each.name in groups and each.kind == "dependency group") or each.name in files
        if listed or (each.kind == "extra" and each.name in needs.extras):
            named |= each.packages.keys()
    # Of a file or an extra that is not among the lists nothing is known.
    unknown = {*files, *needs.extras} - {each.name for each in lists}
    return bool(unknown) or any(name == tool or name.startswith(f"{tool}-") for name in named)


def _oddness(command: ProjectCommand) -> int:
    """Count the words in a name that are not plainly about the whole suite."""
    parts = [part for part in re.split(r"[^a-z]+", command.name.lower()) if part]
    return sum(part not in _PLAIN | _ALSO_PLAIN for part in parts)


def _narrow(tree: ProjectFiles, command: ProjectCommand) -> bool:
    left = list(command.arguments)
    folder = tree.folder / command.folder
    if not folder.is_dir():
        return True
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if name in _WITH_VALUE and not equals:
            value = left.pop(0) if left else ""
        if name in _NARROW or (name == "-m" and not re.match(r"\(?not\b", value)):
            return True
        if not word.startswith("-") and command.program != "unittest":
            path = PurePosixPath(word)
            if path.suffix == ".py" or "::" in word or not (folder / word).exists():
                return True
    return command.program == "unittest" and _names_modules(command.arguments)


def _names_modules(arguments: Sequence[str]) -> bool:
    """Say whether unittest is given a module or a test in place of a folder to discover."""
    plain = [each for each in arguments if not each.startswith("-")]
    return bool(plain) and plain[0] != "discover" and any("." in each for each in plain)
