"""What hostile code of a project does, for tests: look for secrets wherever a program of the same user can look.

The file is copied into the project that is released, so it needs nothing but the standard library. What it looks for,
and which processes are none of the run's, is told in files beside which it writes what it has found.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["look", "processes"]

_LARGEST = 1 << 18
# What is installed is not written by unmoor, and there is a lot of it.
_NOT_OURS = {"site-packages", "node_modules", "objects"}


def processes(passed_over: set[str]) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield every process that can be looked into: its id, command line, and the environment it was started with."""
    for folder in Path("/proc").glob("[0-9]*"):
        name = folder.name
        if name not in passed_over:
            try:
                environ, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
            except OSError:
                continue
            # Without arguments it has just ended, or is being replaced by another program.
            if command:
                yield name, command, environ


def _files(folders: list[str]) -> Iterator[tuple[str, bytes]]:
    for top in folders:
        for folder, inner, names in os.walk(top):
            inner[:] = [each for each in inner if each not in _NOT_OURS]
            for name in names:
                path = Path(folder, name)
                try:
                    if path.is_file() and path.stat().st_size <= _LARGEST:
                        yield str(path), path.read_bytes()
                except OSError:
                    continue


def look(who: str, top: str) -> None:
    """Look into our own environment, that of every process of the run, and every file that lies about."""
    told = json.loads(Path(top, "told.json").read_text(encoding="utf-8"))
    canaries = [each.encode() for each in told["canaries"]]
    found, looked = [], 0
    for name, value in os.environb.items():
        found += [f"environment: {name!r}" for each in canaries if each in value]
    for pid, command, environ in processes(set(told["before"])):
        looked += 1
        found += [f"process {pid}: {command!r}" for each in canaries if each in environ or each in command]
    for path, content in _files(told["folders"]):
        looked += 1
        found += [f"file {path}" for each in canaries if each in content]
    Path(top, f"{who}.{os.getpid()}").write_text(json.dumps({"looked": looked, "found": found}), encoding="utf-8")


if __name__ == "__main__":
    look(sys.argv[1], sys.argv[2])
