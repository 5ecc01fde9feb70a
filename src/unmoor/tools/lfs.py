"""Git LFS in our own clones: files that git keeps as pointers, filled from the objects on this machine.

How it lies: without git-lfs, or without the objects, a checkout ends well and leaves the pointers in place of the
files. A build would package them. Pointers: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

from unmoor.errors import Blocked
from unmoor.tools.git import Git

__all__ = ["borrow_objects", "must_be_filled"]

_POINTER = b"version https://git-lfs.github.com/spec/v1"
_LARGEST = 1024  # bytes; the specification's limit for a pointer
_SHOWN = 3


def borrow_objects(origin: Git, clone: Git) -> None:
    """Have git-lfs take the objects from where ``origin`` keeps them; to be called before anything is checked out."""
    said = origin.run("config", "--get", "lfs.storage", ok=(0, 1)).out.strip()
    common = origin.common_dir()
    clone.run("config", "lfs.storage", str(common / (said or "lfs")))


def must_be_filled(clone: Git) -> None:
    """Raise ``Blocked`` with the names of files that are pointers in what the clone has checked out."""
    attributes = ("--", ".gitattributes", "**/.gitattributes")
    if clone.run("grep", "-q", "--fixed-strings", "-e", "filter=lfs", "HEAD", *attributes, ok=None).status != 0:
        return
    tracked = "\0".join(clone.files())
    said = clone.run("check-attr", "-z", "--stdin", "filter", stdin=f"{tracked}\0").out.split("\0")
    kept_there = [path for path, value in zip(said[::3], said[2::3], strict=False) if value == "lfs"]
    pointers = [path for path in kept_there if _is_pointer(clone, path)]
    if pointers:
        more = f" and {len(pointers) - _SHOWN} more" if len(pointers) > _SHOWN else ""
        what = f"Git LFS has only pointers in place of {', '.join(pointers[:_SHOWN])}{more}"
        raise Blocked(
            what, place=str(clone.folder.name), hint="install git-lfs, then run: git lfs install; git lfs pull"
        )


def _is_pointer(clone: Git, path: str) -> bool:
    file = clone.folder / path
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST:
        return False
    return file.read_bytes().startswith(_POINTER)
