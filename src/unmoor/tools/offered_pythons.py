"""Pythons that are on this machine and not on ``PATH``, offered to nox under the names that it looks for.

nox finds what is on ``PATH``, and of what a version manager has installed the version that is active. A session for
another one would be skipped although unmoor itself runs that Python. A link would do for looking, but an environment
made from a link remembers the link's place, and outlives it; so what is offered starts the interpreter where it is.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Mapping

from unmoor.runtime import scratch
from unmoor.tools import interpreters

__all__ = ["path_with"]


def path_with(versions: Iterable[str], env: Mapping[str, str]) -> str:
    """Return ``PATH`` with a folder in front that has what it lacks of ``versions``; as it is where it lacks nothing.

    Nothing is run, so that it takes no time. On Windows nox asks the registry, where every installer writes.
    """
    path = env.get("PATH", os.defpath)
    if sys.platform == "win32":
        return path
    found = {place.name: place for version in versions if (place := interpreters.unoffered(version, env))}
    if not found:
        return path
    folder = scratch.lasting("pythons")
    for name, place in found.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {shlex.quote(str(place))} "$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    return os.pathsep.join([str(folder), path])
