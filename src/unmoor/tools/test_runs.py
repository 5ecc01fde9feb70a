"""The test suite over several Pythons: which of them are here, and a run on each, one after the other.

Environments are made side by side, but suites run alone, as tox and nox do it: many listen on a fixed port or write a
file into the tree, and two at once would hang or fail for no fault of the project.

A run that cannot be carried out on one Python does not keep the others from being told about.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from unmoor.errors import UnmoorError
from unmoor.model import Component, Tool
from unmoor.request import Memory
from unmoor.tools import pytest, tool_environment, uv

__all__ = ["Asked", "Ran", "interpreters", "run_all", "wanted"]

_AT_ONCE = 2
# pytest-xdist's options for workers.
_ON_WORKERS = re.compile(r"-n(?:\d|auto|logical|$)|--numprocesses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to run: the tool and its requirements, what the user passed on, the wheel to test, where to measure to."""

    component: Component
    tool: Tool
    environ: Mapping[str, str] = field(repr=False)
    posargs: tuple[str, ...] = ()
    wheel: Path | None = None
    coverage: Path | None = None
    logs: Path
    memory: Memory = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One Python and its run, or the error that kept it from being carried out; ``seconds`` is the run's wall time."""

    python: str
    tools: tool_environment.ToolEnvironment | None = None
    run: pytest.Run | None = None
    error: UnmoorError | None = None
    seconds: float = 0.0


def wanted(component: Component) -> tuple[str, ...]:
    """Return the Pythons that the suite has to pass on: those of the settings, else those the project supports."""
    return component.settings.tests.pythons or component.pythons


def interpreters(component: Component, environ: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the interpreters found by version, and the versions this machine lacks, in the project's order."""
    versions = wanted(component)
    env = tool_environment.surroundings(environ)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        found = dict(zip(versions, pool.map(lambda version: uv.find_python(version, env), versions), strict=True))
    return {version: path for version, path in found.items() if path}, tuple(v for v, path in found.items() if not path)


def run_all(asked: Asked, pythons: Mapping[str, str], ended: Callable[[Ran], None]) -> Sequence[Ran]:
    """Run the suite on every interpreter and return the runs in the order given; ``ended`` is told of each at once."""

    def one(ran: Ran) -> Ran:
        done = ran if ran.tools is None else _run(asked, ran.python, ran.tools)
        ended(done)
        return done

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        environments = list(pool.map(lambda item: _furnished(asked, *item), pythons.items()))
    with ThreadPoolExecutor(max_workers=_AT_ONCE if _bears_company(asked) else 1) as pool:
        return list(pool.map(one, environments))


def _bears_company(asked: Asked) -> bool:
    """Say whether two runs may go on at once: the project says so, and no run takes all of the machine for itself."""
    settings = asked.component.settings.tests
    words = settings.command or asked.tool.command
    return settings.parallel and not any(_ON_WORKERS.match(word) for word in words)


def _log(asked: Asked, python: str) -> Path:
    return asked.logs / f"tests.pytest-{python}.log"


def _furnished(asked: Asked, python: str, path: str) -> Ran:
    try:
        tools = tool_environment.open_environment(
            asked.component,
            asked.environ,
            # A wheel is tested where it is installed, whatever the project's runner does with the tree.
            replace(asked.tool.requirements, project=True) if asked.wheel else asked.tool.requirements,
            memory=asked.memory,
            python=path,
            also=("coverage[toml]",) if asked.coverage else (),
            instead=asked.wheel,
            log=_log(asked, python),
        )
    except UnmoorError as error:
        return Ran(python=python, error=error)
    return Ran(python=python, tools=tools)


def _run(asked: Asked, python: str, tools: tool_environment.ToolEnvironment) -> Ran:
    settings = asked.component.settings.tests
    started = time.monotonic()
    try:
        done = pytest.run(
            tools,
            settings.command or asked.tool.command,
            posargs=asked.posargs,
            packages=asked.component.import_names,
            coverage=asked.coverage / f"data.{python}" if asked.coverage else None,
            log=_log(asked, python),
            seconds=settings.seconds,
            folder="" if settings.command else asked.tool.folder,
            environ={} if settings.command else dict(asked.tool.environ),
            terminal=asked.tool.terminal and not settings.command,
        )
    except UnmoorError as error:
        return Ran(python=python, tools=tools, error=error, seconds=time.monotonic() - started)
    return Ran(python=python, tools=tools, run=done, seconds=time.monotonic() - started)
