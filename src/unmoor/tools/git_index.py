"""git's index as a record of what the working tree holds: a copy of it, and what it was told not to look at.

How it lies: an entry that is marked (``update-index --assume-unchanged``, ``--skip-worktree``) is not looked at, a
monitor (``core.fsmonitor``) says which files need no look, and settings make git content with less than it knows about
a file (``core.trustctime``, ``core.checkStat``). All of that is for speed; here it would hide an edit.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unmoor.tools.git import Git

__all__ = ["TRUSTING_NOBODY", "Index", "copied", "look", "uncover"]

TRUSTING_NOBODY = tuple(
    word
    for setting in (
        "core.fsmonitor=false",
        "core.untrackedCache=false",
        "core.trustctime=true",
        "core.checkStat=default",
        "core.sparseCheckout=false",
    )
    for word in ("-c", setting)
)
_SUBMODULE = "160000"
_SKIPPED = "S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What an index has: the paths that git was told not to look at, and the submodules."""

    hidden: tuple[str, ...]
    submodules: tuple[str, ...]


def copied(git_dir: Path, scratch: Path) -> dict[str, str]:
    """Copy the index of the repository to ``scratch``; return the variables that make git use the copy."""
    own, copy = git_dir / "index", scratch / "index"
    if own.is_file():
        # A copy keeps the cached file times, so that only changed files are read again; with the time of the
        # index itself git knows which of them say nothing, because the file may have changed in that second.
        shutil.copy2(own, copy)
        for shared in own.parent.glob("sharedindex.*"):
            # A split index is looked for beside itself.
            shutil.copy2(shared, scratch / shared.name)
    return {"GIT_INDEX_FILE": str(copy)}


def look(git: Git, extra: Mapping[str, str]) -> Index:
    """Return what stands in the index; ``extra`` are the variables of a copy."""
    hidden, submodules = [], []
    sparse: bool | None = None
    words = ("ls-files", "-v", "--stage", "--full-name", "-z", "--", ":/")
    listed = git.run(*TRUSTING_NOBODY, *words, extra=extra)
    for entry in listed.out.split("\0"):
        said, _, path = entry.partition("\t")
        if not path:
            continue
        tag, mode, *_ = said.split(" ")
        if mode == _SUBMODULE:
            submodules.append(path)
        if tag.upper() == _SKIPPED and not (git.folder / path).exists():
            # What a sparse checkout leaves out is not there because git was told so, and nobody has edited it.
            sparse = _is_sparse(git) if sparse is None else sparse
            if sparse:
                continue
        if tag.upper() == _SKIPPED or tag.islower():
            hidden.append(path)
    return Index(hidden=tuple(hidden), submodules=tuple(submodules))


def uncover(git: Git, index: Index, extra: Mapping[str, str]) -> None:
    """Have git look at everything in the copy that ``extra`` names."""
    if not index.hidden:
        return
    for mark in ("--no-assume-unchanged", "--no-skip-worktree"):
        git.run("update-index", mark, "-z", "--stdin", stdin="\0".join(index.hidden) + "\0", extra=extra)


def _is_sparse(git: Git) -> bool:
    return git.run("config", "--type=bool", "--get", "core.sparseCheckout", ok=None).out.strip() == "true"
