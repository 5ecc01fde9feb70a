"""A written command line as words: launchers taken off, so that the program that does the work comes first."""

from __future__ import annotations

import re
import shlex

__all__ = ["plain_words", "split"]

# Programs that start another one behind them: `uv run pytest`, `poetry run mypy`, `python -m pytest`.
_RUNNERS = {"uv": ("run",), "poetry": ("run",), "pdm": ("run",), "hatch": ("run",), "pipenv": ("run",), "rye": ("run",)}
_ENVIRONMENT = re.compile(r"[A-Za-z_]\w*=")
_WITH_VALUE = {"--with", "--group", "--extra", "--python", "-p", "--package", "--no-group", "--only-group", "--project"}


def split(line: str) -> tuple[str, ...]:
    """Return the words of a shell's line, none where its quotes do not close."""
    try:
        return tuple(shlex.split(line, comments=True))
    except ValueError:
        return ()


def plain_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without variables set before them and without launchers."""
    left = list(words)
    while left:
        first = left[0].replace("\\", "/").rpartition("/")[2]
        if _ENVIRONMENT.match(first) or first in {"env", "exec", "time", "-", "@"}:
            left = left[1:]
        elif first in _RUNNERS and left[1:2] and left[1] in _RUNNERS[first]:
            left = _without_options(left[2:])
        elif re.fullmatch(r"python[0-9.]*|py", first) and left[1:2] == ["-m"]:
            left = left[2:]
        elif first == "coverage" and left[1:2] == ["run"] and "-m" in left:
            left = left[left.index("-m") + 1 :]
        else:
            break
    return tuple(left)


def _without_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in _WITH_VALUE else words[1:]
    return words
