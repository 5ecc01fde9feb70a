"""What ``.readthedocs.yaml`` makes Read the Docs run, as commands like any other that a project has written down.

https://docs.readthedocs.com/platform/stable/config-file/v2.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from unmoor.model import Requirements
from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting, commands_of
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_table, dig_texts
from unmoor.project.yaml_file import read_yaml

__all__ = ["FILES", "ReadTheDocs", "read_the_docs"]

FILES = (".readthedocs.yaml", ".readthedocs.yml", "readthedocs.yaml", "readthedocs.yml")
# Jobs in the order in which they run before the pages are built.
_BEFORE = (*("create_environment", "post_create_environment", "pre_install", "install", "post_install", "pre_build"),)
_BUILDERS = {"htmldir": "dirhtml"}  # as version 1 of the format called it


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTheDocs:
    """What the file says: the commands, its Python where it names a version, and the file of a conda environment."""

    file: str = ""
    commands: tuple[ProjectCommand, ...] = ()
    pythons: tuple[str, ...] = ()
    conda: str = ""


def read_the_docs(tree: ProjectFiles, sphinx_folder: str) -> ReadTheDocs:
    """Return what Read the Docs is told; ``sphinx_folder`` is where it would find ``conf.py`` by itself."""
    file = tree.first(*FILES)
    told = read_yaml(tree, file) if file else {}
    if not told:
        return ReadTheDocs()
    pythons = _pythons(dig(told, "build", "tools", "python"))
    setting = Setting(origin=Origin.READ_THE_DOCS, name="build", place=file, pythons=pythons)
    return ReadTheDocs(
        file=file,
        commands=tuple(_commands(tree, told, setting, sphinx_folder)),
        pythons=pythons,
        conda="".join(dig_texts(told, "conda", "environment")[:1]),
    )


def _commands(
    tree: ProjectFiles, told: Mapping[str, object], setting: Setting, sphinx_folder: str
) -> Iterator[ProjectCommand]:
    if lines := dig_texts(told, "build", "commands"):
        yield from commands_of(tree, "\n".join(lines), setting)
        return
    jobs = dig_table(told, "build", "jobs")
    installed = Installed(tree, setting.place)
    if "install" not in jobs:
        _install(installed, dig(told, "python", "install"))
    before = [line for job in _BEFORE for line in dig_texts(jobs, job)]
    yield from commands_of(tree, "\n".join(before), setting, installed)
    yield from commands_of(tree, "\n".join(dig_texts(jobs, "build", "html")), setting, installed)
    words = _by_itself(told, sphinx_folder)
    if words:
        yield ProjectCommand(
            words=words,
            origin=setting.origin,
            name=setting.name,
            place=setting.place,
            pythons=setting.pythons,
            # What conda installs is not for another installer.
            requirements=None
            if "conda" in told
            else _with_engine(installed.requirements, words[0].removesuffix("-build"), setting.place),
        )


def _with_engine(found: Requirements | None, engine: str, where: str) -> Requirements:
    """Add the engine, which Read the Docs installs before all else."""
    arguments = found.arguments if found else ()
    project, extras = (found.project, found.extras) if found else (False, ())
    return Requirements(arguments=(*arguments, engine), project=project, extras=extras, reason=where)


def _by_itself(told: Mapping[str, object], sphinx_folder: str) -> tuple[str, ...]:
    """Return the command that Read the Docs makes of the tables ``sphinx`` and ``mkdocs``."""
    if "mkdocs" in told:
        given = dig_table(told, "mkdocs")
        strict = ("--strict",) if given.get("fail_on_warning") is True else ()
        file = dig_texts(given, "configuration")[:1]
        return ("mkdocs", "build", *strict, *(("--config-file", *file) if file else ()))
    given = dig_table(told, "sphinx")
    config = "".join(dig_texts(given, "configuration")[:1])
    folder = (config.rpartition("/")[0] or ".") if config else sphinx_folder
    if not folder:
        return ()
    builder = "".join(dig_texts(given, "builder")[:1]) or "html"
    options = ("-W", "--keep-going") if given.get("fail_on_warning") is True else ()
    return ("sphinx-build", *options, "-b", _BUILDERS.get(builder, builder), folder, "_readthedocs/html")


def _install(installed: Installed, entries: object) -> None:
    """Take in the list ``python.install``."""
    for entry in entries if isinstance(entries, Sequence) and not isinstance(entries, str) else ():
        if dig(entry, "method") == "uv" and dig(entry, "command") == "sync":
            named = [("--group", each) for each in dig_texts(entry, "groups")]
            named += [
                ("--extra", each) for each in (*dig_texts(entry, "extras"), *dig_texts(entry, "extra_requirements"))
            ]
            installed.by(("uv", "sync", *(word for pair in named for word in pair)))
            continue
        for file in dig_texts(entry, "requirements"):
            installed.by_pip(("-r", file))
        for group in dig_texts(entry, "groups"):
            installed.by_pip(("--group", group))
        for path in dig_texts(entry, "path"):
            extras = (*dig_texts(entry, "extra_requirements"), *dig_texts(entry, "extras"))
            installed.by_pip((f"{path}[{','.join(extras)}]" if extras else path,))


def _pythons(stated: object) -> tuple[str, ...]:
    """Return the version that ``build.tools.python`` names; ``3``, ``latest`` and conda's names are none."""
    text = str(stated).strip()
    return (text,) if re.fullmatch(r"3\.\d+", text) else ()
