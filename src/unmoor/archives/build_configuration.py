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
from unmoor.project.toml_file import dig, dig_table, dig_texts

__all__ = ["Configuration", "configuration"]

_WRITTEN = {
    "flit": ("/setup.py",),
    "maturin": ("/Cargo.lock",),
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
_VERSION_FILES = (
    ("tool", "hatch", "build", "hooks", "vcs", "version-file"),
    ("tool", "hatch", "build", "targets", "sdist", "hooks", "vcs", "version-file"),
    ("tool", "hatch", "build", "targets", "wheel", "hooks", "vcs", "version-file"),
    ("tool", "pdm", "version", "write_to"),
    ("tool", "setuptools_scm", "version_file"),
    ("tool", "setuptools_scm", "write_to"),
    ("tool", "setuptools-scm", "version_file"),
    ("tool", "setuptools-scm", "write_to"),
    ("tool", "versioneer", "versionfile_source"),
    ("tool", "versioneer", "versionfile_build"),
    ("tool", "versioningit", "write", "file"),
    ("tool", "poetry-dynamic-versioning", "substitution", "files"),
)
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
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The build configuration: ``backend`` by its import name, ``table`` is pyproject.toml.

    ``versions`` are the version modules the backend is told to write. ``written`` are patterns of files an sdist
    gets from the backend, ``rewritten`` of tracked files whose bytes it changes, ``left_out`` of files the project
    tells it to leave out.
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
    named = dig(table, "build-system", "build-backend")
    backend = (named if isinstance(named, str) else "setuptools").replace("_", ".").partition(".")[0]
    named_files = [path for keys in _VERSION_FILES for path in dig_texts(table, *keys)]
    # A pattern would exempt whole packages from every comparison; only files named one by one count.
    versions = tuple(f"/{path.lstrip('/')}" for path in named_files if not _GLOB.search(path))
    return Configuration(
        backend=backend,
        table=table,
        versions=versions,
        written=("/PKG-INFO", *_WRITTEN.get(backend, ()), *versions),
        rewritten=(*_REWRITTEN.get(backend, ()), *versions),
        left_out=tuple(_left_out(tree, table)),
    )


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
    parser = configparser.ConfigParser(interpolation=None)
    with suppress(configparser.Error):
        parser.read_string(text)
    listed = parser.get("options.packages.find", "exclude", fallback="")
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
