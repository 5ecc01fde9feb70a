"""Submodules in our own clones: filled from where they lie locally, at the commit that is pinned; nothing is fetched.

git never fills them by itself, and ``git submodule update`` asks the network and is refused local paths. A clone of
the submodule's own repository at the place of its folder is what it would have made.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from unmoor.errors import Blocked
from unmoor.tools.git import Git

__all__ = ["fill", "must_be_committed"]

_FETCH = "git submodule update --init --recursive"


def must_be_committed(origin: Git) -> None:
    """Raise ``Blocked`` where a submodule has changes of its own: a commit of the project cannot take them along."""
    changed = sorted(origin.changed_submodules())
    if changed:
        what = f"{_named(changed)} changes that are not committed"
        raise Blocked(what, place=str(origin.folder), hint="commit them there, then the submodule's new commit here")


def fill(origin: Git, clone: Git) -> None:
    """Fill the submodules of what the clone has checked out from those of ``origin``, and theirs in turn.

    Raises ``Blocked`` with the name of one whose pinned commit is not on this machine: without it other archives
    would be built, and nobody would see it.
    """
    pinned = dict(_pinned(clone))
    if not pinned:
        return
    # Programs that list files (git ls-files --recurse-submodules) pass over those that are not active.
    clone.run("config", "submodule.active", ":/")
    missing = []
    for path, commit in pinned.items():
        local = next((each for each in _places(origin, path) if _has(each, commit)), None)
        if local is None:
            missing.append(path)
            continue
        inner = local.clone(clone.folder / path)
        inner.run("checkout", "--quiet", "--detach", commit)
        fill(local, inner)
    if missing:
        what = f"{_named(missing)} no files here at the commit that the project pins"
        raise Blocked(what, place=str(origin.folder), hint=f"run: {_FETCH}")


def _named(paths: list[str]) -> str:
    """Return the submodules as the subject of a sentence, verb included."""
    shown = ", ".join(repr(path) for path in paths)
    return f"the submodule {shown} has" if len(paths) == 1 else f"the submodules {shown} have"


def _pinned(clone: Git) -> Iterator[tuple[str, str]]:
    """Yield the path and commit of every submodule in the clone's commit."""
    for entry in clone.run("ls-tree", "-r", "-z", "--full-tree", "HEAD").out.split("\0"):
        said, _, path = entry.partition("\t")
        if said.startswith("160000 "):
            yield path, said.split()[2]


def _places(origin: Git, path: str) -> Iterator[Git]:
    """Yield where the submodule's repository may be: in the working tree, or where git keeps it when it is not."""
    here = Git(origin.folder / path, origin.environ)
    if here.is_top():
        yield here
    kept = origin.common_dir() / "modules" / Path(path)
    if (kept / "HEAD").is_file():
        yield Git(kept, origin.environ)


def _has(git: Git, commit: str) -> bool:
    # What git keeps of a submodule names a working tree that may be gone.
    return git.run("--work-tree=.", "cat-file", "-e", f"{commit}^{{commit}}", ok=None).status == 0
