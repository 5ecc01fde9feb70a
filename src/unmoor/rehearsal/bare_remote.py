"""The rehearsal's git remote: a bare repository that takes new tags and protects what it has.

It refuses what a protected forge refuses: a tag that moves or goes away, a branch that is rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from unmoor.runtime.files import write_whole
from unmoor.tools.git import Git

__all__ = ["bare_remote"]

# Its hooks are its own: what the user has configured for all repositories would stand in their place.
_RULES = {"receive.denyNonFastForwards": "true", "receive.denyDeletes": "true", "core.hooksPath": "hooks"}
_HOOK = """#!/bin/sh
# Tags are append-only here, as on a forge with protected tags.
case "$1" in
refs/tags/*)
    case "$2" in
    *[!0]*) echo "protected: the tag ${1#refs/tags/} exists and cannot be moved" >&2; exit 1 ;;
    esac ;;
esac
exit 0
"""


def bare_remote(folder: Path, environ: Mapping[str, str]) -> Path:
    """Return the bare repository in ``folder``, made on first use; a half-made one is completed."""
    hook = folder / "hooks" / "update"
    if hook.is_file() and hook.stat().st_size == len(_HOOK):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    git = Git(folder, environ)
    # `git init` on an existing repository changes nothing that is there, so a killed start is simply done again.
    git.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main", ".")
    for key, value in _RULES.items():
        git.run("config", key, value)
    # The hook is written last: where it stands, the rest is done.
    hook.parent.mkdir(exist_ok=True)
    write_whole(hook, _HOOK.encode(), mode=0o755)
    return folder
