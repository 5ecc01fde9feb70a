"""What a bump would write, as a unified diff of every file: for ``bump --dry-run``."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from unmoor.runtime.changeset import ChangeSet

__all__ = ["as_diff"]

_NOTHING = "/dev/null"


def as_diff(root: Path, changes: ChangeSet) -> Iterator[str]:
    """Yield the lines of the difference between the files below ``root`` and what ``changes`` would make of them."""
    for path in sorted({*changes.writes, *changes.removals}):
        before = _lines((root / path).read_bytes()) if (root / path).is_file() else []
        after = _lines(changes.writes[path]) if path in changes.writes else []
        names = (f"a/{path}" if before else _NOTHING, f"b/{path}" if path in changes.writes else _NOTHING)
        yield from unified_diff(before, after, *names, lineterm="")


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()
