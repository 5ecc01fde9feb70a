"""Which files a backend, or its plug-in that asks the VCS, is told to write the version into, by its configuration.

Keys are those of the tools' own documentation: hatchling and hatch-vcs, pdm-backend, setuptools-scm, versioneer,
versioningit, poetry-dynamic-versioning. Nothing is run.
"""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from unmoor.archives.commit_files import CommitFiles
from unmoor.project.toml_file import dig_table, dig_texts

__all__ = ["version_files"]

_OF_HATCH = tuple(
    ("tool", "hatch", "build", *where, "hooks", *key)
    for where in ((), ("targets", "sdist"), ("targets", "wheel"))
    for key in (("vcs", "version-file"), ("version", "path"))
)
_VERSION_FILES = (
    *_OF_HATCH,
    ("tool", "pdm", "version", "write_to"),
    ("tool", "setuptools_scm", "version_file"),
    ("tool", "setuptools_scm", "write_to"),
    ("tool", "setuptools-scm", "version_file"),
    ("tool", "setuptools-scm", "write_to"),
    ("tool", "versioneer", "versionfile_source"),
    ("tool", "versioneer", "versionfile_build"),
    ("tool", "versioningit", "write", "file"),
    ("tool", "versioningit", "onbuild", "source-file"),
    ("tool", "versioningit", "onbuild", "build-file"),
    ("tool", "poetry-dynamic-versioning", "substitution", "files"),
)
_PACKAGE_ROOTS = (
    ("tool", "hatch", "build", "sources"),
    ("tool", "hatch", "build", "targets", "wheel", "sources"),
    ("tool", "maturin", "python-source"),
    ("tool", "pdm", "build", "package-dir"),
    ("tool", "setuptools", "package-dir", ""),
    ("tool", "setuptools", "packages", "find", "where"),
    ("tool", "uv", "build-backend", "module-root"),
)
# The same words where setuptools' own files say them.
_VERSION_WORDS = frozenset({"write_to", "version_file", "versionfile_source", "versionfile_build"})
_GLOB = re.compile(r"[*?\[]")


def version_files(tree: CommitFiles, table: Mapping[str, object]) -> tuple[str, ...]:
    """Return the files, anchored with a slash: each as an sdist and as a wheel may have it.

    From the component's folder, and from any folder that packages lie in: tools differ in what their paths are relative
    to, and a wheel has no such folder. ``table`` is pyproject.toml.
    """
    # A pattern would exempt whole packages from every comparison; only files named one by one count.
    named = [path for path in _named(tree, table) if not _GLOB.search(path)]
    return tuple(dict.fromkeys(f"/{each}" for path in named for each in _seen_as(path, tree, table)))


def _named(tree: CommitFiles, table: Mapping[str, object]) -> Iterator[str]:
    for keys in _VERSION_FILES:
        yield from dig_texts(table, *keys)
    # A table of them, each with what is to be put into it.
    yield from dig_table(table, "tool", "poetry-dynamic-versioning", "files")
    for said in _sections(_text(tree, "setup.cfg")):
        yield from (value.strip() for key, value in said.items() if key in _VERSION_WORDS)
    with suppress(SyntaxError, ValueError):
        for node in ast.walk(ast.parse(_text(tree, "setup.py"))):
            yield from _literal_version_files(node)


def _sections(text: str) -> list[dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    with suppress(configparser.Error):
        parser.read_string(text)
    return [dict(parser[name]) for name in parser.sections()]


def _text(tree: CommitFiles, path: str) -> str:
    return tree.content(path) if path in tree.entries else ""


def _literal_version_files(node: ast.AST) -> Iterator[str]:
    """Yield what ``{"write_to": "…"}`` and ``dict(write_to="…")`` name in a setup.py, which is never run."""
    pairs: list[tuple[ast.expr | None, ast.expr]] = []
    if isinstance(node, ast.Dict):
        pairs = list(zip(node.keys, node.values, strict=True))
    elif isinstance(node, ast.Call):
        pairs = [(ast.Constant(each.arg), each.value) for each in node.keywords]
    for key, value in pairs:
        if isinstance(key, ast.Constant) and key.value in _VERSION_WORDS and isinstance(value, ast.Constant):
            yield str(value.value)


def _seen_as(path: str, tree: CommitFiles, table: Mapping[str, object]) -> Iterator[str]:
    """Yield the paths that a file so named may have in an sdist and in a wheel."""
    # From the repository's top, where the version comes from its tags (``root`` of setuptools-scm).
    plain = posixpath.normpath(path.lstrip("/"))
    plain = plain.removeprefix(f"{tree.component.strip('/')}/") if tree.component not in {".", ""} else plain
    yield plain
    for root in _package_roots(tree, table):
        yield posixpath.join(root, plain)
        if plain.startswith(f"{root}/"):
            yield plain.removeprefix(f"{root}/")


def _package_roots(tree: CommitFiles, table: Mapping[str, object]) -> Iterator[str]:
    stated = [each for keys in _PACKAGE_ROOTS for each in dig_texts(table, *keys)]
    stated += dig_table(table, "tool", "hatch", "build", "targets", "wheel", "sources")
    yield from dict.fromkeys(each.strip("./") for each in (*stated, "src") if each.strip("./") in tree.folders)
