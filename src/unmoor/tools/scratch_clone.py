"""A throw-away copy of the working tree as git sees it, for tools that write into what they look at."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from unmoor.errors import Blocked
from unmoor.tools import lfs, submodules
from unmoor.tools.git import Git
from unmoor.tools.tool_environment import scratch

__all__ = ["copy_of"]

_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "unmoor"), ("EMAIL", "unmoor@localhost"))
}


def copy_of(root: Path, environ: Mapping[str, str]) -> Git:
    """Return a clone of ``root`` that holds its uncommitted work as one more commit; removed at the process's end."""
    folder = scratch("copy") / root.name
    origin = Git(root, environ)
    clone = origin.clone(folder)
    lfs.borrow_objects(origin, clone)
    clone.run("checkout", "--quiet", "--detach")
    if origin.changed():
        origin.commit_working_tree(clone, message="Uncommitted work", extra=_WHO)
    # What is looked at here are the project's own files; a submodule that is not at hand is none of them.
    with suppress(Blocked):
        submodules.fill(origin, clone)
    return clone
