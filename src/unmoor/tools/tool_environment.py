"""Environments for the project's own tools: fresh, in the project's folder, with a place for what the tools leave.

They are made in a temporary folder, shared by every tool that asks for the same requirements on the same Python, and
removed when the process ends. Tools work in the user's tree as they always did; their caches go elsewhere.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from unmoor.errors import ToolFailed, ToolMissing
from unmoor.model import Component, Finding, Findings, Requirements
from unmoor.project.detect.locks import Lock
from unmoor.request import Memory
from unmoor.runtime import environment, lock, process
from unmoor.runtime.scratch import lasting
from unmoor.tools import locked_versions, uv
from unmoor.tools.cause import cause

__all__ = ["ToolEnvironment", "narrowing", "open_environment", "scratch", "surroundings", "unnarrowed"]

_PATIENCE = 600.0
# What makes a tool look at less than the project says, or less strictly, without anybody seeing it in the project.
_NARROWING = frozenset(
    {
        "COVERAGE_RCFILE",
        "MYPYPATH",
        "PRE_COMMIT_ALLOW_NO_CONFIG",
        "PYLINTRC",
        "PYTEST_ADDOPTS",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
        "PYTEST_PLUGINS",
        "PYTHONOPTIMIZE",
        "SKIP",
        "SPHINXOPTS",
        "TOXENV",
        "TOX_SKIP_ENV",
    }
)
# What steers a tool in any way; an environment of unmoor's own does without all of it.
_STEERING = ("PYTEST_", "COVERAGE_", "RUFF_", "MYPY", "PYRIGHT_", "SPHINX", "MKDOCS", "NOX", "FORCE_COLOR", "PY_COLORS")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolEnvironment:
    """An environment with a tool in it. ``folder`` is where the tool works, places are told relative to ``root``.

    ``scratch`` is a folder of its own for caches and output; ``reason`` is where the requirements come from.
    """

    environment: uv.Environment
    folder: Path
    root: Path
    env: Mapping[str, str] = field(repr=False)
    scratch: Path
    reason: str = ""

    def program(self, name: str) -> Path:
        """Return a program of this environment; raise ``ToolMissing`` where it has none, whatever ``PATH`` has."""
        found = shutil.which(name, path=str(self.environment.scripts))
        if found is None:
            what = f"{name!r} is not in the environment made from {self.reason or 'the requirements found'}"
            raise ToolMissing(what, hint=f"name {name} in the project's dependency groups, or in [tool.unmoor]")
        return Path(found)

    def run(
        self,
        *argv: str | Path,
        log: Path,
        seconds: float = 600.0,
        extra: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        limit: str = "",
    ) -> process.Completed:
        """Run a program in this environment to its end, whatever its exit status; judging is the caller's business.

        ``limit`` is the setting that ``seconds`` comes from.
        """
        env = {**self.env, **(extra or {})}
        return process.run(
            argv, cwd=cwd or self.folder, env=env, timeout=seconds, ok=None, log=log, leashed=True, limit=limit
        )

    def version(self, distribution: str) -> str:
        """Return the installed version of a distribution, or an empty string where it is not installed."""
        for found in metadata.distributions(name=distribution, path=[str(self.site_packages)]):
            return found.version
        return ""

    def telling(self, findings: Findings) -> Findings:
        """Return the findings of a tool with what is to be said of the environment that it ran in."""
        if python := self.environment.version:
            findings = replace(findings, tools={"python": python, **findings.tools})
        if self.environment.unlocked:
            hint = 'mend the lock, or say lock = "none" in [tool.unmoor]'
            findings = replace(
                findings, notices=(*findings.notices, Finding(message=self.environment.unlocked, hint=hint))
            )
        if not self.environment.from_cache:
            return findings
        what = f"there was no network: what {self.reason or 'the settings'} names was installed from uv's cache"
        return replace(findings, notices=(*findings.notices, Finding(message=what)))

    @property
    def site_packages(self) -> Path:
        """The folder that packages are installed into."""
        folders = [*self.environment.folder.glob("lib/*/site-packages"), self.environment.folder / "Lib/site-packages"]
        return folders[0]

    def place(self, path: str, line: int | str = "") -> str:
        """Return ``file:line`` relative to the repository, for a path as the tool tells it (perhaps from docs)."""
        full = Path(path) if Path(path).is_absolute() else self.folder / path
        if not full.exists() and (self.folder / "docs" / path).exists():
            full = self.folder / "docs" / path
        shown = full.relative_to(self.root) if full.is_relative_to(self.root) else full
        return f"{shown.as_posix()}:{line}" if line not in {"", 0} else shown.as_posix()


def narrowing(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the variables that make the project's own tools look at less than the project says."""
    return tuple(sorted(name for name in _NARROWING if environ.get(name)))


def unnarrowed(environ: Mapping[str, str], given: Sequence[str] = ()) -> dict[str, str]:
    """Return the user's environment for a command of the project's own: nothing secret, nothing that narrows it.

    ``given`` are secrets that the settings give it by name.
    """
    return {name: value for name, value in environment.own(environ, given).items() if name not in _NARROWING}


def surroundings(environ: Mapping[str, str], given: Sequence[str] = ()) -> dict[str, str]:
    """Return the environment for the project's own tools: nothing secret, nothing that narrows what they look at.

    ``given`` are secrets that the settings give them by name.
    """
    kept = {name: value for name, value in unnarrowed(environ, given).items() if not name.startswith(_STEERING)}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "UV_PYTHON_DOWNLOADS": "never", "GIT_TERMINAL_PROMPT": "0"}


def open_environment(
    component: Component,
    environ: Mapping[str, str],
    requirements: Requirements,
    *,
    memory: Memory,
    python: str = "",
    also: Sequence[str] = (),
    instead: Path | None = None,
    log: Path | None = None,
) -> ToolEnvironment:
    """Return the environment that has ``requirements`` and ``also`` on the interpreter ``python``.

    ``python`` is a path, by default the interpreter that suits the project best. ``instead`` is an archive to install
    in place of the tree; ``memory`` is the run's: the same
    environment is made once. Raises ``ToolFailed`` with what the installer said where the requirements cannot be had.
    """
    env = surroundings(environ, component.settings.pass_env)
    # A login for the user's own index is for the installer, and for nothing that it has installed.
    for_installer = env | environment.installing(environ)
    python = python or _suitable(component, env)
    arguments = (*requirements.arguments, *also, *_project(component, requirements, instead))
    key = ("environment", component.folder, python, arguments, component.settings.installer)
    lock = (
        memory.once(("lock", component.folder), lambda: locked_versions.of_component(component))
        if requirements.project
        else None
    )
    made = memory.once(key, lambda: _furnish(component, requirements, python, arguments, for_installer, log, lock))
    return ToolEnvironment(
        environment=made,
        folder=component.folder,
        root=component.repository.root,
        env=made.activated(env),
        scratch=scratch("tool"),
        reason=requirements.reason,
    )


def scratch(name: str) -> Path:
    """Return a new empty folder that is removed when the process ends."""
    return lasting(name)


def _suitable(component: Component, env: Mapping[str, str]) -> str:
    """Return unmoor's own interpreter where the project supports it, else the newest supported one that is here."""
    from unmoor.tools.interpreters import OWN

    wanted = [OWN] if not component.pythons or OWN in component.pythons else list(reversed(component.pythons))
    for version in wanted:
        if found := uv.find_python(version, env):
            return found
    raise ToolMissing(
        f"this machine has none of the Pythons the project supports: {', '.join(component.pythons)}",
        hint="install one of them; unmoor downloads none",
    )


def _project(component: Component, requirements: Requirements, instead: Path | None) -> tuple[str, ...]:
    if not requirements.project:
        return ()
    extras = f"[{','.join(requirements.extras)}]" if requirements.extras else ""
    if instead is not None:
        return (f"{component.name}{extras} @ {instead.as_uri()}",)
    # A version that is computed from tags must be computed now, not taken from the installer's cache.
    fresh = ("--refresh-package", component.name) if component.settings.installer == "uv" else ()
    return (*fresh, "--editable", f".{extras}")


def _furnish(
    component: Component,
    requirements: Requirements,
    python: str,
    arguments: Sequence[str],
    env: Mapping[str, str],
    log: Path | None,
    lock: Lock | None = None,
) -> uv.Environment:
    installer = component.settings.installer
    made = uv.create(scratch("environment") / "env", python, env, installer=installer)

    def install(words: Sequence[str | Path]) -> process.Completed:
        with _untouched(component.folder) if requirements.project else _nothing():
            return uv.pip_install(made, words, env=env, cwd=component.folder, installer=installer, log=log)

    unlocked = ""
    try:
        if lock is None or not lock.constraints:
            done = install(arguments)
        else:
            done, unlocked = locked_versions.install(install, arguments, lock, made.version)
    except ToolFailed as error:
        what = f"the requirements from {requirements.reason or 'the settings'} cannot be installed: {cause(error.tail)}"
        hint = f"try `uv pip install {' '.join(arguments)}` in a new environment"
        raise ToolFailed(what, status=error.status, tail=error.tail, log=error.log, hint=hint) from error
    return replace(made, from_cache=uv.FROM_CACHE in done.err, unlocked=unlocked)


@contextmanager
def _untouched(folder: Path) -> Iterator[None]:
    """Take away the ``.egg-info`` that an editable install leaves in the tree, where there was none before.

    setuptools writes it while it builds; the environment has metadata of its own. One install at a time, because
    setuptools cannot build the same tree twice at once.
    """
    with lock.held_folder(folder, what=f"an install of {folder.name}", patience=_PATIENCE):
        before = _egg_infos(folder)
        try:
            yield
        finally:
            for left in _egg_infos(folder) - before:
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _egg_infos(folder: Path) -> set[Path]:
    return {*folder.glob("*.egg-info"), *folder.glob("src/*.egg-info")}
