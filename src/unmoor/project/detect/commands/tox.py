"""The commands of tox environments, with their dependencies: ``tox.ini``, and ``[tox…]`` sections of ``setup.cfg``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from unmoor.errors import SettingsError
from unmoor.model import Requirements
from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.words import plain_words, split
from unmoor.project.project_files import ProjectFiles, parse_ini

__all__ = ["commands"]

_POSARGS = re.compile(r"\{posargs(?::(?P<default>[^{}]*))?\}")
_OTHER = re.compile(r"\{\[(?P<section>[^\]]+)\](?P<key>[^{}]+)\}")


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of every environment, in the order of the file."""
    try:
        sections = parse_ini(tree.folder / "tox.ini")
    except SettingsError:
        return
    for section, table in sections.items():
        if section != "testenv" and not section.startswith("testenv:"):
            continue
        whole = {**sections.get("testenv", {}), **table}
        needs = _requirements(sections, whole)
        name = section.partition(":")[2] or "py"
        for line in _filled_in(sections, whole.get("commands", "")).replace("\\\n", " ").splitlines():
            words = plain_words(split(line.strip()))
            if words:
                yield ProjectCommand(words=words, origin=Origin.TOX, name=name, place="tox.ini", requirements=needs)


def _requirements(sections: Mapping[str, Mapping[str, str]], table: Mapping[str, str]) -> Requirements:
    lines = [line.strip() for line in _filled_in(sections, table.get("deps", "")).splitlines()]
    words = [word for line in lines if line for word in (split(line) if line.startswith("-") else (line,))]
    for group in re.split(r"[,\s]+", table.get("dependency_groups", "").strip()):
        words += ["--group", group] if group else []
    extras = tuple(each for each in re.split(r"[,\s]+", table.get("extras", "").strip()) if each)
    project = table.get("skip_install", "false").lower() != "true"
    return Requirements(arguments=tuple(words), project=project, extras=extras, reason="tox.ini")


def _filled_in(sections: Mapping[str, Mapping[str, str]], text: str) -> str:
    """Put in what tox puts in: values of other sections, and what stands for arguments that nobody gave."""
    for _ in range(5):
        text = _OTHER.sub(lambda match: sections.get(match["section"], {}).get(match["key"], ""), text)
    return _POSARGS.sub(lambda match: match["default"] or "", text)
