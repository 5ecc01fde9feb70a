"""No note of unfinished work (``TODO``, ``FIXME``, ``XXX``) stands in the paths that the settings call critical."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from unmoor.context import Context
from unmoor.errors import UnmoorError
from unmoor.model import Finding, Findings, truncated
from unmoor.tools.git import Git

__all__ = ["ASSERTS", "check"]

ASSERTS = "no TODO, FIXME or XXX stands in a critical path"
_NOTE = re.compile(rb"\b(TODO|FIXME|XXX)\b")
_SHOWN = 20


def check(context: Context) -> Findings:
    """Read the tracked files below the critical paths, relative to the repository."""
    critical = context.component.settings.critical_paths
    if not critical:
        return Findings(optional="no critical paths are declared", hint="set `critical-paths` in [tool.unmoor]")
    root = context.repository.root
    tracked = [path for path in Git(root, context.environ).run("ls-files", "-z").out.split("\0") if path]
    paths = [path for path in tracked if any(_is_below(path, each) for each in critical)]
    found = []
    examined = 0
    for path in paths:
        place = root / path
        if place.is_symlink() or not place.is_file():
            continue
        try:
            lines = place.read_bytes().split(b"\n")
        except OSError as error:
            what = f"cannot be read: {error.strerror or error}"
            raise UnmoorError(what, place=path, hint="make the file readable") from error
        examined += 1
        for number, line in enumerate(lines, 1):
            if match := _NOTE.search(line):
                message = f"a {match[1].decode()!r} stands in a critical path"
                found.append(Finding(message=message, place=f"{path}:{number}", hint="finish it, or move it elsewhere"))
    hint = "correct `critical-paths` in [tool.unmoor]: no tracked file is below them"
    return Findings(examined=examined, unit="files", problems=truncated(found, _SHOWN), hint="" if examined else hint)


def _is_below(path: str, critical: str) -> bool:
    folder = critical.rstrip("/")
    return path == folder or path.startswith(f"{folder}/") or fnmatchcase(path, critical) or folder in ("", ".")
