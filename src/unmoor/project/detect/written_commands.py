"""The commands that a project has written down: in tox, nox, make, scripts, workflows. Text to be searched."""

from __future__ import annotations

from unmoor.project.project_files import ProjectFiles

__all__ = ["written_commands"]

_FILES = ("pyproject.toml", "tox.ini", "noxfile.py", "Makefile", "justfile", "Justfile", "tasks.py")
_PATTERNS = ("scripts/*", ".github/workflows/*.y*ml")
_LARGE = 200_000  # bytes; what is larger was not written by hand


def written_commands(tree: ProjectFiles) -> str:
    """Return the text of all files in which projects usually write down what they run."""
    paths = [tree.folder / name for name in _FILES]
    paths += [path for pattern in _PATTERNS for path in sorted(tree.folder.glob(pattern))]
    names = [
        path.relative_to(tree.folder).as_posix() for path in paths if path.is_file() and path.stat().st_size < _LARGE
    ]
    return "\n".join(tree.text(name) or "" for name in names)
