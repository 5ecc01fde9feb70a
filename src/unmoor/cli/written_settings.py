"""What a noxfile has to know of ``[tool.unmoor]`` before any stage runs: as it is written.

Whether it is right is the stages' business; here it only must not crash.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from unmoor.project.toml_file import dig, dig_texts

__all__ = ["given_variables", "joined_sessions", "tests_the_wheel"]


def joined_sessions(start: Path) -> tuple[str, ...] | None:
    """Return the project's own sessions that the settings join by name; ``None`` where they say nothing of it."""
    written = _written(start)
    return None if dig(written, "gates") is None else dig_texts(written, "gates")


def given_variables(start: Path) -> tuple[str, ...]:
    """Return the variables that the settings give to sessions although they look secret."""
    return dig_texts(_written(start), "pass-env")


def tests_the_wheel(start: Path) -> bool:
    """Say whether the tests are about the sealed wheel, so that the build comes before them."""
    return dig(_written(start), "tests", "against") == "wheel"


@cache
def _written(start: Path) -> object:
    import tomllib

    try:
        table = tomllib.loads((start / "pyproject.toml").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    return dig(table, "tool", "unmoor")
