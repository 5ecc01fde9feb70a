"""Glob patterns as packaging tools write them, matched against POSIX paths.

A pattern with a slash is anchored at the folder it speaks of; one without names a file or folder at any depth.
A pattern that names a folder covers all that is in it. ``**`` crosses folders; ``*`` and ``?`` do too, as in most
backends.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

__all__ = ["matches"]


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Say whether any of ``patterns`` covers ``path``."""
    return any(_covers(pattern, path) for pattern in patterns)


def _covers(pattern: str, path: str) -> bool:
    anchored = "/" in pattern.rstrip("/")
    bare = pattern.strip("/").removeprefix("./")
    if not bare:
        return False
    forms = {bare, bare.replace("**/", ""), bare.replace("/**", "")}
    parts = path.split("/")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    candidates = heads if anchored else [*heads, *parts]
    return any(fnmatchcase(candidate, form) for form in forms for candidate in candidates)
