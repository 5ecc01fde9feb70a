"""What the build configuration says about archives: files a backend writes itself, and files it leaves out.

Read from the planned commit, without running anything. Keys are those of the backends' own documentation:
setuptools and setuptools-scm, hatchling and hatch-vcs, flit, poetry-core, pdm-backend, uv-build, maturin,
scikit-build-core, versioneer, versioningit.
"""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from unmoor.archives.commit_files import CommitFiles
from unmoor.archives.version_files import version_files
from unmoor.project.detect.build_backend import normalized
from unmoor.project.toml_file import dig, dig_table, dig_texts

__all__ = ["Configuration", "configuration"]

_WRITTEN = {
    "flit": ("/setup.py",),
    "maturin": ("/Cargo.lock",),
    "pbr": ("/AUTHORS", "/ChangeLog"),
    "poetry": ("/setup.py",),
    "setuptools": ("/setup.cfg", "*.egg-info"),
    # uv_build writes pyproject.toml anew, in one spelling for all, and keeps the project's own beside it.
    "uv": ("/pyproject.toml.orig",),
}
# Backends that write the file again from what they read in it, so that its bytes may differ.
_REWRITTEN = {
    "maturin": ("/pyproject.toml", "Cargo.toml", "Cargo.lock"),
    "pdm": ("/pyproject.toml",),
    "uv": ("/pyproject.toml",),
}
# Backends of their own, which put nothing of setuptools' into an sdist even where it is required for extensions.
_NOT_SETUPTOOLS = frozenset({"flit", "hatchling", "maturin", "mesonpy", "pdm", "poetry", "scikit", "uv", "whey"})
_LEFT_OUT = (
    ("tool", "flit", "sdist", "exclude"),
    ("tool", "hatch", "build", "exclude"),
    ("tool", "hatch", "build", "targets", "sdist", "exclude"),
    ("tool", "hatch", "build", "targets", "wheel", "exclude"),
    ("tool", "maturin", "exclude"),
    ("tool", "pdm", "build", "excludes"),
    ("tool", "pdm", "excludes"),
    ("tool", "scikit-build", "sdist", "exclude"),
    ("tool", "scikit-build", "wheel", "exclude"),
    ("tool", "uv", "build-backend", "source-exclude"),
    ("tool", "uv", "build-backend", "wheel-exclude"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The build configuration: ``backend`` by its import name, ``table`` is pyproject.toml.

    A backend that wraps setuptools, as one in the project's own tree does, is ``setuptools``. ``versions`` are the
    version files the backend is told to write. ``written`` are patterns of files an sdist gets from the backend,
    ``rewritten`` of tracked files whose bytes it changes, ``left_out`` of files the project tells it to leave out.
    """

    backend: str
    table: Mapping[str, object]
    versions: tuple[str, ...]
    written: tuple[str, ...]
    rewritten: tuple[str, ...]
    left_out: tuple[str, ...]


def configuration(tree: CommitFiles) -> Configuration:
    """Read the configuration that the planned commit has; what cannot be understood says nothing."""
    table: dict[str, object] = {}
    with suppress(tomllib.TOMLDecodeError):
        table = tomllib.loads(_text(tree, "pyproject.toml"))
    backend = _backend(table)
    versions = version_files(tree, table)
    by_pbr = _WRITTEN["pbr"] if _requires(table, "pbr") else ()
    return Configuration(
        backend=backend,
        table=table,
        versions=versions,
        written=("/PKG-INFO", *_WRITTEN.get(backend, ()), *by_pbr, *versions),
        rewritten=(*_REWRITTEN.get(backend, ()), *versions),
        left_out=tuple(_left_out(tree, table)),
    )


def _backend(table: Mapping[str, object]) -> str:
    """Return the backend's first word; setuptools where it stands behind another one (PEP 517, ``backend-path``)."""
    named = dig(table, "build-system", "build-backend")
    first = (named if isinstance(named, str) else "setuptools").replace("_", ".").partition(".")[0]
    own = first in _NOT_SETUPTOOLS and not dig(table, "build-system", "backend-path")
    return "setuptools" if not own and (_requires(table, "setuptools") or _requires(table, "pbr")) else first


def _requires(table: Mapping[str, object], name: str) -> bool:
    return any(normalized(each) == name for each in dig_texts(table, "build-system", "requires"))


def _cfg(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    with suppress(configparser.Error):
        parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


def _text(tree: CommitFiles, path: str) -> str:
    return tree.content(path) if path in tree.entries else ""


def _left_out(tree: CommitFiles, table: Mapping[str, object]) -> Iterator[str]:
    for keys in _LEFT_OUT:
        yield from dig_texts(table, *keys)
    poetry = dig(table, "tool", "poetry", "exclude")
    for each in poetry if isinstance(poetry, list) else ():
        path = each.get("path") if isinstance(each, Mapping) else each
        yield str(path)
    for package, patterns in dig_table(table, "tool", "setuptools", "exclude-package-data").items():
        yield from _in_package(package, patterns)
    modules = [*dig_texts(table, "tool", "setuptools", "packages", "find", "exclude")]
    modules += _cfg_excludes(_text(tree, "setup.cfg"))
    modules += _py_excludes(_text(tree, "setup.py"))
    for module in modules:
        yield from _as_paths(module)
    yield from _manifest(_text(tree, "MANIFEST.in"))


def _in_package(package: str, patterns: object) -> Iterator[str]:
    for pattern in patterns if isinstance(patterns, list) else ():
        yield str(pattern) if package == "*" else f"**/{package.replace('.', '/')}/{pattern}"


def _as_paths(module: str) -> Iterator[str]:
    """Yield a package pattern of setuptools as paths; the packages' root may be any folder."""
    path = module.replace(".", "/")
    yield path
    yield f"**/{path}"


def _cfg_excludes(text: str) -> list[str]:
    listed = _cfg(text).get("options.packages.find", {}).get("exclude", "")
    return [each for each in re.split(r"[\s,]+", listed) if each]


def _py_excludes(text: str) -> list[str]:
    """Return the literal ``exclude=[…]`` arguments in a setup.py, which is parsed and never run."""
    with suppress(SyntaxError, ValueError):
        keywords = [
            node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.keyword) and node.arg == "exclude"
        ]
        constants = [part for keyword in keywords for part in ast.walk(keyword.value) if isinstance(part, ast.Constant)]
        return [part.value for part in constants if isinstance(part.value, str)]
    return []


def _manifest(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        match line.split():
            case ["exclude" | "global-exclude", *patterns]:
                yield from patterns
            case ["recursive-exclude", folder, *patterns]:
                yield from (f"{folder}/{pattern}" for pattern in patterns)
            case ["prune", folder]:
                yield folder
