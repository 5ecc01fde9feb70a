"""Environments: made, filled and looked into with uv, or with venv and pip where the settings say so.

An environment is a folder; ``Environment.python`` is its interpreter. Interpreters are only found, never
downloaded: what the machine lacks is reported, not fetched behind the user's back. Other interpreters than unmoor's run
venv and pip with ``-I``, which they have had for longer than ``-P``: the folder they work in is no place for modules.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from unmoor.errors import ToolError, ToolMissing
from unmoor.runtime import environment, process
from unmoor.runtime.http import Login
from unmoor.tools import interpreters
from unmoor.tools.netrc import netrc

__all__ = [
    "FROM_CACHE",
    "Environment",
    "create",
    "find_python",
    "impatient",
    "lacks_network",
    "pip_install",
    "uv_program",
]

# What is said, in the words of an installer's warning, where an installation had to do without a network.
FROM_CACHE = "warning: there was no network, so what uv had in its cache was installed"


_INSTALL_SECONDS = 600.0
_INDEX = "unmoor"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


_looking = threading.Lock()
_alone = threading.Event()


def uv_program() -> str:
    """Return the path of the uv that unmoor was installed with; raise ``ToolMissing`` where there is none."""
    # One thread at a time: uv asks sysconfig, whose table is half-filled while another thread asks first (3.11).
    with _looking:
        return _uv_program()


@lru_cache(maxsize=1)
def _uv_program() -> str:
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError) as error:
        raise ToolMissing(
            "uv was not found", hint="install unmoor with its dependencies (uv is one of them)"
        ) from error


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment, by its folder; ``from_cache`` says that it was filled without a network.

    ``unlocked`` says why the versions in it are not those that the project has locked, where it has.
    """

    folder: Path
    from_cache: bool = False
    unlocked: str = ""

    @property
    def python(self) -> Path:
        """The interpreter of the environment."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def version(self) -> str:
        """The version of the interpreter, as the environment was made with it; empty where it does not say."""
        try:
            lines = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
        except OSError:
            return ""
        said = {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
        return said.get("version_info", "") or said.get("version", "")

    @property
    def scripts(self) -> Path:
        """The folder of the environment's programs."""
        return self.python.parent

    def activated(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return ``env`` as it is inside the environment: its programs first, ``VIRTUAL_ENV`` set."""
        path = os.pathsep.join([str(self.scripts), env.get("PATH", os.defpath)])
        return {**env, "PATH": path, "VIRTUAL_ENV": str(self.folder)}


def find_python(version: str, env: Mapping[str, str]) -> str | None:
    """Return the interpreter for a version such as ``3.12`` that this machine has, or ``None``."""
    try:
        program = uv_program()
    except ToolMissing:
        program = ""
    return interpreters.find(version, env, program)


def create(folder: Path, python: str, env: Mapping[str, str], *, installer: str = "uv") -> Environment:
    """Make a virtual environment in ``folder`` for the interpreter ``python`` (a path or a version)."""
    if installer == "uv":
        options = ["--quiet", "--no-project", "--no-python-downloads", "--no-config", "--clear"]
        command = [uv_program(), "venv", *options, "--python", python, str(folder)]
    else:
        command = [python, "-I", "-m", "venv", "--clear", str(folder)]
    process.run(command, env=env, timeout=_INSTALL_SECONDS, hint="the interpreter may be broken; try another one")
    return Environment(folder)


def pip_install(
    environment: Environment,
    arguments: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    installer: str = "uv",
    log: Path | None = None,
    timeout: float = _INSTALL_SECONDS,
    index_url: str = "",
    login: Login | None = None,
) -> process.Completed:
    """Install ``arguments`` (requirements, paths, ``-r``, ``--group``, index options) into the environment.

    ``index_url`` is the one simple API to install from, by default the installer's own; ``login`` is for it, and stands
    in no argument. With uv, an install that fails for want of a network is tried again from uv's cache alone; its
    errors then end in ``FROM_CACHE``. Raises ``ToolFailed``.
    """
    words = [str(argument) for argument in arguments]
    if installer != "uv":
        index = ["--index-url", index_url] if index_url else []
        command = [str(environment.python), "-I", "-m", "pip", "install", "--quiet", "--no-input", *index, *words]
        with netrc(login) as given:
            return process.run(command, env={**_for_pip(env), **given}, cwd=cwd, log=log, timeout=timeout)
    # An index with a name has its login in variables of that name.
    index = ["--default-index", f"{_INDEX}={index_url}" if login else index_url] if index_url else []
    command = [uv_program(), "pip", "install", "--quiet", "--python", str(environment.python), *index, *words]
    if login is not None:
        name = f"UV_INDEX_{_INDEX.upper()}"
        env = {**env, f"{name}_USERNAME": login.username, f"{name}_PASSWORD": login.password}
    try:
        return process.run(command, env=impatient(env), cwd=cwd, log=log, timeout=timeout)
    except ToolError as error:
        if not lacks_network(getattr(error, "tail", "")):
            raise
        done = process.run([*command, "--offline"], env=env, cwd=cwd, log=log, timeout=timeout)
        return replace(done, err=f"{done.err}\n{FROM_CACHE}".lstrip())


def _for_pip(env: Mapping[str, str]) -> dict[str, str]:
    """Return ``env`` for pip: its own variable for a proxy knows no exceptions, the general ones do."""
    others = {name: value for name, value in env.items() if name != "PIP_PROXY"}
    proxy = env.get("PIP_PROXY", "")
    return environment.past_proxies(others | dict.fromkeys(_PROXIES, proxy)) if proxy else others


def lacks_network(said: str) -> bool:
    """Say whether uv failed for want of a network, by its last words."""
    signs = ("error sending request", "dns error", "failed to connect", "Could not connect", "timed out", "No route")
    found = any(sign in said for sign in signs)
    if found:
        _alone.set()
    return found


def impatient(env: Mapping[str, str]) -> dict[str, str]:
    """Return ``env`` for uv; once it found no network in this process, it need not try each thing four times."""
    return {**env, "UV_HTTP_RETRIES": "0"} if _alone.is_set() else dict(env)
