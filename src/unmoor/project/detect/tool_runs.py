"""How the project runs a linter or a type checker: as a hook of pre-commit, or by a command that it has written down.

A hook of a repository of its own has the types and the arguments that this repository states for it, as far as the
configuration does not state others: ``.pre-commit-hooks.yaml`` in ruff-pre-commit, black, isort, flake8, mirrors-mypy
and pyright-python. A local hook is a command like any other, with a choice of files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from unmoor.model import FileSelection, Requirements, ToolRun
from unmoor.project.detect.commands import Origin, ProjectCommand, running
from unmoor.project.detect.commands.words import plain_words, split
from unmoor.project.detect.pre_commit import Hook, HookConfiguration
from unmoor.project.detect.tool_options import is_advice, is_check, looking
from unmoor.project.project_files import ProjectFiles

__all__ = ["Use", "foreign", "hook_uses", "is_named", "other_ways", "written_uses"]

_PYTHON = ("python", "pyi")
_SHELLS = {Origin.MAKE, Origin.JUST, Origin.SCRIPT, Origin.WORKFLOW}
_WAYS = 5
# How what a name stands for is started, by who knows the name; other commands are started as they are written.
_STARTS: Mapping[Origin, tuple[str, ...]] = {
    Origin.NOX: ("nox", "-s"),
    Origin.TOX: ("tox", "-e"),
    Origin.HATCH: ("hatch", "run"),
    Origin.PDM: ("pdm", "run"),
    Origin.POE: ("poe",),
    Origin.INVOKE: ("invoke",),
    Origin.MAKE: ("make",),
    Origin.JUST: ("just",),
}
# What would change which programs and caches are used: those are unmoor's own.
_STEERING = (
    "UV_",
    "PIP_",
    "FORCE_COLOR",
    "PY_COLORS",
    "NO_COLOR",
    "GITHUB_",
    "VIRTUAL_ENV",
    "PATH",
    "PYTHONHOME",
    "HOME",
)
_OPEN = re.compile(r"[$`]|\{\w*\}|\{\{")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    """What a hook's own repository states: the program with its first words, arguments, and the types of its files."""

    program: str
    words: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    types: tuple[str, ...] = ("file",)
    types_or: tuple[str, ...] = ()


_RUFF = (*_PYTHON, "jupyter")
_MANIFESTS: Mapping[str, _Manifest] = {
    "ruff": _Manifest(program="ruff check", words=("--force-exclude",), types_or=_RUFF),
    "ruff-check": _Manifest(program="ruff check", words=("--force-exclude",), types_or=_RUFF),
    "ruff-format": _Manifest(program="ruff format", words=("--force-exclude",), types_or=_RUFF),
    "black": _Manifest(program="black", types_or=_PYTHON),
    "black-jupyter": _Manifest(program="black", types_or=_RUFF),
    "isort": _Manifest(program="isort", args=("--filter-files",), types_or=("cython", "pyi", "python")),
    "flake8": _Manifest(program="flake8", types=("python",)),
    "mypy": _Manifest(program="mypy", args=("--ignore-missing-imports", "--scripts-are-modules"), types_or=_PYTHON),
    "pyright": _Manifest(program="pyright", types_or=_PYTHON),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The runs of one program that belong together: one session's, one environment's, or the hooks'.

    ``shown`` names the whole in a few words, ``choice`` is what starts it. ``requirements`` is what their place
    installs for them, ``None`` where it does not say; ``version`` a hook's revision; ``pythons`` what it asks for.
    ``checks`` says that it is meant to look and not to mend, ``unasked`` that its runner runs it by itself.
    """

    program: str
    shown: str
    choice: tuple[str, ...]
    runs: tuple[ToolRun, ...]
    requirements: Requirements | None = None
    version: str = ""
    pythons: tuple[str, ...] = ()
    checks: bool = True
    unasked: bool = True


def is_named(configuration: HookConfiguration, *ids: str) -> bool:
    """Say whether a hook of one of these ids is listed, also one that only runs by hand."""
    return any(hook.id in ids for hook in configuration.hooks)


def hook_uses(configuration: HookConfiguration, commands: Sequence[ProjectCommand], program: str) -> Use | None:
    """Return what the hooks let ``program`` (``ruff check``, ``mypy``) do, ``None`` where none does.

    A hook that only runs by hand counts where a command of the project's own asks for it.
    """
    found = [
        (hook, arguments)
        for hook in configuration.hooks
        if (not hook.manual or _asked_for(hook, commands)) and (arguments := _arguments(hook, program)) is not None
    ]
    if not found:
        return None
    where = f"{configuration.name}: hook {found[0][0].id!r}"
    runs = [
        ToolRun(
            arguments=looking(program, arguments),
            selection=_selection(hook, configuration) if hook.pass_filenames else None,
            reason=f"{configuration.name}: hook {hook.id!r}",
        )
        for hook, arguments in found
    ]
    additional = tuple(dict.fromkeys(each for hook, _ in found for each in hook.additional))
    own = [hook for hook, _ in found if hook.language not in {"system", "unsupported", "script"}]
    return Use(
        program=program.split(maxsplit=1)[0],
        shown=where,
        choice=("pre-commit", "run", "--all-files", found[0][0].id),
        runs=tuple(dict.fromkeys(runs)),
        requirements=Requirements(arguments=additional, reason=where) if own else None,
        version=next((hook.version for hook, _ in found if hook.version), ""),
        pythons=tuple(dict.fromkeys(hook.python for hook, _ in found if hook.python)),
    )


def written_uses(tree: ProjectFiles, commands: Sequence[ProjectCommand], program: str) -> tuple[Use, ...]:
    """Return what commands of the project's own let ``program`` do, those first that only look, then by trust.

    A command that ends well whatever is found is none, nor one with a word that only its runner could fill in.
    """
    places: dict[tuple[str, str, str], list[ProjectCommand]] = {}
    for command in _understood(commands, program):
        places.setdefault((command.origin, command.name, command.place.partition(":")[0]), []).append(command)
    uses = [_written(tree, group, program) for group in places.values()]
    return tuple(sorted(uses, key=lambda use: (not use.checks, not use.unasked)))


def other_ways(uses: Iterable[Use | None], chosen: Sequence[Use | None]) -> tuple[str, ...]:
    """Return the uses that were not chosen, a few words each, with the line of settings that would choose each."""
    taken = {use.shown for use in chosen if use}
    left = {use.shown: use for use in uses if use and use.shown not in taken}
    return tuple(f"{shown}; to choose it: {_setting(use.program, use.choice)}" for shown, use in left.items())[:_WAYS]


def foreign(commands: Sequence[ProjectCommand], programs: Sequence[str]) -> Mapping[str, str]:
    """Return by name what is to be said of programs that the project runs and unmoor cannot run by itself."""
    found: dict[str, str] = {}
    for program in programs:
        if command := next(iter(running(commands, program)), None):
            line = _setting(program, _choice(command))
            found[program] = f"{program} is run by {command} and not here; to run it: {line}"
    return found


def _choice(command: ProjectCommand) -> tuple[str, ...]:
    return (*_STARTS[command.origin], command.name) if command.origin in _STARTS else command.words


def _setting(program: str, choice: tuple[str, ...]) -> str:
    words = json.dumps(list(choice), ensure_ascii=False)
    return f'commands = [{{ name = "own-{program}", stage = "lint", run = {words} }}]'


def _understood(commands: Sequence[ProjectCommand], program: str) -> Iterator[ProjectCommand]:
    first, *rest = program.split()
    for command in running(commands, first):
        arguments = command.arguments
        if tuple(rest) != arguments[: len(rest)] or is_advice(program, arguments) or not command.filled_in:
            continue
        if not any(map(_OPEN.search, looking(program, arguments))):
            yield command


def _written(tree: ProjectFiles, commands: Sequence[ProjectCommand], program: str) -> Use:
    first = commands[0]
    runs = [
        ToolRun(
            arguments=_expanded(tree, command, looking(program, command.arguments)),
            folder=command.folder,
            environ=_environ(command),
            reason=str(command),
        )
        for command in commands
    ]
    line = " ".join(first.words)
    return Use(
        program=first.program,
        shown=f"{first}: {line}",
        choice=_choice(first),
        runs=tuple(dict.fromkeys(runs)),
        requirements=first.requirements,
        pythons=first.pythons,
        checks=all(is_check(program, command.arguments) for command in commands),
        unasked=not first.extra,
    )


def _environ(command: ProjectCommand) -> tuple[tuple[str, str], ...]:
    """Return what is set for a command, without what steers installers and caches or is only known to its runner."""
    return tuple(
        (name, value) for name, value in command.environ if not name.startswith(_STEERING) and not _OPEN.search(value)
    )


def _expanded(tree: ProjectFiles, command: ProjectCommand, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words with patterns of files filled in, where a shell would have done that."""
    if command.origin not in _SHELLS:
        return words
    folder, found = tree.folder / command.folder, list[str]()
    for word in words:
        matched = []
        if re.search(r"[*?\[]", word) and not word.startswith(("-", "/")):
            matched = sorted(each.relative_to(folder).as_posix() for each in folder.glob(word))
        found += matched or [word]
    return tuple(found)


def _arguments(hook: Hook, program: str) -> tuple[str, ...] | None:
    """Return the arguments the hook gives ``program``, its first words (``check``) included; ``None`` for others."""
    first = tuple(program.split()[1:])
    if hook.repository == "local" or hook.entry:
        words = plain_words((*split(hook.entry), *(hook.args or ())))
        plain = words[0].rpartition("/")[2] if words else ""
        whole = program.split()
        same = plain == whole[0] and words[1 : len(whole)] == first
        return words[1:] if same and not is_advice(program, words) and not any(map(_OPEN.search, words)) else None
    manifest = _MANIFESTS.get(hook.id)
    if manifest is None or manifest.program != program or hook.repository == "meta":
        return None
    given = manifest.args if hook.args is None else hook.args
    return None if is_advice(program, given) else (*first, *manifest.words, *given)


def _selection(hook: Hook, configuration: HookConfiguration) -> FileSelection:
    manifest = _MANIFESTS.get(hook.id) if hook.repository != "local" else None
    types = hook.types if hook.types is not None else manifest.types if manifest else ("file",)
    types_or = hook.types_or if hook.types_or is not None else manifest.types_or if manifest else ()
    return FileSelection(
        files=tuple(each for each in (configuration.files, hook.files) if each),
        exclude=tuple(each for each in (configuration.exclude, hook.exclude) if each),
        types=types,
        types_or=types_or,
        exclude_types=hook.exclude_types,
    )


def _asked_for(hook: Hook, commands: Sequence[ProjectCommand]) -> bool:
    for command in running(commands, "pre-commit", "prek"):
        if "manual" in command.arguments or "--hook-stage=manual" in command.arguments:
            named = [each for each in command.arguments if not each.startswith("-") and each not in {"run", "manual"}]
            if not named or hook.id in named:
                return True
    return False
