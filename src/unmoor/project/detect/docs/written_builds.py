"""The commands among those a project has written down that build pages: engine, source, options, strictness."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import normpath
from typing import NoReturn

from unmoor.project.detect.commands import ProjectCommand
from unmoor.project.project_files import ProjectFiles

__all__ = ["CONFIGURATIONS", "WrittenBuild", "written_builds"]

# The files that configure an engine, those of its own first; ProperDocs and Zensical read MkDocs' too.
CONFIGURATIONS = {
    "zensical": ("zensical.toml", "mkdocs.yml", "mkdocs.yaml"),
    "properdocs": ("properdocs.yml", "properdocs.yaml", "mkdocs.yml", "mkdocs.yaml"),
    "mkdocs": ("mkdocs.yml", "mkdocs.yaml"),
}
_SPHINX = frozenset({"sphinx-build", "sphinx", "sphinx.cmd.build"})
_PAGES = frozenset({"html", "dirhtml", "singlehtml"})
_BUILDS = frozenset({"build", "gh-deploy"})
_ROOT = re.compile(r"\{(?:toxinidir|tox_root|root)\}/?|\$\{?PWD\}?/")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBuild:
    """One command that builds pages. ``source`` is relative to the component; ``steps`` run before it."""

    engine: str
    source: str
    strict: bool
    command: ProjectCommand
    builder: str = "html"
    options: tuple[str, ...] = ()
    steps: tuple[tuple[str, ...], ...] = ()


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def written_builds(tree: ProjectFiles, commands: Sequence[ProjectCommand]) -> tuple[WrittenBuild, ...]:
    """Return the builds, in the order of the commands; those whose source is not there are left out."""
    return tuple(_found(tree, commands))


def _found(tree: ProjectFiles, commands: Sequence[ProjectCommand]) -> Iterator[WrittenBuild]:
    for index, command in enumerate(commands):
        build = None
        if command.program in _SPHINX:
            build = _sphinx(tree, command, list(command.arguments), _steps(tree, commands[:index], command))
        elif command.program in CONFIGURATIONS:
            build = _pages(tree, command, _steps(tree, commands[:index], command))
        elif command.program in {"make", "gmake"}:
            build = _make(tree, command)
        if build:
            yield build


def _sphinx(
    tree: ProjectFiles, command: ProjectCommand, words: list[str], steps: tuple[tuple[str, ...], ...] | None
) -> WrittenBuild | None:
    """Read a command line of sphinx-build.

    https://www.sphinx-doc.org/en/master/man/sphinx-build.html
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("-W", "--fail-on-warning", dest="strict", action="store_true")
    parser.add_argument("-n", "--nitpicky", dest="nitpicky", action="store_true")
    parser.add_argument("-b", "-M", "--builder", dest="builder", default="html")
    parser.add_argument("-t", "--tag", dest="tags", action="append", default=[])
    parser.add_argument("-D", "--define", dest="define", action="append", default=[])
    parser.add_argument("-A", "--html-define", dest="html", action="append", default=[])
    parser.add_argument("-c", "--conf-dir", dest="conf", default="")
    parser.add_argument("-j", "--jobs", dest="jobs", default="")
    parser.add_argument("-d", "--doctree-dir", "-w", "--warning-file")
    for flag in ("-a", "-E", "-T", "-q", "-Q", "-v", "-N", "-P", "-C"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("places", nargs="*")
    try:
        given, _ = parser.parse_known_intermixed_args([_ROOT.sub("", word) for word in words])
    except (ValueError, TypeError):
        return None
    source = _below(command.folder, given.places[0] if given.places else ".")
    conf = _below(command.folder, given.conf) if given.conf else source
    if given.builder not in _PAGES or source is None or conf is None or not tree.has(_join(conf, "conf.py")):
        return None
    options = ["-n"] * given.nitpicky
    # What a tag lets in may be made by steps before that are not run here.
    options += [word for tag in given.tags if steps is not None for word in ("-t", tag)]
    options += [word for each in given.define for word in ("-D", each)]
    options += [word for each in given.html for word in ("-A", each)]
    options += ["-c", given.conf] if given.conf else []
    options += ["-j", given.jobs] if given.jobs else []
    return WrittenBuild(
        engine="sphinx",
        source=source,
        strict=given.strict,
        command=command,
        builder=given.builder,
        options=tuple(options),
        steps=steps or (),
    )


def _pages(
    tree: ProjectFiles, command: ProjectCommand, steps: tuple[tuple[str, ...], ...] | None
) -> WrittenBuild | None:
    """Read a command line of MkDocs and its kin."""
    if not command.arguments or command.arguments[0] not in _BUILDS:
        return None
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("-s", "--strict", dest="strict", action="store_true")
    parser.add_argument("-f", "--config-file", dest="config", default="")
    try:
        given, _ = parser.parse_known_args([_ROOT.sub("", word) for word in command.arguments[1:]])
    except ValueError:
        return None
    names = (given.config,) if given.config else CONFIGURATIONS[command.program]
    paths = [path for name in names if (path := _below(command.folder, name)) and tree.has(path)]
    if not paths:
        return None
    return WrittenBuild(
        engine=command.program, source=paths[0], strict=given.strict, command=command, steps=steps or ()
    )


def _make(tree: ProjectFiles, command: ProjectCommand) -> WrittenBuild | None:
    """Read ``make -C docs html SPHINXOPTS=…``: what sphinx-quickstart's Makefile makes of it."""
    words, folder, options, builder = list(command.arguments), command.folder, "", ""
    while words:
        word = words.pop(0)
        if word in {"-C", "--directory"} and words:
            folder = _below(folder, words.pop(0)) or ""
        elif word.startswith(("SPHINXOPTS=", "O=")):
            options += f" {word.partition('=')[2]}"
        elif word in _PAGES:
            builder = word
    makefile = tree.text(_join(folder, "Makefile")) or ""
    if not builder or "sphinx" not in makefile:
        return None
    if not options:
        stated = re.search(r"^SPHINXOPTS\s*[:?]?=\s*(.*)$", makefile, re.MULTILINE)
        options = stated[1].strip("'\" ") if stated else ""
    try:
        given = shlex.split(options)
    except ValueError:
        return None
    source = next((each for each in ("source", ".") if tree.has(_join(folder, f"{each}/conf.py"))), ".")
    here = _join(folder, source)
    return _sphinx(tree, _moved(command), [*given, "-b", builder, here, "_build"], ())


def _moved(command: ProjectCommand) -> ProjectCommand:
    from dataclasses import replace

    return replace(command, folder="")


def _steps(
    tree: ProjectFiles, before: Sequence[ProjectCommand], command: ProjectCommand
) -> tuple[tuple[str, ...], ...] | None:
    """Return the scripts that run before the command in its session; ``None`` where other things run there too."""
    same = [
        each
        for each in before
        if (each.origin, each.name, each.place.partition(":")[0])
        == (command.origin, command.name, command.place.partition(":")[0])
    ]
    steps = [_step(tree, each) for each in same if each.program not in {*_SPHINX, *CONFIGURATIONS}]
    return None if None in steps else tuple(each for each in steps if each)


def _step(tree: ProjectFiles, command: ProjectCommand) -> tuple[str, ...] | None:
    words = command.words
    script = _below(command.folder, words[1]) if words[:1] == ("python",) and len(words) > 1 else None
    runs = script is not None and script.endswith(".py") and tree.has(script) and command.filled_in
    return words[1:] if runs else None


def _below(folder: str, path: str) -> str | None:
    """Return a path of ``folder`` as seen from the component, ``None`` where it leads out of that or is not plain."""
    joined = normpath(_join(folder, path))
    return None if re.search(r"[{}$`]", path) or joined.startswith(("..", "/")) else joined


def _join(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder and folder != "." else path
