"""What a task did to the user's own tree, and what it refuses: files in the middle of a merge.

Edits stay in the working tree: nothing is staged or committed. A file that is otherwise changed is no obstacle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unmoor.errors import Blocked, Unconfigured
from unmoor.model import Component, Finding
from unmoor.tools.git import Git

__all__ = ["Edited", "refuse_merging", "require_notes", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What a task did: the paths it changed (none when there was nothing to do), and the lines to say so."""

    changed: tuple[Path, ...] = ()
    lines: tuple[str, ...] = ()


def require_notes(component: Component) -> None:
    """Raise ``Unconfigured`` where the project keeps no change notes that can be written."""
    style = component.notes.style
    if style != "towncrier":
        kept = f"notes of the style {style!r}, which are only read"
        what = "this project keeps no change notes" if style == "none" else f"this project keeps {kept}"
        hint = "add a [tool.towncrier] table to pyproject.toml"
        raise Unconfigured(what, place=component.notes.reason, hint=hint)


def refuse_merging(component: Component, paths: Sequence[str], environ: Mapping[str, str]) -> None:
    """Raise ``Blocked`` with every file of these, relative to the repository, that has an unresolved merge conflict."""
    if not paths or not (component.repository.root / ".git").exists():
        return
    git = Git(component.repository.root, environ)
    said = git.run("diff", "--name-only", "--diff-filter=U", "-z", "--", *paths).out
    conflicts = [path for path in said.split("\0") if path]
    if conflicts:
        hint = "resolve the conflict, then run the same command again"
        raise Blocked.of(
            [Finding(message="has an unresolved merge conflict", place=path, hint=hint) for path in conflicts]
        )


def shown(component: Component, path: Path) -> str:
    """Return a path as people are told it: relative to the repository where it lies in it."""
    resolved, root = path.resolve(), component.repository.root.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else str(path)
