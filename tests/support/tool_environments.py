"""Environments for tests: environments that borrow the tools this test run has itself, so that nothing is installed."""

from __future__ import annotations

import shlex
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from unmoor.tools import uv
from unmoor.tools.tool_environment import ToolEnvironment, surroundings

_MODULES = {"mypy": "mypy", "pytest": "pytest", "sphinx-build": "sphinx", "coverage": "coverage"}


def borrowed(folder: Path, environ: Mapping[str, str], *sources: Path) -> uv.Environment:
    """Make an environment that sees this one's packages, and ``sources`` before them."""
    made = uv.create(folder, sys.executable, surroundings(environ))
    (site,) = made.folder.glob("lib/*/site-packages")
    site.joinpath("borrowed.pth").write_text("\n".join([*map(str, sources), sysconfig.get_path("purelib")]) + "\n")
    for name in ("mypy", "pytest", "ruff", "sphinx"):
        # What the borrowed tools say of themselves; the rest of the packages is only on the path.
        (described,) = Path(sysconfig.get_path("purelib")).glob(f"{name}-*.dist-info")
        site.joinpath(described.name).symlink_to(described)
    for name, module in _MODULES.items():
        script(made.scripts / name, f'exec {shlex.quote(str(made.python))} -m {module} "$@"')
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent))
    assert ruff is not None, "ruff belongs to what the tests need"
    made.scripts.joinpath("ruff").symlink_to(ruff)
    return made


def script(path: Path, text: str) -> None:
    """Write a program for the shell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def says(tools: ToolEnvironment, name: str, out: str, status: int = 0, before: str = "") -> None:
    """Put a program into the environment that prints ``out`` and ends with ``status``; ``before`` runs first."""
    script(tools.environment.scripts / name, f"{before}\ncat <<'THE_END'\n{out}\nTHE_END\nexit {status}")


def empty_environment(folder: Path, environ: Mapping[str, str]) -> ToolEnvironment:
    """Return an environment without any tool in it, working in ``folder/project``."""
    project, scratch = folder / "project", folder / "scratch"
    for each in (project, scratch, folder / "env/bin", folder / "env/lib/python3/site-packages"):
        each.mkdir(parents=True)
    environment = uv.Environment(folder / "env")
    env = environment.activated(surroundings(environ))
    return ToolEnvironment(
        environment=environment, folder=project, root=project, env=env, scratch=scratch, reason="a test"
    )
