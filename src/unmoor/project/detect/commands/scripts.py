"""The commands of shell scripts in the places where projects keep them: ``scripts/``, ``ci/``, ``run_tests.sh``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting, commands_of
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands", "run"]

_PATTERNS = ("scripts/*", "script/*", "ci/*", "bin/*", "tools/*.sh", "*.sh", "*test*")
_SHELL = re.compile(rb"#!.*\b(?:ba|da|z|k)?sh\b")
_LARGE = 200_000  # bytes; what is larger was not written by hand


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of every shell script, by the names of the files."""
    seen: set[Path] = set()
    for pattern in _PATTERNS:
        for path in sorted(tree.folder.glob(pattern)):
            if path not in seen and _is_shell(path):
                name = path.relative_to(tree.folder).as_posix()
                setting = Setting(origin=Origin.SCRIPT, name=path.stem, place=name)
                yield from commands_of(tree, tree.text(name) or "", setting)
            seen.add(path)


def run(tree: ProjectFiles, path: str, setting: Setting, installed: Installed) -> Iterator[ProjectCommand]:
    """Yield what a shell script of the project runs, as commands of ``setting``."""
    name = path.removeprefix("./")
    if not name.startswith(("/", "..")) and _is_shell(tree.folder / name):
        yield from commands_of(tree, tree.text(name) or "", setting, installed)


def _is_shell(path: Path) -> bool:
    try:
        if not path.is_file() or path.stat().st_size > _LARGE:
            return False
        with path.open("rb") as stream:
            first = stream.readline(200)
    except OSError:
        return False
    return _SHELL.match(first) is not None or (path.suffix in {".sh", ".bash"} and not first.startswith(b"#!"))
