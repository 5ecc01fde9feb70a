"""Interpreters on this machine: found by looking where they are put, never downloaded.

Looking into a few folders takes no time; uv, which knows more places (the Windows registry, conda), is asked last.
python-discovery does not do here: of what pyenv, mise and asdf have installed it finds the version that is active.
Shims of version managers are passed over: they stand on ``PATH`` under every version's name and refuse to run most.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path

from unmoor.errors import ToolError
from unmoor.runtime import process

__all__ = ["OWN", "find", "is_version", "unoffered"]

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
_SECONDS = 30.0
_ASK = "import platform, sys; print(platform.python_implementation(), '%d.%d' % sys.version_info[:2])"
_WANTED = re.compile(r"(?:c?python)?(?P<pypy>pypy)?-?(?P<version>\d+(?:\.\d+)?)(?P<free>t?)")


def find(version: str, env: Mapping[str, str], uv: str = "") -> str | None:
    """Return the path of the interpreter for ``version`` (``3.12``, ``3.14t``, ``pypy3.11``, ``3``), or ``None``.

    ``uv`` is the program to ask where looking finds nothing. Found once per process for the same environment.
    """
    return _find(version, uv, tuple(sorted(env.items())))


def is_version(text: str) -> bool:
    """Say whether ``find`` knows what is meant: a range of versions or a path is for others to understand."""
    return _WANTED.fullmatch(text.lower()) is not None


def unoffered(version: str, env: Mapping[str, str]) -> Path | None:
    """Return where a version manager has the interpreter for ``version``, where ``PATH`` has none; it is not run."""
    wanted = _WANTED.fullmatch(version.lower())
    if wanted is None or any(True for _ in _on_path(_name(wanted), env)):
        return None
    return next(chain(_running(_name(wanted)), _managed(_name(wanted), wanted, env)), None)


def _name(wanted: re.Match[str]) -> str:
    return f"{'pypy' if wanted['pypy'] else 'python'}{wanted['version']}{wanted['free']}"


@lru_cache(maxsize=64)
def _find(version: str, uv: str, variables: tuple[tuple[str, str], ...]) -> str | None:
    env = dict(variables)
    wanted = _WANTED.fullmatch(version.lower())
    if wanted is None:
        return None
    name = _name(wanted)
    for candidate in chain(_running(name), _on_path(name, env), _managed(name, wanted, env)):
        if _is(candidate, wanted, env):
            return str(candidate)
    return _ask_uv(version, uv, env) if uv else None


def _running(name: str) -> Iterator[Path]:
    """Yield the interpreter this process runs on, by its own place and not by its virtual environment's."""
    if name not in {f"python{OWN}", f"python{sys.version_info.major}"}:
        return
    for candidate in (Path(sys.base_prefix) / "bin" / name, Path(sys.base_prefix) / "python.exe", Path(sys.executable)):
        if candidate.is_file():
            yield candidate
            return


def _on_path(name: str, env: Mapping[str, str]) -> Iterator[Path]:
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        if folder and Path(folder).name != "shims" and (found := shutil.which(name, path=folder)):
            yield Path(found)


def _managed(name: str, wanted: re.Match[str], env: Mapping[str, str]) -> Iterator[Path]:
    """Yield what pyenv, uv, mise and asdf have installed, the newest first."""
    home, version = Path(env.get("HOME") or "~").expanduser(), wanted["version"]
    kind = "pypy" if wanted["pypy"] else ""
    places = (
        (Path(env.get("PYENV_ROOT") or home / ".pyenv"), f"versions/{kind}{version}*"),
        (Path(env.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python"), f"{kind or 'cpython'}-{version}*"),
        (home / ".local/share/mise", f"installs/python/{kind}{version}*"),
        (home / ".asdf", f"installs/python/{kind}{version}*"),
    )
    for folder, pattern in places:
        for each in sorted(folder.glob(pattern), key=_by_number, reverse=True):
            if (each / "bin" / name).is_file():
                yield each / "bin" / name


def _by_number(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.name))


def _is(candidate: Path, wanted: re.Match[str], env: Mapping[str, str]) -> bool:
    """Ask the interpreter who it is: a name on ``PATH`` is only a claim."""
    implementation = "PyPy" if wanted["pypy"] else "CPython"
    try:
        said = process.run([candidate, "-I", "-S", "-c", _ASK], env=env, timeout=_SECONDS).out.split()
    except (ToolError, OSError):
        return False
    return said[:1] == [implementation] and f"{said[-1]}.".startswith(f"{wanted['version']}.")


def _ask_uv(version: str, uv: str, env: Mapping[str, str]) -> str | None:
    command = [uv, "python", "find", "--quiet", "--no-python-downloads", "--no-project", "--system", version]
    try:
        return process.run(command, env=env, timeout=_SECONDS).out.strip() or None
    except ToolError:
        return None
