"""Files that have no business in a release, by name: credentials, and what tools and editors leave behind."""

from __future__ import annotations

from unmoor.archives.globs import matches

__all__ = ["credential", "leftover", "sample"]

_CREDENTIALS = (
    ".git-credentials",
    ".netrc",
    ".pypirc",
    "_netrc",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
)
_SAMPLES = ("doc", "docs", "example", "examples", "fixtures", "test", "testing", "tests")
_DROPPINGS = (
    "#*#",
    "*.orig",
    "*.pyc",
    "*.pyo",
    "*.rej",
    "*.sw[op]",
    "*~",
    ".DS_Store",
    ".coverage",
    ".env",
    ".envrc",
    ".git",
    ".hg",
    ".idea",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "Thumbs.db",
    "__pycache__",
)


def credential(path: str) -> bool:
    """Say whether the file is one that holds credentials, by its name."""
    return matches(path, _CREDENTIALS)


def leftover(path: str) -> bool:
    """Say whether the file is left behind by a tool or an editor, or meant for one machine only."""
    return matches(path, _DROPPINGS)


def sample(path: str) -> bool:
    """Say whether the file lies where tests and documentation keep their samples."""
    return not set(path.split("/")[:-1]).isdisjoint(_SAMPLES)
