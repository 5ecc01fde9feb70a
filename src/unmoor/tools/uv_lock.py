"""uv.lock states the version of the project itself, so it follows a bump; uv says whether it is right.

How it lies: ``uv lock`` resolves anew as soon as a version is another one. It may then move packages that nobody meant
to move, and without a network it needs every one of them in its cache. So the one line is changed here, and uv is asked
over a copy, offline, whether the file is the one that it would write: ``uv lock --check`` needs no cache for that, as
long as nothing else has changed. https://docs.astral.sh/uv/concepts/projects/sync/
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from unmoor.errors import Blocked, ToolError
from unmoor.runtime import environment, process, scratch
from unmoor.runtime.file_text import FileText
from unmoor.tools.git import Git
from unmoor.tools.uv import uv_program

__all__ = ["follow", "of_component", "stated", "stated_in", "tracked"]

_FILE = "uv.lock"
_SECONDS = 120.0
# What says which packages a workspace has; all the rest is needed only where metadata has to be built.
_DESCRIBING = frozenset({_FILE, "pyproject.toml", "uv.toml", "setup.cfg", "setup.py"})
_STEERING = ("UV_FROZEN", "UV_LOCKED", "UV_PROJECT", "UV_WORKING_DIR")
_PACKAGE = re.compile(r"^\[\[package\]\]\n(?:(?!\[\[)[^\n]*\n?)*", re.MULTILINE)
_VERSION = re.compile(r'^version = "([^"\n]*)"$', re.MULTILINE)


def tracked(git: Git) -> tuple[str, ...]:
    """Return the lock files that git tracks, relative to the repository; one that it ignores is nobody's release."""
    listed = git.run("ls-files", "--full-name", "-z", "--", f":(top,glob)**/{_FILE}").out
    return tuple(name for name in listed.split("\0") if name)


def of_component(root: Path, locks: Iterable[str], path: str, name: str) -> str:
    """Return the lock that states the version of the component at ``path``, the nearest one; empty for none."""
    above = [PurePosixPath(path), *PurePosixPath(path).parents]
    known = [each for each in (str(folder / _FILE) for folder in above) if each in set(locks)]
    return next((lock for lock in known if stated(root, lock, path, name)), "")


def stated(root: Path, lock: str, path: str, name: str) -> str:
    """Return the version that a lock states of a component; empty where it states none, as of a dynamic one."""
    try:
        text = (root / lock).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    return stated_in(text, lock, path, name)


def stated_in(text: str, lock: str, path: str, name: str) -> str:
    """Return the same from the text of the lock."""
    block = _block(text, lock, path, name)
    found = _VERSION.search(block.group()) if block else None
    return found[1] if found else ""


def _block(text: str, lock: str, path: str, name: str) -> re.Match[str] | None:
    where = PurePosixPath(path).relative_to(PurePosixPath(lock).parent).as_posix()
    for block in _PACKAGE.finditer(text):
        try:
            (package,) = tomllib.loads(block.group()).get("package", [])
        except (tomllib.TOMLDecodeError, ValueError):
            continue
        source = package.get("source", {})
        places = [source.get(kind) for kind in ("editable", "virtual", "directory")]
        if canonicalize_name(str(package.get("name", ""))) == canonicalize_name(name) and where in places:
            return block
    return None


def follow(
    root: Path,
    lock: str,
    component: tuple[str, str],
    version: str,
    *,
    pending: Mapping[str, bytes],
    environ: Mapping[str, str],
) -> bytes:
    """Return the content of a lock that states ``version`` of the component (its path and name), and nothing else new.

    ``pending`` are contents about to be written, by path in the repository at ``root``. Raises ``Blocked`` where uv
    would write another file, or cannot say.
    """
    file = FileText.of((root / lock).read_bytes(), where=lock)
    text = file.staged
    block = _block(text, lock, *component)
    if block is None:
        return file.restored(text)
    moved = _VERSION.sub(f'version = "{version}"', block.group(), count=1)
    after = file.restored(text[: block.start()] + moved + text[block.end() :])
    said = ""
    for everything in (False, True):
        if (said := _refusal(root, lock, {**pending, lock: after}, environ, everything=everything)) == "":
            return after
    folder = PurePosixPath(lock).parent.as_posix()
    where = "" if folder == "." else f" in {folder}"
    what = f"cannot follow the version to {version}, uv says offline: {said}"
    raise Blocked(what, place=lock, hint=f"run `uv lock`{where} and commit it, then run the same command again")


def _refusal(
    root: Path, lock: str, contents: Mapping[str, bytes], environ: Mapping[str, str], *, everything: bool
) -> str:
    """Return what uv has against the lock over a copy of the project, empty where it has nothing."""
    env = environment.own(environ) | environment.installing(environ) | {"UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}
    env = {key: value for key, value in env.items() if key not in _STEERING}
    with scratch.folder("lock") as folder:
        top = folder / "tree"
        _copy(root, top, contents, environ, everything=everything)
        try:
            command = [uv_program(), "lock", "--check", "--offline"]
            process.run(command, cwd=top / PurePosixPath(lock).parent, env=env, timeout=_SECONDS)
        except ToolError as error:
            return _words(getattr(error, "tail", "")) or str(error)
    return ""


def _copy(
    root: Path, top: Path, contents: Mapping[str, bytes], environ: Mapping[str, str], *, everything: bool
) -> None:
    listed = Git(root, environ).run("ls-files", "--cached", "--others", "--exclude-standard", "-z").out
    for name in {*listed.split("\0"), *contents} - {""}:
        if not everything and PurePosixPath(name).name not in _DESCRIBING and name not in contents:
            continue
        copy = top / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if name in contents:
            copy.write_bytes(contents[name])
        elif (root / name).is_file():
            shutil.copyfile(root / name, copy)


def _words(tail: str) -> str:
    """Return uv's error in one line, without its advice."""
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(("error:", "cause:", "Caused by:"))]
    return " ".join(said or lines[-1:])
